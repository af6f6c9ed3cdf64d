"""StreamNotStarted: a session that must be public, with people in it, and no stream."""

from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.evidence import Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.engine import XMPP
from supervisor.monitors.stream_not_started import StreamNotStarted
from tests.unit.builders import OUTSIDE, ROOM, Play, booking, focus, off, on, people, recorder

NAME = "StreamNotStarted"
OWED = "This session has to be public and has not been streamed since"


def owed(kind: str = "plenary", stream: StreamSource | None = None) -> Play:
    """People are there from the start, and nobody streams."""
    words = {"kind": DEFAULT_KINDS[kind], **({"stream": stream} if stream else {})}
    return Play(booking(**words), monitors=(StreamNotStarted(),)).room(focus(), *people(3))


def test_for_five_minutes_it_stays_quiet_and_then_it_is_told_since_the_start() -> None:
    play = owed().at(299.9)
    assert ([], {}) == (play.heard(), play.firing)
    assert {NAME: "not started"} == play.at(300).firing
    [text] = play.heard()
    assert text.startswith(f"{OWED} 19:00.")


def test_it_is_told_again_every_five_minutes_and_the_start_once() -> None:
    play = owed().at(300)
    play.heard()
    assert 1 == len(play.at(600).heard())
    play.at(660).come(recorder(), focus(on()))
    assert ["The live stream has been running since 19:11. The public sees the session."] == play.heard()
    assert [] == play.at(3000).heard()


def test_a_stream_that_runs_in_time_is_not_spoken_of() -> None:
    assert [] == owed().at(200).come(recorder(), focus(on())).at(3000).heard()


def test_a_recorder_that_never_gets_to_streaming_is_no_stream() -> None:
    play = owed().at(100).come(recorder()).at(300)
    assert ("starting", {NAME: "not started"}) == (play.stream, play.firing)


def test_a_start_that_came_to_nothing_is_no_blindness() -> None:
    play = owed().at(100).come(recorder()).at(200).come(focus(off(failure="error"))).go("jibri1").at(300)
    assert ("scheduled", {NAME: "not started"}) == (play.stream, play.firing)


def test_where_a_stream_is_only_allowed_none_is_owed() -> None:
    assert {} == owed("test").at(3000).firing


def test_where_a_stream_is_forbidden_none_is_owed() -> None:
    assert {} == owed("appointment").at(3000).firing


def test_an_empty_room_owes_nothing_and_its_first_person_hears_of_it_at_once() -> None:
    play = Play(monitors=(StreamNotStarted(),)).room(focus()).at(1000)
    assert {} == play.firing
    assert 1 == len(play.come(*people(1)).heard())


def test_after_the_booked_end_nothing_is_owed() -> None:
    play = owed().at(7199)
    assert {NAME: "not started"} == play.firing
    assert {} == play.at(7200).firing


def test_a_persons_stop_starts_the_clock_anew() -> None:
    play = owed().at(10).come(recorder(), focus(on())).at(1800).come(focus(off(initiator="p0"))).go("jibri1")
    assert {} == play.at(2099).firing
    assert [f"{OWED} 19:30."] == [text.partition(" Please")[0] for text in play.at(2100).heard()]


def test_the_clock_of_a_persons_stop_runs_on_while_another_recorder_starts() -> None:
    play = owed().at(10).come(recorder(), focus(on())).at(1800).come(focus(off(initiator="p0"))).go("jibri1")
    play.at(1900).come(recorder("s2"))
    assert ("starting", {}) == (play.at(1901).stream, play.firing)
    assert {NAME: "not started"} == play.at(2100).firing


def test_an_interruption_is_another_alerts_business_and_no_all_clear() -> None:
    play = owed().at(300)
    play.heard()
    play.silent.add("moderators")
    play.come(recorder(), focus(on()))
    play.silent.clear()
    play.heard()
    play.at(302).come(focus(off(failure="error"))).at(400)
    assert ({}, []) == (play.firing, play.heard())


def test_while_the_room_is_not_seen_it_is_held() -> None:
    play = owed().at(300).feed(ev.SourceLost(XMPP, "gone"))
    play.heard()
    assert ({NAME: "not started", "SourceLost": "blind"}, []) == (play.at(1000).firing, play.heard())
    play.feed(ev.RoomRead(ROOM, "m1", (focus(), *people(3))), ev.SourceSynced(XMPP))
    assert 1 == len(play.heard())


def test_where_no_witness_can_tell_it_says_nothing() -> None:
    play = owed(stream=OUTSIDE).hear("youtube public", Word.UNKNOWN, detail="quota").at(1000)
    assert {} == play.firing
    assert {NAME: "not started"} == play.hear("youtube public", Word.STARTING, wrong="upcoming").firing


def test_a_session_that_runs_over_lets_time_pass() -> None:
    play = owed().at(8000)
    assert play.engine.next_deadline() > play.now
