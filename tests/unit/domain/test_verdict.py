"""The verdict, sentence by sentence of its theory."""

from dataclasses import replace
from math import inf
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.domain.evidence import Evidence, Phase, Side, Word
from supervisor.domain.verdict import LINGER, Patience, Verdict, deadline, judge, listen

PATIENCE = Patience(confirm=20.0, auto_stop=10.0)
SIDES = {
    "jibri": Side.ENCODER,
    "obs": Side.ENCODER,
    "ingest": Side.ENCODER,
    "youtube owner": Side.PLATFORM,
    "youtube public": Side.PLATFORM,
    "hls": Side.VIEWERS,
}


def says(witness: str, word: Word, at: float = 0.0, **more: Any) -> Evidence:
    fresh = {"fresh_until": inf if witness == "jibri" else at + 30.0, **more}
    return Evidence("b", witness, SIDES[witness], word, at, direct=witness != "youtube owner", **fresh)


class Court:
    """Witnesses come and speak; `at` lets time pass through every deadline."""

    def __init__(self) -> None:
        self.verdict = Verdict()
        self.evidence: dict[str, Evidence] = {}
        self.now = 0.0
        self.past_end = False

    def hear(self, *evidence: Evidence) -> "Court":
        for each in evidence:
            self.evidence[each.witness] = each
        self._judge()
        return self

    def at(self, now: float) -> "Court":
        while (due := deadline(self.verdict, self.evidence.values(), PATIENCE, self.now)) <= now:
            self.now = due
            self._judge()
        self.now = now
        self._judge()
        return self

    @property
    def phase(self) -> Phase:
        return self.verdict.phase

    def _judge(self) -> None:
        heard = listen(self.evidence.values(), self.now, past_end=self.past_end)
        self.verdict = judge(self.verdict, heard, PATIENCE, self.now)


def live(*witnesses: str) -> Court:
    court = Court().hear(*(says(witness, Word.UP, fresh_until=inf) for witness in witnesses))
    assert court.phase is Phase.LIVE
    return court


def test_before_anybody_speaks_it_is_scheduled() -> None:
    assert Court().at(1000.0).phase is Phase.SCHEDULED


def test_an_encoder_that_runs_while_the_platform_is_not_public_is_starting() -> None:
    court = Court().hear(says("jibri", Word.UP), says("youtube owner", Word.STARTING, wrong="upcoming"))
    assert court.phase is Phase.STARTING


def test_an_encoder_alone_is_believed_where_nobody_else_speaks() -> None:
    assert live("jibri").phase is Phase.LIVE


def test_what_the_public_sees_of_another_video_is_no_picture_of_ours() -> None:
    assert Court().hear(says("youtube public", Word.UP, wrong="another video")).phase is Phase.SCHEDULED


def test_the_encoders_own_failure_is_sure_at_once_where_nobody_contradicts() -> None:
    court = live("jibri").at(60.0).hear(says("jibri", Word.DOWN, 60.0, since=58.0, detail="recorder failed"))
    assert (Phase.INTERRUPTED, Side.ENCODER, 58.0) == (court.phase, court.verdict.side, court.verdict.broken_at)
    assert ("jibri",) == court.verdict.witnesses


def test_the_encoders_failure_is_checked_while_the_viewers_still_see() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("jibri", Word.DOWN, 60.0))
    assert court.phase is Phase.STALLED
    court.at(66.0).hear(says("hls", Word.DOWN, 66.0))
    assert (Phase.INTERRUPTED, ("jibri", "hls")) == (court.phase, court.verdict.witnesses)


def test_what_viewers_go_on_seeing_overrules_the_encoder() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("jibri", Word.DOWN, 60.0))
    court.hear(says("hls", Word.UP, 75.0, fresh_until=inf)).at(80.0)
    assert court.phase is Phase.LIVE
    court.at(500.0)
    assert court.phase is Phase.LIVE


def test_one_witness_alone_is_checked_and_believed_in_the_end() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DOWN, 60.0, fresh_until=inf, since=53.0))
    assert court.phase is Phase.STALLED
    assert court.at(79.9).phase is Phase.STALLED
    assert court.at(80.0).phase is Phase.INTERRUPTED
    assert (Side.VIEWERS, 53.0) == (court.verdict.side, court.verdict.broken_at)


def test_two_sides_that_agree_are_sure_at_once() -> None:
    court = live("hls", "youtube owner").at(60.0).hear(says("hls", Word.DOWN, 60.0))
    assert court.phase is Phase.STALLED
    assert court.at(62.0).hear(says("youtube owner", Word.DOWN, 62.0)).phase is Phase.INTERRUPTED
    assert court.verdict.side is Side.PLATFORM


def test_with_auto_stop_the_alarm_is_earlier() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DOWN, 60.0, fresh_until=inf, auto_stop=True))
    assert court.at(70.0).phase is Phase.INTERRUPTED


