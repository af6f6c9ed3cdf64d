from __future__ import annotations

import asyncio
import datetime as dt
import os
from typing import TYPE_CHECKING

import pytest

from supervisor.bookings.repeat import Window
from supervisor.bookings.watch import POLL_INTERVAL, BookingFiles, read_all
from supervisor.domain.events import BookingsRead, BookingsUnreadable
from supervisor.domain.kinds import DEFAULT_KINDS

if TYPE_CHECKING:
    from pathlib import Path

WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")


def write(path: Path, *ids: str, room: str = "sala") -> None:
    table = '[[booking]]\nid = "{}"\nroom = "{}"\nkind = "test"\nstart = 2026-09-03T19:00:00Z\nduration = "1h"\n'
    path.write_text("".join(table.format(name, room) for name in ids))


class Watched:
    """Two files under watch; `poll` gives what was said, as (file, ids) or (file, problems)."""

    def __init__(self, folder: Path) -> None:
        self.first = folder / "first.toml"
        self.second = folder / "second.toml"
        self.events: list[BookingsRead | BookingsUnreadable] = []
        self.files = BookingFiles([self.first, self.second], DEFAULT_KINDS, self.events.append)

    async def poll(self) -> list[tuple[str, list[str]]]:
        self.events.clear()
        await self.files.poll()
        return [(event.source.rpartition("/")[2], said(event)) for event in self.events]


def said(event: BookingsRead | BookingsUnreadable) -> list[str]:
    if isinstance(event, BookingsRead):
        return [booking.id for booking in event.bookings]
    return [problem.replace(event.source.rpartition("/")[0] + "/", "") for problem in event.problems]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    watched = Watched(tmp_path)
    write(watched.first, "a")
    write(watched.second, "b")
    return watched


async def test_every_file_is_read_once_at_the_start(watched: Watched) -> None:
    assert await watched.poll() == [("first.toml", ["a"]), ("second.toml", ["b"])]
    assert await watched.poll() == []


async def test_only_the_file_that_changed_is_said_again(watched: Watched) -> None:
    await watched.poll()
    write(watched.second, "b", "c")
    assert await watched.poll() == [("second.toml", ["b", "c"])]


async def test_a_file_that_says_the_same_after_a_change_is_not_said_again(watched: Watched) -> None:
    await watched.poll()
    watched.first.write_text(watched.first.read_text() + "# seen\n")
    assert await watched.poll() == []


async def test_a_broken_file_is_reported_once_per_change(watched: Watched) -> None:
    await watched.poll()
    for text in ("[[booking]\n", "[[booking]\n\n"):
        watched.first.write_text(text)
        (name, problems), *rest = await watched.poll()
        assert name == "first.toml"
        assert problems[0].startswith("first.toml:1: not valid TOML")
        assert rest == []
        assert await watched.poll() == []


async def test_a_file_that_is_put_right_is_read_again_even_if_it_says_the_same(watched: Watched) -> None:
    await watched.poll()
    watched.first.unlink()
    assert [name for name, _ in await watched.poll()] == ["first.toml"]
    write(watched.first, "a")
    assert await watched.poll() == [("first.toml", ["a"])]


async def test_a_file_that_replaces_another_of_the_same_size_and_time_is_seen(watched: Watched, tmp_path: Path) -> None:
    await watched.poll()
    write(tmp_path / "new", "x")
    before = watched.first.stat()
    os.utime(tmp_path / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tmp_path / "new").replace(watched.first)
    assert await watched.poll() == [("first.toml", ["x"])]


async def test_an_id_in_two_files_makes_the_later_one_unreadable_and_names_both_places(watched: Watched) -> None:
    await watched.poll()
    write(watched.second, "b", "a")
    problem = 'second.toml:8: booking "a": id: also used at first.toml:2; give one of the two another id'
    (name, problems), *rest = await watched.poll()
    assert (name, rest) == ("second.toml", [])
    assert [text.replace(str(watched.first.parent) + "/", "") for text in problems] == [problem]


async def test_an_id_that_the_earlier_file_takes_makes_the_later_one_unreadable(watched: Watched) -> None:
    await watched.poll()
    write(watched.first, "a", "b")
    (first, second) = await watched.poll()
    assert first == ("first.toml", ["a", "b"])
    assert second[1][0].startswith('second.toml:2: booking "b": id: also used at first.toml:8')
    write(watched.first, "a")
    assert await watched.poll() == [("first.toml", ["a"]), ("second.toml", ["b"])]


async def test_a_booking_may_move_from_one_file_to_another(watched: Watched) -> None:
    await watched.poll()
    write(watched.first)
    write(watched.second, "b", "a")
    assert await watched.poll() == [("first.toml", []), ("second.toml", ["b", "a"])]


async def test_the_last_good_ids_of_a_broken_file_are_still_taken(watched: Watched) -> None:
    await watched.poll()
    watched.first.write_text("broken")
    write(watched.second, "a")
    first, second = await watched.poll()
    assert "not valid TOML" in first[1][0]
    assert "also used at first.toml:2" in second[1][0]


async def test_the_files_are_looked_at_every_second_until_cancelled(watched: Watched) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        write(watched.first, "a", f"n{len(slept)}")
        if len(slept) == 3:
            raise asyncio.CancelledError

    events: list[BookingsRead | BookingsUnreadable] = []
    with pytest.raises(asyncio.CancelledError):
        await BookingFiles([watched.first], DEFAULT_KINDS, events.append, sleep=sleep).run()
    assert [POLL_INTERVAL] * 3 == slept
    assert [["a"], ["a", "n1"], ["a", "n2"]] == [said(event) for event in events]


def test_all_files_can_be_read_once_without_a_watch(watched: Watched) -> None:
    write(watched.second, "a")
    first, second = read_all([watched.first, watched.second], DEFAULT_KINDS, WINDOW)
    assert isinstance(first, BookingsRead)
    assert isinstance(second, BookingsUnreadable)
