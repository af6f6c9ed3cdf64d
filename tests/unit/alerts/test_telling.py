"""What the room was told, and what it is owed."""

from hypothesis import given
from hypothesis import strategies as st

from supervisor.alerts.telling import GIVE_UP, RETRY, Telling, fell, missed, rose, sent, told


def test_a_rise_is_due_at_once() -> None:
    assert rose(Telling(), 3, 100.0).deadline() == 100.0


def test_what_is_under_way_is_not_sent_twice() -> None:
    assert sent(rose(Telling(), 3, 100.0), "n1").deadline() is None


def test_what_was_told_is_repeated_after_the_interval_or_never() -> None:
    under_way = sent(rose(Telling(), 3, 100.0), "n1")
    assert told(under_way, 300.0, 101.0).deadline() == 401.0
    assert told(under_way, None, 101.0).deadline() is None


def test_how_late_a_repetition_is_told_is_counted_from_when_it_is_due() -> None:
    assert 100.0 == sent(rose(Telling(), 3, 100.0), "n1").since
    assert 401.0 == told(sent(rose(Telling(), 3, 100.0), "n1"), 300.0, 101.0).since


def test_what_nobody_heard_is_tried_again_soon() -> None:
    assert missed(sent(rose(Telling(), 3, 100.0), "n1"), 101.0).deadline() == 101.0 + RETRY


def test_a_fall_that_nobody_heard_the_rise_of_is_not_told() -> None:
    assert fell(missed(sent(rose(Telling(), 3, 100.0), "n1"), 101.0), 0, 102.0).deadline() is None


def test_a_fall_while_the_rise_is_under_way_is_told() -> None:
    assert fell(sent(rose(Telling(), 3, 100.0), "n1"), 0, 102.0).deadline() == 102.0


def test_after_an_all_clear_nothing_is_left_to_clear() -> None:
    state = told(sent(rose(Telling(), 3, 100.0), "n1"), None, 101.0)
    state = told(sent(fell(state, 1, 110.0), "n2"), None, 111.0)
    assert fell(state, 0, 120.0).deadline() is None


def test_an_all_clear_that_nobody_takes_is_given_up() -> None:
    state = fell(told(sent(rose(Telling(), 3, 0.0), "n1"), None, 1.0), 0, 10.0)
    assert missed(sent(state, "n2"), 10.0 + GIVE_UP).deadline() is not None
    assert missed(sent(state, "n2"), 11.0 + GIVE_UP).deadline() is None


STEPS = st.lists(st.sampled_from(["rise", "fall", "told", "missed"]), max_size=40)


@given(STEPS)
def test_after_every_fall_those_who_heard_of_trouble_are_owed_the_all_clear(steps: list[str]) -> None:
    state, now, heard = Telling(), 0.0, False
    for step in steps:
        now += 1.0
        if step == "rise":
            state = rose(state, 1, now)
        elif step == "fall":
            state = fell(state, 0, now)
            assert (state.owed == 0) == heard
        elif state.deadline() is not None:
            under_way = sent(state, "n")
            if step == "told":
                heard = (state.owed or 0) > 0
                state = told(under_way, None, now)
            else:
                state = missed(under_way, now)
