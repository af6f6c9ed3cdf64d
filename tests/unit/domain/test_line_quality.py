"""How good a line is, of several looks at it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.line_quality import LEAST, MOST, Looks, troubles
from supervisor.domain.plant import Endpoint


def looked(*rtts: float | None, loss: float | None = None) -> Looks:
    looks = Looks()
    for rtt in rtts:
        looks.take(Endpoint("a", rtt, loss))
    return looks


def test_before_three_looks_nothing_is_said() -> None:
    assert [None, None, 40] == [looked(*[40.4] * n).rtt_ms for n in (1, 2, 3)]


def test_a_look_that_tells_nothing_does_not_count() -> None:
    assert (None, None) == (looked(40.0, None, 40.0).rtt_ms, looked(40.0, 40.0, 40.0).loss)
    assert (None, 0.012) == (looked(None, None, None, loss=0.01234).rtt_ms, looked(None, None, None, loss=0.01234).loss)


def test_a_burst_is_not_the_line() -> None:
    assert 40 == looked(40.0, 2000.0, 40.0).rtt_ms


def test_a_line_that_was_mended_is_seen_to_be() -> None:
    assert 900 == looked(*[900.0] * MOST).rtt_ms
    assert 40 == looked(*[900.0] * MOST, *[40.0] * (MOST // 2 + 1)).rtt_ms


@pytest.mark.parametrize(
    ("expected", "rtt_ms", "loss"),
    [
        ((), None, None),
        ((), 300, 0.05),
        (("slow line",), 301, None),
        (("lossy line",), None, 0.051),
        (("slow line", "lossy line"), 900, 1.0),
    ],
)
def test_a_line_is_bad_above_the_limits(expected: tuple[str, ...], rtt_ms: int | None, loss: float | None) -> None:
    assert expected == troubles(rtt_ms, loss)


@given(st.lists(st.floats(0.001, 60_000.0), max_size=2 * MOST))
def test_a_figure_is_always_between_the_best_and_the_worst_of_its_looks(rtts: list[float]) -> None:
    rtt_ms = looked(*rtts).rtt_ms
    last = rtts[-MOST:]
    assert rtt_ms is None if len(last) < LEAST else round(min(last)) <= (rtt_ms or 0) <= round(max(last))
