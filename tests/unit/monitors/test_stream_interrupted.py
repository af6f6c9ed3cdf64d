"""StreamInterrupted: what the verdict means for the people in the room, and when they hear of it."""

from dataclasses import replace

import pytest

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.evidence import Phase, Side, Word
from supervisor.domain.jibri import Cause
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.reading import Message, Reading, State
from supervisor.domain.room import Room
from supervisor.domain.session import Session
from supervisor.domain.verdict import Verdict
from supervisor.engine import XMPP
from supervisor.monitors.stream_interrupted import BACK, BY_CAUSE, BY_SIDE, CHECKED, CHECKING, StreamInterrupted
from tests.unit.builders import GRACE, OUTSIDE, ROOM, SITE, START, Play, booking, focus, off, on, people, recorder

BROKEN_AT = START + 60.0
LOST = Verdict(Phase.INTERRUPTED, START + 61.0, BROKEN_AT, ("hls",), Side.VIEWERS, "edge unchanged 7.2 s")
KEPT = {"StreamInterrupted": Rule(keep=5.0)}
CHECK = "The live stream may have been lost"
HALT = "LIVE STREAM INTERRUPTED"


def read(verdict: Verdict, firing: int = 0, kind: str = "plenary") -> Reading:
    room = Room(ROOM, SITE)
    room.read("m1", people(3), START)
    session = Session(booking(kind=DEFAULT_KINDS[kind]), [room], verdict=verdict)
    return StreamInterrupted().read(session, firing, START + 61.0)


def live(kind: str = "plenary") -> Play:
    """Live by Jibri since 10 seconds after the start, and nothing said so far."""
    play = Play(booking(kind=DEFAULT_KINDS[kind])).room(focus(), *people(3)).at(10).come(recorder(), focus(on()))
    assert [] == play.heard()
    return play.at(60)


def seen(kind: str = "plenary") -> Play:
    """Live by another encoder, seen by viewers only."""
    play = Play(booking(kind=DEFAULT_KINDS[kind], stream=OUTSIDE), rules=KEPT).room(focus(), *people(3))
    play.at(10).hear("hls", Word.UP).at(60)
    assert ("live", []) == (play.stream, play.heard())
    return play


def starts(play: Play) -> list[str]:
    """How each text that was said since the last look begins."""
    return [text.partition(" since ")[0].partition(" at ")[0] for text in play.heard()]


# --- the reading ---


@pytest.mark.parametrize("cause", BY_CAUSE, ids=str)
def test_each_cause_in_the_room_has_its_own_words_and_tells_the_last_good_instant(cause: str) -> None:
    reading = read(replace(LOST, side=Side.ENCODER, witnesses=("jibri",), detail=cause))
    assert (State.ACTIVE, 2, f"interrupted (encoder) by jibri: {cause}") == (
        reading.state,
        reading.stage,
        reading.reason,
    )
    assert Message(BY_CAUSE[cause], {"since": BROKEN_AT}) == reading.message


@pytest.mark.parametrize("side", Side, ids=str)
def test_without_such_a_cause_the_side_that_failed_is_named(side: Side) -> None:
    assert Message(BY_SIDE[side], {"since": BROKEN_AT}) == read(replace(LOST, side=side)).message


def test_a_stall_is_being_checked_since_the_last_good_instant() -> None:
    reading = read(replace(LOST, phase=Phase.STALLED))
    assert (1, Message(CHECKING, {"since": BROKEN_AT})) == (reading.stage, reading.message)


def test_who_was_told_to_halt_is_not_told_to_get_ready() -> None:
    reading = read(replace(LOST, phase=Phase.STALLED), firing=2)
    assert (2, Message(BY_SIDE[Side.VIEWERS], {"since": BROKEN_AT})) == (reading.stage, reading.message)


@pytest.mark.parametrize("phase", [Phase.LIVE, Phase.DEGRADED], ids=str)
def test_good_news_depend_on_what_was_told_before(phase: Phase) -> None:
    assert Message(CHECKED) == read(Verdict(phase, START), firing=1).message
    assert Message(BACK, {"since": START}) == read(Verdict(phase, START), firing=2).message