def test_the_public_api_neither_contradicts_nor_recovers() -> None:
    court = live("jibri", "youtube public").at(60.0).hear(says("jibri", Word.DOWN, 60.0))
    assert court.phase is Phase.INTERRUPTED
    court.evidence.pop("jibri")
    for now in (61.0, 71.0, 81.0):
        court.at(now).hear(says("youtube public", Word.UP, now))
    assert court.phase is Phase.INTERRUPTED


def test_an_interruption_ends_by_two_fresh_ups_not_by_one() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DOWN, 60.0, fresh_until=inf)).at(90.0)
    assert court.hear(says("hls", Word.UP, 90.0)).phase is Phase.INTERRUPTED
    assert court.at(91.0).phase is Phase.INTERRUPTED
    assert court.at(92.0).hear(says("hls", Word.UP, 92.0)).phase is Phase.LIVE


def test_a_relapse_between_the_two_ups_starts_over() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DOWN, 60.0, fresh_until=inf)).at(90.0)
    court.hear(says("hls", Word.UP, 90.0)).at(91.0).hear(says("hls", Word.DOWN, 91.0)).at(92.0)
    assert court.hear(says("hls", Word.UP, 92.0)).phase is Phase.INTERRUPTED


def test_a_stream_is_not_back_while_one_still_says_that_it_is_lost() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("jibri", Word.DOWN, 60.0), says("hls", Word.DOWN, 60.0))
    court.at(70.0).hear(says("hls", Word.DOWN, 70.0), says("jibri", Word.UP, 70.0))
    assert court.phase is Phase.INTERRUPTED
    assert court.at(72.0).hear(says("hls", Word.UP, 72.0)).phase is Phase.LIVE


def test_a_stop_by_a_person_is_the_end_though_the_viewers_lag() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("jibri", Word.ENDED, 60.0, planned=True, since=60.0))
    assert court.phase is Phase.ENDED
    assert court.at(68.0).hear(says("hls", Word.DOWN, 68.0)).phase is Phase.ENDED


def test_what_is_seen_long_after_the_stop_is_another_encoders() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("jibri", Word.ENDED, 60.0, planned=True, since=60.0))
    court.at(60.0 + LINGER).hear(says("hls", Word.UP, 60.0 + LINGER))
    assert court.phase is Phase.LIVE


def test_a_clean_end_in_mid_session_is_an_interruption_in_the_end() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.ENDED, 60.0, planned=True, fresh_until=inf))
    assert court.phase is Phase.STALLED
    assert court.at(80.0).phase is Phase.INTERRUPTED


def test_a_clean_end_near_the_planned_end_is_the_end() -> None:
    court = live("hls").at(60.0)
    court.past_end = True
    assert court.hear(says("hls", Word.ENDED, 60.0, planned=True)).phase is Phase.ENDED


def test_a_broadcast_that_the_platform_ended_is_an_interruption_with_that_side() -> None:
    court = live("jibri", "youtube public").at(60.0).hear(says("youtube public", Word.ENDED, 60.0, fresh_until=inf))
    assert court.phase is Phase.STALLED
    assert (Phase.INTERRUPTED, Side.PLATFORM) == (court.at(80.0).phase, court.verdict.side)


def test_pulling_every_source_at_once_is_blindness_not_an_interruption() -> None:
    court = Court().hear(says("hls", Word.UP), says("youtube owner", Word.UP)).at(29.9)
    assert court.phase is Phase.LIVE
    assert (Phase.UNKNOWN, Phase.LIVE) == (court.at(30.0).phase, court.verdict.held)
    assert court.at(5000.0).phase is Phase.UNKNOWN


def test_errors_and_a_missing_id_are_never_a_loss() -> None:
    court = live("hls")
    court.evidence.clear()
    court.hear(says("hls", Word.UNKNOWN, 60.0), says("youtube public", Word.MISSING, 60.0, wrong="missing"))
    assert court.phase is Phase.UNKNOWN


def test_an_interruption_outlives_a_blindness() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DOWN, 60.0)).at(85.0)
    assert court.phase is Phase.INTERRUPTED
    assert (Phase.UNKNOWN, Phase.INTERRUPTED) == (court.at(95.0).phase, court.verdict.held)
    assert court.hear(says("hls", Word.UP, 95.0)).phase is Phase.INTERRUPTED
    assert court.at(97.0).hear(says("hls", Word.UP, 97.0)).phase is Phase.LIVE


def test_a_bad_picture_is_degraded_and_a_good_one_live_again() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DEGRADED, 60.0, detail="progress 0.5"))
    assert (Phase.DEGRADED, "progress 0.5") == (court.phase, court.verdict.detail)
    assert court.at(61.0).hear(says("hls", Word.UP, 61.0)).phase is Phase.LIVE


def test_advice_alone_changes_nothing() -> None:
    court = live("hls").at(10.0)
    assert court.hear(replace(says("obs", Word.DOWN, 10.0), advisory=True)).phase is Phase.LIVE


