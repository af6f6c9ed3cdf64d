"""Many streams, and those who come and go: what is asked, how often, what it costs. Times are virtual seconds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from supervisor.domain.evidence import Word
from supervisor.simulation.youtube import Trouble
from supervisor.simulation.youtube_stage import Step
from tests.contract.youtube.scene import OWNER, PUBLIC, Scene, booking, play

if TYPE_CHECKING:
    from pathlib import Path

UP, DOWN, ENDED, UNKNOWN = Word.UP, Word.DOWN, Word.ENDED, Word.UNKNOWN
GOES_LIVE = (-60.0, Step.START)


def test_three_hundred_streams_are_six_calls(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        for number in range(300):
            scene.broadcast(GOES_LIVE, number=number)
        scene.follow(*(booking(f"b{number}", f"vid{number:08}") for number in range(300)))
        await scene.until(1)
        assert scene.fake.units == {"videos": 6, "liveBroadcasts": 6, "liveStreams": 6}

    scene = play(tmp_path, act)
    assert all(scene.words(OWNER, f"b{number}") == [UP] for number in range(300))


def test_one_doubt_among_fifty_takes_the_others_along_for_the_same_unit(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        for number in range(50):
            scene.broadcast(GOES_LIVE, number=number)
        scene.follow(*(booking(f"b{number}", f"vid{number:08}") for number in range(50)))
        await scene.until(10)
        scene.doubt("b7")
        await scene.until(100)

    scene = play(tmp_path, act, tiers="owner")
    assert len(scene.evidence(OWNER, "b7")) == len(scene.evidence(OWNER, "b8")) >= 6


def test_what_is_no_longer_followed_is_no_longer_asked_for(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(100)
        for witness in scene.youtube.witnesses.values():
            witness.unfollow("ple")
            witness.unfollow("never followed")
        before = scene.fake.total_units, len(scene.events)
        await scene.until(1000)
        assert before == (scene.fake.total_units, len(scene.events))
        scene.follow(booking(video=None))
        await scene.until(1100)
        assert before == (scene.fake.total_units, len(scene.events))

    play(tmp_path, act)


def test_an_answer_that_comes_after_the_unfollowing_is_not_said(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.slow = 5.0
        scene.fake.suffer(Trouble.SLOW)
        scene.follow()
        await asyncio.sleep(2)
        scene.youtube.witnesses[PUBLIC].unfollow("ple")
        await scene.until(30)

    assert play(tmp_path, act, tiers="public").evidence(PUBLIC) == []


def test_a_booking_whose_video_changes_is_asked_about_the_new_one_at_once(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow(booking(video="wrongvideo1"))
        await scene.until(3)
        scene.follow(booking())
        await scene.until(6)

    assert play(tmp_path, act, tiers="public").words(PUBLIC) == [Word.MISSING, UP]


def test_a_stream_that_two_bookings_share_is_told_to_both(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow(booking("one"), booking("two"))
        await scene.until(3)
        assert [query["id"] for name, query in scene.fake.log if name == "videos"] == ["vid00000001"]

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC, "one") == scene.words(PUBLIC, "two") == [UP]


def test_what_is_sent_is_what_the_metric_says_and_the_ledger_holds(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(600)
        ledger = scene.youtube.ledger
        assert ledger.sent == {
            "public": scene.fake.units["videos"],
            "owner": scene.fake.units["liveBroadcasts"] + scene.fake.units["liveStreams"],
        }
        assert ledger.remaining == 10_000 - scene.fake.total_units

    play(tmp_path, act)


def test_the_secret_part_of_a_stream_is_never_asked_for(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(400)

    assert all("cdn" not in query["part"].split(",") for _, query in play(tmp_path, act).fake.log)
