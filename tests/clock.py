"""A clock that tests turn by hand: waiting takes no time, but moves it."""

from __future__ import annotations

import asyncio

from supervisor.channels.pace import Clock


class VirtualClock(Clock):
    """For one lane at a time: whoever waits jumps to the end of the wait."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.at = now
        self.waits: list[float] = []

    def now(self) -> float:
        return self.at

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        await asyncio.sleep(0)
        if event.is_set():
            return
        if seconds is None:
            await event.wait()
        elif seconds > 0:
            self.at += seconds
            self.waits.append(seconds)