def test_a_jibri_that_never_saw_the_break_is_no_proof_of_its_end() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("hls", Word.DOWN, 60.0)).at(85.0)
    assert court.phase is Phase.INTERRUPTED
    assert court.at(500.0).phase is Phase.INTERRUPTED
    assert court.hear(says("jibri", Word.UP, 500.0, since=490.0)).phase is Phase.LIVE


def test_a_check_whose_witness_falls_silent_goes_on() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("hls", Word.DOWN, 60.0)).at(65.0).hear(says("hls", Word.UNKNOWN))
    assert court.at(500.0).phase is Phase.STALLED


def test_a_relapse_during_the_check_starts_the_two_ups_over() -> None:
    court = live("hls").at(60.0).hear(says("hls", Word.DOWN, 60.0)).at(62.0).hear(says("hls", Word.UP, 62.0))
    court.at(63.0).hear(says("hls", Word.DOWN, 63.0)).at(64.0)
    assert court.hear(says("hls", Word.UP, 64.0)).phase is Phase.STALLED


def test_viewers_who_lose_the_picture_too_take_their_contradiction_back() -> None:
    court = live("jibri", "hls").at(60.0).hear(says("jibri", Word.DOWN, 60.0)).at(80.0)
    assert (Phase.LIVE, {"jibri"}) == (court.phase, court.verdict.overruled)
    assert court.at(90.0).hear(says("hls", Word.DOWN, 90.0)).phase is Phase.INTERRUPTED


def test_a_start_that_came_to_nothing_is_scheduled_again_not_unknown() -> None:
    court = Court().hear(says("jibri", Word.STARTING))
    assert court.phase is Phase.STARTING
    court.evidence.clear()
    assert court.at(10.0).phase is Phase.SCHEDULED


def test_another_videos_end_or_bad_picture_says_nothing_of_ours() -> None:
    court = live("jibri").hear(says("youtube public", Word.ENDED, wrong="another session's", fresh_until=inf)).at(500.0)
    assert court.phase is Phase.LIVE
    assert Court().hear(says("youtube owner", Word.DEGRADED, wrong="private")).phase is Phase.SCHEDULED


def test_who_said_so_is_kept_while_nobody_does() -> None:
    court = live("ingest").at(60.0).hear(says("ingest", Word.DOWN, 60.0)).at(85.0)
    assert court.at(95.0).phase is Phase.UNKNOWN
    court.hear(says("hls", Word.UP, 95.0))
    assert (Phase.INTERRUPTED, ("ingest",), Side.ENCODER) == (
        court.phase,
        court.verdict.witnesses,
        court.verdict.side,
    )


EVIDENCE = st.builds(
    lambda witness, word, planned, wrong, keep: replace(
        says(witness, word), planned=planned, wrong=wrong, fresh_until=keep
    ),
    st.sampled_from(sorted(SIDES)),
    st.sampled_from(Word),
    st.booleans(),
    st.sampled_from(["", "", "private"]),
    st.sampled_from([5.0, 30.0, 300.0]),
)
STEPS = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 7.0, 25.0, 130.0]), EVIDENCE), max_size=40)


@settings(max_examples=500)
@given(STEPS)
def test_no_verdict_without_its_evidence(steps: list[tuple[float, Evidence]]) -> None:
    """Never interrupted unless the public had a picture; never live again while a loss stands; time moves on."""
    court, had_picture = Court(), False
    for wait, evidence in steps:
        court.at(court.now + wait)
        now = court.now
        court.hear(replace(evidence, at=now, fresh_until=now + evidence.fresh_until))
        heard = listen(court.evidence.values(), now, past_end=False)
        had_picture = had_picture or bool(heard.ups or heard.degraded)
        assert had_picture or not court.verdict.was_on
        if court.phase is Phase.INTERRUPTED:
            assert court.verdict.witnesses
        if not heard.any:
            assert court.phase in {Phase.UNKNOWN, Phase.SCHEDULED, Phase.ENDED}
        if court.phase is Phase.LIVE:
            assert {e.witness for e in heard.losses} <= court.verdict.overruled
        again = judge(court.verdict, heard, PATIENCE, now)
        assert again == court.verdict, "looking twice changes nothing"
        assert deadline(court.verdict, court.evidence.values(), PATIENCE, now) > now


def test_a_platforms_report_from_before_the_encoders_failure_does_not_contradict_it() -> None:
    court = live("jibri", "youtube owner").at(60.0).hear(says("jibri", Word.DOWN, 60.0))
    assert court.phase is Phase.INTERRUPTED


def test_a_platforms_report_from_after_the_encoders_failure_contradicts_it() -> None:
    court = live("jibri", "youtube owner").at(60.0)
    court.evidence["youtube owner"] = says("youtube owner", Word.UP, 60.0, fresh_until=inf)
    assert court.hear(says("jibri", Word.DOWN, 60.0)).phase is Phase.STALLED
