"""How good somebody's line to the bridge is, of several looks at it, and from where on it is bad.

It is the median of the last looks: a burst is over before anybody hears of it, and who mends a line shall see it so.
Why these limits: ITU-T G.114 has people talk at ease up to 150 ms one way; a bridge is half the way, so two people of
300 ms there and back are 300 ms apart. Opus covers up a few lost packets of a hundred, above 5 words are missing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.domain.plant import Endpoint

SLOW_MS = 300
"""Above this a line is slow."""
LOSSY = 0.05
"""Above this share of lost packets a line is lossy."""
LEAST = 3
"""Looks before which nothing is said; each figure is counted for itself, since either may be unknown."""
MOST = 30
"""Looks of which the median is taken: about five minutes."""


def _window() -> deque[float]:
    return deque(maxlen=MOST)


@dataclass(slots=True)
class Looks:
    """The last looks at one line."""

    _rtts: deque[float] = field(default_factory=_window)
    _losses: deque[float] = field(default_factory=_window)

    def take(self, endpoint: Endpoint) -> None:
        """Take in another look."""
        if endpoint.rtt is not None:
            self._rtts.append(endpoint.rtt)
        if endpoint.loss is not None:
            self._losses.append(endpoint.loss)

    @property
    def rtt_ms(self) -> int | None:
        """Milliseconds there and back; None before `LEAST` looks."""
        return round(median(self._rtts)) if len(self._rtts) >= LEAST else None

    @property
    def loss(self) -> float | None:
        """The share of lost packets, to a thousandth; None before `LEAST` looks."""
        return round(median(self._losses), 3) if len(self._losses) >= LEAST else None


def troubles(rtt_ms: int | None, loss: float | None) -> tuple[str, ...]:
    """What is bad about a line, in the words of a roll call. The unknown is not bad."""
    slow, lossy = rtt_ms is not None and rtt_ms > SLOW_MS, loss is not None and loss > LOSSY
    return tuple(word for word, bad in (("slow line", slow), ("lossy line", lossy)) if bad)
