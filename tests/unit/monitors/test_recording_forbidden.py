"""RecordingForbidden: something records a session of a kind that forbids it, and everybody in the room hears of it."""

from dataclasses import replace

import pytest

from supervisor.domain import events as ev
from supervisor.domain.commands import Audience, Notify
from supervisor.domain.kinds import DEFAULT_KINDS, RecordingPolicy, StreamPolicy
from supervisor.domain.occupants import Occupant
from supervisor.monitors.recording_forbidden import RecordingForbidden
from tests.unit.builders import ROOM, Play, booking, focus, on, people, person, recorder, transcriber

NAME = "RecordingForbidden"


def session(kind: str = "appointment", **changes: object) -> Play:
    changed = replace(DEFAULT_KINDS[kind], **changes)  # type: ignore[arg-type]
    return Play(booking(kind=changed), monitors=(RecordingForbidden(),)).room(focus(), *people(2)).at(60)


@pytest.mark.parametrize(
    ("expected", "who"),
    [
        ("THIS SESSION IS BEING RECORDED", recorder(mode="file")),
        ("THIS SESSION IS BEING RECORDED", recorder(mode="")),
        ("THIS SESSION IS BEING RECORDED", focus(on(mode="file"))),
        ("THIS SESSION IS BEING STREAMED", recorder()),
        ("THIS SESSION IS BEING STREAMED", focus(on())),
        ("A PARTICIPANT IS RECORDING THI", person("p1", local_recording=True)),
        ("THIS SESSION IS BEING WRITTEN ", transcriber()),
    ],
)
def test_everybody_reads_at_once_what_it_is(expected: str, who: Occupant) -> None:
    play = session().come(who)
    assert {NAME: "recorded"} == play.firing
    [notice] = [command for command in play.commands if isinstance(command, Notify)]
    assert (expected, Audience.EVERYBODY) == (notice.text[:30], notice.audience)


def test_what_jicofo_writes_down_by_itself_counts_too() -> None:
    assert {NAME: "recorded"} == session().door(transcribing=True).firing


def test_the_worst_is_told_where_there_are_several() -> None:
    play = session().come(person("p1", local_recording=True)).heard()
    assert ["A PARTICIPANT"] == [text[:13] for text in play]
    texts = session().come(recorder(mode="file")).come(person("p1", local_recording=True)).heard()
    assert ["THIS SESSION IS BEING RECORDED"] == [text[:30] for text in texts]


def test_everybody_reads_that_it_is_over() -> None:
    play = session().come(recorder(mode="file"))
    play.commands.clear()
    play.at(90).go("jibri1")
    [notice] = [command for command in play.commands if isinstance(command, Notify)]
    expected = ("Nothing records this session any more. You can go on.", Audience.EVERYBODY)
    assert expected == (notice.text, notice.audience)
    assert {} == play.firing


def test_a_breakout_room_is_part_of_the_session() -> None:
    breakout = "b@breakout.meet.test"
    play = session().feed(ev.RoomOpened(breakout, ROOM)).come(recorder(mode="file"), room=breakout)
    assert {NAME: "recorded"} == play.firing


@pytest.mark.parametrize("who", [recorder(mode="file"), recorder(), person("p1", local_recording=True), transcriber()])
def test_where_it_is_allowed_nothing_is_said(who: Occupant) -> None:
    assert {} == session("plenary").come(who).at(3000).firing


def test_where_only_the_stream_is_forbidden_a_file_is_not() -> None:
    play = session("plenary", stream=StreamPolicy.FORBIDDEN)
    assert {} == play.come(recorder(mode="file"), recorder("s2", "jibri2", "")).firing
    assert {NAME: "recorded"} == play.come(recorder("s2", "jibri2")).firing


def test_where_only_recording_is_forbidden_a_stream_is_not() -> None:
    play = session("plenary", recording=RecordingPolicy.FORBIDDEN).come(recorder(), recorder("s2", "jibri2", ""))
    assert {} == play.firing
    assert {NAME: "recorded"} == play.come(recorder("s2", "jibri2", "file")).firing


def test_a_guest_who_only_claims_to_be_a_recorder_is_none() -> None:
    assert {} == session().come(person("x", mode="file", session_id="s1")).at(3000).firing
