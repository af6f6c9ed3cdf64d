"""``/bookings.ics``: the bookings as a calendar that programs subscribe to (RFC 5545).

Calendar programs can't send headers, so the token may stand in the address; it is never logged. No password, no contact
and no expected name is in it. Rooms that are always open are no appointments and are left out.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from math import isinf
from typing import TYPE_CHECKING

from aiohttp import web
from icalendar import Calendar, Event, vDuration

from supervisor import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from supervisor.domain.bookings import Booking
    from supervisor.web.auth import Guard

BACK, AHEAD = 7 * 86_400.0, 60 * 86_400.0
"""Seconds before and after now within which a booking is shown."""
REFRESH = timedelta(minutes=15)

Changed = tuple[int, float]
"""How often a booking was changed since it was made, and when it was changed last."""

_UNKNOWN: Changed = (0, 0.0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CalendarPage:
    """Serves it.

    Args:
        bookings: All that are in force, by id.
        changed: What is known of when those that were made here were changed, by id.
        guard: Who may read.
        host: Where the rooms are: with it a booking's id is unique in the world.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        bookings: Callable[[], Mapping[str, Booking]],
        changed: Callable[[], Mapping[str, Changed]],
        guard: Guard,
        host: str,
        clock: Callable[[], float],
    ) -> None:
        self._bookings = bookings
        self._changed = changed
        self._guard = guard
        self._host = host
        self._clock = clock

    def route(self) -> web.RouteDef:
        """The one address."""
        return web.get("/bookings.ics", self._on_request)

    async def _on_request(self, request: web.Request) -> web.Response:
        header = request.headers.get("Authorization")
        if header is None and (token := request.query.get("token")) is not None:
            self._guard.admit_token(token, "read")
        else:
            self._guard.admit(header, "read")
        body = written(self._bookings().values(), self._changed(), self._host, self._clock())
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers={**headers, "Content-Type": "text/calendar; charset=utf-8"})


def written(bookings: Iterable[Booking], changed: Mapping[str, Changed], host: str, now: float) -> bytes:
    """The calendar of those bookings that are near now; the same bookings give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", f"-//jitsi-supervisor//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Jitsi sessions")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    near = [each for each in bookings if not isinf(each.end) and now - BACK < each.end and each.start < now + AHEAD]
    for booking in sorted(near, key=lambda each: (each.start, each.id)):
        calendar.add_component(_event(booking, changed.get(booking.id, _UNKNOWN), host))
    return bytes(calendar.to_ical())


def _event(booking: Booking, changed: Changed, host: str) -> Event:
    sequence, last = changed
    event = Event()
    event.add("uid", f"{booking.id}@{host}")
    # Of bookings in files nobody knows when they were written; a stamp that stays is better than one that moves.
    event.add("dtstamp", _moment(last))
    event.add("last-modified", _moment(last))
    event.add("sequence", sequence)
    event.add("dtstart", _moment(booking.start))
    event.add("dtend", _moment(booking.end))
    event.add("summary", booking.title or booking.room)
    if booking.organisation:
        event.add("description", booking.organisation)
    event.add("location", booking.room_node)
    event.add("categories", [booking.kind.name])
    event.add("status", "CONFIRMED")
    return event


def _moment(instant: float) -> datetime:
    """An instant in UTC, in whole seconds: RFC 5545 has no others."""
    return _EPOCH + timedelta(seconds=int(instant))
