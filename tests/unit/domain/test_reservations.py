"""Which rooms may be opened, for how long, and what people read where they may not. Instants count from the start."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from supervisor.domain import reservations as res
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.reservations import Conflict, Refusal, Request, Reservation, Reservations, Unbooked
from tests.unit.builders import START, booking

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking

HOUR = 3600.0


def asked(number: int = 1) -> Request:
    return Request("sala1", "1a2b@meet.test", f"unbooked-{number}")


def ask(
    *bookings: Booking, at: float, unbooked: Unbooked = Unbooked.REFUSE, known: Reservations | None = None
) -> res.Outcome:
    return (known or Reservations(unbooked)).ask(asked(), bookings, START + at)


def granted(outcome: res.Outcome) -> Reservation:
    assert isinstance(outcome, Reservation), outcome
    return outcome


def refused(outcome: res.Outcome) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.message.msgid


def permanent(**changes: object) -> Booking:
    return booking(id="perm", kind=DEFAULT_KINDS["permanent"], duration=None, **changes)


@pytest.mark.parametrize("minutes", [-30, -1, 0, 60, 120, 359])
def test_a_booked_room_opens_from_half_an_hour_before_until_four_hours_after(minutes: float) -> None:
    found = granted(ask(booking(), at=minutes * 60))
    assert ("almatret-1", "sala1", "1a2b@meet.test", int(START)) == (found.id, found.name, found.owner, found.start)


@pytest.mark.parametrize("minutes", [-31, 360])
def test_outside_of_that_the_booking_does_not_stand_for_the_room(minutes: float) -> None:
    assert isinstance(ask(booking(), at=minutes * 60), Refusal)


def test_the_room_is_not_cut_at_the_booked_end() -> None:
    assert 2 * HOUR + res.OVERRUN == granted(ask(booking(), at=0)).duration


def test_who_opens_it_anew_after_the_end_has_the_whole_overrun() -> None:
    assert START + 5 * HOUR + res.OVERRUN == granted(ask(booking(), at=5 * HOUR)).expires


@pytest.mark.parametrize("hours", [71, 100])
def test_a_long_booking_is_granted_whole(hours: float) -> None:
    assert granted(ask(booking(duration=hours * HOUR), at=0)).duration >= hours * HOUR


@pytest.mark.parametrize("at", [-1e6, 0.0, 1e7])
def test_a_permanent_room_is_always_open_for_long(at: float) -> None:
    found = granted(ask(permanent(), at=at))
    assert found.start <= START + at
    assert START + at + 72 * HOUR < found.expires < inf


def test_a_start_before_the_epoch_is_no_riddle_for_the_asker() -> None:
    assert 0 == granted(ask(permanent(start=-5e8), at=0)).start


def test_the_session_under_way_goes_before_the_next_one_and_that_before_the_last_one() -> None:
    first, second = booking(id="first", duration=HOUR), booking(id="second", start=START + 1.25 * HOUR)
    rooms = (first, second, permanent())
    assert ["first", "first", "second", "second"] == [
        granted(ask(*rooms, at=at * HOUR)).id for at in (0, 0.9, 1.0, 1.25)
    ]
    assert ["second", "perm"] == [granted(ask(*rooms, at=at * HOUR)).id for at in (7, 8)]


def test_a_room_that_is_open_for_another_session_is_a_conflict_until_that_one_is_over() -> None:
    known = Reservations(Unbooked.REFUSE)
    long, inside = booking(id="long", duration=4 * HOUR), booking(id="inside", start=START + HOUR, duration=HOUR)
    held = granted(ask(long, inside, at=0, known=known))
    outcome = ask(long, inside, at=HOUR, known=known)
    assert Conflict(held) == outcome
    assert held == known.find("long", START + HOUR)
    assert known.drop("long")
    assert "inside" == granted(ask(long, inside, at=HOUR, known=known)).id


def test_a_lost_word_of_the_closing_never_gives_the_next_session_the_last_ones_password() -> None:
    known = Reservations()
    first = booking(id="first", duration=HOUR, password="1111")
    second = booking(id="second", start=START + HOUR, password="2222")
    granted(ask(first, second, at=0, known=known))
    found = granted(ask(first, second, at=HOUR, known=known))
    assert found.booking == second
    assert known.find("first", START + HOUR) is None


def test_asking_again_and_reopening_give_the_same_answer() -> None:
    known = Reservations()
    first = granted(ask(booking(), at=0, known=known))
    assert first == granted(ask(booking(), at=60, known=known))
    assert known.drop("almatret-1")
    assert not known.drop("almatret-1")
    assert known.find("almatret-1", START) is None
    assert first == granted(ask(booking(), at=120, known=known))


@pytest.mark.parametrize("policy", [Unbooked.ALLOW, Unbooked.WARN])
def test_a_room_that_nobody_booked_is_open_for_days_where_that_is_allowed(policy: Unbooked) -> None:
    known = Reservations(policy)
    found = granted(ask(at=0.5, known=known))
    assert ("unbooked-1", None, int(START)) == (found.id, found.booking, found.start)
    assert found.duration > 72 * HOUR
    assert found == known.ask(asked(2), (), START + 60)


def test_an_unbooked_use_yields_to_the_booking_when_its_time_comes() -> None:
    known = Reservations(Unbooked.ALLOW)
    granted(ask(booking(), at=-HOUR, known=known))
    assert "almatret-1" == granted(ask(booking(), at=0, known=known)).id
    assert known.find("unbooked-1", START) is None


@pytest.mark.parametrize(
    ("expected", "bookings", "hours"),
    [
        (res.NOT_BOOKED, [], 0),
        (res.NOT_YET, [booking()], -2),
        (res.NOT_TODAY, [booking()], -26),
        (res.OVER, [booking(duration=HOUR / 2)], 4.75),
        (res.NOT_BOOKED, [booking()], 48),
        (res.NOT_YET, [booking(id="a", start=START - 12 * HOUR), booking()], -2),
        (res.NOT_YET, [booking(start=START - 18.9 * HOUR)], -26),  # six past midnight: it opens today
    ],
)
def test_the_refusal_says_what_the_person_can_do(expected: str, bookings: list[Booking], hours: float) -> None:
    assert expected == refused(ask(*bookings, at=hours * HOUR))


def test_the_refusal_is_in_the_bookings_language_and_clock() -> None:
    outcome = ask(booking(), at=-2 * HOUR)
    assert isinstance(outcome, Refusal)
    assert booking() == outcome.booking
    assert {"start": START, "opens": START - 1800} == outcome.message.params


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(res, "MOST", 3)
    known = Reservations()
    for number in range(5):
        granted(known.ask(Request(f"r{number}", "", f"u{number}"), (), START))
    assert [False, False, True, True, True] == [known.find(f"u{n}", START) is not None for n in range(5)]


def test_what_has_expired_is_unknown() -> None:
    known = Reservations()
    found = granted(ask(booking(), at=0, known=known))
    assert known.find(found.id, found.expires - 1) == found
    assert known.find(found.id, found.expires) is None
