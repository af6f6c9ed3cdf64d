"""The only place where tasks are made: each has a name, an owner and a fate.

A source's task is restarted for ever, with jittered back-off, because the outside may fail in any way; the core has no
such net: its failure ends the daemon, and systemd starts it again.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

log = structlog.get_logger()


@dataclass(slots=True)
class Backoff:
    """Jittered doubling from ``first`` to ``ceiling`` seconds. ``reset`` after a success."""

    first: float = 0.25
    ceiling: float = 2.0
    attempts: int = 0

    def next(self) -> float:
        """The seconds to wait before the next try, between half and all of what doubling gives."""
        whole = min(self.ceiling, self.first * 2.0 ** min(self.attempts, 16))
        self.attempts += 1
        return whole * (0.5 + random.random() / 2)  # noqa: S311 - jitter, not a secret

    def reset(self) -> None:
        """Start again from ``first``."""
        self.attempts = 0


class Tasks:
    """The tasks of one owner. The first that fails is re-raised by :meth:`wait`; :meth:`close` ends them all."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run ``work`` as a task of that name."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        return task

    async def wait(self) -> None:
        """Wait until a task ends; its failure is raised."""
        if self._tasks:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self._tasks.discard(task)
                task.result()

    async def close(self, deadline: float = 5.0) -> None:
        """Cancel what still runs and wait for it, ``deadline`` seconds at most."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=deadline)
        self._tasks.clear()


async def restarting(name: str, work: Callable[[], Awaitable[None]], backoff: Backoff) -> None:
    """Run ``work`` again whenever it ends or fails; the first failure of a row is logged, the others counted."""
    while True:
        try:
            await work()
        except Exception as error:
            if backoff.attempts == 0:
                log.exception("task failed, restarting", task=name, error=str(error))
        await asyncio.sleep(backoff.next())
