from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.letters import Letter, Letters, Way
from tests.unit.builders import START, booking

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking

MAIL, PHONE = "oac@example.org", "+34600000000"
BOTH = frozenset(Way)


def appointment(**changes: Any) -> Booking:
    usual = {
        "kind": DEFAULT_KINDS["appointment"],
        "contacts": (MAIL, PHONE),
        "reminder": 600.0,
        "password": "482915",
        "start": START,
    }
    return booking(**{**usual, **changes})


def written(letters: Letters, at: float) -> list[tuple[str, str]]:
    return [(message.kind, message.channel) for message in letters.due(at)]


def desk(*bookings: Booking, ways: frozenset[Way] = BOTH) -> Letters:
    letters = Letters(ways)
    letters.read(bookings)
    return letters


def test_a_booking_is_confirmed_at_once_and_only_once() -> None:
    letters = desk(appointment())
    assert [(Letter.CONFIRMATION, Way.MAIL), (Letter.CONFIRMATION, Way.SMS)] == written(letters, START - 86_400)
    assert [] == written(letters, START - 86_399)


def test_ten_minutes_before_the_link_goes_to_all_and_the_pin_to_the_telephone() -> None:
    letters = desk(appointment())
    list(letters.due(START - 86_400))
    assert START - 600 == letters.deadline(START - 86_400)
    assert [] == written(letters, START - 600.1)
    assert [(Letter.REMINDER, Way.MAIL), (Letter.REMINDER, Way.SMS), (Letter.PIN, Way.SMS)] == written(
        letters, START - 600
    )
    assert inf == letters.deadline(START - 600)


def test_without_a_telephone_the_pin_is_a_mail_of_its_own() -> None:
    assert [(Letter.REMINDER, Way.MAIL), (Letter.PIN, Way.MAIL)] == written(desk(appointment(contacts=(MAIL,))), START)
    assert [(Letter.REMINDER, Way.MAIL), (Letter.PIN, Way.MAIL)] == written(
        desk(appointment(), ways=frozenset({Way.MAIL})), START
    )


def test_a_daemon_that_comes_late_still_reminds_and_one_that_comes_too_late_does_not() -> None:
    assert written(desk(appointment()), START + 299.0)
    assert [] == written(desk(appointment()), START + 300.0)


def test_a_session_that_was_moved_is_confirmed_anew() -> None:
    letters = desk(appointment())
    first = {message.id for message in letters.due(START - 86_400)}
    letters.read([appointment(start=START + 3600)])
    second = {message.id for message in letters.due(START - 86_300)}
    assert (2, set()) == (len(second), first & second)


def test_the_same_letter_has_the_same_key_after_a_restart() -> None:
    before, after = desk(appointment()), desk(appointment())
    assert [m.id for m in before.due(START - 9000)] == [m.id for m in after.due(START - 8000)]


def test_no_letter_holds_an_address_or_the_pin() -> None:
    said = repr([*desk(appointment()).due(START)])
    for secret in (MAIL, PHONE, "482915"):
        assert secret not in said


def test_nobody_is_written_to_where_nothing_was_booked_for_it() -> None:
    assert [] == written(desk(appointment(kind=DEFAULT_KINDS["plenary"], reminder=0.0)), START - 86_400)
    assert [] == written(desk(appointment(), ways=frozenset()), START - 86_400)
    assert [] == written(desk(appointment(contacts=())), START)
