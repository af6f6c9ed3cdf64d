"""How fast, how often, how long between: the numbers of sending, with the clock as an argument."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST, CEILING = 1.0, 60.0
"""Seconds to the second try, and between two later tries at most: who is back shall hear soon."""

LONGEST = 3600.0
"""Seconds that a receiver may ask us to wait."""


class Clock:
    """Passes the time as it really passes; ``read`` gives seconds since the epoch."""

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self._read = read

    def now(self) -> float:
        """Seconds since the epoch: waiting rows outlive the process, so no monotonic clock will do."""
        return self._read()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Wait for the event, ``seconds`` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()


@dataclass(slots=True)
class Bucket:
    """A token bucket: ``burst`` at once, ``rate`` a second in the long run."""

    rate: float
    burst: float
    tokens: float = -1.0
    at: float = 0.0

    def take(self, now: float) -> float:
        """Take a token. Returns 0 if there was one, else the seconds until there will be."""
        if self.tokens < 0:
            self.tokens, self.at = self.burst, now
        # A clock that was set back gives nothing, and takes nothing.
        self.tokens = min(self.burst, self.tokens + max(now - self.at, 0.0) * self.rate)
        self.at = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.rate


def backoff(failures: int, asked: float | None = None) -> float:
    """Seconds to wait after that many failures in a row.

    Args:
        failures: At least 1.
        asked: What the receiver asked for, by Retry-After; obeyed up to `LONGEST`, never less than our own patience.

    Returns:
        Between half and all of what doubling gives, so that many messages do not come back at the same instant.
    """
    whole = min(CEILING, FIRST * 2.0 ** min(failures - 1, 16))
    own = whole * (0.5 + random.random() / 2)  # noqa: S311 - jitter, not a secret
    return own if asked is None else max(own, min(asked, LONGEST))
