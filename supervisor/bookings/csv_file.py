"""Bookings as a spreadsheet writes them: CSV, one row each; the header has the words of TOML.

``stream.youtube`` and the like are columns of their own. Lists are separated within a cell by semicolons, or by ``|``
where the semicolon separates columns. An empty cell is a word that is not said.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from supervisor.bookings.cells import COLUMNS, words_of
from supervisor.bookings.repeat import Window, read_row
from supervisor.bookings.written import BookingsError, Written, cut_note, same_ids
from supervisor.domain.booking_words import BookingRefused
from supervisor.domain.words import shown
from supervisor.tomlfile import TomlUnreadable, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from supervisor.domain.kinds import Kind

_HEADER = "write a first row with the names of the columns, as id,room,kind,start,duration"


def read_csv(path: Path, kinds: Mapping[str, Kind], window: Window) -> Written:
    """Read one CSV file's bookings.

    Args:
        path: A file in UTF-8, with or without a byte order mark, columns separated by commas or semicolons.
        kinds: Name to kind.
        window: Which occurrences of repeated bookings exist.

    Raises:
        BookingsError: With every problem of the file at once, each with its line and column's name.
    """
    try:
        text = read_text(path, ".csv")
    except TomlUnreadable as error:
        raise BookingsError((str(error),)) from error
    reader = _Table(path, text, kinds, window)
    try:
        reader.read()
    except csv.Error as error:  # a NUL, a field of more than 128 KiB, a quote that is not closed
        reader.problems.append(f"{path}:{reader.line}: is not CSV: {error}; save the table anew as CSV in UTF-8")
    problems = (*reader.problems, *same_ids(reader.written.bookings, {}))
    if problems:
        raise BookingsError(problems)
    return reader.written


class _Table:
    """One file being read; ``line`` is the last one that was."""

    def __init__(self, path: Path, text: str, kinds: Mapping[str, Kind], window: Window) -> None:
        self._path = path
        self._kinds = kinds
        self._window = window
        self._delimiter = _delimiter(text)
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        self.written = Written()
        self.problems: list[str] = []

    @property
    def line(self) -> int:
        return max(self._rows.line_num, 1)

    def read(self) -> None:
        header = next(self._rows, [])
        columns = [name.strip().lower() for name in header]
        self._check(columns)
        if self.problems:
            return
        begins = self.line + 1
        for cells in self._rows:
            if any(cell.strip() for cell in cells):
                self._row(columns, cells, begins)
            begins = self.line + 1

    def _check(self, columns: list[str]) -> None:
        if not any(columns):
            self.problems.append(f"{self._path}:1: has no header; {_HEADER}")
            return
        for number, name in enumerate(columns, start=1):
            if name not in COLUMNS:
                who = f'"{shown(name)}"' if name else f"{number}"
                known = ", ".join(COLUMNS)
                self.problems.append(f"{self._path}:1: column {who}: unknown; remove it, the columns are {known}")
            elif name in columns[: number - 1]:
                self.problems.append(f'{self._path}:1: column "{name}": is there twice; remove one')

    def _row(self, columns: list[str], cells: list[str], line: int) -> None:
        name = dict(zip(columns, cells, strict=False)).get("id", "").strip()
        who = f'booking "{shown(name)}"' if name else "booking"
        if any(cell.strip() for cell in cells[len(columns) :]):
            text = "has more cells than the header has columns; put cells with separators in double quotes"
            self.problems.append(f"{self._path}:{line}: {who}: {text}")
            return
        words, problems = words_of(zip(columns, cells, strict=False))
        try:
            row = read_row(words, self._kinds, self._window)
        except BookingRefused as error:
            problems = {**{problem.key: problem.text for problem in error.problems}, **problems}
            row = None
        self.problems += (f'{self._path}:{line}: {who}: column "{key}": {text}' for key, text in problems.items())
        if row is None or problems:
            return
        place = f"{self._path}:{line}"
        self.written.add(row, place, cut_note(place, name))


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return ";" if header.count(";") > header.count(",") else ","
