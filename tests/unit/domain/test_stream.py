"""The stream's state, row by row of its table."""

from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.occupants import RecordingStatus
from supervisor.domain.stream import EMPTY_FOR, Cause, Facts, Phase, Stream, advance
from tests.unit.builders import off, on

GRACE = 8.0


def facts(
    status: RecordingStatus | None = None, recorder: str | None = None, people: int = 5, *, past_end: bool = False
) -> Facts:
    return Facts(status, recorder, people, past_end)


def play(*steps: tuple[float, Facts], start: Stream | None = None) -> Stream:
    stream = start or Stream()
    for now, seen in steps:
        stream = advance(stream, seen, GRACE, now)
    return stream


LIVE = play((0, facts(None, "")), (5, facts(on(), "s1")))


def test_a_recorder_without_a_status_is_starting() -> None:
    assert play((0, facts(None, ""))).phase is Phase.STARTING


def test_a_start_that_failed_is_scheduled_again() -> None:
    stream = play((0, facts(None, "")), (5, facts(off(failure="error"))))
    assert stream.phase is Phase.SCHEDULED


def test_on_with_a_recorder_is_live() -> None:
    assert (Phase.LIVE, 5) == (LIVE.phase, LIVE.since)


def test_on_without_a_recorder_that_was_ever_seen_is_live() -> None:
    assert play((0, facts(on()))).phase is Phase.LIVE


def test_an_old_off_is_history() -> None:
    assert play((0, facts(off(failure="error")))).phase is Phase.SCHEDULED


def test_a_recorder_that_left_is_first_a_doubt_then_an_interruption_from_when_it_left() -> None:
    stream = play((10, facts(on())), start=LIVE)
    assert (Phase.STALLED, 18) == (stream.phase, stream.deadline(GRACE))
    assert advance(stream, facts(on()), GRACE, 17.9).phase is Phase.STALLED
    stream = advance(stream, facts(on()), GRACE, 18)
    assert (Phase.INTERRUPTED, Cause.RECORDER_LEFT, 10) == (stream.phase, stream.cause, stream.broken_at)


def test_a_failover_within_the_grace_is_live_again() -> None:
    assert play((10, facts(on())), (15, facts(on(), "s1")), start=LIVE).phase is Phase.LIVE


def test_an_off_by_a_person_is_the_end() -> None:
    stream = play((10, facts(off(initiator="p0"), "s1")), (12, facts(off(initiator="p0"))), start=LIVE)
    assert (Phase.ENDED, Cause.STOPPED_BY_PERSON) == (stream.phase, stream.cause)


def test_an_off_with_a_failure_is_an_interruption_at_once() -> None:
    stream = play((10, facts(off(failure="error"))), start=LIVE)
    assert (Phase.INTERRUPTED, Cause.RECORDER_FAILED, "error") == (stream.phase, stream.cause, stream.detail)


def test_a_failure_counts_more_than_who_started_it() -> None:
    assert play((10, facts(off(initiator="p0", failure="busy"))), start=LIVE).phase is Phase.INTERRUPTED


def test_an_off_without_a_word_while_people_are_there_is_jibris_own_stop() -> None:
    stream = play((10, facts(off())), start=LIVE)
    assert (Phase.INTERRUPTED, Cause.STOPPED_ITSELF) == (stream.phase, stream.cause)


def test_an_off_without_a_word_in_an_empty_room_is_the_end() -> None:
    assert play((10, facts(off(), people=0)), start=LIVE).phase is Phase.ENDED


def test_an_off_without_a_word_past_the_planned_end_is_the_end() -> None:
    assert play((10, facts(off(), past_end=True)), start=LIVE).cause is Cause.AS_PLANNED


def test_a_status_that_vanished_with_its_focus_is_an_interruption_after_the_grace() -> None:
    stream = play((10, facts()), (18, facts()), start=LIVE)
    assert (Phase.INTERRUPTED, Cause.CONFERENCE_LOST) == (stream.phase, stream.cause)


def test_a_reload_of_everybody_does_not_hide_that_the_stream_is_gone() -> None:
    stream = play((10, facts(people=0)), (40, facts(people=5)), (49, facts(people=5)), start=LIVE)
    assert stream.phase is Phase.INTERRUPTED


def test_a_room_that_stays_empty_has_ended_its_stream() -> None:
    stream = play((10, facts(people=0)), start=LIVE)
    assert 10 + EMPTY_FOR == stream.deadline(GRACE)
    assert advance(stream, facts(people=0), GRACE, 10 + EMPTY_FOR).phase is Phase.ENDED


def test_only_on_with_a_recorder_ends_an_interruption() -> None:
    broken = play((10, facts(off(failure="error"))), start=LIVE)
    assert play((20, facts(off(failure="error"), "s2")), start=broken).phase is Phase.INTERRUPTED
    assert play((20, facts(on("s2"), "s2")), start=broken).phase is Phase.LIVE


def test_a_person_may_end_an_interrupted_stream_only_past_the_planned_end() -> None:
    broken = play((10, facts(off(failure="error"))), start=LIVE)
    assert play((20, facts(off(initiator="p0"))), start=broken).phase is Phase.INTERRUPTED
    assert play((20, facts(off(initiator="p0"), past_end=True)), start=broken).phase is Phase.ENDED


def test_a_repeated_status_changes_nothing() -> None:
    assert LIVE == play((10, facts(on(), "s1")), (20, facts(on(), "s1")), start=LIVE)


STATUSES = st.one_of(
    st.none(),
    st.builds(on, st.sampled_from(["s1", "s2"])),
    st.builds(off, st.sampled_from(["s1", "s2"]), st.sampled_from(["", "p0"]), st.sampled_from(["", "error"])),
)
FACTS = st.builds(Facts, STATUSES, st.sampled_from([None, "", "s1", "s2"]), st.integers(0, 3), st.booleans())
STEPS = st.lists(st.tuples(st.floats(0.0, 200.0), FACTS), max_size=30)


@given(STEPS)
def test_looking_twice_at_the_same_facts_changes_nothing(steps: list[tuple[float, Facts]]) -> None:
    stream, now = Stream(), 0.0
    for wait, seen in steps:
        now += wait
        stream = advance(stream, seen, GRACE, now)
        assert stream == advance(stream, seen, GRACE, now)


@given(STEPS)
def test_nothing_is_interrupted_that_was_never_on_and_every_deadline_moves_on(
    steps: list[tuple[float, Facts]],
) -> None:
    stream, now, was_on = Stream(), 0.0, False
    for wait, seen in steps:
        now += wait
        was_on = was_on or (seen.status is not None and seen.status.status == "on")
        stream = advance(stream, seen, GRACE, now)
        assert was_on or stream.phase is not Phase.INTERRUPTED
        deadline = stream.deadline(GRACE)
        if deadline is not None:
            then = advance(stream, seen, GRACE, max(deadline, now))
            assert (then.deadline(GRACE) or 1e12) > max(deadline, now) or then.phase is not stream.phase
