"""Quota units per day, beside the formula P_min = 3600·M·U / (Q·(1 - r))."""

from __future__ import annotations

from bench.table import Row
from supervisor.simulation.youtube_budget import Day, bill
from supervisor.streams.youtube.schedule import shortest_interval, sweep_units

NAME = "youtube_units"
DAILY = 10_000
DAYS = (
    Day(1, 4),
    Day(50, 4),
    Day(300, 4),
    Day(300, 4, doubt=True),
    Day(300, 12),
    Day(300, 24),
)


def rows() -> list[Row]:
    """One row per day: the units of both tiers, beside the interval that the formula gives for the public one."""
    return [_row(day) for day in DAYS]


def _row(day: Day) -> Row:
    cost = bill(day)
    formula = shortest_interval(sweep_units(day.streams), day.hours * 3600, 8000)
    every = f"public every {cost.interval('youtube public'):.1f} s, owner every {cost.interval('youtube owner'):.1f} s"
    return Row(
        what=f"{day.streams} streams, {day.hours:g} h{', all in doubt' if day.doubt else ''}: {every}",
        measured=f"{cost.units['public']} + {cost.units['owner']} units",
        baseline=f"formula: public every {formula:.1f} s",
        goal="<= 10,000 a day",
        met=cost.total <= DAILY,
    )
