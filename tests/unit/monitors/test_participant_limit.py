"""ParticipantLimit: what each head count means, and that one who comes and goes does not alarm each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supervisor.alerts.lifecycle import Rule
from supervisor.domain.reading import State
from supervisor.domain.room import Room
from supervisor.domain.session import Session
from supervisor.monitors.participant_limit import CALM, EXCEEDED, ParticipantLimit
from tests.unit.builders import ROOM, SITE, START, Play, booking, focus, people, person, recorder

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking

PATIENT = {"ParticipantLimit": Rule(wait=60.0, keep=60.0)}


def session(count: int, *, of: Booking | None = None) -> Session:
    room = Room(ROOM, SITE)
    room.read("m1", people(count), START)
    return Session(of or booking(), [room])


def stage(count: int, firing: int = 0, limit: int = 30, monitor: ParticipantLimit | None = None) -> int:
    return (monitor or ParticipantLimit()).read(session(count, of=booking(limit=limit)), firing, START).stage


@pytest.mark.parametrize(
    ("expected", "count"), [(0, 0), (0, 23), (1, 24), (1, 29), (2, 30), (3, 31), (3, 200)], ids=str
)
def test_of_thirty_it_begins_at_24_is_reached_at_30_and_exceeded_at_31(expected: int, count: int) -> None:
    assert expected == stage(count)


@pytest.mark.parametrize(
    ("expected", "count", "firing"),
    [(1, 22, 1), (0, 21, 1), (2, 29, 2), (1, 28, 2), (3, 30, 3), (3, 29, 3), (1, 28, 3), (0, 21, 3)],
    ids=str,
)
def test_a_stage_is_left_only_some_people_below_its_threshold(expected: int, count: int, firing: int) -> None:
    assert expected == stage(count, firing)


@pytest.mark.parametrize(("expected", "count"), [(0, 3), (1, 4), (2, 5), (3, 6)], ids=str)
def test_an_appointment_of_five_has_the_same_stages(expected: int, count: int) -> None:
    assert expected == stage(count, limit=5)


def test_a_share_that_is_no_whole_person_is_rounded_up() -> None:
    assert (0, 1) == (stage(5, limit=7), stage(6, limit=7))


def test_the_operators_own_share_and_margin_hold() -> None:
    monitor = ParticipantLimit(approaching=0.5, margin=5)
    assert (0, 1) == (stage(14, monitor=monitor), stage(15, monitor=monitor))
    assert (1, 0) == (stage(10, 1, monitor=monitor), stage(9, 1, monitor=monitor))


def test_the_reading_says_why_and_has_the_numbers_of_now() -> None:
    reading = ParticipantLimit().read(session(31), 0, START)
    assert (State.ACTIVE, "31 people, limit 30") == (reading.state, reading.reason)
    assert reading.message is not None
    assert (EXCEEDED, {"people": 31, "limit": 30}) == (reading.message.msgid, reading.message.params)


def test_once_fewer_than_before_the_text_is_the_all_clear_even_where_a_milder_stage_holds() -> None:
    reading = ParticipantLimit().read(session(28), 3, START)
    assert reading.stage == 1
    assert reading.message is not None
    assert CALM == reading.message.msgid


def test_focus_and_recorders_are_not_counted() -> None:
    play = Play().room(focus(), *people(30), recorder())
    assert "30 people are connected: that is the recommended limit" in play.heard()[-1]


def test_with_patience_0_the_31st_is_told_in_the_same_instant() -> None:
    play = Play().room(*people(30))
    play.at(10).heard()
    assert ["31 people are connected, more than the recommended 30"] == [
        text.partition(":")[0] for text in play.come(person("p30")).heard()
    ]


def test_one_who_stays_59_seconds_too_many_stays_quiet_and_one_of_60_does_not() -> None:
    play = Play(rules=PATIENT).room(*people(30)).at(100)
    play.heard()
    play.come(person("p30")).at(159)
    assert [] == play.heard()
    play.go("p30").at(170).come(person("p30")).at(229)
    assert [] == play.heard()
    assert "31 people" in play.at(230).heard()[0]


def test_someone_who_drops_out_and_comes_back_does_not_clear_the_alert() -> None:
    play = Play(rules=PATIENT).room(*people(31)).at(60)
    play.heard()
    play.go("p30", "p29", "p28").at(100).come(person("p28"), person("p29"), person("p30")).at(200)
    assert [] == play.heard()
    assert "exceeded" == play.firing["ParticipantLimit"]


def test_all_clear_comes_60_seconds_after_enough_have_left_and_once() -> None:
    play = Play(rules=PATIENT).room(*people(31)).at(60)
    play.heard()
    play.go("p30", "p29", "p28").at(119)
    assert [] == play.heard()
    assert ["28 people are connected, within the recommended limit of 30 again."] == play.at(120).heard()
    assert [] == play.at(1000).heard()


def test_without_a_margin_the_limit_itself_still_holds_what_was_reached() -> None:
    play = Play(booking(limit=3), monitors=[ParticipantLimit(margin=0)]).room(focus(), *people(3))
    assert {"ParticipantLimit": "reached"} == play.firing
    play.at(1.0)
    assert {"ParticipantLimit": "reached"} == play.firing
    assert 1 == len(play.heard())
