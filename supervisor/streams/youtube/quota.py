"""The ledger of quota units: what this daemon may still spend today, where today ends at midnight Pacific time.

The rules, each with its reason:

- A unit is written down *before* the call and never given back: a call that failed costs one all the same, and one
  that a SIGKILL kept from being sent is a unit too many, not one too few.
- One tenth is kept for doubt, another for doubt and for the last hours of the day: a day that began badly must not end
  blind. Together they are the reserve of a fifth.
- YouTube's word beats ours (others may spend from the same project): after ``quotaExceeded`` no call is made until the
  next midnight there, over a restart too.
- What cannot be written down is not spent, and a page that cannot be read counts as a day that is spent.

Source: the API's documentation of quota costs (every list method used here costs 1 unit, also when it is refused).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from supervisor.streams.youtube.faults import Fault, YoutubeError

if TYPE_CHECKING:
    from collections.abc import Callable

PACIFIC = ZoneInfo("America/Los_Angeles")
LAST_HOURS = 4 * 3600.0
"""Seconds before midnight from which the day's own tenth may be spent."""


class Purpose(Enum):
    """What a unit is for, with the share of the day's units that it may reach."""

    ROUTINE = 0.8
    LATE = 0.9
    DOUBT = 1.0


class LedgerError(Exception):
    """The ledger cannot be read or written; the text says which, and the remedy."""


@dataclass(frozen=True, slots=True)
class Page:
    """One day. ``day`` is the Pacific date, ``spent`` units, ``broken``: YouTube said that nothing is left."""

    day: str
    spent: int = 0
    broken: bool = False


class LedgerStore(Protocol):
    """Keeps one page over restarts. Both raise LedgerError."""

    async def load(self) -> Page | None:
        """The last page that was saved, None where there never was one."""
        ...

    async def save(self, page: Page) -> None:
        """Return only once the page would survive the machine's death."""
        ...


class MemoryLedger:
    """Implements LedgerStore for tests and simulations: it survives nothing."""

    def __init__(self) -> None:
        self.page: Page | None = None

    async def load(self) -> Page | None:
        """The page."""
        return self.page

    async def save(self, page: Page) -> None:
        """Keep it."""
        self.page = page


class Ledger:
    """The units of one project, shared by its tiers.

    Attributes:
        daily_units: Never more than these are spent in a Pacific day.
        sent: Tier to calls that really went out since this process started, whatever became of them.
    """

    def __init__(self, store: LedgerStore, daily_units: int, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._page: Page | None = None
        self._turn = asyncio.Lock()
        self.daily_units = daily_units
        self.sent: dict[str, int] = {}

    def left(self, purpose: Purpose) -> int:
        """Units that may still be spent today for this purpose; 0 while nothing may be sent."""
        page = self._today(self._clock())
        return 0 if page.broken else max(_ceiling(purpose, self.daily_units) - page.spent, 0)

    @property
    def remaining(self) -> int | None:
        """Units that are left of the day's, for whatever purpose; None while the page could not be read."""
        return None if self._page is None else self.left(Purpose.DOUBT)

    async def open(self) -> None:
        """Read the page. Raises YoutubeError where it cannot be read: nothing is spent before it can."""
        async with self._turn:
            await self._load()

    async def spend(self, *, doubt: bool) -> None:
        """Write one unit down, before it is spent.

        Args:
            doubt: Somebody needs to know now: the reserve is open.

        Raises:
            YoutubeError: QUOTA after YouTube's own word, SPENT where the limit is reached or nothing can be written.
        """
        async with self._turn:
            await self._load()
            now = self._clock()
            page = self._today(now)
            if page.broken:
                raise YoutubeError(Fault.QUOTA, "quotaExceeded; no call until midnight Pacific time")
            if page.spent >= _ceiling(purpose(now, doubt=doubt), self.daily_units):
                raise YoutubeError(Fault.SPENT, f"{page.spent} of {self.daily_units} units spent (youtube.daily_units)")
            await self._save(replace(page, spent=page.spent + 1))

    async def break_until_midnight(self) -> None:
        """Take YouTube's word that nothing is left today."""
        async with self._turn:
            await self._save(replace(self._today(self._clock()), broken=True))

    def note_sent(self, tier: str) -> None:
        """Count a call that went out."""
        self.sent[tier] = self.sent.get(tier, 0) + 1

    def _today(self, now: float) -> Page:
        day = pacific_date(now)
        page = self._page or Page(day)
        if page.day < day:
            return Page(day)
        # A page of tomorrow: the clock was set back. What was spent stays spent.
        return replace(page, day=day)

    async def _load(self) -> None:
        if self._page is None:
            try:
                self._page = await self._store.load() or Page(pacific_date(self._clock()))
            except LedgerError as error:
                raise YoutubeError(Fault.SPENT, f"the quota ledger is unusable: {error}") from error

    async def _save(self, page: Page) -> None:
        # In memory first: should the write fail half-way, the unit is counted rather than forgotten.
        self._page = page
        try:
            await self._store.save(page)
        except LedgerError as error:
            raise YoutubeError(Fault.SPENT, f"the quota ledger is unusable: {error}") from error


def purpose(now: float, *, doubt: bool) -> Purpose:
    """What a call at that instant may draw on."""
    if doubt:
        return Purpose.DOUBT
    return Purpose.LATE if until_midnight(now) <= LAST_HOURS else Purpose.ROUTINE


def pacific_date(now: float) -> str:
    """The date there, as 2026-11-21."""
    return datetime.fromtimestamp(now, PACIFIC).date().isoformat()


def until_midnight(now: float) -> float:
    """Seconds until the next midnight there; days have 23 or 25 hours when the clocks change."""
    here = datetime.fromtimestamp(now, PACIFIC)
    midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), PACIFIC)
    return midnight.timestamp() - now


def _ceiling(share: Purpose, daily_units: int) -> int:
    return int(daily_units * share.value)
