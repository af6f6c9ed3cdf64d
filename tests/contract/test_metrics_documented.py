"""docs/metrics.md and the code name the same series, with the same types and labels."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector

from supervisor.channels.figures import Figures
from supervisor.web.metrics import EngineCollector, OutboxCollector, QuotaCollector, StoreCollector
from supervisor.web.timings import Core, Delivery
from tests.unit.builders import START, Play, booking, focus, on, people, recorder

ROOT = Path(__file__).parents[2]
Series = dict[str, tuple[str, frozenset[str]]]


def documented() -> Series:
    """Name → type and labels, from the table."""
    text = (ROOT / "docs" / "metrics.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \| [^|]+ \| [^|]+ \|$", text, re.MULTILINE)
    return {name: (kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def exported() -> Series:
    """Name → type and labels, of a daemon with everything to show: people, a limit exceeded, a stream."""
    play = Play(booking(), booking(id="later", start=START + 86_400.0))
    play.room(focus(on(), visitors=3), recorder(), *people(31))
    registry = CollectorRegistry()
    registry.register(EngineCollector(play.engine, lambda: play.now))
    registry.register(QuotaCollector(lambda: {"public": 1}, lambda: 9_999, 10_000))
    registry.register(OutboxCollector(lambda: [Figures("webhook", "example")], lambda: play.now))
    registry.register(StoreCollector(lambda: 0))
    ProcessCollector(registry=registry)
    Core(registry)
    Delivery(registry, lambda: play.now)
    found: Series = {}
    for family in registry.collect():
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        suffix = {"info": "_info", "counter": "_total"}.get(family.type, "")
        kind = "gauge" if family.type == "info" else family.type
        found[family.name + suffix] = (kind, frozenset(labels))
    return found


def test_every_series_is_documented_with_its_type_and_labels_and_no_other_is() -> None:
    assert documented() == exported()


def test_every_series_has_a_sample_in_this_test() -> None:
    unlabelled = {name for name, (_, labels) in exported().items() if not labels}
    assert {name for name in unlabelled if not name.startswith("process_")} == {
        "jitsi_supervisor_alert_delivery_seconds",
        "jitsi_supervisor_bookings_ahead",
        "jitsi_supervisor_inbox_seconds",
        "jitsi_supervisor_next_start_timestamp_seconds",
        "jitsi_supervisor_sessions",
        "jitsi_supervisor_store_pending",
        "jitsi_supervisor_youtube_quota_units_limit",
        "jitsi_supervisor_youtube_quota_units_remaining",
    }


def test_every_series_named_in_prose_or_in_the_rules_exists() -> None:
    text = "".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    named = {re.sub("_(bucket|count)$", "", name) for name in re.findall(r"\bjitsi_supervisor_\w+(?![\w:])", text)}
    assert named <= set(documented())


def test_no_label_could_hold_a_person() -> None:
    labels = set().union(*(labels for _, labels in documented().values()))
    assert labels == {
        "version",
        "source",
        "booking",
        "room",
        "state",
        "monitor",
        "severity",
        "kind",
        "witness",
        "outcome",
        "tier",
        "channel",
        "target",
    }