@pytest.mark.parametrize("phase", [Phase.SCHEDULED, Phase.STARTING, Phase.ENDED], ids=str)
def test_a_stream_that_is_not_on_is_calm_without_a_word(phase: Phase) -> None:
    reading = read(Verdict(phase), firing=2)
    assert (State.CLEAR, None) == (reading.state, reading.message)


def test_blindness_says_nothing() -> None:
    assert State.UNKNOWN == read(replace(LOST, phase=Phase.UNKNOWN, held=Phase.LIVE)).state


def test_where_a_stream_is_forbidden_none_can_be_interrupted() -> None:
    reading = read(LOST, kind="appointment")
    assert (State.CLEAR, None) == (reading.state, reading.message)


# --- Jibri in the room ---


def test_a_failure_is_told_in_the_same_instant_with_the_clock_of_the_place() -> None:
    play = live().come(focus(off(failure="error")))
    [text] = play.heard()
    assert text.startswith("LIVE STREAM INTERRUPTED since 19:01: the recorder failed")
    assert "interrupted" == play.firing["StreamInterrupted"]


def test_a_stream_that_may_but_need_not_be_is_minded_once_it_was_live() -> None:
    assert "INTERRUPTED" in live("test").come(focus(off(failure="error"))).heard()[0]


def test_what_a_person_stopped_is_told_to_nobody() -> None:
    play = live().come(focus(off(initiator="p0"))).go("jibri1").at(600)
    assert [] == play.heard()
    assert {} == play.firing


def test_a_recorder_that_is_back_within_the_grace_stays_quiet() -> None:
    play = live().go("jibri1").at(60 + GRACE - 1).come(recorder(nick="jibri2")).at(300)
    assert [] == play.heard()


def test_a_recorder_that_is_not_is_told_when_the_grace_is_over_and_since_when_it_is_gone() -> None:
    play = live().go("jibri1").at(60 + GRACE - 1)
    assert [] == play.heard()
    assert "since 19:01: the recorder left the room" in play.at(60 + GRACE).heard()[0]


def test_one_outage_is_one_alert_whatever_else_is_said_of_it() -> None:
    play = live().go("jibri1").at(60 + GRACE)
    assert 1 == len(play.heard())
    play.come(focus(off(failure="error"))).at(200)
    assert [] == play.heard()


def test_it_is_told_again_after_five_minutes_and_the_all_clear_once() -> None:
    play = live().come(focus(off(failure="error"))).go("jibri1")
    assert 1 == len(play.heard())
    assert [] == play.at(359).heard()
    assert "since 19:01" in play.at(360).heard()[0]
    play.come(recorder("s2"), focus(on("s2")))
    [text] = play.heard()
    assert text.startswith("The live stream is back since 19:06.")
    assert [] == play.at(3000).heard()


# --- other witnesses ---


def test_one_witness_alone_is_told_as_being_checked_and_halts_after_the_kinds_patience() -> None:
    play = seen().hear("hls", Word.DOWN, since=START + 53.0)
    assert ["The live stream may have been lost at 19:00; this is being checked."] == [
        text.partition(" Please")[0] for text in play.heard()
    ]
    assert {"StreamInterrupted": "stalled"} == play.firing
    assert [] == play.at(79.9).heard()
    [text] = play.at(80).heard()
    assert text.startswith("LIVE STREAM INTERRUPTED since 19:00: viewers get no new picture (viewers' side).")
    assert {"StreamInterrupted": "interrupted"} == play.firing


def test_a_kind_with_more_patience_checks_for_longer() -> None:
    play = seen("test").hear("hls", Word.DOWN)
    assert [CHECK] == starts(play)
    assert [] == starts(play.at(119.9))
    assert [HALT] == starts(play.at(120))


def test_where_the_broadcast_would_end_itself_the_halt_comes_earlier() -> None:
    play = seen().hear("hls", Word.DOWN, auto_stop=True)
    assert [CHECK] == starts(play)
    assert [HALT] == starts(play.at(70))


