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


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The other bookings of a session's room.

    Attributes:
        rival: Id of one whose time overlaps; empty for none.
        kin: Whether the same organisation had the room until shortly before the start: its people may stay.
    """

    rival: str = ""
    kin: bool = False


@dataclass(slots=True)
class Diary:
    """The bookings of every source. A source that tells anew replaces all it told before."""

    by_source: dict[str, tuple[Booking, ...]] = field(default_factory=dict)
    closed: dict[str, Booking] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    by_room: dict[str, list[Booking]] = field(default_factory=dict)

    def read(self, source: str, bookings: Iterable[Booking]) -> None:
        """Take over what a source tells. Where two sources have one id, the first one keeps it."""
        self.by_source[source] = tuple(bookings)
        self.bookings = {b.id: b for told in reversed(self.by_source.values()) for b in told}
        self.by_room = {}
        for booking in self.bookings.values():
            self.by_room.setdefault(booking.room_node, []).append(booking)
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

    def next_opening(self, now: float) -> float:
        """The instant after ``now`` at which the next booking's time comes; infinite without one."""
        return min((b.supervised_from for b in self.bookings.values() if b.supervised_from > now), default=inf)

    def succeeded(self, booking: Booking, now: float) -> bool:
        """Whether another booking of the same room has begun since this one's end."""
        return any(
            booking.end <= other.start <= now
            for other in self.by_room.get(booking.room_node, ())
            if other.id != booking.id
        )

    def neighbours(self, booking: Booking) -> Neighbours:
        """What else the booking's room is booked for. Whoever books a room that is always open means to share it."""
        rival, kin = "", False
        for other in self.by_room.get(booking.room_node, ()):
            if other.id == booking.id or other.kind.always_open:
                continue
            if other.start < booking.end and booking.start < other.end:
                rival = rival or other.id
            same = bool(booking.organisation) and other.organisation == booking.organisation
            kin = kin or (same and booking.supervised_from < other.end <= booking.start)
        return Neighbours(rival, kin)
