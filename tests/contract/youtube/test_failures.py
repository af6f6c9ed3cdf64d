"""Evenings on which YouTube, or the way there, fails: unknown, told once, seldom asked. Times are virtual seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supervisor.domain.events import SourceLost, SourceSynced
from supervisor.domain.evidence import Word
from supervisor.simulation.youtube import Trouble
from supervisor.simulation.youtube_stage import Step
from tests.contract.youtube.scene import OWNER, PUBLIC, Scene, booking, play

if TYPE_CHECKING:
    from pathlib import Path

UP, DOWN, ENDED, UNKNOWN = Word.UP, Word.DOWN, Word.ENDED, Word.UNKNOWN
GOES_LIVE = (-60.0, Step.START)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.SERVER_ERROR, "503 backendError"),
        (Trouble.SLOW, "no answer in time"),
        (Trouble.TRUNCATED, "the answer is not JSON, or was cut short"),
        (Trouble.NOT_JSON, "the answer is not JSON, or was cut short"),
        (Trouble.RATE_403, "403 rateLimitExceeded"),
        (Trouble.RATE_429, "HTTP status 429"),
    ],
)
def test_a_failing_service_is_unknown_told_once_and_once_again_when_it_is_back(
    tmp_path: Path, trouble: Trouble, reason: str
) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(300)
        scene.fake.suffer(trouble)
        await scene.until(1500)
        for witness in (PUBLIC, OWNER):
            assert (scene.last(witness).word, scene.last(witness).detail) == (UNKNOWN, reason)
        scene.fake.recover()
        await scene.until(3600)

    scene = play(tmp_path, act)
    for witness, source in ((PUBLIC, "youtube"), (OWNER, "youtube owner")):
        assert scene.words(witness) == [UP, UNKNOWN, UP]
        own = [event for event in scene.sources() if event.source == source]
        assert own == [SourceSynced(source), SourceLost(source, reason), SourceSynced(source)]


def test_one_lost_poll_is_unknown_and_no_lost_source(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(300)
        scene.fake.suffer(Trouble.SERVER_ERROR, times=1)
        await scene.until(600)

    scene = play(tmp_path, act, tiers="public")
    assert scene.words(PUBLIC) == [UP, UNKNOWN, UP]
    assert scene.losses() == []


def test_a_service_that_is_gone_is_unknown_and_the_reason_holds_no_address(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(100)
        await scene.fake.stop()
        await scene.until(300)
        await scene.fake.__aenter__()
        await scene.until(1200)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP, UNKNOWN, UP]
    assert sorted(scene.losses()) == [("youtube", "no connection"), ("youtube owner", "no connection")]


def test_retry_after_is_honoured(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.retry_after = 700
        scene.fake.suffer(Trouble.RATE_429, times=1)
        scene.follow()
        await scene.until(1000)

    scene = play(tmp_path, act, tiers="public")
    assert 700 <= scene.first(PUBLIC, UP) <= 700 + 3 + 22


def test_back_off_grows_to_fifteen_minutes_and_to_one_while_somebody_doubts(tmp_path: Path) -> None:
    calls = {}

    async def act(scene: Scene) -> None:
        scene.fake.suffer(Trouble.SERVER_ERROR)
        scene.follow()
        await scene.until(4 * 3600)
        calls["leisure"] = scene.fake.total_units
        scene.doubt()
        await scene.until(5 * 3600)
        calls["doubt"] = scene.fake.total_units - calls["leisure"]

    play(tmp_path, act, tiers="public")
    assert 18 <= calls["leisure"] <= 40
    assert 40 <= calls["doubt"] <= 65


def test_quota_exceeded_stops_every_call_until_midnight_pacific_time_and_over_a_restart(tmp_path: Path) -> None:
    midnight = 14 * 3600  # of the scene, which begins at ten in the morning there
    calls = []

    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.suffer(Trouble.QUOTA, times=1)
        scene.follow(booking(hours=24))
        await scene.until(3600)
        await scene.tasks.close()
        scene.wire()
        scene.follow(booking(hours=24))
        await scene.until(midnight - 1)
        calls.append(scene.fake.total_units)
        await scene.until(midnight + 600)

    scene = play(tmp_path, act, tiers="public")
    assert calls == [1]
    assert scene.words(PUBLIC) == [UNKNOWN, UP]
    assert scene.first(PUBLIC, UP) > midnight
    assert [reason for _, reason in scene.losses()] == [
        "403 quotaExceeded",
        "quotaExceeded; no call until midnight Pacific time",
    ]


def test_a_bad_key_is_told_once_and_seldom_tried_again_while_the_owner_goes_on(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.suffer(Trouble.KEY_INVALID, "videos")
        scene.follow()
        await scene.until(3500)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UNKNOWN]
    assert scene.words(OWNER) == [UP]
    assert scene.losses() == [("youtube", scene.last(PUBLIC).detail)]
    assert scene.losses()[0][1].startswith("400 keyInvalid; check youtube.api_key, ")
    assert scene.fake.units["videos"] == 2


def test_a_video_that_is_answered_by_404_is_missing_not_down(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.fake.suffer(Trouble.NOT_FOUND, "videos")
        scene.follow()
        await scene.until(30)

    scene = play(tmp_path, act, tiers="public")
    assert scene.words(PUBLIC) == [Word.MISSING]
    assert scene.losses() == []


def test_stale_answers_of_a_cache_end_in_unknown_for_the_owner(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE, (300, Step.DROP))
        scene.follow()
        await scene.until(200)
        scene.fake.suffer(Trouble.STALE)
        await scene.until(900)
        assert scene.words(OWNER) == [UP, UNKNOWN]
        scene.fake.recover()
        await scene.until(1000)

    assert play(tmp_path, act).words(OWNER) == [UP, UNKNOWN, DOWN]
