"""Sees to it beside the loop that nothing is kept for longer than it may be, and that who wishes can have it deleted.

Everything that goes is in the log: of what kind, how much, of which session, for which reason; never what it said.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, inf
from typing import TYPE_CHECKING

import structlog

from supervisor.domain.events import SessionErased
from supervisor.domain.retention import EVERY, KINDS, orders
from supervisor.ports import NotNowError
from supervisor.store.holdings import HOLDINGS
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from supervisor.domain.events import Event
    from supervisor.domain.retention import Erasure, Order
    from supervisor.store.shredder import Shredder

log = structlog.get_logger()

POLL_INTERVAL = 2.0
"""Seconds between two looks whether the command line has erased something."""
PAUSE = 0.05
"""Seconds between two small deletions, so that whoever else writes comes in between."""
TRIES = 20
"""How often the write-ahead log is tried to be emptied, a pause apart: a reader may be in the way."""


@dataclass(frozen=True, slots=True)
class House:
    """What the janitor needs.

    Attributes:
        shredder: Deletes; the janitor's own.
        periods: Seconds by kind of what is stored.
        clock: Seconds since the epoch.
        tell: Hands an event to the engine; done when it is taken.
        files: Deletes a session's report files. Returns their names.
    """

    shredder: Shredder
    periods: Mapping[str, float]
    clock: Callable[[], float]
    tell: Callable[[Event], Awaitable[None]]
    files: Callable[[str], list[str]]


class Janitor:
    """Implements the port Eraser. Its task is `run`; `erase` may be called beside it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._worker = Worker("janitor")
        self._known: frozenset[Erasure] | None = None
        self._revision = -1
        self._next = -inf

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
                now = self._house.clock()
                if not self._next - EVERY <= now < self._next:  # a clock that was set back delays nothing
                    await self.sweep()
                    self._next = now + EVERY
            except NotNowError as error:
                log.warning("nothing deleted now", reason=str(error))
                await asyncio.sleep(EVERY / 60)
            await asyncio.sleep(POLL_INTERVAL)

    async def sweep(self) -> None:
        """Delete what is over its period."""
        house, shredder = self._house, self._house.shredder
        now = house.clock()
        await self._worker.do(lambda: shredder.lapse(now))
        gone = [await self._forget(order, now) for order in orders(house.periods, now)]
        if any(gone):
            await self._settle()

    async def erase(self, session: str, by: str) -> Sequence[Erasure]:
        """Delete all that is stored of a session.

        Returns:
            The proofs, when the engine knows and nothing of it is in a file any more.

        Raises:
            NotErasedError: As `Shredder.erase`.
            NotNowError: The database does not answer.
        """
        house = self._house
        now = house.clock()
        proofs = await self._worker.do(lambda: house.shredder.erase(session, now, by))
        files = await self._worker.do(lambda: [*house.files(session), *house.shredder.drop_copies()])
        if files:
            log.info("files deleted", session=session, files=files)
        await self.look()
        await self._settle()
        return proofs

    async def look(self) -> None:
        """Tell what was erased since the last look, by whomever. What was before the first is known to the engine."""
        shredder = self._house.shredder
        if await self._worker.do(shredder.revision) == self._revision:
            return
        revision, wished = await self._worker.do(shredder.erasures)
        news = frozenset(wished) - self._known if self._known is not None else frozenset()
        self._known, self._revision = frozenset(wished), revision
        for line in lines(news):
            log.info("session erased", **line)
        for session, at in sorted({(each.session, each.at) for each in news}):
            await self._house.tell(SessionErased(session, at))

    def close(self) -> None:
        """Give back what is held open."""
        if self._worker.close():
            self._house.shredder.close()

    async def _forget(self, order: Order, now: float) -> int:
        shredder, rows = self._house.shredder, 0
        for holding in HOLDINGS:
            while holding.kind == order.kind:
                # Both are this loop's, and awaited here.
                count, proof = await self._worker.do(lambda: shredder.forget(holding, order.before, now))  # noqa: B023
                if not count:
                    break
                rows += count
                if proof is not None:
                    about = {"session": proof.session, "kind": proof.kind, "entries": count}
                    log.info("deleted of session", **about, until=day(order.before))
                await asyncio.sleep(PAUSE)
        files = await self._worker.do(lambda: shredder.drop_copies(order.before)) if order.kind == "copies" else []
        if rows or files:
            log.info("deleted", kind=order.kind, entries=rows + len(files), until=day(order.before))
        return rows

    async def _settle(self) -> None:
        for _ in range(TRIES):
            if await self._worker.do(self._house.shredder.settle):
                return
            await asyncio.sleep(PAUSE)
        log.warning("write-ahead log not emptied", reason="others read or write all the time; it is next time")


def lines(proofs: Iterable[Erasure]) -> list[dict[str, str | int]]:
    """What is said of erasures, in the log and by the command: one line for each session, by whom and how much."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for each in proofs:
        found.setdefault((each.session, each.by), {})[each.kind] = each.entries
    order = [kind.name for kind in KINDS]
    return [
        {"session": session, "by": by, **{kind: counts[kind] for kind in order if kind in counts}}
        for (session, by), counts in sorted(found.items())
    ]


def day(instant: float) -> str:
    """The day of an instant in UTC, as ``2026-09-03``."""
    return datetime.fromtimestamp(ceil(instant), UTC).date().isoformat()
