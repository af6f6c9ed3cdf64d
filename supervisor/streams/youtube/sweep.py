"""The loop that both tiers share: who is due, in batches of 50, within the budget, and what is said when it fails.

A stream that is due takes those along that are nearly due (20 % of their interval), and then whoever is next, until the
call is full: 50 ids cost what one costs. While a tier is held back after a failure the loop goes on, and says UNKNOWN
with the reason instead of asking.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING, Protocol

from supervisor.domain.events import EvidenceSeen
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.streams.youtube.faults import YoutubeError
from supervisor.streams.youtube.hold import Holds, Voice
from supervisor.streams.youtube.judge import Judgement
from supervisor.streams.youtube.schedule import BATCH, freshness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from supervisor.domain.bookings import Booking
    from supervisor.ports import Emit
    from supervisor.streams.youtube.schedule import Budget, Cadence

EARLY = 0.2
"""Share of an interval by which a stream may be polled too early to go along with others."""
JITTER = 0.1
"""Share of an interval by which it is made longer or shorter, so that many daemons do not march in step."""
LONGEST_SLEEP = 60.0
"""Seconds after which the clock is read again, as somebody may have set it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One booking's question to a tier: its id, the video's, and when its session begins (seconds since the epoch)."""

    booking: str
    video: str
    start: float


class Tier(Protocol):
    """One way to ask about many streams at once."""

    name: str
    """``public`` or ``owner``."""
    cadence: Cadence

    def session(self) -> AbstractAsyncContextManager[object]:
        """What has to be open while it is asked."""
        ...

    def units(self, streams: int, *, close: bool) -> float:
        """Units that one look at so many streams costs on average, at leisure or in trouble."""
        ...

    async def look(self, asked: Sequence[Asked], now: float, *, doubt: bool) -> Mapping[str, Judgement]:
        """Ask about at most 50 bookings; the answer is by booking. Raises YoutubeError."""
        ...

    def forget(self, booking: str) -> None:
        """Drop what is remembered of a booking."""
        ...


@dataclass(slots=True)
class Followed:
    """A booking whose stream is looked at. ``doubt`` is others', ``closer`` the tier's own; ``asked`` the last poll."""

    booking: Booking
    asked: Asked
    due: float
    doubt: bool = False
    closer: bool = False
    polled: float = -inf

    @property
    def close(self) -> bool:
        """Whether to look often."""
        return self.doubt or self.closer


class Sweeper:
    """Implements the port Witness for a tier.

    Args:
        tier: Whom it asks.
        budget: Shared by all tiers of a project.
        voice: Says that the source is lost or heard.
        emit: Gets the evidence.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, tier: Tier, budget: Budget, voice: Voice, emit: Emit, clock: Callable[[], float] = time.time
    ) -> None:
        self._tier = tier
        self._budget = budget
        self._voice = voice
        self._emit = emit
        self._clock = clock
        self._followed: dict[str, Followed] = {}
        self._holds = Holds()
        self._wake = asyncio.Event()

    # --- the port ---

    def follow(self, booking: Booking) -> None:
        """Look at this booking's video, if it has one; a second call replaces the first."""
        video = booking.stream.youtube
        if not video:
            self.unfollow(booking.id)
            return
        asked = Asked(booking.id, video, booking.start)
        before = self._followed.get(booking.id)
        if before is not None and before.asked == asked:
            before.booking = booking
            return
        self.unfollow(booking.id)
        self._followed[booking.id] = Followed(booking, asked, self._clock())
        self._wake.set()

    def unfollow(self, booking: str) -> None:
        """Stop looking."""
        if self._followed.pop(booking, None) is not None:
            self._tier.forget(booking)

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """Look now, though not twice within the cadence's floor, and often while there is doubt."""
        followed = self._followed.get(booking)
        if followed is not None and followed.doubt is not doubt:
            followed.doubt = doubt
            if doubt:
                followed.due = max(self._clock(), followed.polled + self._tier.cadence.floor)
                self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._tier.session():
            while True:
                self._wake.clear()
                await self.sweep()
                await self._sleep()

    # --- one sweep ---

    async def sweep(self) -> None:
        """Ask about all that are due now."""
        now = self._clock()
        self._plan()
        picked = self._pick(now)
        for start in range(0, len(picked), BATCH):
            await self._ask(picked[start : start + BATCH])

    def _pick(self, now: float) -> list[Followed]:
        """Those that are due, with company that costs nothing; the most overdue first."""
        waiting = sorted(self._followed.values(), key=lambda followed: followed.due)
        if not waiting or waiting[0].due > now:
            return []
        nearly = [followed for followed in waiting if followed.due <= now + EARLY * self._interval(followed, now)]
        return waiting[: ceil(len(nearly) / BATCH) * BATCH]

    async def _ask(self, batch: Sequence[Followed]) -> None:
        now = self._clock()
        doubt = any(followed.close for followed in batch)
        refused = self._holds.standing(now, doubt=doubt)
        if refused is not None:
            self._say_unknown(batch, refused, now)
            return
        for followed in batch:
            followed.polled = now
        try:
            judged = await self._tier.look([followed.asked for followed in batch], now, doubt=doubt)
        except YoutubeError as error:
            self._holds.failed(error, self._clock(), doubt=doubt)
            self._voice.failed(error)
            self._say_unknown(batch, error, now)
            return
        self._holds.heard()
        self._voice.heard()
        for followed in self._still(batch):
            self._say(followed, judged[followed.asked.booking], now)

    def _say_unknown(self, batch: Iterable[Followed], error: YoutubeError, now: float) -> None:
        again = self._holds.until(doubt=any(followed.close for followed in batch))
        for followed in self._still(batch):
            self._say(followed, Judgement(Word.UNKNOWN, error.reason, closer=followed.closer), now)
            # As soon as the hold is over, however long the interval is: this one owes an answer.
            followed.due = max(min(followed.due, again), now + self._tier.cadence.floor)

    def _say(self, followed: Followed, judged: Judgement, now: float) -> None:
        followed.closer = judged.closer
        interval = self._interval(followed, now)
        jittered = interval * (1.0 + JITTER * (2.0 * random.random() - 1.0))  # noqa: S311 - jitter, not a secret
        followed.due = now + max(jittered, self._tier.cadence.floor)
        self._emit(
            EvidenceSeen(
                Evidence(
                    booking=followed.booking.id,
                    witness=f"youtube {self._tier.name}",
                    side=Side.PLATFORM,
                    word=judged.word,
                    at=now,
                    fresh_until=now + freshness(interval),
                    detail=judged.detail,
                    auto_stop=judged.auto_stop,
                    wrong=judged.wrong,
                    advisory=judged.advisory,
                    page=judged.page,
                )
            )
        )

    def _still(self, batch: Iterable[Followed]) -> Iterator[Followed]:
        """Those that nobody unfollowed or replaced while we waited."""
        return (followed for followed in batch if self._followed.get(followed.booking.id) is followed)

    # --- when ---

    def _interval(self, followed: Followed, now: float) -> float:
        return self._budget.interval(self._tier.cadence, now, close=followed.close)

    def _plan(self) -> None:
        """Tell the budget what this tier would spend by itself."""
        cadence = self._tier.cadence
        close = sum(followed.close for followed in self._followed.values())
        often = self._tier.units(close, close=True) / max(cadence.close, cadence.floor)
        seldom = self._tier.units(len(self._followed) - close, close=False) / max(cadence.base, cadence.floor)
        ends = [followed.booking.end for followed in self._followed.values()]
        self._budget.plan(self._tier.name, often + seldom, ends)

    async def _sleep(self) -> None:
        due = min((followed.due for followed in self._followed.values()), default=inf)
        try:
            async with asyncio.timeout(min(max(due - self._clock(), 0.0), LONGEST_SLEEP)):
                await self._wake.wait()
        except TimeoutError:
            return
