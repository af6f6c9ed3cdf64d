"""How often to look. Pure: instants and dice come in as arguments.

Let U be the units of a sweep, T the time for which streams will still have to be watched today, and L the units that
routine may still spend. An interval of U·T/L spends them evenly, which is the formula

    P_min = 3600 · M · U / (Q · (1 - r))        M hours a day, Q units a day, r the reserve

with what is left in the place of what there was. So the cadence falls linearly as soon as the share that is spent is
larger than the share of the time that has passed, and whatever happens something is left at the end. Several tiers at
several cadences are one sum of rates: all are stretched by the same factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING

from supervisor.streams.youtube.quota import purpose, until_midnight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.streams.youtube.quota import Ledger

BATCH = 50
"""Ids in one call."""
PLANNED_HOURS = 8.0
"""Hours that are saved for at least, whatever is followed now: the morning must leave enough for the evening."""
SLOWEST = 1800.0
"""Seconds between two polls at the most, however little is left."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Seconds between two polls of a stream, before the budget stretches them.

    Attributes:
        base: While all is well.
        close: While somebody doubts, or it is not well.
        floor: Never less than this between two polls of one stream.
    """

    base: float
    close: float
    floor: float = 5.0


PUBLIC = Cadence(base=20.0, close=15.0)
"""The answers' own lag is about a minute: faster tells nothing more."""
OWNER = Cadence(base=60.0, close=15.0)


def sweep_units(streams: int) -> int:
    """Units of one call for all of so many streams."""
    return ceil(streams / BATCH)


def shortest_interval(units: float, seconds: float, left: int) -> float:
    """Seconds between sweeps that spend ``left`` units evenly over ``seconds``; infinite where nothing is left."""
    return units * seconds / left if left > 0 else inf


def horizon(now: float, ends: Iterable[float]) -> float:
    """Seconds of today for which the units have to last. ``ends``: when the followed sessions end."""
    known = max(ends, default=now) - now
    return min(max(known, PLANNED_HOURS * 3600.0), until_midnight(now))


def freshness(interval: float) -> float:
    """Seconds for which a poll's word is good: a lost poll and a late one must not make it stale."""
    return max(2.5 * interval, 30.0)


class Budget:
    """Stretches the cadences of all tiers so that the day's units last.

    Each tier says with :meth:`plan` what it would spend, in units per second.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._rates: dict[str, float] = {}
        self._ends: dict[str, float] = {}

    def plan(self, tier: str, rate: float, ends: Iterable[float]) -> None:
        """Note what a tier would spend at its own cadence, and until when its sessions last."""
        self._rates[tier] = rate
        self._ends[tier] = max(ends, default=0.0)

    def interval(self, cadence: Cadence, now: float, *, close: bool) -> float:
        """Seconds until the next poll of a stream, without jitter."""
        wanted = max(cadence.close if close else cadence.base, cadence.floor)
        return max(wanted, min(wanted * self.stretch(now, doubt=close), SLOWEST))

    def stretch(self, now: float, *, doubt: bool) -> float:
        """The factor by which the cadences are too fast for what is left, at least 1."""
        seconds = horizon(now, self._ends.values())
        left = self._ledger.left(purpose(now, doubt=doubt))
        return max(shortest_interval(sum(self._rates.values()), seconds, left), 1.0)
