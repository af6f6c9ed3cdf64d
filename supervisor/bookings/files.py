"""Reads bookings files. Whatever a file's bytes are, the outcome is bookings or problems that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.bookings.lines import Lines
from supervisor.domain.booking_words import BookingRefused, read_booking
from supervisor.domain.words import shown
from supervisor.tomlfile import TomlUnreadable, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from supervisor.domain.bookings import Booking
    from supervisor.domain.kinds import Kind

_HEADER = "begin each booking with a line [[booking]]"


class BookingsError(Exception):
    """A bookings file cannot be used.

    Attributes:
        problems: ``FILE:LINE: booking "ID": key: what; remedy``, at least one, in the order of the file.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PlacedBooking:
    """A booking and where it is written.

    Attributes:
        booking: The booking.
        place: ``FILE:LINE`` of its id.
    """

    booking: Booking
    place: str


def read_bookings(path: Path, kinds: Mapping[str, Kind]) -> tuple[Booking, ...]:
    """Read one file's bookings.

    Args:
        path: A TOML file of ``[[booking]]`` tables; an empty one has no bookings.
        kinds: Name to kind, all that are configured.

    Raises:
        BookingsError: With every problem of the file at once.
    """
    return tuple(placed.booking for placed in read_placed_bookings(path, kinds))


def read_placed_bookings(path: Path, kinds: Mapping[str, Kind]) -> tuple[PlacedBooking, ...]:
    """Read one file's bookings with their places; see `read_bookings`."""
    try:
        file = read_toml(path)
    except TomlUnreadable as error:
        raise BookingsError((str(error),)) from error
    reader = _FileReader(path, Lines(file.text), kinds)
    reader.read(file.table)
    repeated = same_ids(reader.bookings, {})
    if reader.problems or repeated:
        raise BookingsError((*reader.problems, *repeated))
    return tuple(reader.bookings)


def same_ids(bookings: Iterable[PlacedBooking], taken: Mapping[str, str]) -> tuple[str, ...]:
    """Name the bookings whose id another one has.

    Args:
        bookings: In the order in which they claim their ids.
        taken: Id to the place that has it already.

    Returns:
        One problem, naming both places, for each booking that comes too late.
    """
    places = dict(taken)
    problems = []
    for placed in bookings:
        name = placed.booking.id
        first = places.get(name)
        if first is None:
            places[name] = placed.place
        else:
            problems.append(
                f'{placed.place}: booking "{name}": id: also used at {first}; give one of the two another id'
            )
    return tuple(problems)


class _FileReader:
    """Goes through one file and collects bookings and problems."""

    def __init__(self, path: Path, lines: Lines, kinds: Mapping[str, Kind]) -> None:
        self._path = path
        self._lines = lines
        self._kinds = kinds
        self.bookings: list[PlacedBooking] = []
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
            booking = read_booking(words, self._kinds)
        except BookingRefused as error:
            self._refuse(index, words, error)
            return
        self.bookings.append(PlacedBooking(booking, f"{self._path}:{self._lines.of_key(index, 'id')}"))

    def _refuse(self, index: int, words: Mapping[str, object], error: BookingRefused) -> None:
        name = words.get("id")
        # A booking without a usable id is named by its position.
        who = f'"{name[:128]}"' if isinstance(name, str) and name.isprintable() and name else f"{index + 1}"
        for problem in error.problems:
            line = self._lines.of_key(index, problem.key)
            self.problems.append(f"{self._path}:{line}: booking {who}: {problem.key}: {problem.text}")
