"""Which bookings there are, and which ones' time has come: all that decides whether a session is supervised.

Who keeps an id or a room that two bookings want, `supervisor.domain.claims` decides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain.agenda import Agenda
from supervisor.domain.booking_rules import HouseRules
from supervisor.domain.claims import Claim, Complaint, complaints, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from supervisor.domain.bookings import Booking

OVERRUN = 12 * 3600.0
"""Seconds after its end for which a late daemon still opens a booking: its people may be there yet."""

_LAST_ID = "\U0010ffff"  # after every id


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
    """The bookings of every source. A source that tells anew replaces all it told before.

    Attributes:
        rules: The house's rules.
        order: Sources in the order of precedence. One that is not named comes before them: its bookings were reviewed
            one by one when they were made.
        by_source: What each source told.
        bookings: Those that are in force, by id.
        refused: Those that are not, and why.
        agenda: Those in force, by what only one can have.
        closed: Those whose session is over.
    """

    rules: HouseRules = field(default_factory=HouseRules)
    order: tuple[str, ...] = ()
    by_source: dict[str, tuple[Claim, ...]] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    refused: list[Complaint] = field(default_factory=list)
    agenda: Agenda = field(default_factory=Agenda)
    closed: dict[str, Booking] = field(default_factory=dict)
    _pages: list[tuple[float, str]] = field(default_factory=list)
    _starts: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    _wanted: dict[str, list[Booking]] = field(default_factory=dict)

    def read(
        self, source: str, bookings: Iterable[Booking], now: float, places: Mapping[str, str] | None = None
    ) -> list[Complaint]:
        """Take over what a source tells.

        Args:
            source: Its name.
            bookings: All that it has.
            now: Seconds since the epoch.
            places: Where each booking is written, by id.

        Returns:
            What is wrong with the bookings and was not said before.
        """
        known, reviewed = source in self.by_source, self.bookings
        where = places or {}
        self.by_source[source] = tuple(Claim(b, source, where.get(b.id, source)) for b in bookings)
        rank = {name: number for number, name in enumerate(self.order, start=1)}
        told = sorted(self.by_source, key=lambda name: rank.get(name, 0))
        claims = [claim for name in told for claim in self.by_source[name]]
        settled = settle(claims, self.bookings, self.rules, now - OVERRUN)
        said = {str(complaint) for complaint in self.refused}
        self.refused, self.agenda = settled.refused, settled.agenda
        self.bookings = {id_: claim.booking for id_, claim in settled.kept.items()}
        self._index(now)
        news = [complaint for complaint in settled.refused if str(complaint) not in said]
        for claim in settled.kept.values():
            if reviewed.get(claim.booking.id) != claim.booking and now < claim.booking.end:
                news += complaints(claim, settled.agenda, self.rules, now, made_now=known and claim.source == source)
        return news

    def _index(self, now: float) -> None:
        # A session that was closed stays so, unless its booking was changed meanwhile.
        self.closed = {id_: b for id_, b in self.closed.items() if self.bookings.get(id_) == b}
        starts: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for booking in self.bookings.values():
            starts[booking.room_node].append((booking.start, booking.id))
        self._wanted = defaultdict(list)
        for told in self.by_source.values():
            for claim in told:
                self._wanted[claim.booking.room_node].append(claim.booking)
        self._starts = {room: sorted(of_room) for room, of_room in starts.items()}
        self._pages = sorted((b.supervised_from, b.id) for b in self.bookings.values() if now < b.end + OVERRUN)

    def known(self) -> Iterator[tuple[str, Booking]]:
        """The bookings that are in force, each with the source that tells it."""
        for source, claims in self.by_source.items():
            for claim in claims:
                if self.bookings.get(claim.booking.id) is claim.booking:
                    yield source, claim.booking

    def close(self, booking: Booking) -> None:
        """Its session is over."""
        self.closed[booking.id] = booking

    def due(self, now: float) -> Iterator[Booking]:
        """Bookings that are to be supervised now, as far as the calendar says."""
        for _, id_ in self._pages[: self._turned(now)]:
            booking = self.bookings[id_]
            if now < booking.end + OVERRUN and id_ not in self.closed:
                yield booking

    def ahead(self, now: float) -> tuple[int, float] | None:
        """How many bookings' time is to come, and the first start, infinite if none; None before any were read."""
        if not self.by_source:
            return None
        pages = self._pages[self._turned(now) :]
        return len(pages), self.bookings[pages[0][1]].start if pages else inf

    def next_opening(self, now: float) -> float:
        """The instant after ``now`` at which the next booking's time comes; infinite without one."""
        turned = self._turned(now)
        return self._pages[turned][0] if turned < len(self._pages) else inf

    def coming(self, now: float, until: float) -> Iterator[Booking]:
        """Bookings whose time has not come yet, and comes before ``until``; the next one first."""
        for opens, id_ in self._pages[self._turned(now) :]:
            if opens >= until:
                return
            yield self.bookings[id_]

    def succeeded(self, booking: Booking, now: float) -> bool:
        """Whether another booking of the same room has begun since this one's end."""
        starts = self._starts.get(booking.room_node, [])
        for position in range(bisect_right(starts, (now, _LAST_ID)) - 1, -1, -1):
            start, id_ = starts[position]
            if start < booking.end:
                break
            if id_ != booking.id:
                return True
        return False

    def followed(self, booking: Booking) -> float:
        """The instant from which `succeeded` holds; infinite without another booking."""
        starts = self._starts.get(booking.room_node, [])
        return min((start for start, id_ in starts if start >= booking.end and id_ != booking.id), default=inf)

    def neighbours(self, booking: Booking) -> Neighbours:
        """What else the booking's room is booked for, also by bookings that are refused: their people may come.

        Whoever books a room that is always open means to share it.
        """
        rival, kin = "", False
        for other in self._wanted.get(booking.room_node, ()):
            if other.id == booking.id or other.kind.always_open:
                continue
            if other.start < booking.end and booking.start < other.end:
                rival = rival or other.id
            same = bool(booking.organisation) and other.organisation == booking.organisation
            kin = kin or (same and booking.supervised_from < other.end <= booking.start)
        return Neighbours(rival, kin)

    def _turned(self, now: float) -> int:
        return bisect_right(self._pages, (now, _LAST_ID))
