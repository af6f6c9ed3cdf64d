"""The one writer: a thread that owns the write connection and turns what queues up into transactions.

A batch is stored whole or not at all. What has queued up meanwhile goes into the same transaction, so that one fsync
serves many. A failure that will pass keeps everything in its order and is tried again; it is told once, and so is its
end. The loop never waits: `Writer.put` only appends to a list.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from supervisor.domain.changes import essential, identity
from supervisor.store.apply import apply
from supervisor.store.failures import StoreBusyError, StoreError, permanent, temporary
from supervisor.tasks import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Engine

    from supervisor.domain.changes import Change

log = structlog.get_logger()

MOST = 20_000
"""Changes that may wait before what is not essential is refused and the rest is folded together."""

GROUP = 500
"""Changes in one transaction at most, so that its lock is short."""


@dataclass(slots=True)
class Batch:
    """Changes that belong together, and who waits for them: they get the keys of messages that were new."""

    changes: tuple[Change, ...]
    waiters: list[Future[frozenset[str]]]

    def stored(self, keys: frozenset[str]) -> None:
        """Tell everybody that it is on disk."""
        for waiter in self.waiters:
            waiter.set_result(keys)

    def failed(self, error: StoreError) -> None:
        """Tell everybody that it never will be."""
        for waiter in self.waiters:
            waiter.set_exception(error)


class Writer:
    """Stores batches in the order in which they were put.

    Args:
        engine: Owned by the thread.
        troubled: Told the reason when storing begins to fail for now, from the writer's thread.
        recovered: Told when everything is stored again, from the same.
        most: See `MOST`.
    """

    def __init__(
        self, engine: Engine, troubled: Callable[[str], None], recovered: Callable[[], None], most: int = MOST
    ) -> None:
        self.trouble = ""
        self.ended: Future[int] = Future()
        self._engine = engine
        self._troubled = troubled
        self._recovered = recovered
        self._most = most
        self._waiting: deque[Batch] = deque()
        self._changes = 0
        self._news = threading.Condition()
        self._deadline: float | None = None
        self._backoff = Backoff(first=0.1, ceiling=2.0)
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)

    @property
    def pending(self) -> int:
        """How many changes are not stored yet."""
        return self._changes

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, changes: Sequence[Change]) -> Future[frozenset[str]]:
        """Queue a batch. The future gets StoreError if it will never be stored; it cannot be cancelled."""
        done: Future[frozenset[str]] = Future()
        done.set_running_or_notify_cancel()
        batch = Batch(tuple(changes), [done])
        with self._news:
            if self._deadline is not None:
                batch.failed(StoreError("the store is closed"))
            elif self._changes >= self._most and not any(map(essential, batch.changes)):
                why = self.trouble or "busy"
                batch.failed(StoreBusyError(f"the store cannot take this now ({why}); try again later"))
            else:
                self._waiting.append(batch)
                self._changes += len(batch.changes)
                self._news.notify()
        return done

    def finish(self, deadline: float) -> None:
        """Take no more; store what waits for ``deadline`` seconds at most, then end. `ended` gets what was left."""
        with self._news:
            self._deadline = time.monotonic() + deadline
            self._news.notify()
        if self._thread.ident is None:  # never started
            self.ended.set_result(self._abandon())

    # --- in the thread ---

    def _run(self) -> None:
        try:
            while (group := self._next()) is not None:
                self._store(group)
        except BaseException:
            # Without the thread nothing is stored: whoever waits, or comes later, must know.
            log.exception("the store's writer failed")
            self.trouble = "the writer failed"
            self._troubled(self.trouble)
        finally:
            self.ended.set_result(self._abandon())

    def _next(self) -> list[Batch] | None:
        """Wait for the next group; None when it is time to end."""
        with self._news:
            while not self._waiting and self._deadline is None:
                self._news.wait()
            if not self._waiting or (self._deadline is not None and time.monotonic() > self._deadline):
                return None
            group: list[Batch] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0].changes) <= GROUP):
                group.append(self._waiting.popleft())
                size += len(group[-1].changes)
            return group

    def _store(self, group: list[Batch]) -> None:
        try:
            new = self._transaction(group)
        except Exception as error:  # noqa: BLE001 - judged at once: what passes is tried again, the rest is handed over
            why = temporary(error)
            if why is not None:
                self._keep(group, why)
            elif len(group) > 1:
                for batch in group:  # one wrong batch must not spoil its neighbours
                    self._store([batch])
            else:
                self._settled(group)
                group[0].failed(StoreError(permanent(error)))
            return
        self._settled(group)
        self._fine()
        for batch, keys in zip(group, new, strict=True):
            batch.stored(keys)

    def _transaction(self, group: list[Batch]) -> list[frozenset[str]]:
        with self._engine.begin() as connection:
            return [
                frozenset(key for change in batch.changes if (key := apply(connection, change)) is not None)
                for batch in group
            ]

    def _keep(self, group: list[Batch], why: str) -> None:
        """Put the group back to the front, say so once, and rest a while."""
        if not self.trouble:
            self._troubled(why)
        self.trouble = why
        with self._news:
            self._waiting.extendleft(reversed(group))
        if self._changes > self._most and len(self._waiting) > 1:
            self._fold()
        with self._news:
            pause = self._backoff.next()
            if self._deadline is not None:
                pause = min(pause, max(self._deadline - time.monotonic(), 0.0) + 0.01)
            until = time.monotonic() + pause
            while (left := until - time.monotonic()) > 0:
                before = self._deadline
                self._news.wait(left)
                if before is None and self._deadline is not None:
                    break  # told to finish: try at once

    def _fold(self) -> None:
        """Of several changes of one thing keep the last, in the place of the first: its neighbours may rely on it.

        It takes a while, so the queue is free meanwhile: only this thread takes from it.
        """
        with self._news:
            batches, self._waiting = self._waiting, deque()
        last: dict[tuple[str, ...], Change] = {}
        for batch in batches:
            last |= {identity(change): change for change in batch.changes}
        waiters = [waiter for batch in batches for waiter in batch.waiters]
        with self._news:
            self._waiting.appendleft(Batch(tuple(last.values()), waiters))
            self._changes += len(last) - sum(len(batch.changes) for batch in batches)

    def _settled(self, group: list[Batch]) -> None:
        with self._news:
            self._changes -= sum(len(batch.changes) for batch in group)

    def _fine(self) -> None:
        self._backoff.reset()
        if self.trouble and not self._waiting:
            self.trouble = ""
            self._recovered()

    def _abandon(self) -> int:
        with self._news:
            self._deadline = time.monotonic()
            left, self._changes = self._changes, 0
            batches, self._waiting = list(self._waiting), deque()
        for batch in batches:
            batch.failed(StoreError("the store was closed before this could be written"))
        return left
