"""What Prosody is answered when it asks whether a room may be opened: which booking stands for it, and for how long.

The asker is Jitsi's ``mod_reservations``. The requester is an anonymous account, so the room's name decides. At the
instant ``start + duration`` the room is destroyed without a warning, so the duration is generous: what ends a session
is its people, and that it overruns is told by an alert, not by a cut.

Of several bookings of a room the one that stands for it is, in this order: the one that is under way, the one that is
about to begin, the one that has just ended, the one that is always open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from math import ceil, isinf
from typing import TYPE_CHECKING

from supervisor.domain.bookings import SUPERVISED_BEFORE
from supervisor.domain.reading import Message
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from supervisor.domain.bookings import Booking

OVERRUN = 4 * 3600.0
"""Seconds after the booked end for which a room stays open, unless the configuration says otherwise."""
ALWAYS = 366 * 86_400.0
"""Seconds for which a room without an end is granted, anew at each opening."""
UNBOOKED = 7 * 86_400.0
"""Seconds for which a room that nobody booked is granted where that is allowed."""
MOST = 20_000
"""Rooms that are remembered as open. More are a client that opens rooms for sport; the oldest are forgotten."""

NOT_BOOKED = N_(
    "There is no booking for this room. Check the room's name in your invitation, or ask whoever convenes the session "
    "to book it with the support team."
)
NOT_YET = N_("The session in this room begins at %(start)s. The room opens at %(opens)s; please come back then.")
NOT_TODAY = N_(
    "The session in this room is booked for %(day)s at %(start)s; the room opens %(minutes)d minutes before. If you "
    "need it earlier, ask the support team."
)
OVER = N_(
    "The session that was booked in this room ended at %(end)s. If it has to go on, ask the support team to prolong "
    "the booking."
)
NOT_READY = N_("The room cannot be opened at this moment: the supervision is starting. Please try again in a minute.")


class Unbooked(StrEnum):
    """What becomes of a room that nobody booked for now."""

    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A room that may be opened.

    Attributes:
        id: The booking's id, or one made for a room that nobody booked.
        name: The room as Prosody stores it, e.g. ``[tenant]plealmatret``.
        owner: Who asked, as the asker said; it is handed back and not kept elsewhere.
        start: Whole seconds since the epoch.
        duration: Whole seconds from ``start`` after which Prosody would destroy the room.
        booking: The booking that stands for the room; None where nobody booked it.
    """

    id: str
    name: str
    owner: str = field(repr=False)
    start: int
    duration: int
    booking: Booking | None = None

    @property
    def expires(self) -> int:
        """Seconds since the epoch at which Prosody would destroy the room."""
        return self.start + self.duration


@dataclass(frozen=True, slots=True)
class Conflict:
    """The room is open under this reservation, which is another one's."""

    reservation: Reservation


@dataclass(frozen=True, slots=True)
class Refusal:
    """The room may not be opened. ``booking``: whose language and clock the message is for; None for the site's."""

    message: Message
    booking: Booking | None = None


Outcome = Reservation | Conflict | Refusal


@dataclass(frozen=True, slots=True)
class Request:
    """A room is to be opened. ``fresh_id``: the id to use if nobody booked it."""

    name: str
    owner: str
    fresh_id: str


