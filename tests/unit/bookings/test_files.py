from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervisor.bookings.files import read_bookings
from supervisor.bookings.repeat import Window
from supervisor.bookings.written import BookingsError
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.tomlfile import LARGEST

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")

GOOD = """\
[[booking]]
id = "almatret-2026-09-03"
room = "plealmatret"
kind = "plenary"
title = "Ple ordinari de setembre"
start = 2026-09-03T19:00:00+02:00
duration = "2h"
stream = { youtube = "dQw4w9WgXcQ" }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bookings.toml"


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(BookingsError) as caught:
        read_bookings(path, DEFAULT_KINDS, WINDOW)
    return tuple(problem.replace(f"{path}", "F") for problem in caught.value.problems)


def test_a_file_gives_its_bookings_in_order(path: Path) -> None:
    path.write_text(GOOD + GOOD.replace("almatret-2026-09-03", "second"))
    assert ["almatret-2026-09-03", "second"] == [booking.id for booking in read_bookings(path, DEFAULT_KINDS, WINDOW)]


def test_an_empty_file_has_no_bookings(path: Path) -> None:
    path.write_text("# none this week\n")
    assert read_bookings(path, DEFAULT_KINDS, WINDOW) == ()


def test_lines_may_end_as_on_windows_and_begin_with_its_mark(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert len(read_bookings(path, DEFAULT_KINDS, WINDOW)) == 1


def test_each_problem_names_file_line_booking_key_and_remedy(path: Path) -> None:
    path.write_text("# the first\n" + GOOD + "\n" + GOOD.replace("almatret-2026-09-03", "b").replace("+02:00", ""))
    what = "does not say its offset from UTC"
    remedy = "write it with its offset from UTC and without quotes, as 2026-09-03T19:00:00+02:00"
    assert problems(path) == (f'F:16: booking "b": start: {what}; {remedy}',)


def test_all_problems_of_all_bookings_are_reported_at_once(path: Path) -> None:
    path.write_text(GOOD.replace('"2h"', "120").replace("youtube", "yuotube") + GOOD.replace('id = "', 'id = "à'))
    assert [place for place, _, _ in (problem.partition(": booking") for problem in problems(path))] == [
        "F:7",
        "F:8",
        "F:10",
    ]


def test_a_missing_key_is_placed_at_its_booking(path: Path) -> None:
    path.write_text(GOOD + '\n[[booking]]\nid = "b"\nkind = "permanent"\nstart = 2026-09-03T19:00:00Z\n')
    assert problems(path) == ('F:10: booking "b": room: missing; add it',)


def test_a_booking_without_a_usable_id_is_named_by_its_position(path: Path) -> None:
    path.write_text(GOOD + GOOD.replace('id = "almatret-2026-09-03"', "id = 7"))
    assert problems(path) == ("F:10: booking 2: id: must be text; put it in quotes",)


def test_a_stream_in_its_own_table_is_found(path: Path) -> None:
    path.write_text(GOOD.replace("stream = {", "[booking.stream]\n#").replace("#", 'hls = "x"\n#'))
    assert problems(path)[0].startswith('F:9: booking "almatret-2026-09-03": stream.hls: ')


def test_an_unknown_key_is_placed_where_it_stands(path: Path) -> None:
    path.write_text(GOOD + "quorum_ = 3\n")
    assert problems(path)[0].startswith('F:9: booking "almatret-2026-09-03": quorum_: unknown key; remove it')


def test_another_section_is_an_error(path: Path) -> None:
    path.write_text(GOOD + "[xmpp]\nport = 1\n")
    assert problems(path) == ("F:9: xmpp: unknown key; begin each booking with a line [[booking]]",)


@pytest.mark.parametrize("text", ["booking = 3", "[booking]\nid = 'x'", "booking = [3]"])
def test_bookings_that_are_no_tables_are_refused_with_the_header_to_write(path: Path, text: str) -> None:
    path.write_text(text)
    assert problems(path)[0].startswith("F:1: booking")
    assert problems(path)[0].endswith("begin each booking with a line [[booking]]")


def test_an_id_used_twice_names_both_places(path: Path) -> None:
    path.write_text(GOOD + "\n" + GOOD)
    expected = ('F:11: booking "almatret-2026-09-03": id: also used at F:2; give one of the two another id',)
    assert expected == problems(path)


def test_a_mistake_in_the_language_of_the_file_names_its_line(path: Path) -> None:
    path.write_text(GOOD + "limit =\n")
    assert problems(path)[0].startswith("F:9: not valid TOML: ")
    path.write_text(GOOD + 'notes = """\nnever closed\n')
    assert problems(path)[0].startswith("F:10: not valid TOML: ")


def test_a_file_that_is_not_there_or_no_file_is_a_problem(path: Path) -> None:
    assert problems(path)[0].startswith("F: cannot be read: No such file")
    path.mkdir()
    assert problems(path) == ("F: is not a regular file; name a .toml file",)


def test_a_file_that_is_far_too_large_is_not_parsed(path: Path) -> None:
    path.write_bytes(b"#" * (LARGEST + 1))
    assert problems(path) == ("F: is larger than 10 MiB; it is probably another file",)


def test_text_in_another_encoding_names_its_line(path: Path) -> None:
    path.write_bytes(GOOD.encode() + "title = 'sessió'".encode("latin-1"))
    assert problems(path) == ("F:9: is not text in UTF-8; save it in that encoding",)


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000, "a" + ".a" * 5000 + "=1"])
def test_what_would_break_the_parser_is_a_problem(path: Path, text: str) -> None:
    path.write_text(text)
    assert len(problems(path)) == 1


_lines = st.lists(
    st.sampled_from([*GOOD.splitlines(), "[[booking]]", "[booking.stream]", "[booking]", '"""', "'''", "limit = 3"])
    | st.text(),
    max_size=12,
).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary() | _lines.map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_raise_anything_but_a_bookings_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        read_bookings(path, DEFAULT_KINDS, WINDOW)
    except BookingsError as error:
        assert all(problem.isprintable() for problem in error.problems)  # noqa: PT017 - some contents are fine
