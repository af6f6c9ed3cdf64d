"""The brewery: who is in it, and what that says of recorders."""

from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.occupants import BreweryStatus, Occupant
from supervisor.engine import XMPP
from supervisor.monitors.jibri_unavailable import JibriUnavailable
from tests.unit.builders import Play, booking, focus

ROOM = "jibribrewery@internal.auth.meet.test"
NAME = "JibriUnavailable"


def jibri(nick: str = "jibri-1", *, busy: bool = False, healthy: bool = True) -> Occupant:
    return Occupant(nick, brewery=BreweryStatus(busy, healthy))


def session(*occupants: Occupant) -> Play:
    """Ten minutes before the start, with these in the brewery."""
    one = booking(stream=StreamSource(jibri=True))
    play = Play(one, monitors=(JibriUnavailable(),), began=-600.0, brewery=ROOM)
    return play.room(focus()).feed(ev.RoomRead(ROOM, "", occupants))


def test_a_jibri_that_becomes_busy_ill_or_goes_is_seen_at_once() -> None:
    play = session(focus(), jibri())
    assert {} == play.firing
    assert {NAME: "none free"} == play.come(jibri(busy=True), room=ROOM).firing
    assert {} == play.come(jibri("jibri-2"), room=ROOM).firing
    assert {NAME: "none free"} == play.come(jibri("jibri-2", healthy=False), room=ROOM).firing
    assert {} == play.come(jibri(), room=ROOM).firing
    assert {NAME: "none free"} == play.go("jibri-1", room=ROOM).firing


def test_a_brewery_without_jibris_is_empty_and_one_without_anybody_is_unknown() -> None:
    assert {NAME: "none free"} == session(focus()).firing
    assert {} == session().firing


def test_a_brewery_that_goes_away_holds_what_was() -> None:
    play = session(focus(), jibri()).feed(ev.MeetingEnded(ROOM))
    assert {} == play.firing
    play = session(focus(), jibri(busy=True)).go("jibri-1", "focus", room=ROOM)
    (view,) = play.engine.sessions(play.now)
    assert view.alerts[0].held


def test_while_the_server_is_lost_nothing_is_known_and_afterwards_what_was_known() -> None:
    play = session(focus(), jibri(busy=True)).feed(ev.SourceLost(XMPP, "no answer for 3 s"))
    assert play.engine.plant.free(play.now) is None
    play.feed(ev.SourceSynced(XMPP))
    assert (0, 1) == ((free := play.engine.plant.free(play.now)) and free.idle, free and free.busy)


def test_nothing_of_the_brewery_is_taken_for_a_session() -> None:
    (view,) = session(focus(), jibri()).engine.sessions(0.0)
    assert 0 == view.people
