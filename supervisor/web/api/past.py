"""Incidents and dead letters: what is on record. The store is asked; what is still open, the engine knows better."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from supervisor.web.api import shapes, shown
from supervisor.web.api.paging import bounds, page
from supervisor.web.api.wanted import IncidentsWanted
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from supervisor.domain.records import DeadLetter, Incident, RollLine, TimelineEntry
    from supervisor.web.api.operation import Call

T = TypeVar("T")
log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds that the store may take to answer."""
LAST = 1e11
"""An instant later than every other: infinity is no number to some databases."""
_ID = re.compile(r"([A-Za-z0-9._-]{1,128}):([A-Za-z]{1,64}):([0-9]{1,11}\.[0-9]{3})", re.ASCII)

NO_INCIDENT = "There is no incident of this id on record; see /api/v1/incidents."
UNREADABLE = "The record can't be read at present; the daemon's log says why. Try again in a moment."


class Records(Protocol):
    """Reads what is stored."""

    def incidents(self, since: float, until: float, booking: str | None = None) -> Awaitable[Sequence[Incident]]:
        """The incidents opened in [since, until)."""
        ...

    def timeline(self, incident: str) -> Awaitable[Sequence[TimelineEntry]]:
        """One incident's record, oldest first."""
        ...

    def roll(self, booking: str) -> Awaitable[Sequence[RollLine]]:
        """The lines of a booking's roll call."""
        ...

    def dead_letters(self, limit: int = 100) -> Awaitable[Sequence[DeadLetter]]:
        """What did not arrive, the last one first."""
        ...


class Past:
    """Handles them. ``unfinished`` gives the incidents that are open, as they are now."""

    def __init__(self, records: Records, unfinished: Callable[[], Iterable[Incident]]) -> None:
        self._records = records
        self._unfinished = unfinished

    async def incidents(self, call: Call) -> shapes.Incidents:
        """The incidents of a time."""
        wanted = call.query
        assert isinstance(wanted, IncidentsWanted)
        since = -LAST if wanted.since is None else wanted.since
        until = LAST if wanted.until is None else wanted.until
        found = await self._between(since, until, wanted.booking)
        part = page(sorted(found, key=lambda each: (-each.opened, each.id)), call)
        return shapes.Incidents(
            incidents=[shown.incident(each) for each in part.items], total=part.total, next_offset=part.next
        )

    async def incident(self, call: Call) -> shapes.IncidentRecord:
        """One of them, with its record."""
        parts = _ID.fullmatch(call.id)
        if parts is None:
            raise Problem(404, NO_INCIDENT)
        booking, opened = parts[1], float(parts[3])
        # The id has milliseconds, the record what the clock gave.
        for found in await self._between(opened - 0.001, opened + 0.001, booking):
            if shown.incident_id(found.id) == call.id:
                return shown.record(found, list(await read(self._records.timeline(found.id))))
        raise Problem(404, NO_INCIDENT)

    async def dead_letters(self, call: Call) -> shapes.DeadLetters:
        """What did not arrive."""
        offset, limit = bounds(call)
        letters = await read(self._records.dead_letters(offset + limit + 1))
        more = offset + limit if len(letters) > offset + limit else None
        part = letters[offset : offset + limit]
        return shapes.DeadLetters(dead_letters=[shown.dead_letter(each) for each in part], next_offset=more)

    async def _between(self, since: float, until: float, booking: str | None) -> list[Incident]:
        stored = await read(self._records.incidents(since, until, booking))
        now = [i for i in self._unfinished() if since <= i.opened < until and booking in {None, i.booking}]
        return list({each.id: each for each in (*stored, *now)}.values())


async def read(answer: Awaitable[T]) -> T:
    """What the store answers, in time.

    Raises:
        Problem: 503.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await answer
    except Exception as error:  # noqa: BLE001 - which ones a database raises is the store's affair
        # Every failure of a database is temporary to whoever reads; the store's own alert is SourceLost.
        log.warning("record not read", error=type(error).__name__)
        raise Problem(503, UNREADABLE, headers={"Retry-After": "5"}) from None
