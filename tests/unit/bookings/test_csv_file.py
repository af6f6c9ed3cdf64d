from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervisor.bookings.files import read_bookings, read_placed_bookings
from supervisor.bookings.repeat import Window
from supervisor.bookings.written import BookingsError
from supervisor.domain.bookings import Booking, StreamSource
from supervisor.domain.kinds import DEFAULT_KINDS

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")
ROW = "ple1,PleAlmatret,plenary,2026-09-03T19:00:00+02:00,2h"
HEADER = "id,room,kind,start,duration"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "b.csv"


def read(path: Path, text: str) -> tuple[Booking, ...]:
    path.write_text(text, encoding="utf-8")
    return read_bookings(path, DEFAULT_KINDS, WINDOW)


def problems(path: Path, text: str) -> list[str]:
    with pytest.raises(BookingsError) as caught:
        read(path, text)
    return [problem.replace(f"{path.parent}/", "") for problem in caught.value.problems]


def test_a_row_is_a_booking_as_the_same_words_in_toml_are(path: Path) -> None:
    (booking,) = read(path, f"{HEADER}\n{ROW}\n")
    toml = path.with_suffix(".toml")
    toml.write_text(
        '[[booking]]\nid="ple1"\nroom="PleAlmatret"\nkind="plenary"\nstart=2026-09-03T19:00:00+02:00\nduration="2h"\n'
    )
    assert (booking,) == read_bookings(toml, DEFAULT_KINDS, WINDOW)


def test_every_word_has_its_column_and_an_empty_cell_says_nothing(path: Path) -> None:
    columns = "title,limit,lobby,contacts,expected,attendance,stream.youtube,stream.jibri,quorum,password,channel"
    cells = '"Ple, ordinari",25,true,a@example.org;+34600000000,,,dQw4w9WgXcQ,yes,,007,consorci'
    (booking,) = read(path, f"{HEADER},{columns}\n{ROW},{cells}\n")
    assert (booking.title, booking.limit, booking.lobby) == ("Ple, ordinari", 25, True)
    assert booking.contacts == ("a@example.org", "+34600000000")
    assert booking.stream == StreamSource(youtube="dQw4w9WgXcQ", jibri=True)
    assert (booking.quorum, booking.expected, booking.password, booking.channel) == (None, (), "007", "consorci")


@pytest.mark.parametrize(
    "change", [lambda t: t.replace(",", ";"), lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n")]
)
def test_what_spreadsheets_write_is_understood(path: Path, change: object) -> None:
    (booking,) = read(path, change(f"{HEADER}\n{ROW}\n\n,,,,\n"))  # type: ignore[operator]
    assert booking.room == "plealmatret"


def test_a_list_in_a_table_of_semicolons_has_bars(path: Path) -> None:
    text = f"{HEADER},contacts".replace(",", ";") + "\n" + ROW.replace(",", ";") + ";a@example.org|b@example.org\n"
    assert read(path, text)[0].contacts == ("a@example.org", "b@example.org")


def test_a_row_comes_again_on_its_clock_but_for_its_exceptions(path: Path) -> None:
    header = "id,room,kind,start,duration,repeat,except,timezone"
    row = "ple1,plealmatret,plenary,2026-09-03 19:00,2h,FREQ=MONTHLY;BYDAY=1TH;COUNT=3,2026-10-01,Europe/Madrid"
    assert ["ple1-2026-09-03", "ple1-2026-11-05"] == [booking.id for booking in read(path, f"{header}\n{row}\n")]


def test_all_problems_are_said_at_once_with_line_column_and_remedy(path: Path) -> None:
    rows = [
        "ok,plealmatret,plenary,2026-09-03T19:00:00+02:00,2h",
        "a,ple d'Almatret,plenary,tomorrow,2h",
        ",plealmatret,plenary,2026-09-03T19:00:00,2",
        "ok,plealmatret,plenary,2026-09-03T19:00:00+02:00,2h",
        "b,plealmatret,plenary,2026-09-03T19:00:00+02:00,2h,too much",
    ]
    found = problems(path, "\n".join([HEADER, *rows]))
    assert sorted("|".join(text.split(": ")[:3]).partition(";")[0] for text in found) == [
        'b.csv:3|booking "a"|column "room"',
        'b.csv:3|booking "a"|column "start"',
        'b.csv:4|booking|column "duration"',
        'b.csv:4|booking|column "id"',
        'b.csv:4|booking|column "start"',
        'b.csv:5|booking "ok"|id',
        'b.csv:6|booking "b"|has more cells than the header has columns',
    ]
    assert all(";" in text for text in found)


def test_an_id_that_is_there_twice_names_both_lines(path: Path) -> None:
    assert problems(path, f"{HEADER}\n{ROW}\n{ROW}\n") == [
        'b.csv:3: booking "ple1": id: also used at b.csv:2; give one of the two another id'
    ]


def test_a_line_is_that_of_its_rows_beginning_though_cells_have_line_breaks(path: Path) -> None:
    text = f'{HEADER},title\n{ROW},"two\nlines"\nb,x y,plenary,2026-09-03T19:00:00+02:00,2h,\n'
    first, second = problems(path, text)
    assert first.startswith('b.csv:2: booking "ple1": column "title": ')
    assert second.startswith('b.csv:4: booking "b": column "room": ')


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("b.csv:1: has no header;", ""),
        ('b.csv:1: column "rom": unknown; remove it, the columns are id, room, kind,', "id,rom\n"),
        ('b.csv:1: column "room": is there twice;', "id,room,Room\n"),
        ("b.csv:1: column 2: unknown;", "id,\n"),
        ("b.csv:2: is not CSV: ", 'id,room\n"open'),
        ("b.csv:2: is not CSV: ", f"id,room\n{'x' * 200_000},y\n"),
        ('b.csv:2: booking "a": column "stream.jibri": must be true or false', "id,stream.jibri\na,perhaps\n"),
    ],
)
def test_a_table_that_is_none_is_reported_with_its_place(path: Path, expected: str, text: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(path, text)), problems(path, text)


def test_a_header_alone_has_no_bookings(path: Path) -> None:
    assert read(path, HEADER) == ()


def test_what_is_more_than_a_source_may_hold_is_cut_and_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisor.bookings.written.MOST_OF_A_SOURCE", 3)
    rows = "\n".join(ROW.replace("ple1", f"p{i}") for i in range(5))
    path.write_text(f"{HEADER}\n{rows}\n")
    written = read_placed_bookings(path, DEFAULT_KINDS, WINDOW)
    assert len(written.bookings) == 3
    assert "2 bookings more than 3 are left out" in written.notes[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(st.sampled_from(" \n,;\"'\0\rabc2026-09-03T19:00"), max_size=200).map(
        lambda text: f"{HEADER}\n{text}".encode()
    )
)
def test_no_bytes_raise_anything_but_a_bookings_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        read_bookings(path, DEFAULT_KINDS, WINDOW)
    except BookingsError as error:
        assert error.problems  # noqa: PT017 - some contents are fine
