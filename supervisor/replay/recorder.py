"""Hands what is on the tape to the scribe's thread, and what that wrote to the store, every two seconds.

Supervision never waits for it, and no failure of it is a failure of the daemon: a log that can't be kept is cut.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog

from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.domain.records import EventLog
    from supervisor.ports import Keeper
    from supervisor.replay.engines import Taken
    from supervisor.replay.scribe import Scribe

log = structlog.get_logger()

PAUSE = 2.0
"""Seconds between two turns: about as much is lost when the daemon is killed. Each turn costs a row a session."""
MOST = 50_000
"""Steps that may wait for the scribe or the store before they are thrown away."""
PATIENCE = 2.0
"""Seconds that the end of the daemon waits for the last lines."""


class Recorder:
    """``take`` is the engine's tape: it only appends to a list. ``clock`` gives seconds since the epoch."""

    def __init__(self, scribe: Scribe, store: Keeper, clock: Callable[[], float]) -> None:
        self._scribe = scribe
        self._store = store
        self._clock = clock
        self._tape: list[Taken] = []
        self.take: Callable[[Taken], None] = self._tape.append
        self._worker = Worker("event log")
        self._under_way: asyncio.Future[None] | None = None
        self._complained = False

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(PAUSE)
            self.flush()

    def flush(self) -> None:
        """Have what is on the tape written and stored, one thing after the other; never blocks."""
        if self._under_way is None and self._tape:
            tape = self._tape.copy()
            self._tape.clear()
            self._start(partial(self._scribe.take, tape))
        elif len(self._tape) > MOST:
            self._tape.clear()
            self._cut(None, "the store did not keep up")

    async def close(self) -> None:
        """Store what there is, for `PATIENCE` seconds at most. The store has to be open yet."""
        try:
            async with asyncio.timeout(PATIENCE):
                while self._under_way is not None or self._tape:
                    self.flush()
                    await self._idle()
                self._start(partial(self._scribe.end, self._clock()))
                await self._idle()
        except TimeoutError:
            log.warning("event log not stored", reason="the store takes too long")
        self._worker.close()

    def _start(self, work: Callable[[], list[EventLog]]) -> None:
        self._under_way = asyncio.get_running_loop().create_future()
        self._worker.do(work).add_done_callback(self._written)

    async def _idle(self) -> None:
        if self._under_way is not None:
            await asyncio.shield(self._under_way)

    def _written(self, rows: asyncio.Future[list[EventLog]]) -> None:
        error = rows.exception()
        if error is not None:
            log.error("event log failed", error=repr(error), exc_info=error)
            self._done()
            self._cut(None, "it could not be written down")
        elif rows.result():
            found = rows.result()
            self._store.write(found).add_done_callback(partial(self._stored, frozenset(row.session for row in found)))
        else:
            self._done()

    def _stored(self, sessions: frozenset[str], stored: asyncio.Future[frozenset[str]]) -> None:
        error = stored.exception()
        self._done()
        if error is not None:
            self._cut(sessions, "the store could not take it")
        else:
            self._complained = False

    def _cut(self, sessions: frozenset[str] | None, why: str) -> None:
        """End the logs of these sessions, of all if None; supervision goes on."""
        if not self._complained:
            self._complained = True
            log.warning("event log cut", reason=why)
        now = self._clock()
        cutting = self._worker.do(lambda: self._scribe.cut(sessions or self._scribe.sessions, why, now))
        cutting.add_done_callback(self._ended)

    def _ended(self, rows: asyncio.Future[list[EventLog]]) -> None:
        if rows.exception() is None and rows.result():
            self._store.write(rows.result()).add_done_callback(_look)

    def _done(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None and not under_way.done():
            under_way.set_result(None)


def _look(stored: asyncio.Future[frozenset[str]]) -> None:
    """A log's last line is worth a try only."""
    stored.exception()
