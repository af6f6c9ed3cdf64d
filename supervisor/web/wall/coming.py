"""The bookings of today whose time has not come yet: what the calendar says, no more.

What a check before the session found belongs into the row of `coming.html`, from whoever checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.domain.bookings import Booking

DAY = 86_400.0
MOST = 200
"""Rows that are shown."""


def today(bookings: Iterable[Booking], now: float) -> list[Booking]:
    """Those that start before the midnight of their own place, the next one first."""
    found = [each for each in bookings if now < each.start < _midnight(each, now)]
    return sorted(found, key=lambda each: (each.start, each.id))[:MOST]


def _midnight(booking: Booking, now: float) -> float:
    """The end of the present day, in the booking's place."""
    local = now + booking.utc_offset
    return local - local % DAY + DAY - booking.utc_offset
