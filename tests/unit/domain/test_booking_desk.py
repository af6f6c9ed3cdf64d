"""Bookings are made, changed and cancelled at one desk; it says what to store, or everything that is wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.booking_desk import MADE, Desk, Done, ElsewhereError, House, NoBookingError, NotDoneError, Stock
from supervisor.domain.booking_rules import HouseRules
from supervisor.domain.booking_texts import from_json, from_texts, shown, words_of
from supervisor.domain.booking_words import read_booking
from supervisor.domain.durations import duration_text, parse_duration
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.records import BookingRemoved, BookingRow
from tests.unit.builders import START, booking

HOUSE = House(DEFAULT_KINDS, HouseRules())
NOW = START - 7 * 86_400.0
WORDS: dict[str, Any] = {
    "id": "ple-1",
    "room": "plealmatret",
    "kind": "plenary",
    "start": "2026-09-03T19:00:00+02:00",
    "duration": "2h",
}


def desk(*rows: BookingRow, others: Any = (), now: float = NOW) -> Desk:
    stock = Stock.of(1, rows, DEFAULT_KINDS)
    assert () == stock.problems
    elsewhere = {each.id: ("bookings.toml", each) for each in others}
    return Desk(HOUSE, stock, elsewhere, now, "desk")


def made(at: Desk, **changes: Any) -> Done:
    return at.make({key: value for key, value in {**WORDS, **changes}.items() if value is not ...})


def row(**changes: Any) -> BookingRow:
    change = made(desk(), **changes).change
    assert isinstance(change, BookingRow)
    return change


def refused(at: Desk, **changes: Any) -> NotDoneError:
    with pytest.raises(NotDoneError) as caught:
        made(at, **changes)
    return caught.value


def rules(error: NotDoneError) -> list[tuple[str, str]]:
    return [(finding.key, finding.rule) for finding in error.findings]


def test_a_booking_is_stored_with_its_words_its_room_and_its_time() -> None:
    expected = BookingRow("ple-1", "plealmatret", START, START + 7200, WORDS, 1, NOW, "desk")
    assert expected == row()


def test_what_was_stored_is_read_back_as_the_same_booking() -> None:
    done = made(desk(), stream={"youtube": "dQw4w9WgXcQ"}, contacts=["town@example.org"], password="482915")
    assert isinstance(done.change, BookingRow)
    assert {"ple-1": done.booking} == Stock.of(1, [done.change], DEFAULT_KINDS).bookings


def test_a_booking_without_an_id_is_called_by_its_room_and_day() -> None:
    first = row(id=...)
    assert "plealmatret-2026-09-03" == first.id
    second = made(desk(first), id=..., start="2026-09-03T22:00:00+02:00").change
    assert "plealmatret-2026-09-03-2" == second.id


def test_every_problem_with_the_words_is_named_at_once() -> None:
    error = refused(desk(), room="sala ú", start="tomorrow", duration=2, colour="red")
    assert [("room", "words"), ("start", "words"), ("duration", "words"), ("colour", "words")] == rules(error)
    assert (True, False) == (error.wrong_words, error.conflict)


def test_a_room_that_is_taken_is_a_conflict_and_nothing_else_is() -> None:
    error = refused(desk(row()), id="other")
    assert ([("room", "overlap")], True) == (rules(error), error.conflict)
    error = refused(desk(row()), id="other", start="2026-09-05T19:00:00+02:00")
    assert ([("start", "working_days")], False) == (rules(error), error.conflict)
    error = refused(desk(row()), id="other", kind="appointment")
    assert ([("room", "overlap"), ("password", "password")], False) == (rules(error), error.conflict)


def test_an_id_that_is_taken_is_a_conflict_and_says_by_whom() -> None:
    error = refused(desk(row()), room="altrasala1")
    assert ([("id", "id")], True, True) == (rules(error), error.conflict, "from made" in str(error))
    error = refused(desk(others=[booking(id="ple-1")]), room="altrasala1")
    assert "from bookings.toml" in str(error)


def test_a_warning_does_not_refuse() -> None:
    done = made(desk(), room="prova")
    assert ["guessable"] == [finding.rule for finding in done.warnings]


def test_a_change_counts_the_revision_and_does_not_collide_with_itself() -> None:
    at = desk(row())
    done = at.replace("ple-1", {key: value for key, value in WORDS.items() if key != "id"} | {"duration": "3h"})
    assert isinstance(done.change, BookingRow)
    assert (2, START + 10_800) == (done.change.revision, done.change.ends)


def test_a_patch_changes_what_it_names_and_null_removes_it() -> None:
    at = desk(row(stream={"youtube": "abc", "jibri": True}, password="1234"))
    done = at.patch("ple-1", {"stream": {"youtube": None, "hls": "https://a.test/i.m3u8"}, "title": "Ple"})
    stream = done.booking.stream
    assert (None, True, "https://a.test/i.m3u8") == (stream.youtube, stream.jibri, stream.hls)
    assert ("1234", "Ple") == (done.booking.password, done.booking.title)
    assert at.patch("ple-1", {"password": None}).booking.password is None


def test_an_id_is_for_ever() -> None:
    with pytest.raises(NotDoneError, match='has to stay "ple-1"'):
        desk(row()).replace("ple-1", {**WORDS, "id": "ple-2"})


def test_what_is_written_elsewhere_is_changed_there() -> None:
    at = desk(others=[booking()])
    for wish in (
        lambda: at.cancel("almatret-1"),
        lambda: at.patch("almatret-1", {}),
        lambda: at.replace("almatret-1", {}),
    ):
        with pytest.raises(ElsewhereError, match=r"from bookings\.toml; change it there"):
            wish()
    with pytest.raises(NoBookingError, match='no booking "nothing"'):
        at.cancel("nothing")


def test_a_booking_is_cancelled() -> None:
    assert BookingRemoved("ple-1") == desk(row()).cancel("ple-1")


def test_of_an_import_all_are_taken_or_none_and_each_problem_has_its_booking() -> None:
    second = {**WORDS, "id": "ple-2", "start": "2026-09-04T19:00:00+02:00"}
    assert ["ple-1", "ple-2"] == [done.change.id for done in desk().make_all([WORDS, second])]
    bad = [WORDS, {**WORDS, "id": "ple-2"}, WORDS, {**WORDS, "id": "ple-3", "kind": "party"}]
    with pytest.raises(NotDoneError) as caught:
        desk().make_all(bad)
    assert [("ple-2: room", "overlap"), ("ple-1: id", "id"), ("ple-3: kind", "words")] == rules(caught.value)


def test_a_stored_booking_whose_kind_is_gone_is_named_and_the_others_stay() -> None:
    house = House({**DEFAULT_KINDS, "party": DEFAULT_KINDS["test"]}, HouseRules())
    words = {**WORDS, "id": "old", "kind": "party", "room": "b1sala"}
    old = Desk(house, Stock(1, {}, {}), {}, NOW, "desk").make(words).change
    assert isinstance(old, BookingRow)
    stock = Stock.of(1, [old, row()], DEFAULT_KINDS)
    assert (["ple-1"], ["old", "ple-1"]) == (list(stock.bookings), list(stock.rows))
    (problem,) = stock.problems
    assert problem.startswith(f'{MADE}: booking "old": kind: there is no kind "party"')


def test_the_command_line_says_the_same_booking_as_json() -> None:
    texts = {
        "room": "sala",
        "limit": "12",
        "stream.youtube": "abc",
        "stream.jibri": True,
        "start": "2026-09-03T17:00:00Z",
    }
    words = {"room": "sala", "limit": 12, "stream": {"youtube": "abc", "jibri": True}, "start": "2026-09-03T17:00:00Z"}
    assert from_json(words) == from_texts(texts)
    assert "many" == from_texts({"limit": "many"})["limit"]


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30T10:00:00Z", "2026-09-03", "", "9" * 500])
def test_a_start_that_is_none_stays_a_text_for_the_reader_to_refuse(text: str) -> None:
    assert text == from_json({"start": text})["start"]


def test_a_start_without_its_offset_is_a_time_that_lacks_it() -> None:
    assert dt.datetime(2026, 9, 3, 19) == from_json({"start": "2026-09-03T19:00"})["start"]  # noqa: DTZ001


FULL = booking(
    tenant="vall",
    duration=5400.0,
    limit=12,
    password="482915",
    lobby=True,
    max_occupants=40,
    channel="consorci",
    contacts=("town@example.org", "+34600000000"),
    reminder=600.0,
    quorum=7,
    attendance=True,
    expected=("Canary Planted",),
)
PERMANENT = booking(kind=DEFAULT_KINDS["permanent"], duration=None, limit=50, utc_offset=-34_200.0)


@pytest.mark.parametrize("one", [booking(), FULL, PERMANENT], ids=["usual", "full", "permanent"])
def test_the_words_of_a_booking_are_that_booking(one: Any) -> None:
    assert one == read_booking(from_json(words_of(one)), DEFAULT_KINDS)


def test_what_is_shown_opens_no_room_and_names_nobody() -> None:
    text = str(shown(FULL, MADE))
    for secret in (*FULL.contacts, *FULL.expected, "482915"):
        assert secret not in text
    assert (True, 2, 1) == tuple(shown(FULL, MADE)[key] for key in ("has_password", "contacts", "expected"))


@given(st.integers(0, 10**9))
def test_a_duration_is_spelled_as_it_is_read(seconds: int) -> None:
    assert seconds == parse_duration(duration_text(float(seconds)))
