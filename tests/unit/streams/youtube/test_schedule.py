from __future__ import annotations

import pytest

from supervisor.streams.youtube.quota import Ledger, MemoryLedger, Page, pacific_date
from supervisor.streams.youtube.schedule import (
    OWNER,
    PUBLIC,
    SLOWEST,
    Budget,
    freshness,
    horizon,
    shortest_interval,
    sweep_units,
)

MORNING = 1_788_454_800.0  # ten in the morning in California
HOUR = 3600.0


async def budget(spent: int, daily: int = 10_000) -> tuple[Budget, Ledger]:
    store = MemoryLedger()
    store.page = Page(pacific_date(MORNING), spent)
    ledger = Ledger(store, daily, lambda: MORNING)
    await ledger.open()
    return Budget(ledger), ledger


@pytest.mark.parametrize(("streams", "units"), [(0, 0), (1, 1), (50, 1), (51, 2), (300, 6)])
def test_fifty_ids_are_one_unit(streams: int, units: int) -> None:
    assert units == sweep_units(streams)


# U·3600·M / (Q·(1 - r)) for Q = 10,000 and r = 0.2
@pytest.mark.parametrize(
    ("streams", "hours", "seconds"),
    [(50, 3, 1.4), (50, 24, 10.8), (100, 6, 5.4), (150, 8, 10.8), (200, 12, 21.6), (300, 8, 21.6), (300, 24, 64.8)],
)
def test_the_shortest_interval_is_that_of_the_formula(streams: int, hours: int, seconds: float) -> None:
    assert seconds == pytest.approx(shortest_interval(sweep_units(streams), hours * HOUR, 8000), abs=0.06)


def test_nothing_left_is_never() -> None:
    assert shortest_interval(1, HOUR, 0) == float("inf")


@pytest.mark.parametrize(("ends", "hours"), [([], 8), ([1], 8), ([3, 10], 10), ([99], 14), ([float("inf")], 14)])
def test_units_have_to_last_until_the_last_end_at_least_eight_hours_and_never_past_midnight(
    ends: list[float], hours: float
) -> None:
    assert hours * HOUR == horizon(MORNING, [MORNING + end * HOUR for end in ends])


async def test_with_enough_left_the_cadence_is_that_of_the_tier() -> None:
    plan, _ = await budget(0)
    plan.plan("public", 1 / 20, [MORNING + 4 * HOUR])
    assert plan.interval(PUBLIC, MORNING, close=False) == 20.0
    assert plan.interval(OWNER, MORNING, close=False) == 60.0
    assert plan.interval(OWNER, MORNING, close=True) == 15.0


async def test_the_cadence_falls_linearly_with_what_is_left() -> None:
    intervals = []
    for spent in (0, 4000, 6000, 7000):
        plan, _ = await budget(spent)
        plan.plan("public", 6 / 20, [MORNING])
        intervals.append(plan.interval(PUBLIC, MORNING, close=False))
    whole = 6 * 8 * HOUR / 8000
    assert intervals == pytest.approx([whole, 2 * whole, 4 * whole, 8 * whole])


async def test_both_tiers_together_are_stretched_by_one_factor() -> None:
    plan, _ = await budget(0)
    plan.plan("public", 6 / 20, [])
    plan.plan("owner", 12 / 60, [])
    factor = 0.5 * 8 * HOUR / 8000
    assert plan.interval(PUBLIC, MORNING, close=False) == pytest.approx(20 * factor)
    assert plan.interval(OWNER, MORNING, close=False) == pytest.approx(60 * factor)


async def test_doubt_draws_on_the_reserve() -> None:
    plan, _ = await budget(8000)
    plan.plan("owner", 1 / 60, [])
    assert plan.interval(OWNER, MORNING, close=False) == SLOWEST
    assert plan.interval(OWNER, MORNING, close=True) == 15.0


def test_a_word_is_fresh_for_two_polls_and_a_half_and_for_half_a_minute_at_least() -> None:
    assert [freshness(interval) for interval in (5, 12, 20, 60)] == [30, 30, 50, 150]
