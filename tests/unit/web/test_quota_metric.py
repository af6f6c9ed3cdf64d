from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from supervisor.web.metrics import QuotaCollector


def test_the_units_that_were_sent_are_a_counter_by_tier_and_what_is_left_a_gauge() -> None:
    registry = CollectorRegistry()
    sent: dict[str, int] = {}
    registry.register(QuotaCollector(lambda: sent, lambda: 9_993, 10_000))
    assert "quota_units_total{" not in generate_latest(registry).decode()
    sent.update(public=5, owner=2)
    text = generate_latest(registry).decode()
    assert 'jitsi_supervisor_youtube_quota_units_total{tier="public"} 5.0' in text
    assert 'jitsi_supervisor_youtube_quota_units_total{tier="owner"} 2.0' in text
    assert "jitsi_supervisor_youtube_quota_units_remaining 9993.0" in text
