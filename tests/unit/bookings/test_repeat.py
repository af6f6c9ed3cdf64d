from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.bookings.repeat import MOST, Row, Window, read_row
from supervisor.domain.booking_words import BookingRefused
from supervisor.domain.kinds import DEFAULT_KINDS

WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")
UTC = dt.UTC
WORDS: dict[str, Any] = {
    "id": "ple",
    "room": "plealmatret",
    "kind": "plenary",
    "start": dt.datetime(2026, 9, 3, 19, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    "duration": "2h",
}


def row(**changes: object) -> Row:
    return read_row({**WORDS, **changes}, DEFAULT_KINDS, WINDOW)


def starts(**changes: object) -> dict[str, str]:
    """Id to start in UTC."""
    return {b.id: f"{dt.datetime.fromtimestamp(b.start, UTC):%Y-%m-%d %H:%M}" for b in row(**changes).bookings}


def problems(**changes: object) -> dict[str, str]:
    with pytest.raises(BookingRefused) as caught:
        row(**changes)
    return {problem.key: problem.text for problem in caught.value.problems}


def test_a_booking_without_these_words_is_one_booking() -> None:
    assert ["ple"] == [booking.id for booking in row().bookings]
    assert not row().repeats


def test_each_first_thursday_has_an_id_of_its_own_and_keeps_its_clock_time_over_the_change_of_hour() -> None:
    expected = {
        "ple-2026-09-03": "2026-09-03 17:00",
        "ple-2026-10-01": "2026-10-01 17:00",
        "ple-2026-11-05": "2026-11-05 18:00",
        "ple-2026-12-03": "2026-12-03 18:00",
    }
    assert expected == starts(repeat="FREQ=MONTHLY;BYDAY=1TH;COUNT=4")
    assert [7200.0, 7200.0, 3600.0, 3600.0] == [
        booking.utc_offset for booking in row(repeat="FREQ=MONTHLY;BYDAY=1TH;COUNT=4").bookings
    ]


def test_exceptions_are_left_out() -> None:
    found = starts(repeat="FREQ=MONTHLY;BYDAY=1TH;COUNT=3", **{"except": [dt.date(2026, 10, 1)]})
    assert ["ple-2026-09-03", "ple-2026-11-05"] == list(found)


def test_the_place_says_which_clock_is_meant() -> None:
    start = dt.datetime(2026, 9, 3, 19)  # noqa: DTZ001 - that is what is tested
    assert {"ple": "2026-09-03 18:00"} == starts(start=start, timezone="Atlantic/Canary")
    assert {"ple-2026-09-03": "2026-09-03 17:00"} == starts(start=start, repeat="FREQ=DAILY;COUNT=1")


def test_a_clock_time_that_the_night_of_march_skips_is_an_hour_later_and_the_one_of_october_is_the_first() -> None:
    march = dt.datetime(2027, 3, 27, 2, 30)  # noqa: DTZ001
    expected = {"ple-2027-03-27": "2027-03-27 01:30", "ple-2027-03-28": "2027-03-28 01:30"}
    assert expected == starts(start=march, repeat="FREQ=DAILY;COUNT=2")
    october = dt.datetime(2026, 10, 24, 2, 30)  # noqa: DTZ001
    expected = {"ple-2026-10-24": "2026-10-24 00:30", "ple-2026-10-25": "2026-10-25 00:30"}
    assert expected == starts(start=october, repeat="FREQ=DAILY;COUNT=2")


def test_an_endless_row_exists_within_the_window_that_moves_on_with_the_days() -> None:
    words = {**WORDS, "start": dt.datetime(2020, 1, 1, 9, tzinfo=UTC), "repeat": "FREQ=DAILY"}
    found = read_row(words, DEFAULT_KINDS, WINDOW)
    assert (found.repeats, found.cut) == (True, False)
    assert ("ple-2026-07-28", "ple-2027-10-05") == (found.bookings[0].id, found.bookings[-1].id)
    later = read_row(words, DEFAULT_KINDS, Window(dt.date(2026, 9, 2), "Europe/Madrid"))
    assert ("ple-2026-07-29", "ple-2027-10-06") == (later.bookings[0].id, later.bookings[-1].id)


def test_the_window_of_an_instant_is_that_of_its_day() -> None:
    at = dt.datetime(2026, 9, 1, 23, 59, 59, tzinfo=UTC).timestamp()
    assert WINDOW == Window.around(at, "Europe/Madrid")
    assert WINDOW != Window.around(at + 1, "Europe/Madrid")


def test_a_row_never_has_more_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisor.bookings.repeat.MOST", 10)
    found = row(repeat="FREQ=DAILY")
    assert (10, True) == (len(found.bookings), found.cut)
    assert MOST > (WINDOW.end - WINDOW.begin).days


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260905", "ple-2026-09-05"),
        ("20260905T170000Z", "ple-2026-09-05"),
        ("20260905T165959Z", "ple-2026-09-04"),
        ("20260905T190000", "ple-2026-09-05"),
    ],
)
def test_the_last_one_is_included(until: str, last: str) -> None:
    assert last == list(starts(repeat=f"FREQ=DAILY;UNTIL={until}"))[-1]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("repeat", {"repeat": "each Thursday"}),
        ("repeat", {"repeat": 3}),
        ("repeat", {"repeat": "FREQ=FORTNIGHTLY"}),
        ("repeat", {"repeat": "FREQ=DAILY;COUNT=x"}),
        ("repeat", {"repeat": "FREQ=DAILY;UNTIL=20261399"}),
        ("repeat", {"repeat": "FREQ=SECONDLY;COUNT=1000000"}),
        ("repeat", {"repeat": "FREQ=HOURLY"}),
        ("repeat", {"repeat": "FREQ=DAILY;BYHOUR=1,2,3"}),
        ("repeat", {"repeat": "FREQ=DAILY;" + "COUNT=1;" * 100}),
        ("repeat", {"repeat": "FREQ=DAILY", "kind": "permanent"}),
        ("except", {"except": [dt.date(2026, 9, 3)]}),
        ("except", {"repeat": "FREQ=DAILY", "except": "2026-09-03"}),
        ("except", {"repeat": "FREQ=DAILY", "except": [dt.datetime(2026, 9, 3, tzinfo=UTC)]}),
        ("timezone", {"timezone": "Europe/Almatret"}),
        ("timezone", {"timezone": "../../etc/passwd"}),
        ("timezone", {"timezone": 7}),
        ("id", {"id": "x" * 128, "repeat": "FREQ=DAILY"}),
        ("start", {"start": "tomorrow", "repeat": "FREQ=DAILY"}),
        ("start", {"start": dt.datetime(2026, 9, 3, 19)}),  # noqa: DTZ001
    ],
)
def test_each_wrong_word_is_named(key: str, words: dict[str, object]) -> None:
    assert [key] == list(problems(**words))


def test_all_problems_are_said_at_once() -> None:
    found = problems(room="ple d'Almatret", repeat="x", timezone="y", **{"except": 3})
    assert {"room", "repeat", "timezone", "except"} == set(found)


@given(st.text(st.sampled_from("FREQ=DAILYWKNUT;BMO0123456789,-+:TZ"), max_size=40))
def test_no_rule_raises_anything_but_a_refusal(rule: str) -> None:
    try:
        row(repeat=f"FREQ=WEEKLY;{rule}")
    except BookingRefused as error:
        assert error.problems  # noqa: PT017 - some rules are fine
