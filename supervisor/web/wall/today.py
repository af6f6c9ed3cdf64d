"""The bookings of today that are not under supervision: those to come, and those that are over. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.domain.bookings import Booking

DAY = 86_400.0
MOST = 200
"""Rows that are shown."""


def to_come(bookings: Iterable[Booking], now: float) -> list[Booking]:
    """Those that start before the midnight of their own place, the next one first."""
    found = [each for each in bookings if now < each.start < _midnight(each, now)]
    return sorted(found, key=lambda each: (each.start, each.id))[:MOST]


def over(bookings: Iterable[Booking], now: float) -> list[Booking]:
    """Those that have ended since the last midnight of their own place, the last one first."""
    found = [each for each in bookings if _midnight(each, now) - DAY <= each.end <= now]
    return sorted(found, key=lambda each: (-each.end, each.id))[:MOST]


def _midnight(booking: Booking, now: float) -> float:
    """The end of the present day, in the booking's place."""
    local = now + booking.utc_offset
    return local - local % DAY + DAY - booking.utc_offset
