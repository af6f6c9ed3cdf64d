"""SessionNotStarted: booked, and nobody there."""

import pytest

from supervisor.domain import events as ev
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.records import AlertRow, Saved
from supervisor.engine import XMPP
from supervisor.monitors.session_not_started import SessionNotStarted
from tests.unit.builders import ROOM, START, Play, booking, focus, people, person

NAME = "SessionNotStarted"
MONITORS = (SessionNotStarted(),)


def play(**changes: object) -> Play:
    return Play(booking(**changes), monitors=MONITORS).room()


def test_ten_minutes_after_the_start_of_an_empty_session_support_knows_and_the_room_does_not() -> None:
    played = play().at(599)
    assert {} == played.firing
    assert ({NAME: "not started"}, []) == (played.at(600).firing, played.heard())


def test_one_person_alone_is_no_session_and_two_are() -> None:
    played = play().come(focus(), person("p1")).at(700)
    assert {NAME: "not started"} == played.firing
    assert ({}, []) == (played.come(person("p2")).firing, played.heard())


def test_a_session_that_ended_early_has_begun() -> None:
    played = play().at(100).come(*people(3)).at(400).go("p0", "p1", "p2").at(3000)
    assert {} == played.firing


def test_who_tried_the_room_before_the_start_and_left_has_not_begun_it() -> None:
    played = play(start=START + 1200).come(*people(3)).at(1100).go("p0", "p1", "p2").at(1800)
    assert {NAME: "not started"} == played.firing


def test_people_who_are_there_at_the_start_and_leave_before_its_tenth_minute_have_begun_it() -> None:
    played = play(start=START + 1200).come(*people(3)).at(1201).go("p0", "p1", "p2").at(3000)
    assert {} == played.firing


def test_after_the_booked_end_nothing_is_expected() -> None:
    played = play().at(7199)
    assert {NAME: "not started"} == played.firing
    assert {} == played.at(7200).firing


def test_a_room_that_is_always_open_owes_no_beginning() -> None:
    assert {} == play(kind=DEFAULT_KINDS["permanent"]).at(3000).firing


def test_a_room_that_was_not_seen_in_time_says_nothing() -> None:
    played = Play(monitors=MONITORS).at(601).room().at(3000)
    assert {} == played.firing


@pytest.mark.parametrize("seconds", [0.0, 599.0])
def test_a_room_that_is_seen_late_but_in_time_is_judged(seconds: float) -> None:
    assert {NAME: "not started"} == Play(monitors=MONITORS).at(seconds).room().at(600).firing


def test_an_alert_that_survived_a_restart_goes_on_and_ends_when_people_come() -> None:
    row = AlertRow("almatret-1", NAME, 1, "warning", START + 600, START + 600)
    played = Play(monitors=MONITORS, saved=Saved(alerts=(row,))).at(900).room().at(1000)
    assert {NAME: "not started"} == played.firing
    assert {} == played.come(*people(2)).firing


def test_while_the_room_is_not_seen_nothing_is_said() -> None:
    played = play().at(10).feed(ev.SourceLost(XMPP, "gone")).at(1000)
    assert {"SourceLost": "blind"} == played.firing
    assert {NAME: "not started"} == played.feed(ev.RoomRead(ROOM, "m1", (focus(),)), ev.SourceSynced(XMPP)).firing
