"""Evenings with YouTube: what happens there, and what our two witnesses say about it. Times are virtual seconds."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from supervisor.domain.events import SourceLost, SourceSynced
from supervisor.domain.evidence import Side, Word
from supervisor.simulation.youtube import Trouble
from supervisor.simulation.youtube_stage import Step
from tests.contract.youtube.scene import OWNER, PUBLIC, START, Scene, booking, play

if TYPE_CHECKING:
    from pathlib import Path

UP, DOWN, ENDED, UNKNOWN = Word.UP, Word.DOWN, Word.ENDED, Word.UNKNOWN
GOES_LIVE = (-60.0, Step.START)


# --- what happens to the broadcast ---


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


# --- what happens to the service ---


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


# --- the owner's access ---


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


# --- many, and those who come and go ---


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
