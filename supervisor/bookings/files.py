"""Reads bookings files. Whatever a file's bytes are, the outcome is bookings or problems that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.bookings.csv_file import read_csv
from supervisor.bookings.lines import Lines
from supervisor.bookings.repeat import read_row
from supervisor.bookings.written import BookingsError, Written, cut_note, same_ids
from supervisor.domain.booking_words import BookingRefused
from supervisor.domain.words import shown
from supervisor.tomlfile import TomlUnreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supervisor.bookings.repeat import Window
    from supervisor.domain.bookings import Booking
    from supervisor.domain.kinds import Kind

_HEADER = "begin each booking with a line [[booking]]"


def read_bookings(path: Path, kinds: Mapping[str, Kind], window: Window) -> tuple[Booking, ...]:
    """Read one file's bookings; see `read_placed_bookings`."""
    return tuple(placed.booking for placed in read_placed_bookings(path, kinds, window).bookings)


def read_placed_bookings(path: Path, kinds: Mapping[str, Kind], window: Window) -> Written:
    """Read one file's bookings with their places.

    Args:
        path: A CSV file, by its name, or a TOML file of ``[[booking]]`` tables; an empty one has no bookings.
        kinds: Name to kind, all that are configured.
        window: Which occurrences of repeated bookings exist.

    Raises:
        BookingsError: With every problem of the file at once.
    """
    written = read_csv(path, kinds, window) if path.suffix.lower() == ".csv" else _read_toml(path, kinds, window)
    written.cut(str(path))
    return written


def _read_toml(path: Path, kinds: Mapping[str, Kind], window: Window) -> Written:
    try:
        file = read_toml(path)
    except TomlUnreadable as error:
        raise BookingsError((str(error),)) from error
    reader = _FileReader(path, Lines(file.text), kinds, window)
    reader.read(file.table)
    repeated = same_ids(reader.written.bookings, {})
    if reader.problems or repeated:
        raise BookingsError((*reader.problems, *repeated))
    return reader.written


class _FileReader:
    """Goes through one file and collects bookings and problems."""

    def __init__(self, path: Path, lines: Lines, kinds: Mapping[str, Kind], window: Window) -> None:
        self._path = path
        self._lines = lines
        self._kinds = kinds
        self._window = window
        self.written = Written()
        self.problems: list[str] = []

    def read(self, table: Mapping[str, object]) -> None:
        for key in table:
            if key != "booking":
                line = self._lines.of_top_key(key)
                self.problems.append(f"{self._path}:{line}: {shown(key)}: unknown key; {_HEADER}")
        tables = table.get("booking", [])
        if not isinstance(tables, list):
            self.problems.append(f"{self._path}:{self._lines.of_top_key('booking')}: booking: is not a list; {_HEADER}")
            return
        for index, words in enumerate(tables):
            self._read_one(index, words)

    def _read_one(self, index: int, words: object) -> None:
        if not isinstance(words, dict):
            line = self._lines.of_booking(index)
            self.problems.append(f"{self._path}:{line}: booking {index + 1}: is not a table; {_HEADER}")
            return
        try:
            row = read_row(words, self._kinds, self._window)
        except BookingRefused as error:
            self._refuse(index, words, error)
            return
        place = f"{self._path}:{self._lines.of_key(index, 'id')}"
        self.written.add(row, place, cut_note(place, str(words["id"])))

    def _refuse(self, index: int, words: Mapping[str, object], error: BookingRefused) -> None:
        name = words.get("id")
        # A booking without a usable id is named by its position.
        who = f'"{name[:128]}"' if isinstance(name, str) and name.isprintable() and name else f"{index + 1}"
        for problem in error.problems:
            line = self._lines.of_key(index, problem.key)
            self.problems.append(f"{self._path}:{line}: booking {who}: {problem.key}: {problem.text}")
