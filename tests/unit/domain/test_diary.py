from __future__ import annotations

import dataclasses
from math import inf
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.booking_rules import HouseRules, Weight
from supervisor.domain.bookings import SUPERVISED_BEFORE, Booking, StreamSource
from supervisor.domain.claims import bookings_told
from supervisor.domain.diary import OVERRUN, Diary
from supervisor.domain.events import BookingsRead
from supervisor.domain.kinds import DEFAULT_KINDS
from tests.unit import builders
from tests.unit.builders import START

HOUR, DAY = 3600.0, 86_400.0
NOW = START - 10 * DAY


def booking(name: str = "a", **changes: Any) -> Booking:
    return builders.booking(**{"id": name, "room": f"plealmatret{name}", "stream": StreamSource(), **changes})


def said(diary: Diary, source: str, *bookings: Booking, now: float = NOW) -> list[str]:
    return [str(complaint) for complaint in diary.read(source, bookings, now)]


def test_of_two_in_one_room_the_one_that_had_it_keeps_it_and_at_a_start_the_first_file_is_right() -> None:
    diary = Diary(order=("one.toml", "two.toml"))
    assert said(diary, "two.toml", booking("b", room="plecomu", start=START + HOUR), booking("c")) == []
    assert said(diary, "one.toml", booking("a", room="plecomu"))[0].startswith('one.toml: booking "a": room: ')
    assert {"b", "c"} == set(diary.bookings)  # whoever had the room keeps it
    again = Diary(order=("one.toml", "two.toml"))
    again.read("one.toml", diary_of("a"), NOW)
    (problem,) = said(again, "two.toml", booking("b", room="plecomu", start=START + HOUR), booking("c"))
    text = (
        'two.toml: booking "b": room: "plecomu" is taken by the booking "a" from 2026-09-03 19:00 to 2026-09-03 21:00; '
        "choose another room, or a start from 2026-09-03 21:00 (rule: overlap); the other one is at one.toml; "
        "it is left out until then"
    )
    assert text == problem
    assert {"a", "c"} == set(again.bookings)


def diary_of(name: str) -> list[Booking]:
    return [booking(name, room="plecomu")]


def test_both_places_are_named() -> None:
    diary = Diary()
    twins = (booking("a"), booking("b", room="plealmatreta"))
    (complaint,) = diary.read("f.toml", twins, NOW, {"a": "f.toml:2", "b": "f.toml:9"})
    assert str(complaint).startswith('f.toml:9: booking "b": room: ')
    assert "the other one is at f.toml:2" in str(complaint)


def test_what_was_said_is_not_said_again_and_the_room_is_free_again_when_the_first_is_gone() -> None:
    diary = Diary()
    twins = (booking("a"), booking("b", room="plealmatreta"))
    assert len(said(diary, "f.toml", *twins)) == 1
    assert said(diary, "f.toml", *twins) == []
    assert said(diary, "f.toml", twins[1]) == []
    assert ["b"] == list(diary.bookings)


def test_a_session_that_is_made_longer_keeps_its_room() -> None:
    diary = Diary()
    first, following = booking("a"), booking("b", room="plealmatreta", start=START + 2 * HOUR)
    assert said(diary, "f.toml", first, following) == []
    longer = dataclasses.replace(first, duration=3 * HOUR)
    assert len(said(diary, "f.toml", longer, following)) == 1
    assert ["a"] == list(diary.bookings)


def test_sessions_that_are_long_over_take_no_room_from_each_other() -> None:
    twins = (booking("a"), booking("b", room="plealmatreta"))
    assert said(Diary(), "f.toml", *twins, now=START + 30 * DAY) == []


def test_both_stay_where_the_rule_only_warns_or_is_off() -> None:
    twins = (booking("a"), booking("b", room="plealmatreta"))
    warned = Diary(HouseRules(weights={"overlap": Weight.WARNING}))
    assert len(said(warned, "f.toml", *twins)) == 2
    assert {"a", "b"} == set(warned.bookings)
    off = Diary(HouseRules(weights={"overlap": None}))
    assert said(off, "f.toml", *twins) == []


def test_an_id_in_two_sources_stays_with_the_first() -> None:
    diary = Diary(order=("file", "calendar"))
    diary.read("calendar", [booking("a", title="calendar")], NOW)
    assert len(said(diary, "file", booking("a", title="file"))) == 1
    assert diary.bookings["a"].title == "file"
    assert said(diary, "file") == []
    assert diary.bookings["a"].title == "calendar"


def test_a_source_that_nobody_ordered_comes_first() -> None:
    diary = Diary(order=("file",))
    diary.read("file", [booking("a", title="file")], NOW)
    diary.read("api", [booking("a", title="api")], NOW)
    assert diary.bookings["a"].title == "api"


def test_a_broken_rule_is_said_and_the_session_is_supervised_all_the_same() -> None:
    diary = Diary()
    (text,) = said(diary, "f.toml", booking("a", kind=DEFAULT_KINDS["appointment"]))
    assert "(rule: password); it is supervised all the same" in text
    assert ["a"] == list(diary.bookings)


def test_notice_is_owed_by_what_is_added_and_not_by_what_was_there_when_the_daemon_started() -> None:
    diary = Diary(HouseRules(channels={"consorci": 96 * HOUR}))
    soon = START - HOUR
    assert said(diary, "f.toml", booking("a", channel="consorci"), now=soon) == []
    later = booking("b", channel="consorci", start=START + 4 * HOUR)
    (text,) = said(diary, "f.toml", booking("a", channel="consorci"), later, now=soon)
    assert "(rule: notice)" in text


def test_a_hundred_lines_of_the_log_at_most() -> None:
    event = BookingsRead("f.toml", (), notes=tuple(f"note {i}" for i in range(500)))
    records = list(bookings_told(event, []))
    assert len(records) == 101
    assert "400 more; jitsi-supervisor check-config" in dict(records[-1].about)["problem"]


def test_a_session_that_is_over_is_succeeded_by_the_next_of_its_room_only() -> None:
    diary = Diary()
    first = booking("a")
    following = booking("b", room=first.room, start=START + 3 * HOUR)
    diary.read("f", [first, following, booking("c", start=START + 2 * HOUR)], NOW)
    assert not diary.succeeded(first, START + 3 * HOUR - 1)
    assert diary.succeeded(first, START + 3 * HOUR)
    assert not diary.succeeded(following, START + 30 * HOUR)


@given(
    st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 30), st.booleans()), max_size=20),
    st.integers(-50, 60),
    st.integers(0, 60),
)
def test_the_index_says_what_looking_at_every_booking_says(
    spans: list[tuple[int, int, bool]], read_at: int, later: int
) -> None:
    diary = Diary()
    kinds = DEFAULT_KINDS
    bookings = [
        booking(
            f"n{number}",
            start=START + start * HOUR,
            duration=length * HOUR,
            kind=kinds["permanent" if endless else "test"],
        )
        for number, (start, length, endless) in enumerate(spans)
    ]
    diary.read("f", bookings, START + read_at * HOUR)
    now = START + (read_at + later) * HOUR
    due = {b.id for b in bookings if b.start - SUPERVISED_BEFORE <= now < b.end + OVERRUN}
    assert due == {b.id for b in diary.due(now)}
    openings = [b.start - SUPERVISED_BEFORE for b in bookings if b.start - SUPERVISED_BEFORE > now]
    assert min(openings, default=inf) == diary.next_opening(now)
