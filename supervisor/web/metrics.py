"""The Prometheus metrics, read from the engine at each scrape: what is unknown is absent, what has ended vanishes.

No label ever holds a person. The sessions' own series are in :mod:`supervisor.web.session_metrics`; docs/metrics.md
describes each series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from supervisor import __version__
from supervisor.web import session_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    class Target(Protocol):
        """One receiver's numbers, as the outbox' runner counts them."""

        channel: str
        target: str
        sent: int
        failed: int
        dead: int
        waiting: int

        def oldest_age(self, now: float) -> float:
            """Seconds for which the oldest fact has waited."""
            ...

    from supervisor.alerts.supervised import SessionView
    from supervisor.engine import Engine

PREFIX = "jitsi_supervisor"


class EngineCollector(Collector):
    """The gauges that are the engine's state. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        now = self._clock()
        sessions = list(self._engine.sessions(now))
        yield InfoMetricFamily(f"{PREFIX}_build", "The running version", value={"version": __version__})
        yield self._sources()
        yield from self._agenda(len(sessions), now)
        yield from session_metrics.families(sessions)
        yield self._alerts(sessions)

    def _sources(self) -> Metric:
        family = GaugeMetricFamily(f"{PREFIX}_source_up", "1 while a source of evidence is heard", labels=("source",))
        for source, heard in self._engine.sources().items():
            family.add_metric((source,), float(heard))
        return family

    def _agenda(self, supervised: int, now: float) -> Iterator[Metric]:
        """What is booked: what a rule about a dead daemon goes by, so all of it is absent until bookings were read."""
        sessions = GaugeMetricFamily(f"{PREFIX}_sessions", "Sessions under supervision")
        bookings = GaugeMetricFamily(f"{PREFIX}_bookings_ahead", "Bookings whose supervision is still to begin")
        following = GaugeMetricFamily(f"{PREFIX}_next_start_timestamp_seconds", "Booked start of the first of them")
        ahead = self._engine.ahead(now)
        if ahead is not None:
            sessions.add_metric((), supervised)
            number, first = ahead
            bookings.add_metric((), number)
            if number:
                following.add_metric((), first)
        yield from (sessions, bookings, following)

    def _alerts(self, sessions: list[SessionView]) -> Metric:
        family = GaugeMetricFamily(
            f"{PREFIX}_alerts",
            "Alerts that fire, by monitor, booking and severity",
            labels=("monitor", "booking", "severity"),
        )
        firing = [alert for session in sessions for alert in session.alerts] + list(self._engine.source_alerts())
        counted: dict[tuple[str, str, str], int] = {}
        for alert in firing:
            labels = (alert.monitor, alert.booking, str(alert.severity))
            counted[labels] = counted.get(labels, 0) + 1
        for labels, number in counted.items():
            family.add_metric(labels, number)
        return family


class QuotaCollector(Collector):
    """What YouTube's API was asked: ``sent`` units by tier; ``remaining`` of ``daily`` are left, None if unknown."""

    def __init__(self, sent: Callable[[], Mapping[str, int]], remaining: Callable[[], int | None], daily: int) -> None:
        self._sent = sent
        self._remaining = remaining
        self._daily = daily

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        name, text = f"{PREFIX}_youtube_quota_units", "Units that were really sent, whatever became of the calls"
        units = CounterMetricFamily(name, text, labels=("tier",))
        for tier, number in self._sent().items():
            units.add_metric((tier,), number)
        yield units
        left = GaugeMetricFamily(f"{name}_remaining", "Units that may still be spent until midnight Pacific time")
        if (remaining := self._remaining()) is not None:
            left.add_metric((), remaining)
        yield left
        yield GaugeMetricFamily(f"{name}_limit", "Units that may be spent in a day", value=self._daily)


class OutboxCollector(Collector):
    """What became of the messages that leave the house. ``figures`` gives a row of numbers for each target."""

    def __init__(self, figures: Callable[[], Iterable[Target]], clock: Callable[[], float]) -> None:
        self._figures = figures
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        labels = ("channel", "target")
        sent = CounterMetricFamily(f"{PREFIX}_messages_sent", "Messages that arrived outside", labels=labels)
        failed = CounterMetricFamily(f"{PREFIX}_messages_failed", "Tries that failed for now", labels=labels)
        dead = CounterMetricFamily(f"{PREFIX}_messages_dead", "Messages that were given up", labels=labels)
        waiting = GaugeMetricFamily(f"{PREFIX}_messages_waiting", "Messages still to be sent", labels=labels)
        oldest = GaugeMetricFamily(
            f"{PREFIX}_messages_oldest_seconds", "Age of the oldest fact that still waits", labels=labels
        )
        for target in self._figures():
            at = (target.channel, target.target)
            sent.add_metric(at, target.sent)
            failed.add_metric(at, target.failed)
            dead.add_metric(at, target.dead)
            waiting.add_metric(at, target.waiting)
            oldest.add_metric(at, target.oldest_age(self._clock()))
        yield from (sent, failed, dead, waiting, oldest)


class StoreCollector(Collector):
    """What waits for the store. ``pending`` gives the number of changes that are not on disk yet."""

    def __init__(self, pending: Callable[[], int]) -> None:
        self._pending = pending

    def collect(self) -> Iterator[Metric]:
        """Read it."""
        yield GaugeMetricFamily(f"{PREFIX}_store_pending", "Changes that are not stored yet", value=self._pending())
