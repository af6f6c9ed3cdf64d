from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.channels.errors import harmless
from supervisor.channels.http import target_of
from supervisor.channels.pace import Bucket, backoff
from supervisor.channels.retry_after import seconds


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (120.0, "120"),
        (0.0, " 0 "),
        (30.0, "Thu, 01 Jan 1970 00:16:40 GMT"),
        (0.0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (None, "-1"),
        (None, "soon"),
        (None, ""),
        (None, "1e3"),
        (None, "²"),
    ],
)
def test_retry_after_is_seconds_or_a_date(expected: float | None, value: str) -> None:
    assert expected == seconds(value, 970.0)


@given(st.text())
def test_no_header_raises(value: str) -> None:
    assert (seconds(value, 0.0) or 0.0) >= 0.0


@given(st.integers(1, 10_000), st.none() | st.floats(0, 1e12))
def test_no_wait_is_longer_than_an_hour_or_shorter_than_half_a_second(failures: int, asked: float | None) -> None:
    assert 0.5 <= backoff(failures, asked) <= 3600.0


@given(st.lists(st.floats(-100, 100), max_size=50))
def test_a_bucket_never_gives_more_than_its_burst_at_once(steps: list[float]) -> None:
    bucket, now = Bucket(1.0, 5.0), 0.0
    for step in steps:
        now += step
        assert sum(bucket.take(now) == 0.0 for _ in range(20)) <= 5


def test_a_target_tells_the_host_and_nothing_else() -> None:
    target = target_of("https://user:s3cret@hooks.example.org/s3cret?key=s3cret")
    assert target.startswith("hooks.example.org/")
    assert "s3cret" not in target
    assert target_of("support@example.org").startswith("example.org/")
    assert target_of("https://a/1") != target_of("https://a/2")


def test_what_a_server_says_is_kept_without_addresses() -> None:
    assert harmless("5.1.1 <joan@example.org>:\n unknown") == "5.1.1 (address) unknown"
    assert len(harmless("x" * 10_000)) == 200
