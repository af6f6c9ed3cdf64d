"""Blocking work beside the loop: threads that can hang without ever hanging the loop or the exit.

``asyncio.to_thread`` is not for this: its threads are joined at exit, however long they take. These are daemon threads.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Worker:
    """One thread that does one thing after another. Started by its first work."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._under_way = 0
        self._counting = threading.Lock()

    @property
    def busy(self) -> bool:
        """Whether something was asked for and is not done yet."""
        return self._under_way > 0

    def do(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Have ``work`` done in the thread. The future gets its result or its error; cancelling does not stop it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        done: Future[Result] = Future()
        done.set_running_or_notify_cancel()
        with self._counting:
            self._under_way += 1
        done.add_done_callback(self._one_less)
        self._queue.put(lambda: _settle(done, work))
        return asyncio.wrap_future(done)

    def close(self, deadline: float = 1.0) -> bool:
        """End the thread after its work. Returns whether it ended within ``deadline`` seconds; else it is left."""
        if self._thread is None:
            return True
        self._queue.put(None)
        self._thread.join(deadline)
        return not self._thread.is_alive()

    def _one_less(self, _: Future[Result]) -> None:
        with self._counting:
            self._under_way -= 1

    def _run(self) -> None:
        while (work := self._queue.get()) is not None:
            work()


def _settle(done: Future[Result], work: Callable[[], Result]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the work
        done.set_exception(error)
    else:
        done.set_result(result)
