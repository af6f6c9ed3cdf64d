"""Which bookings' time has come. All that decides whether a session is under supervision stands here."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supervisor.domain.bookings import Booking

OVERRUN = 12 * 3600.0
"""Seconds after its end for which a late daemon still opens a booking: its people may be there yet."""


@dataclass(slots=True)
class Diary:
    """The bookings of every source. A source that tells anew replaces all it told before."""

    by_source: dict[str, tuple[Booking, ...]] = field(default_factory=dict)
    closed: dict[str, Booking] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)

    def read(self, source: str, bookings: Iterable[Booking]) -> None:
        """Take over what a source tells. Where two sources have one id, the first one keeps it."""
        self.by_source[source] = tuple(bookings)
        self.bookings = {b.id: b for told in reversed(self.by_source.values()) for b in told}
        # A session that was closed stays so, unless its booking was changed meanwhile.
        self.closed = {id_: b for id_, b in self.closed.items() if self.bookings.get(id_) == b}

    def close(self, booking: Booking) -> None:
        """Its session is over."""
        self.closed[booking.id] = booking

    def due(self, now: float) -> Iterator[Booking]:
        """Bookings that are to be supervised now, as far as the calendar says."""
        for booking in self.bookings.values():
            if booking.supervised_from <= now < booking.end + OVERRUN and booking.id not in self.closed:
                yield booking

    def ahead(self, now: float) -> list[float] | None:
        """Starts of the bookings whose time is still to come; None before any bookings were read."""
        if not self.by_source:
            return None
        return [b.start for b in self.bookings.values() if b.supervised_from > now]

    def next_opening(self, now: float) -> float:
        """The instant after ``now`` at which the next booking's time comes; infinite without one."""
        return min((b.supervised_from for b in self.bookings.values() if b.supervised_from > now), default=inf)

    def succeeded(self, booking: Booking, now: float) -> bool:
        """Whether another booking of the same room has begun since this one's end."""
        return any(
            other.room_node == booking.room_node and booking.end <= other.start <= now
            for other in self.bookings.values()
            if other.id != booking.id
        )
