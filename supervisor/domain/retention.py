"""How long each kind of what is stored is kept, and what remains to be said of what was deleted.

`KINDS` is the whole list: the keys of ``[retention]`` with their defaults. Where each kind lies, and which of its rows
are over, `supervisor.store.holdings` says; a test compares the two. What still matters is never deleted for its age:
nothing of a session under supervision, no open incident, no message that waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isfinite
from typing import TYPE_CHECKING

from supervisor.domain.chronicle import stamp
from supervisor.domain.records import SupervisionEnded, SupervisionRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from supervisor.domain.bookings import Booking

DAY = 86_400.0
SHORTEST = DAY
"""No period is shorter: for half a day after a session's end a restart must find what was told and sent."""

EVERY = 3600.0
"""Seconds between two looks for what is over its period."""

SUPERVISION_HOLDS = 12 * 3600.0
"""Seconds for which the note that a session is under supervision holds without being renewed."""

RECORDS = "records"
"""The kind of the sealed records."""

RETENTION = "retention"
"""In whose name goes what is over its period."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of what is stored. ``period``: seconds, unless ``[retention]`` says otherwise, from ``since`` on."""

    name: str
    period: float
    what: str
    since: str


KINDS = (
    Kind(RECORDS, 1826 * DAY, "sealed records; incidents with their timeline", "the last entry; the closing"),
    Kind("roll_call", 30 * DAY, "roll calls, with names where attendance is on", "the session's end"),
    Kind("event_log", 30 * DAY, "event logs, without anybody's name, for replaying", "the last event"),
    Kind("bookings", 30 * DAY, "bookings made over HTTP or by command, with contacts", "their end"),
    Kind("messages", 30 * DAY, "messages that were sent or given up", "that, and their time of use"),
    Kind("silences", 90 * DAY, "silences", "their end"),
    Kind("states", 7 * DAY, "how alerts and streams of sessions stood that are over", "their last change"),
    Kind("quota", 90 * DAY, "days of the YouTube quota", "the day"),
    Kind("copies", 30 * DAY, "copies of the database from before a new version", "their making"),
    Kind("proofs", 3652 * DAY, "that something was deleted, when and why", "the deletion"),
)
"""Read aloud in docs/privacy.md, with the reasons."""


@dataclass(frozen=True, slots=True)
class Order:
    """Delete what is over of this kind since before that instant."""

    kind: str
    before: float


@dataclass(frozen=True, slots=True)
class Erasure:
    """Proof that something was deleted: of which session, how much, when, why; nothing of what it said.

    Attributes:
        session: The booking's id.
        kind: As in `KINDS`.
        at: When.
        entries: How many rows.
        room: The room's node; empty where nothing told it.
        seal: Hash of the last entry of the sealed record, where there was one: a printed report shows the same.
        until: For its age: what is older than this instant went; None where somebody had the session erased.
        by: Who had it erased: a token's name, or ``command line``, or `RETENTION`.
    """

    session: str
    kind: str
    at: float
    entries: int
    room: str = ""
    seal: str = ""
    until: float | None = None
    by: str = RETENTION

    def __str__(self) -> str:
        """What remains to be said of it."""
        at = f"{stamp(self.at)[:16].replace('T', ' ')} UTC"
        seal = f"; its seal was {self.seal}" if self.seal else ""
        if self.until is not None:
            return f"the record of {self.session} was deleted at {at}: its retention was over{seal}"
        return f"the session {self.session} was erased at {at} by {self.by}{seal}"


def orders(periods: Mapping[str, float], now: float) -> Iterator[Order]:
    """What is to be deleted now, by period of each kind; a kind without one stays."""
    for kind in KINDS:
        if kind.name in periods:
            yield Order(kind.name, now - periods[kind.name])


@dataclass(slots=True)
class Held:
    """Notes, for the store, which sessions are under supervision; each is renewed while its session is.

    ``erased``: when sessions were erased last, by booking. One that was erased after its booking's end does not come
    back, whatever process reads the booking again.
    """

    erased: dict[str, float] = field(default_factory=dict)
    _until: dict[str, tuple[Booking, float]] = field(default_factory=dict)

    def begin(self, booking: Booking, now: float) -> SupervisionRow:
        """Its supervision begins, or goes on."""
        endless = not isfinite(booking.end)
        until = (now if endless else max(now, booking.end)) + SUPERVISION_HOLDS
        self._until[booking.id] = booking, until
        return SupervisionRow(booking.id, until, endless)

    def end(self, booking: str) -> SupervisionEnded:
        """Its supervision is over."""
        self._until.pop(booking, None)
        return SupervisionEnded(booking)

    def renew(self, now: float) -> Iterator[SupervisionRow]:
        """The notes that would be void soon, anew."""
        for booking, until in list(self._until.values()):
            if now >= until - SUPERVISION_HOLDS / 2:
                yield self.begin(booking, now)

    def deadline(self) -> float:
        """The next instant at which one has to be renewed; infinite without one."""
        return min((until for _, until in self._until.values()), default=inf) - SUPERVISION_HOLDS / 2

    def gone(self, booking: Booking) -> bool:
        """Whether the booking's session was erased when it was over."""
        return self.erased.get(booking.id, -inf) >= booking.end
