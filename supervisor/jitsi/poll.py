"""Asks one server for ever, and says once that it is lost and once that it is heard again."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from supervisor.domain.events import SourceLost, SourceSynced
from supervisor.jitsi.ask import Answer, Asker, AskError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from supervisor.domain.events import BridgesSeen, RecordersSeen
    from supervisor.ports import Emit

    Read = Callable[[Mapping[str, Answer], float], Sequence[BridgesSeen | RecordersSeen]]
    """What the answers mean, good until an instant. Raises AskError."""

EVERY = 5.0
"""Seconds between two looks."""
FRESH = 30.0
"""Seconds for which what was said is good, should we be hindered from looking again."""
NOT_THERE = 60
"""Looks after which a path that is not there is asked for again."""


class Poller:
    """One server that is asked.

    Args:
        source: Its name as a source, e.g. ``jicofo`` or ``jvb main``.
        asker: Where it is.
        paths: What is asked for, in one look.
        read: Says what the answers mean.
        emit: Gets all events.
        clock: Seconds since the epoch.
    """

    def __init__(  # noqa: PLR0913 - what differs from server to server, and the two ports
        self,
        source: str,
        asker: Asker,
        paths: Sequence[str],
        *,
        read: Read,
        emit: Emit,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._asker = asker
        self._paths = paths
        self._read = read
        self._emit = emit
        self._clock = clock
        self._heard: bool | None = None
        self._absent: dict[str, int] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._asker:
            while True:
                await self.look()
                await asyncio.sleep(EVERY * random.uniform(0.9, 1.0))  # noqa: S311 - jitter, not a secret

    async def look(self) -> None:
        """Ask once. Who has just been heard tells its whole state before it counts as heard."""
        try:
            answers = {path: await self._get(path) for path in self._paths}
            found = self._read(answers, self._clock() + FRESH)
        except AskError as error:
            if self._heard is not False:
                self._heard = False
                self._emit(SourceLost(self._source, str(error)))
            return
        for event in found:
            self._emit(event)
        if self._heard is not True:
            self._heard = True
            self._emit(SourceSynced(self._source))

    async def _get(self, path: str) -> Answer:
        """Ask for a path; one that is not there is left alone for some minutes: servers log each such question."""
        if self._absent.get(path, 0) > 0:
            self._absent[path] -= 1
            return Answer(404, b"")
        answer = await self._asker.get(path)
        if answer.status == 404:
            self._absent[path] = NOT_THERE
        return answer
