"""Bookings that are changed by several at a time: SQLite and a real PostgreSQL, the same sentences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from supervisor.domain.records import BookingRemoved, BookingRow
from supervisor.ports import BookingsMovedError, BookingsUnavailableError
from supervisor.store.shelf import Shelf
from tests.contract.test_store import address, postgres  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROW = BookingRow("b1", "ple", 50.0, None, {"room": "ple", "limit": 30}, 2, 40.0, "desk")


@pytest.fixture
def shelf(address: str) -> Iterator[Shelf]:  # noqa: F811
    opened = Shelf.open(address)
    yield opened
    opened.close()


def test_what_was_put_there_is_there_for_others(shelf: Shelf, address: str) -> None:  # noqa: F811
    revision, rows = shelf.read()
    assert () == rows
    shelf.change([ROW], revision)
    other = Shelf.open(address)
    assert (ROW,) == other.read()[1]
    assert other.revision() == shelf.revision() > revision
    other.close()


def test_who_was_overtaken_changes_nothing(shelf: Shelf) -> None:
    revision, _ = shelf.read()
    shelf.change([ROW], revision)
    seen = shelf.revision()
    with pytest.raises(BookingsMovedError):
        shelf.change([replace(ROW, id="b2")], revision)
    assert (seen, (ROW,)) == shelf.read()


def test_of_many_at_a_time_each_change_is_made_from_the_last_one(shelf: Shelf, address: str) -> None:  # noqa: F811
    def add(number: int) -> None:
        own = Shelf.open(address)
        while True:
            revision, rows = own.read()
            try:
                own.change([replace(ROW, id=f"b{number}", starts=float(len(rows)))], revision)
            except BookingsMovedError:
                continue
            own.close()
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    assert [float(n) for n in range(12)] == [row.starts for row in shelf.read()[1]]


def test_a_removal_is_a_change(shelf: Shelf) -> None:
    shelf.change([ROW], shelf.revision())
    before = shelf.revision()
    shelf.change([BookingRemoved("b1")], before)
    assert () == shelf.read()[1]
    assert shelf.revision() > before


def test_a_store_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    shelf = Shelf.open(f"sqlite:///{folder}/state.db")
    shelf.close()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    with pytest.raises(BookingsUnavailableError, match="cannot be opened"):
        shelf.read()
