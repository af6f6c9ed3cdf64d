"""The witness of the viewers' side: looks at the edge of every followed playlist, each at its own pace.

A list of due times feeds a few workers. So three hundred streams cost no three hundred tasks, and servers that hang
hold up some workers for some seconds, not the others' looks.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from itertools import count
from typing import TYPE_CHECKING

from yarl import URL

from supervisor.domain.events import EvidenceSeen
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.streams.hls.fetch import Fetcher
from supervisor.streams.hls.followed import Followed
from supervisor.streams.hls.guard import system_look_up
from supervisor.tasks import Backoff, Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.domain.bookings import Booking
    from supervisor.ports import Emit
    from supervisor.streams.hls.content import Sampler
    from supervisor.streams.hls.guard import LookUp, Rules

WITNESS = "hls"
WORKERS = 48
FRESH = 3.0
"""Intervals for which a word is good."""
FRESH_AT_LEAST = 6.0
"""Seconds for which it is good at least: a look that times out must be heard before its predecessor expires."""
BACKOFF = 1.0, 10.0
"""Seconds between looks at what cannot be reached: the first and the longest wait."""


class HlsProbe:
    """Implements the port Witness for bookings with ``stream.hls``.

    Args:
        rules: Which addresses may be fetched.
        emit: Gets EvidenceSeen.
        look_up: Resolves names.
        sampler: Looks into segments, where there is one; its `Sampler.run` is the owner's to start.
        clock: Seconds since the epoch, for the evidence; the pace keeps to the loop's own clock.
    """

    def __init__(
        self,
        rules: Rules,
        emit: Emit,
        look_up: LookUp = system_look_up,
        sampler: Sampler | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rules = rules
        self._emit = emit
        self._look_up = look_up
        self._sampler = sampler
        self._clock = clock
        self._followed: dict[str, Followed] = {}
        self._due: list[tuple[float, int, Followed]] = []
        self._running: set[Followed] = set()
        self._again: set[Followed] = set()
        self._said: dict[str, tuple[Evidence, str]] = {}
        self._order = count()
        self._wake = asyncio.Event()

    def follow(self, booking: Booking) -> None:
        """Look at this booking's playlist; the same address again changes nothing."""
        try:
            address = None if booking.stream.hls is None else URL(booking.stream.hls)
        except ValueError:  # its host is none that the DNS could hold
            address = URL()  # which the guard refuses, with its reason, in the ordinary way
        known = self._followed.get(booking.id)
        if known is not None and known.address == address:
            return
        self.unfollow(booking.id)
        if address is not None:
            followed = Followed(booking.id, address, Backoff(*BACKOFF))
            self._followed[booking.id] = followed
            self._at_once(followed)

    def unfollow(self, booking: str) -> None:
        """Stop looking."""
        self._followed.pop(booking, None)
        self._said.pop(booking, None)
        if self._sampler is not None:
            self._sampler.forget(booking)

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """Look now and often while there is doubt."""
        followed = self._followed.get(booking)
        if followed is None:
            return
        if doubt and not followed.doubt:
            self._at_once(followed)
        followed.doubt = doubt

    async def run(self) -> None:
        """Look until cancelled."""
        fetcher = Fetcher(self._rules, self._look_up)
        ready: asyncio.Queue[Followed] = asyncio.Queue()
        tasks = Tasks()
        self._running.clear()  # of an earlier run, whose workers are gone
        self._due.clear()
        for followed in self._followed.values():
            self._at_once(followed)
        try:
            for number in range(WORKERS):
                tasks.start(f"hls worker {number}", self._work(fetcher, ready))
            tasks.start("hls pace", self._pace(ready))
            await tasks.wait()
        finally:
            await tasks.close()
            await fetcher.close()

    # --- when ---

    def _at_once(self, followed: Followed) -> None:
        if followed in self._running:
            self._again.add(followed)
        else:
            self._schedule(followed, 0.0)

    def _schedule(self, followed: Followed, at: float) -> None:
        """Put a look into the list; an older one for the same playlist is passed over when its time comes."""
        followed.due = at
        heapq.heappush(self._due, (at, next(self._order), followed))
        if self._due[0][2] is followed:
            self._wake.set()

    async def _pace(self, ready: asyncio.Queue[Followed]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            now = loop.time()
            while self._due and self._due[0][0] <= now:
                at, _, followed = heapq.heappop(self._due)
                current = self._followed.get(followed.booking) is followed and followed.due == at
                if current and followed not in self._running:
                    self._running.add(followed)
                    ready.put_nowait(followed)
            try:
                async with asyncio.timeout_at(self._due[0][0] if self._due else None):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _work(self, fetcher: Fetcher, ready: asyncio.Queue[Followed]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            followed = await ready.get()
            seen = await followed.look(fetcher)
            now = loop.time()
            followed.take(seen, now)
            self._running.discard(followed)
            again = followed in self._again
            self._again.discard(followed)
            if self._followed.get(followed.booking) is not followed:
                continue
            self._say(followed, now)
            self._schedule(followed, now if again else now + followed.wait(now))

    # --- what ---

    def _say(self, followed: Followed, looked_at: float) -> None:
        """Emit what is new, and what would expire before the next look but one. ``looked_at``: on the loop's clock."""
        edge = followed.edge
        now = self._clock()
        still = looked_at - edge.moved_at
        fresh = max(FRESH * followed.interval, FRESH_AT_LEAST)
        said, note = self._said.get(followed.booking, (None, ""))
        news = said is None or (said.word, said.planned, note) != (edge.word, edge.planned, edge.note)
        if news or said is None or said.fresh_until - now < fresh / 2 or edge.word is not Word.UP:
            evidence = Evidence(
                booking=followed.booking,
                witness=WITNESS,
                side=Side.VIEWERS,
                word=edge.word,
                at=now,
                fresh_until=now + fresh,
                direct=True,
                detail=edge.detail,
                planned=edge.planned,
                since=now - still if edge.word is Word.DOWN and edge.live else None,
            )
            self._said[followed.booking] = (evidence, edge.note)
            self._emit(EvidenceSeen(evidence))
        if self._sampler is not None and edge.media is not None and edge.word in {Word.UP, Word.DEGRADED}:
            self._sampler.offer(followed.booking, followed.base, edge.media)
