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


def test_what_is_left_of_a_ledger_that_cannot_be_read_is_absent_and_neither_all_nor_nothing() -> None:
    registry = CollectorRegistry()
    registry.register(QuotaCollector(dict, lambda: None, 10_000))
    assert registry.get_sample_value("jitsi_supervisor_youtube_quota_units_remaining") is None
