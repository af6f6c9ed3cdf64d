"""The Prometheus metrics, read from the engine at each scrape: what is unknown is absent, what has ended vanishes.

A session is labelled by its booking and room, never by a person. docs/metrics.md describes each series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from supervisor import __version__
from supervisor.domain.evidence import Phase

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
SESSION = ("booking", "room")


class EngineCollector(Collector):
    """The gauges that are the engine's state. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        sessions = list(self._engine.sessions(self._clock()))
        yield InfoMetricFamily(f"{PREFIX}_build", "The running version", value={"version": __version__})
        yield self._sources()
        yield from _heads(sessions)
        yield _streams(sessions)
        yield self._alerts(sessions)

    def _sources(self) -> Metric:
        family = GaugeMetricFamily(f"{PREFIX}_source_up", "1 while a source of evidence is heard", labels=("source",))
        for source, heard in self._engine.sources().items():
            family.add_metric((source,), float(heard))
        return family

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
    """What YouTube's API was asked. ``sent`` gives the units by tier, ``remaining`` those that are left today."""

    def __init__(self, sent: Callable[[], Mapping[str, int]], remaining: Callable[[], int]) -> None:
        self._sent = sent
        self._remaining = remaining

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        name, text = f"{PREFIX}_youtube_quota_units", "Units that were really sent, whatever became of the calls"
        units = CounterMetricFamily(name, text, labels=("tier",))
        for tier, number in self._sent().items():
            units.add_metric((tier,), number)
        yield units
        left = "Units that may still be spent until midnight Pacific time"
        yield GaugeMetricFamily(f"{name}_remaining", left, value=self._remaining())


class ReservationCollector(Collector):
    """What Prosody was answered about rooms. ``counted`` gives a number for each outcome."""

    def __init__(self, counted: Callable[[], Mapping[str, int]]) -> None:
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        text = "Answers to Prosody's question whether a room may be opened"
        family = CounterMetricFamily(f"{PREFIX}_reservations", text, labels=("outcome",))
        for outcome, number in self._counted().items():
            family.add_metric((outcome,), number)
        yield family


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


def _heads(sessions: list[SessionView]) -> Iterator[Metric]:
    """Head counts; absent while unknown."""
    people = GaugeMetricFamily(f"{PREFIX}_session_participants", "Persons in the session's rooms", labels=SESSION)
    limit = GaugeMetricFamily(f"{PREFIX}_session_participant_limit", "Recommended most persons", labels=SESSION)
    moderators = GaugeMetricFamily(f"{PREFIX}_session_moderators", "Moderators in the main room", labels=SESSION)
    visitors = GaugeMetricFamily(f"{PREFIX}_session_visitors", "Visitors, who are not participants", labels=SESSION)
    for session in sessions:
        labels = (session.booking.id, session.room)
        limit.add_metric(labels, session.booking.limit)
        for family, value in ((people, session.people), (moderators, session.moderators), (visitors, session.visitors)):
            if value is not None:
                family.add_metric(labels, value)
    yield from (people, limit, moderators, visitors)


def _streams(sessions: list[SessionView]) -> Metric:
    family = GaugeMetricFamily(
        f"{PREFIX}_session_stream_state", "1 for the state that the session's stream is in", labels=(*SESSION, "state")
    )
    for session in sessions:
        if session.stream is Phase.UNKNOWN:
            continue
        for phase in Phase:
            if phase is not Phase.UNKNOWN:
                family.add_metric((session.booking.id, session.room, str(phase)), float(phase is session.stream))
    return family


class Delivery:
    """``alert_delivery_seconds``: from the fact to the server's word that somebody was told."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._histogram = Histogram(
            f"{PREFIX}_alert_delivery_seconds",
            "Seconds from the fact to its delivery to somebody in the room",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
            registry=registry,
        )

    def delivered(self, since: float) -> None:
        """A fact of that instant reached somebody now."""
        self._histogram.observe(max(self._clock() - since, 0.0))
