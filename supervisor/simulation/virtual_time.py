"""An event loop whose clock jumps to the next timer as soon as nothing else is left to do: a day passes in seconds.

Sockets and threads are real. Before it jumps the loop gives sockets a moment, so that what is on its way over loopback
arrives first, and it waits for what runs in threads.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")

_MOMENT = 0.002
"""Real seconds in which what is on its way over loopback arrives."""
_STUCK = 10.0
"""Real seconds without any timer or traffic after which the work is called stuck."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; ``time()`` starts at 0 and is virtual."""

    def __init__(self, moment: float = _MOMENT) -> None:
        self._now = 0.0
        self.moment = moment
        self._in_threads = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now

    @property
    def busy(self) -> bool:
        """Whether a thread works for somebody here."""
        return self._in_threads > 0

    def run_in_executor(self, executor: Executor | None, func: Callable[[*_Ts], _T], *args: *_Ts) -> asyncio.Future[_T]:
        """As usual, and counted."""
        self._in_threads += 1
        done = super().run_in_executor(executor, func, *args)
        done.add_done_callback(self._thread_done)
        return done

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._in_threads -= 1

    def jump(self, seconds: float) -> None:
        """Let so much time pass."""
        self._now += seconds


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            ready = super().select(_STUCK)
            if not ready:
                raise RuntimeError("virtual time cannot pass: there is no timer and no traffic")
            return ready
        moment = _STUCK if self._loop.busy else self._loop.moment
        ready = super().select(min(timeout, moment))
        if not ready and timeout > 0 and not self._loop.busy:
            self._loop.jump(timeout)
        return ready


def run_virtually(work: Coroutine[Any, Any, _T], moment: float = _MOMENT) -> _T:
    """Run ``work`` in virtual time and return what it returns. ``moment`` is 0 where there are no sockets."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(moment)) as runner:
        return runner.run(work)
