"""What is measured as it happens: how late the rooms are told, and how long the core takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from supervisor.web.metrics import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client import CollectorRegistry


class Delivery:
    """What became of the notices to the room: ``alert_delivery_seconds`` from the fact to somebody's being told."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._histogram = Histogram(
            f"{PREFIX}_alert_delivery_seconds",
            "Seconds from the fact to its delivery to somebody in the room",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
            registry=registry,
        )
        self._tries = Counter(
            f"{PREFIX}_notices",
            "Tries to tell somebody in a room, by what became of them",
            ("outcome",),
            registry=registry,
        )
        for outcome in ("told", "nobody", "failed"):
            self._tries.labels(outcome)

    def tried(self, outcome: str, since: float) -> None:
        """A notice of a fact of the instant ``since`` was ``told``, reached ``nobody``, or ``failed``."""
        self._tries.labels(outcome).inc()
        if outcome == "told":
            self._histogram.observe(max(self._clock() - since, 0.0))


class Core:
    """How long the core takes: from news coming in to its being dealt with."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._histogram = Histogram(
            f"{PREFIX}_inbox_seconds",
            "Seconds from a batch's first event to its having been dealt with",
            buckets=(0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
            registry=registry,
        )

    def took(self, seconds: float) -> None:
        """A batch took so long. The clock may have been set back meanwhile."""
        self._histogram.observe(max(seconds, 0.0))
