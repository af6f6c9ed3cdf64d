"""What a file of bookings comes to, whatever its format: bookings with their places, or problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.bookings.repeat import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from supervisor.bookings.repeat import Row
    from supervisor.domain.bookings import Booking

MOST_OF_A_SOURCE = 20_000
"""Bookings that one file or calendar may hold: twice what a consortium of a thousand towns books in a year."""


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


@dataclass(slots=True)
class Written:
    """What a file says.

    Attributes:
        bookings: In the order of the file.
        notes: What was cut or left out, each with its place.
        repeats: Whether the same file may amount to other bookings tomorrow.
    """

    bookings: list[PlacedBooking] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    repeats: bool = False

    def add(self, row: Row, place: str, note: str) -> None:
        """Take in what one table amounts to; ``note`` is for one that is cut."""
        self.repeats = self.repeats or row.repeats
        if row.cut:
            self.notes.append(note)
        self.bookings += (PlacedBooking(booking, place) for booking in row.bookings)

    def cut(self, name: str) -> None:
        """Leave out what is more than one source may hold."""
        if len(self.bookings) > MOST_OF_A_SOURCE:
            more = len(self.bookings) - MOST_OF_A_SOURCE
            self.notes.append(f"{name}: {more} bookings more than {MOST_OF_A_SOURCE} are left out; use a second file")
            del self.bookings[MOST_OF_A_SOURCE:]


def cut_note(place: str, name: str) -> str:
    """What is said of a repeated booking with too many occurrences."""
    return f'{place}: booking "{name}": repeat: only its next {MOST} occurrences are known; they move on with the days'


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