@dataclass(slots=True)
class Reservations:
    """The rooms that are open as far as Prosody has said; decides about the next one.

    Attributes:
        unbooked: What becomes of rooms that nobody booked.
        overrun: Seconds after its booked end for which a room stays open, and may be opened again.
    """

    unbooked: Unbooked = Unbooked.ALLOW
    overrun: float = OVERRUN
    _open: dict[str, Reservation] = field(default_factory=dict)  # by room, oldest first
    _rooms: dict[str, str] = field(default_factory=dict)  # id to room

    def ask(self, request: Request, bookings: Iterable[Booking], now: float) -> Outcome:
        """Decide about a room.

        Args:
            request: What is asked.
            bookings: All bookings of this room.
            now: Seconds since the epoch.
        """
        candidates = tuple(bookings)
        booking = standing(candidates, self.overrun, now)
        held = self._held(request.name, now)
        if booking is not None:
            if held is not None and _conflicts(held, booking, now):
                return Conflict(held)
            return self._grant(_of_booking(booking, request, self.overrun, now))
        if self.unbooked is Unbooked.REFUSE:
            return refusal(candidates, now)
        if held is not None and held.booking is None:
            return held
        return self._grant(Reservation(request.fresh_id, request.name, request.owner, int(now), int(UNBOOKED)))

    def find(self, id_: str, now: float) -> Reservation | None:
        """The reservation of this id, if its room is open."""
        found = self._held(self._rooms.get(id_, ""), now)
        return found if found is not None and found.id == id_ else None

    def drop(self, id_: str) -> bool:
        """The room was closed. Returns whether it was known to be open."""
        name = self._rooms.pop(id_, None)
        return name is not None and self._open.pop(name, None) is not None

    def _held(self, name: str, now: float) -> Reservation | None:
        found = self._open.get(name)
        return None if found is None or found.expires <= now else found

    def _grant(self, reservation: Reservation) -> Reservation:
        before = self._open.pop(reservation.name, None)
        if before is not None:
            self._rooms.pop(before.id, None)
        elif len(self._open) >= MOST:
            oldest = self._open.pop(next(iter(self._open)))
            self._rooms.pop(oldest.id, None)
        self._open[reservation.name] = reservation
        self._rooms[reservation.id] = reservation.name
        return reservation


def standing(bookings: Iterable[Booking], overrun: float, now: float) -> Booking | None:
    """The booking that stands for its room now; see the order above. Of equals the one that begins last.

    Args:
        bookings: All of one room.
        overrun: Seconds after the end for which a booking still stands for the room.
        now: Seconds since the epoch.
    """
    ranked = [(rank, booking) for booking in bookings if (rank := _rank(booking, overrun, now)) is not None]
    return min(ranked, key=lambda each: (each[0], -each[1].start, each[1].id), default=(0, None))[1]


def _rank(booking: Booking, overrun: float, now: float) -> int | None:
    if isinf(booking.end):
        return 3
    if booking.start <= now < booking.end:
        return 0
    if booking.supervised_from <= now < booking.start:
        return 1
    return 2 if booking.end <= now < booking.end + overrun else None


def _conflicts(held: Reservation, booking: Booking, now: float) -> bool:
    """Whether the open room is another session's, in that one's own time. An unbooked use yields to a booking."""
    other = held.booking
    return other is not None and other.id != booking.id and other.start <= now < other.end and not isinf(other.end)


def _of_booking(booking: Booking, request: Request, overrun: float, now: float) -> Reservation:
    # A start before 1970 or one that is ahead of an open room would be read as expired, or not at all.
    start = max(int(booking.start), 0)
    if isinf(booking.end):
        start = min(start, int(now))
        until = now + ALWAYS
    else:
        # Who opens the room anew after its end gets the whole of the overrun, too.
        until = max(booking.end, now) + overrun
    return Reservation(booking.id, request.name, request.owner, start, ceil(until - start), booking)


def refusal(bookings: Iterable[Booking], now: float) -> Refusal:
    """Why a room may not be opened, and what the person can do.

    Args:
        bookings: All of this room; none of them stands for it now.
        now: Seconds since the epoch.
    """
    known = tuple(bookings)
    coming = min((each for each in known if each.supervised_from > now), key=lambda each: each.start, default=None)
    gone = max((each for each in known if each.end <= now), key=lambda each: each.end, default=None)
    if coming is not None and _day(coming.supervised_from, coming) == _day(now, coming):
        params = {"start": coming.start, "opens": coming.supervised_from}
        return Refusal(Message(NOT_YET, params), coming)
    if gone is not None and _day(gone.end, gone) == _day(now, gone):
        return Refusal(Message(OVER, {"end": gone.end}), gone)
    if coming is not None:
        minutes = int(SUPERVISED_BEFORE // 60)
        when: Mapping[str, str | int | float] = {
            "day": _day(coming.start, coming),
            "start": coming.start,
            "minutes": minutes,
        }
        return Refusal(Message(NOT_TODAY, when), coming)
    return Refusal(Message(NOT_BOOKED), None)


def _day(instant: float, booking: Booking) -> str:
    """The calendar day of the booking's place, which every language here can read as ``2026-09-03``."""
    local = instant + booking.utc_offset
    if not 0 <= local < _END_OF_CALENDAR:
        return "?"
    return datetime.fromtimestamp(local, UTC).date().isoformat()


_END_OF_CALENDAR = 253_402_300_800.0  # the year 10000
