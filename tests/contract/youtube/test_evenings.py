"""Evenings with YouTube: what happens there, and what our two witnesses say about it. Times are virtual seconds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from supervisor.domain.events import SourceSynced
from supervisor.domain.evidence import Side, Word
from supervisor.simulation.youtube_stage import Step
from tests.contract.youtube.scene import OWNER, PUBLIC, START, Scene, booking, play

if TYPE_CHECKING:
    from pathlib import Path

UP, DOWN, ENDED, UNKNOWN = Word.UP, Word.DOWN, Word.ENDED, Word.UNKNOWN
GOES_LIVE = (-60.0, Step.START)


def test_a_healthy_evening_is_up_on_both_tiers_and_nothing_else(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(1800)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == scene.words(OWNER) == [UP]
    assert scene.sources() == [SourceSynced("youtube"), SourceSynced("youtube owner")]
    for witness, base in ((PUBLIC, 20.0), (OWNER, 60.0)):
        polls = [at for at, _ in scene.evidence(witness)]
        gaps = [after - before for before, after in pairwise(polls)]
        assert 0.9 * base - 0.1 <= min(gaps)
        assert max(gaps) <= 1.1 * base + 0.1
        evidence = scene.last(witness)
        assert (evidence.side, evidence.direct, evidence.planned, evidence.wrong) == (Side.PLATFORM, False, False, "")
        assert evidence.fresh_until - evidence.at == max(2.5 * base, 30.0)


def test_an_encoder_that_drops_without_auto_stop_is_seen_by_the_owner_and_never_by_the_public(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.DROP))
        scene.follow()
        await scene.until(1200)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP]
    assert scene.words(OWNER) == [UP, UNKNOWN, DOWN]
    assert scene.first(OWNER, DOWN) <= 300 + 66 + 17
    assert "streamStatus inactive" in scene.last(OWNER).detail
    assert scene.last(OWNER).auto_stop is False


def test_an_encoder_that_drops_with_auto_stop_ends_the_broadcast_for_everybody(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.DROP), auto_stop=True)
        scene.follow()
        await scene.until(290)
        assert scene.last(OWNER).auto_stop is True
        await scene.until(1200)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP, ENDED]
    assert scene.words(OWNER)[-1] is ENDED
    assert scene.last(PUBLIC).planned is False
    assert scene.first(PUBLIC, ENDED) <= 360 + 23


def test_a_dropped_encoder_that_returns_is_up_again(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.DROP), (600, Step.RESUME))
        scene.follow()
        await scene.until(1200)

    scene = play(tmp_path, act)
    assert scene.words(OWNER) == [UP, UNKNOWN, DOWN, UP]
    back = next(at for at, evidence in scene.evidence(OWNER) if at > 600 and evidence.word is UP)
    assert back <= 600 + 17


@pytest.mark.parametrize("lag", [0, 10, 35, 60])
def test_a_stream_status_that_lags_delays_the_word_by_its_lag_and_no_more(tmp_path: Path, lag: float) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast((-120, Step.START), (300, Step.DROP), lag=lag)
        scene.follow()
        await scene.until(900)

    assert 300 + lag <= play(tmp_path, act).first(OWNER, DOWN) <= 300 + lag + 66 + 17


def test_when_others_doubt_the_owner_is_asked_at_once_and_every_fifteen_seconds(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.DROP))
        scene.follow()
        await scene.until(301)
        scene.doubt()
        await scene.until(330)

    assert play(tmp_path, act).first(OWNER, DOWN) <= 301 + 5 + 17


def test_doubt_that_comes_and_goes_does_not_ask_more_often_than_every_five_seconds(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        for at in range(60):
            await scene.until(float(at + 1))
            scene.doubt(doubt=at % 2 == 0)

    scene = play(tmp_path, act)
    for witness in (PUBLIC, OWNER):
        polls = [at for at, _ in scene.evidence(witness)]
        assert min(after - before for before, after in pairwise(polls)) >= 4.99


def test_no_data_while_active_is_down_after_two_polls(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.NO_DATA))
        scene.follow()
        await scene.until(600)

    scene = play(tmp_path, act)
    assert scene.words(OWNER) == [UP, UNKNOWN, DOWN]
    assert "noData" in scene.last(OWNER).detail


def test_starved_but_fine_is_advisory_and_never_down(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.STARVE))
        scene.follow()
        await scene.until(1200)

    scene = play(tmp_path, act)
    assert scene.words(OWNER) == [UP, Word.DEGRADED]
    assert {evidence.advisory for _, evidence in scene.evidence(OWNER) if evidence.word is Word.DEGRADED} == {True}
    assert "videoIngestionStarved" in scene.last(OWNER).detail


def test_another_error_is_degraded_on_the_third_poll(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.SPOIL))
        scene.follow()
        await scene.until(1200)

    scene = play(tmp_path, act)
    bad = [evidence for at, evidence in scene.evidence(OWNER) if at > 300]
    assert [UP, UP, Word.DEGRADED] == [evidence.word for evidence in bad[:3]]
    assert not bad[2].advisory


def test_no_sound_is_degraded_at_once(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.SILENCE))
        scene.follow()
        await scene.until(400)

    assert play(tmp_path, act).words(OWNER) == [UP, Word.DEGRADED]


def test_a_video_that_is_set_to_private_is_missing_for_the_public_and_private_for_its_owner(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.MAKE_PRIVATE))
        scene.follow()
        await scene.until(1000)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP, Word.MISSING]
    assert scene.last(PUBLIC).wrong == "missing (private, deleted or a wrong id)"
    assert (scene.last(OWNER).word, scene.last(OWNER).wrong) == (UP, "private")


def test_an_unlisted_video_says_so_on_both_tiers(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (-30, Step.MAKE_UNLISTED))
        scene.follow()
        await scene.until(10)

    scene = play(tmp_path, act)
    assert ("unlisted", "unlisted") == (scene.last(PUBLIC).wrong, scene.last(OWNER).wrong)


def test_a_deleted_video_is_missing_on_both_tiers_and_never_down(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.DELETE))
        scene.follow()
        await scene.until(1200)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP, Word.MISSING]
    assert scene.words(OWNER)[-1] is Word.MISSING
    assert DOWN not in scene.words(OWNER)
    assert scene.last(OWNER).wrong == "missing (deleted)"


def test_a_video_of_another_channel_says_nothing_to_the_owner(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.follow(booking(video="notmyvideo1"))
        await scene.until(200)

    scene = play(tmp_path, act)
    assert scene.words(OWNER) == [UNKNOWN]
    assert scene.last(OWNER).wrong == ""


@pytest.mark.parametrize("completed", [True, False])
def test_a_broadcast_that_its_owner_ends_is_ended_whatever_the_api_calls_it(tmp_path: Path, *, completed: bool) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.END), completed=completed)
        scene.follow()
        await scene.until(600)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP, ENDED]
    # UNKNOWN comes between where the life cycle was read just before.
    assert [word for word in scene.words(OWNER) if word is not UNKNOWN] == [UP, ENDED]


def test_last_months_broadcast_is_ended_and_the_wrong_one(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast((-9_000, Step.START), (-3_000, Step.END))
        scene.follow()
        await scene.until(5)

    assert play(tmp_path, act).last(PUBLIC).wrong == "another session's, it ended before this one began"


def test_a_broadcast_that_has_not_begun_is_starting_and_upcoming(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast((300, Step.START))
        scene.follow()
        await scene.until(250)
        assert scene.words(PUBLIC) == scene.words(OWNER) == [Word.STARTING]
        assert scene.last(PUBLIC).wrong == "upcoming"
        await scene.until(400)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == scene.words(OWNER) == [Word.STARTING, UP]


def test_a_broadcast_that_youtube_takes_down_is_down_and_says_who_did_it(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (30, Step.REVOKE))
        scene.follow()
        await scene.until(400)

    scene = play(tmp_path, act)
    assert (scene.last(PUBLIC).word, scene.last(PUBLIC).wrong) == (DOWN, "rejected by YouTube")
    assert (scene.last(OWNER).word, scene.last(OWNER).wrong) == (DOWN, "revoked by YouTube")


def test_hidden_viewers_mean_nothing(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (100, Step.HIDE_VIEWERS))
        scene.follow()
        await scene.until(300)

    assert play(tmp_path, act).words(PUBLIC) == [UP]


def test_a_health_report_that_no_longer_changes_is_unknown_not_good(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE).health_stuck_at = START
        scene.follow()
        await scene.until(600)

    scene = play(tmp_path, act)
    assert scene.words(OWNER) == [UP, UNKNOWN]
    assert 180 <= scene.first(OWNER, UNKNOWN) <= 180 + 66
