"""What survives a restart. One writer thread, one reader thread; the loop never waits for a disk.

In the order of a life: `Store.open` migrates, `Store.load` tells what was going on when the last process ended,
`Store.start` begins to write (its troubles become SourceLost and SourceSynced of the source ``store``), `Store.close`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from supervisor.domain.events import SourceLost, SourceSynced
from supervisor.store import chain, queries
from supervisor.store.engine import reading
from supervisor.store.migrate import brought_up
from supervisor.store.writer import MOST, Writer
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection, Engine

    from supervisor.domain.changes import Change
    from supervisor.domain.chronicle import Chronicle
    from supervisor.domain.events import Event
    from supervisor.domain.records import DeadLetter, Incident, QuotaDay, RollLine, Saved, TimelineEntry
    from supervisor.domain.retention import Erasure
    from supervisor.ports import Emit

SOURCE = "store"
"""Its name among the sources: one that is lost can't keep what happens."""

Result = TypeVar("Result")


class Store:
    """Implements the port Keeper. Made by `Store.open`."""

    def __init__(self, writing: Engine, reading: Engine, most: int = MOST) -> None:
        self._writing = writing
        self._reading = reading
        self._writer = Writer(writing, self._troubled, self._recovered, most)
        self._reader = Worker("store reader")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._emit: Emit | None = None

    @classmethod
    def open(cls, address: str, most: int = MOST) -> Store:
        """Open a database and bring it to this version's schema.

        Args:
            address: As ``[store] url``.
            most: Changes that may wait, see `supervisor.store.writer.MOST`.

        Raises:
            StoreUnusableError: With the place and the remedy.
        """
        url, engine = brought_up(address)
        engine.dispose()  # the connection is the writer's thread's own from here on
        return cls(engine, reading(url), most)

    # --- written ---

    def start(self, emit: Emit) -> None:
        """Start writing. From the loop, whose events tell when storing fails and works again."""
        self._loop, self._emit = asyncio.get_running_loop(), emit
        self._writer.start()
        emit(SourceSynced(SOURCE))

    def write(self, batch: Sequence[Change]) -> asyncio.Future[frozenset[str]]:
        """Store changes together. Never blocks, never raises.

        Returns:
            Done when they are on disk, with the keys of messages that were not stored before. StoreError means that
            they never will be; StoreBusyError that they were refused for now, which nothing about an alert ever is.
        """
        return asyncio.wrap_future(self._writer.put(batch))

    @property
    def pending(self) -> int:
        """How many changes are not on disk yet."""
        return self._writer.pending

    @property
    def trouble(self) -> str:
        """Why nothing can be stored at present; empty if it can."""
        return self._writer.trouble

    async def close(self, deadline: float = 5.0) -> int:
        """Store what waits, ``deadline`` seconds at most, and end. Returns how many changes could not be stored."""
        ended = asyncio.wrap_future(self._writer.ended)
        self._writer.finish(deadline)
        # A moment more than the writer's own deadline; a thread that hangs in the driver is left behind.
        await asyncio.wait({ended}, timeout=deadline + 1.0)
        left = ended.result() if ended.done() else self._writer.pending
        if ended.done():
            self._writing.dispose()
        if self._reader.close():
            self._reading.dispose()
        return left

    # --- read ---

    def load(self) -> Saved:
        """Read what was going on. Blocks: to be called before the loop has anything else to do."""
        return self._read(queries.saved)

    def incidents(self, since: float, until: float, booking: str | None = None) -> asyncio.Future[list[Incident]]:
        """The incidents opened in [since, until), oldest first."""
        return self._ask(lambda connection: queries.incidents(connection, since, until, booking))

    def timeline(self, incident: str) -> asyncio.Future[list[TimelineEntry]]:
        """One incident's record, oldest first."""
        return self._ask(lambda connection: queries.timeline(connection, incident))

    def roll(self, booking: str) -> asyncio.Future[list[RollLine]]:
        """The roll call of one booking's session, as far as it is stored."""
        return self._ask(lambda connection: queries.roll(connection, booking))

    def chronicle(self, session: str) -> asyncio.Future[Chronicle]:
        """A session's sealed record as it is stored; without entries where there is none."""
        return self._ask(lambda connection: chain.read(connection, session))

    def erasure(self, session: str) -> asyncio.Future[Erasure | None]:
        """The last deletion of what was stored of a session; None where nothing was."""
        return self._ask(lambda connection: queries.erasure(connection, session))

    def event_log(self, session: str) -> asyncio.Future[list[str]]:
        """The parts of a session's event log as they are stored, in their order."""
        return self._ask(lambda connection: queries.event_log(connection, session))

    def dead_letters(self, limit: int = 100) -> asyncio.Future[list[DeadLetter]]:
        """What did not arrive, the last one first."""
        return self._ask(lambda connection: queries.dead_letters(connection, limit))

    def quota(self, project: str) -> asyncio.Future[QuotaDay | None]:
        """The last day of a project on which units were counted."""
        return self._ask(lambda connection: queries.quota(connection, project))

    def messages(self) -> asyncio.Future[dict[str, int]]:
        """How many messages are kept, by state."""
        return self._ask(queries.messages)

    def _ask(self, question: Callable[[Connection], Result]) -> asyncio.Future[Result]:
        return self._reader.do(lambda: self._read(question))

    def _read(self, question: Callable[[Connection], Result]) -> Result:
        with self._reading.connect() as connection:
            return question(connection)

    # --- told, from the writer's thread ---

    def _troubled(self, reason: str) -> None:
        self._tell(SourceLost(SOURCE, reason))

    def _recovered(self) -> None:
        self._tell(SourceSynced(SOURCE))

    def _tell(self, event: Event) -> None:
        if self._loop is not None and self._emit is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._emit, event)
