"""How many quota units a day of streams costs: both witnesses in virtual time, over an API of plain dictionaries."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.events import Event, EvidenceSeen
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.simulation.virtual_time import run_virtually
from supervisor.streams.youtube.client import Credential
from supervisor.streams.youtube.hold import Voice
from supervisor.streams.youtube.owner import OwnerTier
from supervisor.streams.youtube.public import PublicTier
from supervisor.streams.youtube.quota import Ledger, MemoryLedger
from supervisor.streams.youtube.schedule import Budget
from supervisor.streams.youtube.sweep import Sweeper, Tier
from supervisor.tasks import Tasks

MIDNIGHT = 1_788_418_800.0
"""Midnight in California on 2026-09-03: the whole day's units are there."""


@dataclass(frozen=True)
class Day:
    """What is to be watched.

    Attributes:
        streams: How many at once.
        hours: For how long.
        doubt: Whether somebody doubts all of them, all the time.
        daily_units: The budget.
    """

    streams: int
    hours: float
    doubt: bool = False
    daily_units: int = 10_000


@dataclass
class Bill:
    """What it cost. ``words`` counts the evidence that said something, by tier; ``unknown`` that which did not."""

    day: Day
    units: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    unknown: int = 0

    @property
    def total(self) -> int:
        """Units of both tiers."""
        return sum(self.units.values())

    def interval(self, tier: str) -> float:
        """Mean seconds between two words about one stream."""
        return self.day.streams * self.day.hours * 3600 / max(self.words.get(tier, 0), 1)


class _HealthyApi:
    """Every broadcast is live and its data arrive. Spends as the real one does."""

    def __init__(self, tier: str, ledger: Ledger) -> None:
        self._tier = tier
        self._ledger = ledger

    async def videos(self, ids: Sequence[str], _: Credential, *, doubt: bool) -> Any:
        row = {"snippet": {"liveBroadcastContent": "live"}, "liveStreamingDetails": {}}
        return await self._page(ids, row, doubt=doubt)

    async def broadcasts(self, ids: Sequence[str], _: Credential, *, doubt: bool) -> Any:
        page = await self._page(ids, {"status": {"lifeCycleStatus": "live"}}, doubt=doubt)
        return {"items": [{**row, "contentDetails": {"boundStreamId": f"s{row['id']}"}} for row in page["items"]]}

    async def streams(self, ids: Sequence[str], _: Credential, *, doubt: bool) -> Any:
        return await self._page(ids, {"status": {"streamStatus": "active"}}, doubt=doubt)

    async def _page(self, ids: Sequence[str], row: dict[str, Any], *, doubt: bool) -> Any:
        await self._ledger.spend(doubt=doubt)
        self._ledger.note_sent(self._tier)
        return {"items": [{**row, "id": id_} for id_ in ids]}


class _Access:
    async def credential(self, *, force: bool = False) -> Credential:  # noqa: ARG002 - it never has to be forced
        return Credential(token="t")


class _Public(PublicTier):
    def session(self) -> nullcontext[None]:
        return nullcontext()


class _Owner(OwnerTier):
    def session(self) -> nullcontext[None]:
        return nullcontext()


def bill(day: Day) -> Bill:
    """Let a day pass and say what it cost."""
    return run_virtually(_pass(day), moment=0.0)


async def _pass(day: Day) -> Bill:
    loop, result, tasks = asyncio.get_running_loop(), Bill(day), Tasks()

    def clock() -> float:
        return MIDNIGHT + loop.time()

    def emit(event: Event) -> None:
        if isinstance(event, EvidenceSeen):
            tier, word = event.evidence.witness, event.evidence.word
            result.unknown += word == "unknown"
            result.words[tier] = result.words.get(tier, 0) + (word != "unknown")

    ledger = Ledger(MemoryLedger(), day.daily_units, clock)
    budget = Budget(ledger)
    for tier in _tiers(ledger):
        sweeper = Sweeper(tier, budget, Voice(tier.name, emit), emit, clock)
        for number in range(day.streams):
            sweeper.follow(_booking(number, day))
            sweeper.look_closer(f"b{number}", doubt=day.doubt)
        tasks.start(tier.name, sweeper.run())
    await asyncio.sleep(day.hours * 3600)
    await tasks.close()
    result.units = dict(ledger.sent)
    return result


def _tiers(ledger: Ledger) -> list[Tier]:
    public: Any = _HealthyApi("public", ledger)
    owner: Any = _HealthyApi("owner", ledger)
    access: Any = _Access()
    return [_Public(public, Credential(key="k")), _Owner(owner, access)]


def _booking(number: int, day: Day) -> Booking:
    return Booking(
        id=f"b{number}",
        room=f"room{number}",
        tenant=None,
        kind=DEFAULT_KINDS["plenary"],
        title="",
        organisation="",
        start=MIDNIGHT,
        duration=day.hours * 3600,
        language=Language.CATALAN,
        limit=30,
        stream=StreamSource(youtube=f"v{number}"),
    )