def test_a_second_side_that_agrees_halts_at_once() -> None:
    play = seen().hear("hls", Word.DOWN)
    assert [CHECK] == starts(play)
    play.at(63).hear("youtube owner", Word.DOWN, detail="streamStatus inactive")
    [text] = play.heard()
    assert "the platform receives no picture or has ended the broadcast (platform side)" in text


def test_after_a_check_only_people_read_that_they_need_not_halt() -> None:
    play = seen().hear("hls", Word.DOWN).at(65).hear("hls", Word.UP).at(67).hear("hls", Word.UP)
    assert [CHECK] == starts(play)
    assert [] == play.at(71).heard()
    assert ["The check is over: the public sees the live stream. You need not halt the session."] == play.at(72).heard()
    assert [] == play.at(3000).heard()


def test_after_a_halt_people_read_that_it_is_back_when_it_has_been_for_five_seconds() -> None:
    play = seen().hear("hls", Word.DOWN).at(90)
    assert [CHECK, HALT] == starts(play)
    play.at(100).hear("hls", Word.UP).at(102).hear("hls", Word.UP)
    assert [] == play.at(106).heard()
    assert ["The live stream is back"] == starts(play.at(107))
    assert {} == play.firing


def test_a_relapse_before_the_all_clear_says_nothing_new() -> None:
    play = seen().hear("hls", Word.DOWN).at(90)
    assert [CHECK, HALT] == starts(play)
    play.at(100).hear("hls", Word.UP).at(102).hear("hls", Word.UP).at(104).hear("hls", Word.DOWN).at(200)
    assert [] == play.heard()
    assert {"StreamInterrupted": "interrupted"} == play.firing
    assert [HALT] == starts(play.at(380))


def test_an_interruption_while_the_room_is_not_seen_is_told_when_it_is_seen_again() -> None:
    play = seen().feed(ev.SourceLost(XMPP, "gone")).at(70).hear("hls", Word.DOWN).at(100)
    assert ({"StreamInterrupted": "interrupted", "SourceLost": "blind"}, []) == (play.firing, play.heard())
    play.feed(ev.RoomRead(ROOM, "m1", (focus(), *people(3))), ev.SourceSynced(XMPP))
    assert [HALT] == starts(play)


def test_an_interruption_is_held_and_not_repeated_while_nobody_has_a_fresh_word() -> None:
    play = seen().hear("hls", Word.DOWN, fresh=30.0).at(89)
    assert [CHECK, HALT] == starts(play)
    assert [] == starts(play.at(1000))
    assert {"StreamInterrupted": "interrupted"} == play.firing
    assert [HALT] == starts(play.hear("hls", Word.DOWN).at(1025))


def test_a_witness_of_the_loss_that_falls_silent_has_not_taken_it_back() -> None:
    """A Jibri that never saw the break is no proof of its end."""
    play = live().hear("hls", Word.UP).at(70).hear("hls", Word.DOWN, fresh=30.0).at(95)
    assert [CHECK, HALT] == starts(play)
    assert ("interrupted", []) == (play.at(200).stream, starts(play))
    play.hear("hls", Word.UP).at(202).hear("hls", Word.UP)
    assert ["The live stream is back"] == starts(play)


def test_what_nobody_heard_of_the_check_is_not_repeated_as_a_check_after_the_halt() -> None:
    play = seen()
    play.silent.add("moderators")
    play.hear("hls", Word.DOWN).at(81)
    assert HALT == starts(play)[-1]
    play.silent.clear()
    assert [HALT] == starts(play.at(90))


def test_the_stage_is_never_worded_as_calm_while_the_loss_stands() -> None:
    play = live().hear("hls", Word.UP).come(focus(off(failure="error")))
    assert [CHECK] == starts(play)
    play.at(66).hear("hls", Word.DOWN)
    [text] = play.heard()
    assert "the recorder failed (encoder side)" in text


@pytest.mark.parametrize("cause", [Cause.STOPPED_BY_PERSON, Cause.AS_PLANNED, Cause.ROOM_EMPTY], ids=str)
def test_an_end_on_purpose_has_no_words(cause: Cause) -> None:
    assert cause not in BY_CAUSE
