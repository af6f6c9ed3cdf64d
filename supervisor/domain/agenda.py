"""Bookings by what only one session at a time can have: a room, a shared channel, a video. Finds who has it already.

Kept sorted by start, so that ten thousand bookings are compared with their neighbours and not with each other.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supervisor.domain.bookings import Booking

# How many sessions in a row are looked through for the instant from which there is room again.
_STEPS = 100


class Good(StrEnum):
    """What two sessions cannot have at the same time."""

    ROOM = "room"
    CHANNEL = "channel"
    VIDEO = "video"


def _name(good: Good, booking: Booking) -> str | None:
    match good:
        case Good.ROOM:
            return booking.room_node
        case Good.CHANNEL:
            return booking.channel or None
        case Good.VIDEO:
            return booking.stream.youtube


@dataclass(slots=True)
class _Shelf:
    """The bookings that want one thing. ``longest`` is the longest of them that end, in seconds."""

    by_start: list[tuple[float, str]] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)
    longest: float = 0.0

    def put(self, booking: Booking) -> None:
        if booking.end == inf:
            self.endless.append(booking.id)
        else:
            insort(self.by_start, (booking.start, booking.id))
            self.longest = max(self.longest, booking.end - booking.start)

    def around(self, start: float, end: float) -> Iterator[str]:
        """Those that may overlap the span, in the order of their starts; the endless ones last."""
        for position in range(bisect_left(self.by_start, (start - self.longest, "")), len(self.by_start)):
            begins, name = self.by_start[position]
            if begins >= end:
                break
            yield name
        yield from self.endless


class Agenda:
    """Bookings, each with an id of its own."""

    def __init__(self, bookings: Iterable[Booking] = ()) -> None:
        self.bookings: dict[str, Booking] = {}
        self._shelves: dict[tuple[Good, str], _Shelf] = {}
        for booking in bookings:
            self.add(booking)

    def add(self, booking: Booking) -> None:
        """Take in a booking; one of the same id must not be there."""
        self.bookings[booking.id] = booking
        for good in Good:
            name = _name(good, booking)
            if name is not None:
                self._shelves.setdefault((good, name), _Shelf()).put(booking)

    def holder(self, good: Good, booking: Booking) -> Booking | None:
        """The first other booking that has the same at the same time, or None."""
        return next(self._holders(good, booking, booking.start), None)

    def free_from(self, good: Good, booking: Booking) -> float:
        """The first instant from the booking's start at which it could have it; infinite if none is near."""
        start = booking.start
        for _ in range(_STEPS):
            holder = next(self._holders(good, booking, start), None)
            if holder is None:
                return start
            start = holder.end
            if start == inf:
                break
        return inf

    def _holders(self, good: Good, booking: Booking, start: float) -> Iterator[Booking]:
        """The others that have it at some instant from ``start``, for as long as the booking lasts."""
        name = _name(good, booking)
        shelf = self._shelves.get((good, name)) if name is not None else None
        if shelf is None:
            return
        end = start + (booking.end - booking.start)
        for id_ in shelf.around(start, end):
            other = self.bookings[id_]
            if id_ != booking.id and other.start < end and start < other.end:
                yield other
