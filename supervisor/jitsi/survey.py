"""Asks a bridge how good people's lines are, as long as a roll call wants to know it.

What goes wrong is not told here: that a bridge does not answer is for its `supervisor.jitsi.poll.Poller` to see, and
a line of which nothing is said is unknown.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from supervisor.domain.events import EndpointsSeen
from supervisor.jitsi import endpoints
from supervisor.jitsi.ask import AskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from supervisor.jitsi.ask import Asker
    from supervisor.ports import Emit

    Called = Callable[[], Iterable[tuple[str, str]]]
    """Gives room and meeting id of each room that is asked for now; most of the time none."""

EVERY = 10.0
"""Seconds between two looks, at least: all that a bridge tells of an endpoint is 25 kB."""
IDLE = 2.0
"""Seconds after which it is looked again whether there is anybody to ask about."""
MOST_ROOMS = 10
"""Conferences that are asked for in one look."""
NOT_THERE = 30
"""Looks after which a bridge without ``/debug`` is asked again."""


class Survey:
    """One bridge that is asked. ``source`` is its name, e.g. ``jvb main``."""

    def __init__(self, source: str, asker: Asker, called: Called, emit: Emit) -> None:
        self._source = source
        self._asker = asker
        self._called = called
        self._emit = emit
        self._rest = 0

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._asker:
            while True:
                wanted = await self.look()
                pause = EVERY if wanted else IDLE
                await asyncio.sleep(pause * random.uniform(1.0, 1.1))  # noqa: S311 - jitter, not a secret

    async def look(self) -> bool:
        """Ask once, if there is anybody to ask about. Returns whether there is."""
        called = tuple(self._called())
        if called and self._rest > 0:
            self._rest -= 1
        elif called:
            with suppress(AskError):
                await self._ask(called)
        return bool(called)

    async def _ask(self, called: tuple[tuple[str, str], ...]) -> None:
        listing = await self._asker.get(endpoints.LISTING)
        if listing.status == 404:
            self._rest = NOT_THERE
        found = endpoints.conferences(listing.json, called)
        for conference, room in islice(found.items(), MOST_ROOMS):
            answer = await self._asker.get(endpoints.path(conference))
            if seen := endpoints.endpoints(answer.json, conference):
                self._emit(EndpointsSeen(self._source, room, seen))
