"""Quota units per day, beside the formula P_min = 3600·M·U / (Q·(1 - r)). ``python bench/youtube_units.py``."""

from __future__ import annotations

from supervisor.simulation.youtube_budget import Day, bill
from supervisor.streams.youtube.schedule import shortest_interval, sweep_units

HEADER = (
    "streams",
    "hours",
    "doubt",
    "units public",
    "units owner",
    "of 10000",
    "public every",
    "owner every",
    "P_min public",
)
DAYS = (
    Day(1, 4),
    Day(50, 4),
    Day(300, 4),
    Day(300, 4, doubt=True),
    Day(300, 12),
    Day(300, 24),
)


def rows() -> list[tuple[str, ...]]:
    """One row per day, the first being the header; intervals are means, in seconds."""
    table: list[tuple[str, ...]] = [HEADER]
    for day in DAYS:
        cost = bill(day)
        formula = shortest_interval(sweep_units(day.streams), day.hours * 3600, 8000)
        table.append(
            (
                str(day.streams),
                f"{day.hours:g}",
                "all" if day.doubt else "none",
                str(cost.units["public"]),
                str(cost.units["owner"]),
                f"{cost.total / 100:.1f} %",
                f"{cost.interval('youtube public'):.1f}",
                f"{cost.interval('youtube owner'):.1f}",
                f"{formula:.1f}",
            )
        )
    return table


if __name__ == "__main__":
    for row in rows():
        print("  ".join(cell.rjust(len(title)) for cell, title in zip(row, HEADER, strict=True)))
