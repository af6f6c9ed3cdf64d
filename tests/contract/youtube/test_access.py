"""The owner's access: renewed, refused, rotated, and kept from everybody else. Times are virtual seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.domain.evidence import Word
from supervisor.simulation.youtube import Trouble
from supervisor.simulation.youtube_stage import Step
from tests.contract.youtube.scene import OWNER, PUBLIC, Scene, play

if TYPE_CHECKING:
    from pathlib import Path

UP, DOWN, ENDED, UNKNOWN = Word.UP, Word.DOWN, Word.ENDED, Word.UNKNOWN
GOES_LIVE = (-60.0, Step.START)


def test_one_401_costs_one_refresh_and_one_more_try_and_nobody_notices(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(100)
        before = scene.fake.accounts.refreshes
        scene.fake.suffer(Trouble.UNAUTHORIZED, "liveStreams", times=1)
        await scene.until(200)
        assert scene.fake.accounts.refreshes == before + 1

    scene = play(tmp_path, act, tiers="owner")
    assert scene.words(OWNER) == [UP]


def test_a_second_401_in_a_row_turns_the_owner_off_and_leaves_the_public_tier(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.suffer(Trouble.UNAUTHORIZED, "liveBroadcasts")
        scene.follow()
        await scene.until(1700)

    scene = play(tmp_path, act)
    assert (scene.words(OWNER), scene.words(PUBLIC)) == ([UNKNOWN], [UP])
    assert scene.fake.units["liveBroadcasts"] == 2
    assert scene.fake.accounts.refreshes == 2
    assert scene.losses() == [("youtube owner", scene.last(OWNER).detail)]
    assert scene.last(OWNER).detail.startswith("401 authError; ")
    assert scene.last(OWNER).detail.endswith("run: jitsi-supervisor youtube login --config FILE")


def test_a_channel_without_live_streaming_turns_the_owner_off_and_leaves_the_public_tier(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.suffer(Trouble.NOT_ENABLED, "liveBroadcasts")
        scene.follow()
        await scene.until(1000)

    scene = play(tmp_path, act)
    assert (scene.words(OWNER), scene.words(PUBLIC)) == ([UNKNOWN], [UP])
    assert scene.losses() == [("youtube owner", scene.last(OWNER).detail)]
    assert scene.last(OWNER).detail.startswith("403 liveStreamingNotEnabled; check that the channel may stream live")


def test_an_access_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.fake.accounts.expires_in = 1000
        scene.follow()
        await scene.until(3600)

    scene = play(tmp_path, act, tiers="owner")
    assert scene.words(OWNER) == [UP]
    assert 5 <= scene.fake.accounts.refreshes <= 6


def test_invalid_grant_is_told_once_with_the_remedy_and_a_new_login_mends_it_without_a_restart(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.follow()
        await scene.until(100)
        scene.fake.accounts.revoked = True
        scene.fake.accounts.forget_access()
        await scene.until(2000)
        assert scene.last(OWNER).word is UNKNOWN
        scene.fake.accounts.revoked = False
        scene.fake.accounts.refresh_token = "another"
        scene.write_token()
        await scene.until(2200)

    scene = play(tmp_path, act)
    assert scene.words(PUBLIC) == [UP]
    assert scene.words(OWNER) == [UP, UNKNOWN, UP]
    (loss,) = scene.losses()
    assert loss[0] == "youtube owner"
    assert "invalid_grant" in loss[1]
    assert "run: jitsi-supervisor youtube login" in loss[1]


def test_a_rotated_refresh_token_is_stored_for_the_owner_of_the_file_alone(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.write_token(note="kept")
        scene.fake.accounts.rotate = True
        scene.fake.accounts.expires_in = 600
        scene.follow()
        await scene.until(3600)
        assert scene.fake.accounts.refresh_token in scene.token_file.read_text()

    scene = play(tmp_path, act, tiers="owner")
    assert scene.words(OWNER) == [UP]
    assert scene.fake.accounts.refreshes > 5
    assert '"note": "kept"' in scene.token_file.read_text()
    assert scene.token_file.stat().st_mode & 0o777 == 0o600


def test_a_token_file_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    async def act(scene: Scene) -> None:
        scene.broadcast(GOES_LIVE)
        scene.token_file.chmod(0o640)
        scene.follow()
        await scene.until(50)
        assert scene.fake.accounts.refreshes == 0
        scene.token_file.chmod(0o600)
        await scene.until(200)

    scene = play(tmp_path, act, tiers="owner")
    assert scene.words(OWNER) == [UNKNOWN, UP]
    assert scene.losses()[0][1].endswith(f"(mode 0640); run: chmod 600 {scene.token_file}")
