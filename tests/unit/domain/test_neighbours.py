"""What else a session's room is booked for."""

import pytest

from supervisor.domain.bookings import Booking
from supervisor.domain.diary import Diary, Neighbours
from supervisor.domain.kinds import DEFAULT_KINDS
from tests.unit.builders import START, booking


def neighbours(*others: Booking) -> Neighbours:
    diary = Diary()
    diary.read("file", (booking(), *others), START)
    return diary.neighbours(booking())


@pytest.mark.parametrize(
    ("expected", "start", "duration"),
    [
        ("other", -3600, 3601),
        ("other", 7199, 60),
        ("other", 60, 60),
        ("other", -60, 9000),
        ("", -3600, 3600),
        ("", 7200, 60),
    ],
)
def test_a_rival_is_one_whose_time_overlaps(expected: str, start: float, duration: float) -> None:
    assert expected == neighbours(booking(id="other", start=START + start, duration=duration)).rival


def test_another_room_is_no_rival() -> None:
    assert Neighbours() == neighbours(booking(id="other", room="sala2"), booking(id="third", tenant="t"))


def test_a_room_that_is_always_open_is_there_to_be_shared() -> None:
    permanent = booking(id="other", kind=DEFAULT_KINDS["permanent"], start=START - 9e6)
    assert Neighbours() == neighbours(permanent)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (True, {}),
        (False, {"organisation": "Ajuntament de Bellpuig"}),
        (False, {"organisation": ""}),
        (False, {"start": START - 7200, "duration": 5400.0}),
    ],
)
def test_kin_is_the_same_organisation_that_had_the_room_just_before(expected: bool, changes: dict[str, object]) -> None:  # noqa: FBT001 - a table
    usual = {"id": "other", "start": START - 2700, "duration": 2700.0}
    assert expected is neighbours(booking(**{**usual, **changes})).kin


def test_two_without_an_organisation_are_no_kin() -> None:
    diary = Diary()
    late, early = booking(organisation=""), booking(id="e", organisation="", start=START - 2700, duration=2700.0)
    diary.read("file", (early, late), START)
    assert not diary.neighbours(late).kin
