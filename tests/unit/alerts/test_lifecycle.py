"""The life of an alert, and what holds for every life."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from supervisor.alerts.lifecycle import Alert, Change, Rule, advance
from supervisor.domain.reading import Message, Reading, active, clear, unknown

RULE = Rule(wait=60.0, keep=30.0)
TEXT = Message("x")


def stage(number: int) -> Reading:
    return active(number, "busy", TEXT) if number else clear("calm")


BLIND = unknown("blind")


def live(*steps: tuple[float, Reading], rule: Rule = RULE) -> tuple[Alert, list[Change]]:
    alert, changes = Alert(), []
    for now, reading in steps:
        alert, change = advance(alert, reading, rule, now)
        changes.append(change)
    return alert, changes


def test_a_short_trouble_stays_quiet() -> None:
    alert, changes = live((0, stage(1)), (59, stage(1)), (59.5, stage(0)), (200, stage(0)))
    assert (0, {Change.NONE}) == (alert.stage, set(changes))


def test_a_trouble_that_lasts_rises_after_the_wait_and_began_when_it_rose() -> None:
    alert, changes = live((0, stage(1)), (60, stage(1)))
    assert (1, 60, Change.ROSE) == (alert.stage, alert.began, changes[-1])


def test_each_stage_waits_for_itself() -> None:
    alert, _ = live((0, stage(1)), (30, stage(3)), (60, stage(3)))
    assert (1, 90) == (alert.stage, alert.deadline(RULE))
    alert, change = advance(alert, stage(3), RULE, 90)
    assert (3, Change.ROSE) == (alert.stage, change)


def test_a_relapse_within_the_keep_is_the_same_alert() -> None:
    alert, changes = live((0, stage(1)), (60, stage(1)), (70, stage(0)), (95, stage(1)), (130, stage(1)))
    assert (1, 60, 1) == (alert.stage, alert.began, changes.count(Change.ROSE))


def test_calm_that_lasts_ends_it() -> None:
    alert, changes = live((0, stage(1)), (60, stage(1)), (70, stage(0)), (100, stage(0)))
    assert (0, Change.FELL) == (alert.stage, changes[-1])


def test_unknown_holds_and_stops_the_clocks() -> None:
    alert, changes = live((0, stage(1)), (50, BLIND), (100, stage(1)), (159, stage(1)))
    assert (0, {Change.NONE}) == (alert.stage, set(changes))
    alert, changes = live((0, stage(1)), (60, stage(1)), (70, stage(0)), (80, BLIND), (200, stage(0)))
    assert (1, 230) == (alert.stage, alert.deadline(RULE))
    held, _ = advance(alert, BLIND, RULE, 300)
    assert held.held


def test_without_a_wait_it_rises_in_the_same_call() -> None:
    alert, changes = live((0, stage(2)), rule=Rule())
    assert (2, [Change.ROSE]) == (alert.stage, changes)


READINGS = st.one_of(st.integers(0, 3).map(stage), st.just(BLIND))
LIVES = st.lists(st.tuples(st.floats(0.0, 100.0), READINGS), max_size=60)
RULES = st.builds(Rule, st.sampled_from([0.0, 5.0, 60.0]), st.sampled_from([0.0, 5.0, 60.0]))


@given(LIVES, RULES)
def test_every_fall_follows_a_rise_and_blindness_changes_nothing(
    steps: list[tuple[float, Reading]], rule: Rule
) -> None:
    alert, now = Alert(), 0.0
    for wait, reading in steps:
        before, now = alert, now + wait
        alert, change = advance(alert, reading, rule, now)
        assert (change is Change.ROSE) == (alert.stage > before.stage)
        assert (change is Change.FELL) == (alert.stage < before.stage)
        if reading is BLIND:
            assert (before.stage, inf) == (alert.stage, alert.deadline(rule))
        if before.firing and alert.firing:
            assert before.began == alert.began
        assert 0 <= alert.stage <= max(before.stage, reading.stage)


@given(LIVES, RULES)
def test_a_deadline_that_has_come_changes_the_stage_or_moves_on(steps: list[tuple[float, Reading]], rule: Rule) -> None:
    alert, now = Alert(), 0.0
    for wait, reading in steps:
        now += wait
        alert, _ = advance(alert, reading, rule, now)
        deadline = alert.deadline(rule)
        if deadline < inf:
            then, change = advance(alert, reading, rule, max(now, deadline))
            assert change is not Change.NONE or then.deadline(rule) > deadline
