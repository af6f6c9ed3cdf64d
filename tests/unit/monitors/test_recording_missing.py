"""RecordingMissing: a session of a kind that has to be recorded is not."""

from dataclasses import replace

import pytest

from supervisor.domain.kinds import DEFAULT_KINDS, RecordingPolicy
from supervisor.domain.occupants import Occupant
from supervisor.monitors.recording_missing import RecordingMissing
from tests.unit.builders import Play, booking, focus, off, on, people, person, recorder

NAME = "RecordingMissing"
OWED = replace(DEFAULT_KINDS["test"], recording=RecordingPolicy.REQUIRED)


def session(*occupants: Occupant) -> Play:
    return Play(booking(kind=OWED), monitors=(RecordingMissing(),)).room(*(occupants or (focus(), *people(2))))


def test_after_five_minutes_without_a_recording_the_moderators_read_what_to_do() -> None:
    play = session().at(299.9)
    assert ([], {}) == (play.heard(), play.firing)
    assert {NAME: "not recorded"} == play.at(300).firing
    [text] = play.heard()
    assert text.startswith("This session has to be recorded, and nothing is recording it.")


def test_it_is_over_when_a_recorder_writes_a_file() -> None:
    play = session().at(300)
    play.heard()
    assert ["The session is being recorded."] == play.come(recorder(mode="file"), focus(on(mode="file"))).heard()
    assert {} == play.firing


@pytest.mark.parametrize("who", [recorder(mode="file"), focus(on(mode="file")), person("p1", local_recording=True)])
def test_a_file_and_a_local_recording_are_recordings(who: Occupant) -> None:
    assert {} == session().at(60).come(who).at(3000).firing


def test_a_stream_is_no_recording() -> None:
    assert {NAME: "not recorded"} == session().come(recorder(), focus(on())).at(300).firing


def test_a_recorder_that_is_getting_ready_is_given_its_time() -> None:
    play = session().at(290).come(recorder(mode="")).at(310)
    assert {} == play.firing
    assert {NAME: "not recorded"} == play.go("jibri1").firing


def test_a_recording_that_stops_is_missed() -> None:
    play = session().at(60).come(recorder(mode="file"), focus(on(mode="file"))).at(3000)
    assert {NAME: "not recorded"} == play.come(focus(off())).go("jibri1").firing


def test_an_empty_room_and_a_session_that_is_over_owe_nothing() -> None:
    assert {} == session(focus()).at(3000).firing
    assert {} == session().at(7200).firing


@pytest.mark.parametrize("kind", sorted(DEFAULT_KINDS))
def test_no_shipped_kind_owes_a_recording(kind: str) -> None:
    play = Play(booking(kind=DEFAULT_KINDS[kind]), monitors=(RecordingMissing(),)).room(focus(), *people(2))
    assert {} == play.at(3000).firing
