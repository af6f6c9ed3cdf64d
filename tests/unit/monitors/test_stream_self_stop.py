"""StreamSelfStop: everybody is muted with the camera off, and Jibri is about to end the stream."""

from supervisor.domain import events as ev
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import Occupant
from supervisor.engine import XMPP
from supervisor.monitors.stream_interrupted import StreamInterrupted
from supervisor.monitors.stream_self_stop import StreamSelfStop
from tests.unit.builders import ROOM, Play, booking, focus, off, on, person, recorder

NAME = "StreamSelfStop"
SAFE = "A camera or microphone is on again: the live stream goes on."


def muted(count: int = 3) -> list[Occupant]:
    return [person(f"p{n}", "moderator" if n == 0 else "participant", audio=False, video=False) for n in range(count)]


def heard(nick: str, *, audio: bool = True, video: bool = False) -> Occupant:
    return person(nick, audio=audio, video=video)


def live(kind: str = "plenary") -> Play:
    """Everybody is heard, and Jibri streams from the start."""
    play = Play(booking(kind=DEFAULT_KINDS[kind]), monitors=(StreamInterrupted(), StreamSelfStop()))
    return play.room(focus(on()), recorder(), *(heard(one.nick) for one in muted())).at(60)


def recess() -> Play:
    """One minute after the start everybody goes silent."""
    return live().come(*muted())


def test_at_eight_minutes_the_moderators_read_when_the_stream_will_end_itself() -> None:
    play = recess().at(539.9)
    assert ([], {}) == (play.heard(), play.firing)
    assert {NAME: "soon"} == play.at(540).firing
    [text] = play.heard()
    assert text.startswith(
        "Everybody has been muted with the camera off since 19:01. At 19:11 the recorder will end the live stream"
    )


def test_one_unmute_clears_it() -> None:
    play = recess().at(540)
    play.heard()
    play.at(570).come(heard("p1"))
    assert ({}, [SAFE]) == (play.firing, play.heard())
    assert [] == play.at(3000).heard()


def test_one_camera_is_enough() -> None:
    play = recess().at(300).come(heard("p2", audio=False, video=True)).at(3000)
    assert ([], {}) == (play.heard(), play.firing)


def test_a_silence_that_is_broken_starts_anew() -> None:
    play = recess().at(400).come(heard("p1")).at(410).come(*muted()).at(889)
    assert [] == play.heard()
    assert 1 == len(play.at(890).heard())


def test_it_is_not_repeated() -> None:
    assert 1 == len(recess().at(3000).heard())


def test_people_of_whom_nothing_is_told_may_be_heard() -> None:
    play = recess().come(person("phone", dial_in=True)).at(3000)
    assert [] == play.heard()


def test_recorder_and_focus_are_no_people() -> None:
    assert {NAME: "soon"} == recess().go("p1", "p2").at(600).firing


def test_jibris_clock_starts_with_its_own_start() -> None:
    play = Play(monitors=(StreamSelfStop(),)).room(focus(), *muted()).at(1200).come(recorder(), focus(on()))
    assert [] == play.at(1679).heard()
    [text] = play.at(1680).heard()
    assert "since 19:20. At 19:30 the recorder" in text


def test_without_jibris_stream_nothing_stops() -> None:
    play = Play(monitors=(StreamSelfStop(),)).room(focus(), *muted()).at(3000)
    assert ([], {}) == (play.heard(), play.firing)


def test_where_a_stream_is_forbidden_it_is_nobodys_business() -> None:
    assert {} == live("appointment").come(*muted()).at(3000).firing


def test_when_it_has_happened_the_interruption_says_so_and_nothing_goes_on() -> None:
    play = recess().at(540)
    play.heard()
    play.at(660).come(focus(off())).go("jibri1").at(670).come(heard("p1"))
    [text] = play.heard()
    assert "the recorder stopped by itself, as it does when all are muted" in text
    assert {"StreamInterrupted": "interrupted"} == play.at(700).firing


def test_while_the_room_is_not_seen_nothing_is_told() -> None:
    play = recess().at(400).feed(ev.SourceLost(XMPP, "gone")).at(600)
    assert ([], {"SourceLost": "blind"}) == (play.heard(), play.firing)
    play.feed(ev.RoomRead(ROOM, "m1", (focus(on()), recorder(), *muted())), ev.SourceSynced(XMPP))
    assert 1 == len(play.heard())
