"""The demo's verdict: a step that does not come true is never hidden."""

from __future__ import annotations

import pytest

from supervisor.simulation.demo_screen import Screen
from supervisor.simulation.demo_story import Step, Story
from supervisor.simulation.errors import SimulationError


def told(*steps: Step, ended: bool = True) -> Story:
    return Story(list(steps), ended=ended)


def test_a_story_told_to_its_end_whose_steps_came_true_ends_with_0() -> None:
    assert told(Step("one"), Step("two")).exit_code == 0


def test_one_false_step_makes_the_exit_code_1_and_is_named() -> None:
    false = Step("two")
    false.expect([], "nobody was told")
    story = told(Step("one"), false, Step("three"))
    assert story.exit_code == 1
    assert story.failed == [false]
    assert false.problems == ["nobody was told"]


def test_a_story_that_was_broken_off_ends_with_1_though_all_was_true_so_far() -> None:
    assert told(Step("one"), ended=False).exit_code == 1


def test_a_story_without_steps_proves_nothing() -> None:
    assert told().exit_code == 1


def test_a_fact_that_holds_leaves_no_problem() -> None:
    step = Step("one")
    step.expect("something", "it was nothing")
    assert step.came_true


def test_what_does_not_happen_in_time_fails_its_step_and_the_story_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    screen = Screen()
    with screen.step("The 31st comes"):
        raise SimulationError("the moderator read nothing in 10 s")
    with screen.step("Four leave"):
        pass
    screen.story.ended = True
    screen.summary()
    printed = capsys.readouterr().out
    assert screen.story.exit_code == 1
    assert [step.came_true for step in screen.story.steps] == [False, True]
    assert "the moderator read nothing in 10 s" in printed
    assert "1 of 2 steps failed" in printed


def test_a_bug_is_no_failed_step() -> None:
    screen = Screen()
    with pytest.raises(ZeroDivisionError), screen.step("The 31st comes"):
        _ = 1 / 0


def test_what_was_measured_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    with screen.step("The 31st comes") as step:
        step.took = 0.0123
    with screen.step("Prosody is back") as step:
        step.took = 9.87
    printed = capsys.readouterr().out
    assert "12 ms" in printed
    assert "9.9 s" in printed
