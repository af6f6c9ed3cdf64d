"""Each row of the edge's table, and the failures around it, in virtual time."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.evidence import Word
from supervisor.streams.hls.edge import Edge, Gone, Unreachable, advance, stall_after
from supervisor.streams.hls.playlist import Media

TIMEOUT = Unreachable("no answer within 4 s")
UNAVAILABLE = Unreachable("status 503")


def media(newest: int, *, target: float = 2.0, ended: bool = False, discontinuities: int = 0, name: str = "") -> Media:
    """A window of five segments up to ``newest``."""
    numbers = range(max(newest - 4, 0), newest + 1)
    return Media(
        target=target,
        sequence=numbers[0],
        count=len(numbers),
        durations=(target,) * len(numbers),
        addresses=tuple(f"{name}{number}.ts" for number in numbers),
        newest=f"{name}{newest}.ts",
        ended=ended,
        discontinuities=discontinuities,
    )


@dataclass
class Viewer:
    """Looks at a playlist and keeps the time."""

    edge: Edge = field(default_factory=Edge)
    now: float = 1000.0
    newest: int = 10

    def look(self, seen: Media | Gone | Unreachable | None, after: float = 0.0) -> Word:
        self.now += after
        self.edge = advance(self.edge, seen, self.now)
        return self.edge.word

    def watch(self, segments: int, every: float = 2.0, target: float = 2.0) -> Word:
        """See so many new segments."""
        for _ in range(segments):
            self.newest += 1
            self.look(media(self.newest, target=target), every)
        return self.edge.word


@pytest.fixture
def live() -> Viewer:
    """A stream seen live for ten seconds."""
    viewer = Viewer()
    viewer.look(media(viewer.newest))
    assert viewer.watch(5) is Word.UP
    return viewer


@pytest.fixture
def down(live: Viewer) -> Viewer:
    assert live.look(None, 6.1) is Word.DOWN
    return live


def test_the_first_look_says_nothing_yet() -> None:
    assert Viewer().look(media(10)) is Word.UNKNOWN


def test_an_edge_that_moves_is_up() -> None:
    viewer = Viewer()
    viewer.look(media(10))
    assert viewer.look(media(11), 2.0) is Word.UP
    assert viewer.edge.detail == "edge moves"


@pytest.mark.parametrize(("target", "seconds"), [(1, 4.0), (2, 6.0), (4, 12.0), (5, 15.0), (6, 18.0)])
def test_the_edge_may_stand_still_for_three_target_durations(target: float, seconds: float) -> None:
    assert seconds == stall_after(target)


@pytest.mark.parametrize("target", [0.5, 1.0, 2.0, 5.0, 10.0])
def test_no_stall_is_seen_within_what_the_rfc_allows(target: float) -> None:
    assert stall_after(target) >= 1.5 * target + 2.5


def test_a_stale_playlist_served_with_200_is_down(live: Viewer) -> None:
    assert live.look(None, 4.0) is Word.UP
    assert live.look(None, 2.1) is Word.DOWN
    assert live.edge.detail == "edge unchanged 6.1 s"
    assert not live.edge.planned


def test_just_before_the_end_of_the_allowed_standstill_it_is_not_yet_down(live: Viewer) -> None:
    assert live.look(None, 5.9) is Word.DEGRADED
    assert live.watch(1, every=0.0) is not Word.DOWN


def test_a_stale_playlist_that_was_never_seen_moving_is_down_too() -> None:
    viewer = Viewer()
    viewer.look(media(10))
    assert viewer.look(None, 6.1) is Word.DOWN
    assert "never seen moving" in viewer.edge.detail


def test_the_look_that_tells_a_stall_is_due_at_its_very_end(live: Viewer) -> None:
    assert live.edge.due == live.now + 6.0


def test_one_move_of_a_dying_encoder_is_no_recovery(down: Viewer) -> None:
    assert down.watch(1) is Word.DOWN
    assert down.look(None, 6.1) is Word.DOWN
    assert down.watch(1) is Word.DOWN


def test_two_fresh_moves_are_a_recovery(down: Viewer) -> None:
    assert down.watch(2) is Word.UP


def test_half_speed_is_degraded_and_never_down(live: Viewer) -> None:
    words = {live.watch(1, every=4.0) for _ in range(12)}
    assert words == {Word.UP, Word.DEGRADED}
    assert live.edge.word is Word.DEGRADED
    assert live.edge.detail.startswith("0.5")


def test_half_speed_is_seen_within_a_few_segments(live: Viewer) -> None:
    live.watch(20)
    assert live.watch(1, every=4.0) is Word.UP
    assert live.watch(1, every=4.0) is Word.DEGRADED


def test_a_gap_too_short_for_a_stall_is_media_that_is_missing() -> None:
    viewer = Viewer()
    viewer.look(media(10, target=5))
    assert viewer.watch(10, every=5.0, target=5.0) is Word.UP
    viewer.newest += 1
    assert viewer.look(media(viewer.newest, target=5, discontinuities=1), 13.0) is Word.DEGRADED
    assert "discontinuity" in viewer.edge.detail
    assert viewer.watch(10, every=5.0, target=5.0) is Word.UP


def test_full_speed_again_ends_the_degradation(live: Viewer) -> None:
    live.watch(12, every=4.0)
    assert live.watch(20) is Word.UP


def test_a_healthy_stream_of_long_segments_is_not_taken_for_slow() -> None:
    viewer = Viewer()
    viewer.look(media(10, target=5))
    late = [5.0, 6.4, 3.6, 5.0, 6.0, 4.0] * 10  # looks fall now before, now after a segment
    assert {viewer.watch(1, every=pause, target=5.0) for pause in late} == {Word.UP}


def test_a_slow_encoder_that_reconnects_stays_degraded_until_measured_anew(live: Viewer) -> None:
    live.watch(12, every=4.0)
    live.newest += 1
    assert live.look(media(live.newest, discontinuities=1), 4.0) is Word.DEGRADED


def test_a_discontinuity_is_mentioned_for_a_while(live: Viewer) -> None:
    live.newest += 1
    assert live.look(media(live.newest, discontinuities=1), 2.0) is Word.UP
    assert "discontinuity" in live.edge.detail
    for _ in range(20):
        live.newest += 1
        live.look(media(live.newest, discontinuities=1), 2.0)
    assert live.edge.detail == "edge moves"


def test_the_end_of_a_live_stream_is_planned(live: Viewer) -> None:
    assert live.look(media(live.newest, ended=True), 1.0) is Word.ENDED
    assert live.edge.planned
    assert live.look(None, 60.0) is Word.ENDED


def test_last_months_session_is_ended_but_nobody_planned_that_now() -> None:
    viewer = Viewer()
    assert viewer.look(media(10, ended=True)) is Word.ENDED
    assert not viewer.edge.planned


def test_a_stream_that_ended_and_goes_on_is_up_after_two_moves(live: Viewer) -> None:
    live.look(media(live.newest, ended=True), 1.0)
    assert live.watch(1) is Word.ENDED
    assert live.watch(1) is Word.UP


def test_a_stream_that_ended_and_begins_to_go_on_but_stalls_is_down(live: Viewer) -> None:
    live.look(media(live.newest, ended=True), 1.0)
    live.watch(1)
    assert live.look(None, 6.1) is Word.DOWN


def test_no_playlist_before_the_stream_is_missing_not_down() -> None:
    viewer = Viewer()
    assert viewer.look(Gone(404)) is Word.MISSING
    assert viewer.look(Gone(404), 600.0) is Word.MISSING


def test_a_playlist_that_appears_after_404_is_looked_at_like_any() -> None:
    viewer = Viewer()
    viewer.look(Gone(404))
    assert viewer.look(media(0), 5.0) is Word.UNKNOWN
    assert viewer.look(media(1), 2.0) is Word.UP


@pytest.mark.parametrize("status", [404, 410])
def test_a_playlist_that_vanishes_is_unknown_at_first_and_down_if_it_stays_away(live: Viewer, status: int) -> None:
    assert live.look(Gone(status), 1.0) is Word.UNKNOWN
    assert live.look(Gone(status), 5.9) is Word.UNKNOWN
    assert live.look(Gone(status), 0.2) is Word.DOWN
    assert str(status) in live.edge.detail


def test_a_single_404_of_one_cache_is_forgotten(live: Viewer) -> None:
    live.look(Gone(404), 1.0)
    assert live.watch(1, every=1.0) is Word.UP
    live.look(Gone(404), 1.0)
    assert live.look(Gone(404), 4.0) is Word.UNKNOWN


def test_a_server_that_cleans_up_after_a_stall_does_not_make_it_unknown(down: Viewer) -> None:
    assert down.look(Gone(404), 20.0) is Word.DOWN


def test_a_server_that_cleans_up_after_the_end_does_not_make_it_down(live: Viewer) -> None:
    live.look(media(live.newest, ended=True), 1.0)
    assert live.look(Gone(404), 60.0) is Word.ENDED
    assert live.edge.planned


@pytest.mark.parametrize("error", [TIMEOUT, UNAVAILABLE, Unreachable("not a playlist")])
def test_an_error_is_unknown_however_long_it_lasts(live: Viewer, error: Unreachable) -> None:
    for _ in range(30):
        assert live.look(error, 10.0) is Word.UNKNOWN
    assert live.edge.detail == error.reason


def test_an_error_between_two_segments_is_forgotten(live: Viewer) -> None:
    live.look(TIMEOUT, 1.0)
    assert live.look(None, 1.0) is Word.UP
    assert live.watch(1) is Word.UP


def test_an_edge_that_did_not_move_while_we_were_blind_is_down(live: Viewer) -> None:
    live.look(TIMEOUT, 4.0)
    assert live.look(None, 4.0) is Word.DOWN


def test_what_came_while_we_were_blind_is_not_held_against_the_encoder() -> None:
    viewer = Viewer()
    viewer.look(media(10, target=5))
    viewer.watch(10, every=5.0, target=5.0)
    for _ in range(6):
        viewer.look(TIMEOUT, 9.0)
        assert viewer.watch(1, every=0.9, target=5.0) is Word.UP  # one of two segments: the other is in the next look
        viewer.newest += 1
        assert viewer.look(media(viewer.newest, target=5), 0.1) is Word.UP


def test_an_outage_stays_an_outage_after_an_error(down: Viewer) -> None:
    assert down.look(UNAVAILABLE, 2.0) is Word.UNKNOWN
    assert down.look(None, 2.0) is Word.DOWN


def test_a_restarted_encoder_begins_at_nothing_and_is_mentioned(live: Viewer) -> None:
    live.newest = -1
    assert live.watch(1) is Word.UP
    assert "restarted" in live.edge.detail


def test_a_cache_that_lags_behind_is_not_a_move(live: Viewer) -> None:
    for _ in range(4):
        live.look(media(live.newest - 1), 1.0)
        live.look(media(live.newest), 1.0)
    assert live.edge.word is Word.DOWN


def test_partial_segments_move_the_edge() -> None:
    viewer = Viewer()
    part = {"target": 4.0, "sequence": 5, "count": 3, "durations": (4.0,) * 3, "addresses": ("a", "b", "c")}
    viewer.look(Media(**part, parts=1, parts_duration=0.5))  # type: ignore[arg-type]
    assert viewer.look(Media(**part, parts=3, parts_duration=1.5), 1.0) is Word.UP  # type: ignore[arg-type]
    assert viewer.edge.gained == pytest.approx(1.0)


def test_segments_that_came_and_went_between_two_looks_are_counted(live: Viewer) -> None:
    before = live.edge.gained
    live.look(media(live.newest + 20), 5.0)
    assert live.edge.gained - before == pytest.approx(40.0)


LOOKS = st.lists(
    st.tuples(
        st.floats(0.0, 30.0),
        st.one_of(
            st.none(),
            st.builds(Gone, st.sampled_from([404, 410])),
            st.just(TIMEOUT),
            st.builds(media, st.integers(0, 30), ended=st.booleans(), discontinuities=st.integers(0, 2)),
        ),
    ),
    max_size=40,
)


@given(LOOKS)
def test_whatever_comes_what_is_unreachable_is_unknown_and_down_has_been_a_stall(
    looks: list[tuple[float, Media | Gone | Unreachable | None]],
) -> None:
    viewer = Viewer()
    quiet = 0.0
    for after, seen in looks:
        before = viewer.edge
        word = viewer.look(seen, after)
        quiet = 0.0 if viewer.edge.moved_at != before.moved_at else quiet + after
        assert not isinstance(seen, Unreachable) or word is Word.UNKNOWN
        if word is Word.DOWN and before.known is not Word.DOWN:
            assert quiet >= 6.0 or (viewer.edge.gone_since is not None and viewer.now - viewer.edge.gone_since >= 6.0)
        if word is Word.UP and before.known in {Word.DOWN, Word.ENDED}:
            assert viewer.edge.moves == 2
        assert not viewer.edge.planned or word is Word.ENDED


@given(LOOKS)
def test_a_stream_is_never_up_before_it_was_seen_moving(
    looks: list[tuple[float, Media | Gone | Unreachable | None]],
) -> None:
    viewer = Viewer()
    for after, seen in looks:
        word = viewer.look(seen, after)
        assert word not in {Word.UP, Word.DEGRADED} or viewer.edge.live
