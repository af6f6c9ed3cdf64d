from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.durations import parse_duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7200.0, "2h"), (5400.0, "90m"), (5400.0, "1h30m"), (90.0, "90s"), (10.0, "10s"), (0.0, "0s"), (3661.0, "1h1m1s")],
)
def test_hours_minutes_and_seconds_add_up(seconds: float, text: str) -> None:
    assert seconds == parse_duration(text)


@pytest.mark.parametrize(
    "value", ["", "90", "1.5h", "-5s", "30m1h", "2 h", "2H", "٣h", 90, 1.5, True, None, "9" * 5000]
)
def test_anything_else_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(ValueError, match='"1h30m"'):
        parse_duration(value)


@given(st.text())
def test_no_text_raises_anything_but_a_value_error(text: str) -> None:
    try:
        assert parse_duration(text) >= 0
    except ValueError as error:
        assert str(error).isprintable()  # noqa: PT017 - most texts are refused, some are not
