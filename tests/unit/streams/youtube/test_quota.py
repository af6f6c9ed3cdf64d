from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from supervisor.domain.records import QuotaDay
from supervisor.store import Store
from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.kept_ledger import KeptLedger
from supervisor.streams.youtube.quota import Ledger, MemoryLedger, pacific_date, until_midnight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOON = datetime(2026, 9, 3, 19, tzinfo=UTC).timestamp()  # noon in California
HOUR = 3600.0


class Clock:
    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


async def spend(ledger: Ledger, *, doubt: bool = False, most: int = 1000) -> int:
    """Spend until it is refused; how many it were."""
    for spent in range(most):
        try:
            await ledger.spend(doubt=doubt)
        except YoutubeError as error:
            assert error.fault in {Fault.SPENT, Fault.QUOTA}  # noqa: PT017 - it is a loop's end
            return spent
    return most


async def test_a_fifth_is_kept_from_routine_and_doubt_may_have_it() -> None:
    ledger = Ledger(MemoryLedger(), 100, Clock())
    assert await spend(ledger) == 80
    assert ledger.remaining == 20
    assert await spend(ledger, doubt=True) == 20
    assert ledger.remaining == 0


async def test_the_days_last_hours_have_a_tenth_of_their_own() -> None:
    clock = Clock()
    ledger = Ledger(MemoryLedger(), 100, clock)
    assert await spend(ledger) == 80
    clock.now = NOON + 8.5 * HOUR
    assert await spend(ledger) == 10


async def test_midnight_in_california_brings_a_new_page() -> None:
    clock = Clock()
    ledger = Ledger(MemoryLedger(), 10, clock)
    assert await spend(ledger, doubt=True) == 10
    clock.now = NOON + 12 * HOUR - 1
    assert await spend(ledger, doubt=True) == 0
    clock.now = NOON + 12 * HOUR
    assert await spend(ledger, doubt=True) == 10


async def test_a_clock_that_is_set_back_gives_no_unit_back() -> None:
    clock = Clock()
    ledger = Ledger(MemoryLedger(), 10, clock)
    assert await spend(ledger, doubt=True) == 10
    clock.now = NOON - 48 * HOUR
    assert await spend(ledger, doubt=True) == 0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    store.start(lambda _: None)
    yield store
    await store.close()


async def test_youtubes_word_is_kept_over_a_restart_until_midnight(store: Store) -> None:
    clock = Clock()
    first = Ledger(KeptLedger(store.write, store.quota), 10, clock)
    await first.spend(doubt=False)
    await first.break_until_midnight()
    second = Ledger(KeptLedger(store.write, store.quota), 10, clock)
    await second.open()
    assert second.remaining == 0
    with pytest.raises(YoutubeError) as caught:
        await second.spend(doubt=True)
    assert caught.value.fault is Fault.QUOTA
    clock.now = NOON + 12 * HOUR
    assert await spend(second, doubt=True) == 10


async def test_each_unit_is_in_the_store_before_it_is_granted(store: Store) -> None:
    ledger = Ledger(KeptLedger(store.write, store.quota), 100, Clock())
    for spent in range(1, 6):
        await ledger.spend(doubt=False)
        assert QuotaDay("youtube", "2026-09-03", spent) == await store.quota("youtube")


async def test_a_store_that_takes_too_long_grants_nothing_and_counts_the_unit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("supervisor.streams.youtube.kept_ledger.PATIENCE", 0.01)
    loop = asyncio.get_running_loop()
    hanging: asyncio.Future[frozenset[str]] = loop.create_future()
    nothing: asyncio.Future[QuotaDay | None] = loop.create_future()
    nothing.set_result(None)
    ledger = Ledger(KeptLedger(lambda _: hanging, lambda _: nothing), 10, Clock())
    with pytest.raises(YoutubeError, match=r"unusable: it was not written within") as caught:
        await ledger.spend(doubt=True)
    assert caught.value.fault is Fault.SPENT
    assert ledger.remaining == 9
    hanging.set_result(frozenset())


async def test_a_store_that_refuses_grants_nothing_and_says_why(store: Store) -> None:
    await store.close()
    with pytest.raises(YoutubeError, match="it cannot be written: the store is closed"):
        await Ledger(KeptLedger(store.write, store.quota), 10, Clock()).spend(doubt=True)


async def test_nothing_may_be_spent_of_nothing() -> None:
    assert await spend(Ledger(MemoryLedger(), 0, Clock()), doubt=True) == 0


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25), ((2026, 9, 3), 24)])
def test_days_have_as_many_hours_as_they_have_there(day: tuple[int, int, int], hours: int) -> None:
    late = datetime(*day, 12, tzinfo=UTC).timestamp()
    midnight = late + until_midnight(late)
    start = midnight - hours * HOUR
    assert pacific_date(start) == pacific_date(midnight - 1) == "{:04}-{:02}-{:02}".format(*day)
    assert pacific_date(start - 1) < pacific_date(start) < pacific_date(midnight)
