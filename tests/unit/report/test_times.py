"""When a trouble began and ended, as opposed to when its alert did; and where it stands in the picture."""

import pytest

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.monitors.focus_missing import FocusMissing
from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.preflight import Preflight
from supervisor.monitors.session_overrun import SessionOverrun
from supervisor.report.account import account
from supervisor.report.picture import Bar, lanes
from supervisor.report.readiness import Checked
from supervisor.report.troubles import Trouble
from tests.unit.builders import ROOM, START, Play, booking, focus, people
from tests.unit.report.evening import sealed


def troubles(play: Play) -> list[Trouble]:
    return list(account("almatret-1", sealed(play.commands).links).troubles)


def times(trouble: Trouble) -> tuple[float | None, ...]:
    instants = (trouble.start, trouble.detected, trouble.end, trouble.recovered)
    return tuple(None if one is None else round(one - START, 3) for one in instants)


def test_too_many_were_there_from_the_first_moment_to_the_last_not_from_alert_to_alert() -> None:
    patient = {"ParticipantLimit": Rule(wait=60.0, keep=60.0)}
    play = Play(booking(limit=5), rules=patient, monitors=(ParticipantLimit(),)).room(focus(), *people(6)).at(500.0)
    (trouble,) = troubles(play.go("p5", "p4", "p3", "p2", "p1").at(900.0))
    assert (0.0, 60.0, 500.0, 560.0) == times(trouble)


def test_a_worse_stage_that_knows_since_when_moves_the_beginning() -> None:
    play = Play(monitors=(FocusMissing(),)).room(focus(), *people(2)).at(100.0).go("focus").at(300.0).come(focus())
    (trouble,) = troubles(play)
    assert (100.0, 110.0, 300.0, 300.0) == times(trouble)


def test_an_overrun_begins_at_the_booked_end() -> None:
    play = Play(monitors=(SessionOverrun(),)).room(focus(), *people(2)).at(8400.0).go("p0", "p1")
    (trouble,) = troubles(play)
    assert (7200.0, 8100.0, 8400.0, 8400.0) == times(trouble)


def test_a_pause_by_hand_ends_when_the_session_goes_on() -> None:
    play = Play().room(focus(), *people(2)).at(100.0).feed(ev.CommandGiven(ROOM, "p0", "!pausa"))
    play.at(400.0)
    for _ in range(2):  # no stream runs: it has to be insisted
        play.feed(ev.CommandGiven(ROOM, "p0", "!reprèn"))
    (trouble,) = troubles(play)
    assert ("SessionPaused", (100.0, 100.0, 400.0, 400.0)) == (trouble.monitor, times(trouble))


def test_the_first_who_comes_just_after_a_sign_of_life_is_written_within_a_second() -> None:
    play = Play(monitors=()).room(focus()).at(60.0).come(*people(1)).at(600.0)
    found = account("almatret-1", sealed(play.commands).links)
    assert pytest.approx(START + 61.0) == found.summary.first_in


def test_the_check_before_the_start_is_on_record_with_what_was_mended() -> None:
    booked = booking(start=START + 1800.0, stream=StreamSource(jibri=True), contacts=("a@example.org",))
    play = Play(booked, monitors=(Preflight(),)).room(focus()).at(900.0)
    play.feed(ev.RecordersSeen("jicofo", 0, 1, 0, START + 9000.0)).at(1000.0)
    play.feed(ev.RecordersSeen("jicofo", 1, 0, 0, START + 9000.0)).at(2000.0)
    found = {one.item: one for one in account("almatret-1", sealed(play.commands).links).checked}
    assert Checked("recorder", "ok", START + 1000.0, was_wrong=True) == found["recorder"]
    assert ("ok", False) == (found["people"].state, found["people"].was_wrong)


def test_incidents_that_would_cover_each_other_stand_below_each_other() -> None:
    bars = [Bar(0.0, 50.0, "alert"), Bar(20.0, 5.0, "alert"), Bar(70.0, 5.0, "alert"), Bar(77.0, 2.0, "alert")]
    assert [[bars[0], bars[2]], [bars[1], bars[3]]] == lanes(bars)
