"""Whole days in virtual time: the budget holds, and what is paid for is delivered."""

from __future__ import annotations

import pytest

from supervisor.simulation.youtube_budget import Day, bill


@pytest.mark.parametrize("streams", [1, 50, 300])
def test_four_hours_of_both_tiers_stay_within_the_routine_share_and_leave_nobody_blind(streams: int) -> None:
    cost = bill(Day(streams, 4))
    assert 0 < cost.total <= 8000
    assert cost.unknown == 0
    assert cost.interval("youtube public") < 45
    assert cost.interval("youtube owner") < 130


def test_four_hours_of_doubt_about_three_hundred_streams_stay_within_the_budget_and_leave_nobody_blind() -> None:
    cost = bill(Day(300, 4, doubt=True))
    assert cost.total <= 10_000
    assert cost.unknown == 0
    assert cost.interval("youtube owner") < 70


@pytest.mark.parametrize("daily_units", [0, 7, 60, 400])
@pytest.mark.parametrize("doubt", [True, False])
def test_a_small_budget_holds_whatever_is_asked_of_it(daily_units: int, *, doubt: bool) -> None:
    cost = bill(Day(120, 10, doubt=doubt, daily_units=daily_units))
    assert cost.total <= daily_units * (1.0 if doubt else 0.8)


def test_a_budget_that_is_a_tenth_of_what_is_wanted_lasts_until_the_end() -> None:
    cost = bill(Day(50, 8, daily_units=240))
    assert cost.unknown == 0
    assert cost.words["youtube public"] > 50 * 8
