from __future__ import annotations

from supervisor.domain import records as rec
from supervisor.domain.changes import essential, identity
from supervisor.domain.news import News


def test_a_key_tells_its_parts_apart_and_is_safe_in_a_header() -> None:
    assert rec.idempotency_key("a", "bc") != rec.idempotency_key("ab", "c")
    assert rec.idempotency_key("plè", "1") == rec.idempotency_key("plè", "1")
    assert rec.idempotency_key("\r\n").removeprefix("msg_").isalnum()


def test_nothing_about_an_alert_is_ever_refused() -> None:
    alert = rec.AlertRow("b", "M", 1, "critical", 0.0, 0.0)
    message = rec.Outgoing("m", "c", "t", "s", "k", {}, 0.0)
    entry = rec.TimelineEntry("i", 0.0, "opened")
    kept = (alert, rec.AlertEnded("b", "M"), rec.Incident("i", "b", "r", "M", 0.0), entry, message, rec.Sent("m", 1.0))
    assert all(map(essential, kept))
    assert not essential(rec.BookingRow("b", "r", 0.0, None, {}))
    assert not essential(rec.Silence("s", "", "", 0.0, "x"))


def test_only_what_replaces_another_is_folded_with_it() -> None:
    assert identity(rec.QuotaDay("p", "2026-01-01", 1)) == identity(rec.QuotaDay("p", "2026-01-01", 2))
    assert identity(rec.QuotaDay("p", "2026-01-01", 1)) != identity(rec.QuotaDay("p", "2026-01-02", 1))
    first, second = rec.TimelineEntry("i", 1.0, "told", {"a": "1"}), rec.TimelineEntry("i", 1.0, "told", {"a": "2"})
    assert identity(first) != identity(second)
    assert identity(rec.Sent("m", 1.0)) != identity(rec.Outgoing("m", "c", "t", "s", "k", {}, 0.0))


def test_news_are_written_as_the_webhook_promises() -> None:
    news = News("StreamInterrupted", "critical", "b1", "ple", "gone", "Atureu la sessió", 0.25, None, "i1")
    assert {
        "monitor": "StreamInterrupted",
        "severity": "critical",
        "booking": "b1",
        "room": "ple",
        "reason": "gone",
        "summary": "Atureu la sessió",
        "starts_at": "1970-01-01T00:00:00.250Z",
        "ends_at": None,
        "incident": "i1",
    } == news.payload()
