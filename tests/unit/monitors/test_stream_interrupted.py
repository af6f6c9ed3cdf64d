"""StreamInterrupted: what the stream's state means for the people in the room, and when they hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.reading import State
from supervisor.domain.room import Room
from supervisor.domain.session import Session
from supervisor.domain.stream import Cause, Phase, Stream
from supervisor.monitors.stream_interrupted import BACK, TEXTS, StreamInterrupted
from tests.unit.builders import GRACE, ROOM, SITE, START, Play, booking, focus, off, on, people, recorder

if TYPE_CHECKING:
    from supervisor.domain.reading import Reading

BROKEN_AT = START + 60.0


def read(stream: Stream, kind: str = "plenary") -> Reading:
    room = Room(ROOM, SITE)
    room.read("m1", people(3), START)
    session = Session(booking(kind=DEFAULT_KINDS[kind]), [room])
    session.stream = stream
    return StreamInterrupted().read(session, 0, START + 61.0)


def live(kind: str = "plenary") -> Play:
    """Live since 10 seconds after the start, and nothing said so far."""
    play = Play(booking(kind=DEFAULT_KINDS[kind])).room(focus(), *people(3)).at(10).come(recorder(), focus(on()))
    assert [] == play.heard()
    return play.at(60)


@pytest.mark.parametrize("cause", TEXTS, ids=str)
def test_each_cause_has_its_own_words_and_tells_the_last_good_instant(cause: Cause) -> None:
    reading = read(Stream(Phase.INTERRUPTED, since=START + 61.0, cause=cause, broken_at=BROKEN_AT))
    assert (State.ACTIVE, 1, f"interrupted: {cause}") == (reading.state, reading.stage, reading.reason)
    assert reading.message is not None
    assert (TEXTS[cause], {"since": BROKEN_AT}) == (reading.message.msgid, reading.message.params)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.INTERRUPTED], ids=str)
def test_every_other_state_is_calm_and_only_a_live_stream_is_good_news(phase: Phase) -> None:
    reading = read(Stream(phase, since=BROKEN_AT))
    assert (State.CLEAR, 0) == (reading.state, reading.stage)
    assert (BACK if phase is Phase.LIVE else None) == (reading.message and reading.message.msgid)


def test_where_a_stream_is_forbidden_none_can_be_interrupted() -> None:
    reading = read(Stream(Phase.INTERRUPTED, cause=Cause.RECORDER_FAILED, broken_at=BROKEN_AT), "appointment")
    assert State.CLEAR == reading.state
    assert reading.message is None


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
