"""The public stream, from the cut at its source to what the moderators read, with the daemon as a process.

HLS is real (ffmpeg), YouTube a fake on loopback, the hooks are posted as nginx-rtmp posts them. The version of Prosody
makes no difference to any of that, so one is enough here: the first.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from supervisor.monitors.stream_interrupted import BACK, CHECKING, ENCODER, PLATFORM, VIEWERS
from supervisor.monitors.wrong_broadcast import WRONG
from supervisor.simulation import Meeting, PrivateProsody
from supervisor.simulation.hls import HlsStream
from supervisor.simulation.youtube import FakeYoutube, Trouble
from supervisor.simulation.youtube_stage import FakeBroadcast, Step
from tests.integration.conftest import SERVERS, Server
from tests.integration.daemon import Daemon, booking, hears, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CHECKED_WITHIN = 8.0
"""Seconds from a cut to what the moderator reads, with segments of 2 s."""
PATIENCE = 3.0
"""The kind's: seconds for which one witness alone is checked."""
LIVE_WITHIN = 15.0
SESSION = "almatret-1"
STREAM_NAME = "ple-secret-7Kd0"


@pytest.fixture
def server() -> Server:
    return SERVERS[0]


@pytest.fixture
async def public() -> AsyncIterator[HlsStream]:
    """A playlist that somebody encodes."""
    async with HlsStream(target=2) as stream:
        await stream.encoder.start()
        yield stream


@pytest.fixture
async def youtube() -> AsyncIterator[FakeYoutube]:
    async with FakeYoutube() as fake:
        yield fake


def begin(line: str) -> str:
    """The words of a text before its first clock time."""
    return line.partition("%(")[0]


def streaming(prosody: PrivateProsody, folder: Path, *bookings: dict[str, Any], **sections: Any) -> Daemon:
    """The daemon with a patience that a test can wait for, and an empty folder for what it keeps."""
    patient = {
        "kinds.plenary": {"interrupted_after": f"{PATIENCE:.0f}s"},
        "streams": {"allow_private_addresses": True},
        "store": {"url": f"sqlite:///{folder}/state.db"},
    }
    blind, wrong = {"for": "1s"}, {"for": "0s", "after": "1s"}
    return Daemon(prosody, folder, *bookings, sections={**patient, **sections}, StreamBlind=blind, WrongBroadcast=wrong)


def access(youtube: FakeYoutube, folder: Path) -> dict[str, Any]:
    """The section [youtube] with both tiers, and the owner's token in its file."""
    token = folder / "youtube.json"
    token.touch(mode=0o600)
    token.write_text(json.dumps({"refresh_token": youtube.accounts.refresh_token}))
    return {
        "api_url": youtube.api_url,
        "token_url": youtube.token_url,
        "api_key": youtube.api_key,
        "client_id": youtube.accounts.client_id,
        "client_secret": youtube.accounts.client_secret,
        "token_file": str(token),
    }


def broadcast(youtube: FakeYoutube, video: str) -> FakeBroadcast:
    """A broadcast that has been live for a minute."""
    now = time.time()
    return youtube.add(FakeBroadcast(video, f"stream-{video}", now - 60.0).then(now - 60.0, Step.START))


async def told_by_nginx(daemon: Daemon, call: str) -> None:
    form = {"call": call, "name": STREAM_NAME, "clientid": "7", "app": "live", "addr": "192.0.2.7"}
    async with aiohttp.ClientSession() as http, http.post(f"{daemon.address}/hooks/nginx-rtmp", data=form) as response:
        assert response.status == 204


async def have_all_asked(daemon: Daemon, youtube: FakeYoutube, *bookings: dict[str, Any]) -> None:
    """Have every broadcast looked at now and not in 20 s: a new booking's first look takes all others along."""
    asked = youtube.total_units
    daemon.book(*bookings, booking(id="another", room="another", stream={"youtube": "another0000"}))

    async def asked_again() -> bool:
        return youtube.total_units > asked

    await daemon.until(asked_again)


async def counted_alike(daemon: Daemon, youtube: FakeYoutube) -> bool:
    """Whether the metric says what the fake has counted."""
    metrics, units = await daemon.metrics(), youtube.units
    owner = units.get("liveBroadcasts", 0) + units.get("liveStreams", 0)
    shown = [metrics.get(f'youtube_quota_units_total{{tier="{tier}"}}') for tier in ("public", "owner")]
    return shown == [units.get("videos", 0), owner]


def read_by_everybody(meeting: Meeting) -> list[str]:
    return [text for person in meeting.persons for text in texts(person)]


async def test_real_hls_that_is_cut_is_checked_within_8_s_then_told_and_its_return_too(
    prosody: PrivateProsody, meeting: Meeting, public: HlsStream, tmp_path: Path
) -> None:
    async with streaming(prosody, tmp_path, booking(stream={"hls": public.url})) as daemon:
        await meeting.people(2)
        await daemon.becomes("live", daemon.stream, LIVE_WITHIN)
        cut = time.monotonic()
        await public.encoder.kill()
        await hears(meeting.moderator, begin(CHECKING))
        checked = time.monotonic()
        assert checked - cut < CHECKED_WITHIN
        assert await daemon.alerts() == {("StreamInterrupted", "warning")}
        await hears(meeting.moderator, begin(VIEWERS))
        assert PATIENCE - 0.5 < time.monotonic() - checked < PATIENCE + 1.5
        assert await daemon.stream() == "interrupted"
        assert await daemon.alerts() == {("StreamInterrupted", "critical")}
        await public.encoder.start()
        await hears(meeting.moderator, begin(BACK), LIVE_WITHIN)
        assert await daemon.stream() == "live"
        assert len(texts(meeting.moderator)) == 3
        assert texts(meeting.persons[1]) == []


async def test_a_publisher_that_nginx_reports_gone_stalls_the_stream_at_once(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    async with streaming(prosody, tmp_path, booking(stream={"ingest": STREAM_NAME})) as daemon:
        await meeting.people(2)
        await told_by_nginx(daemon, "update_publish")
        await daemon.becomes("live", daemon.stream)
        await told_by_nginx(daemon, "publish_done")
        await hears(meeting.moderator, begin(CHECKING), 1.0)
        assert await daemon.stream() == "stalled"
        await hears(meeting.moderator, begin(ENCODER), PATIENCE + 1.5)
        await told_by_nginx(daemon, "update_publish")
        await told_by_nginx(daemon, "update_publish")
        await hears(meeting.moderator, begin(BACK), 1.0)
        assert STREAM_NAME not in daemon.log_text() + "\n".join(await daemon.metrics())


async def test_what_youtube_shows_is_told_in_the_room_that_it_concerns(
    prosody: PrivateProsody, youtube: FakeYoutube, tmp_path: Path
) -> None:
    videos = {"ended": "ended000000", "private": "private0000", "calm": "calm0000000"}
    stage = {name: broadcast(youtube, video) for name, video in videos.items()}
    sessions = [booking(id=name, room=name, stream={"youtube": video}) for name, video in videos.items()]
    config = access(youtube, tmp_path)
    async with (
        Meeting(prosody, "ended") as ended,
        Meeting(prosody, "private") as private,
        Meeting(prosody, "calm") as calm,
        streaming(prosody, tmp_path, *sessions, youtube=config) as daemon,
    ):
        await asyncio.gather(*(meeting.people(2) for meeting in (ended, private, calm)))
        for name in videos:
            await daemon.becomes("live", partial(daemon.stream, name))
        stage["ended"].then(time.time(), Step.END)
        stage["private"].then(time.time(), Step.MAKE_PRIVATE)
        await have_all_asked(daemon, youtube, *sessions)
        await hears(ended.moderator, begin(CHECKING))
        await hears(private.moderator, begin(WRONG))
        await hears(ended.moderator, begin(PLATFORM), PATIENCE + 1.5)
        assert await daemon.alerts("ended") == {("StreamInterrupted", "critical")}
        # Long enough for StreamBlind: who sees that the page is another one is not blind.
        assert await daemon.alerts("private") == {("WrongBroadcast", "critical")}
        assert await daemon.stream("calm") == "live"
        assert read_by_everybody(calm) == []
        assert await daemon.alerts("calm") == set()
        await daemon.until(lambda: counted_alike(daemon, youtube))


async def test_a_spent_quota_is_blindness_and_never_an_interruption(
    prosody: PrivateProsody, meeting: Meeting, youtube: FakeYoutube, tmp_path: Path
) -> None:
    broadcast(youtube, "calm0000000")
    session = booking(stream={"youtube": "calm0000000"})
    async with streaming(prosody, tmp_path, session, youtube=access(youtube, tmp_path)) as daemon:
        await meeting.people(2)
        await daemon.becomes("live", daemon.stream)
        youtube.suffer(Trouble.QUOTA)
        await have_all_asked(daemon, youtube, session)
        await daemon.becomes({("SourceLost", "critical")}, partial(daemon.alerts, ""))
        await daemon.becomes({("StreamBlind", "warning")}, partial(daemon.alerts, SESSION))
        assert await daemon.stream(SESSION) is None, "what is unknown is absent"
        spent = youtube.total_units
        assert await counted_alike(daemon, youtube)
        # Longer than the patience with a loss: what is not known must not become one by waiting.
        await asyncio.sleep(PATIENCE + 1.0)
        assert youtube.total_units == spent, "asked again, although nothing is left today"
        assert await daemon.alerts(SESSION) == {("StreamBlind", "warning")}
        assert read_by_everybody(meeting) == []


async def test_pulling_every_source_at_once_is_blindness_and_is_told_to_nobody_in_the_room(
    prosody: PrivateProsody, meeting: Meeting, public: HlsStream, youtube: FakeYoutube, tmp_path: Path
) -> None:
    broadcast(youtube, "calm0000000")
    session = booking(stream={"jibri": True, "hls": public.url, "youtube": "calm0000000"})
    async with streaming(prosody, tmp_path, session, youtube=access(youtube, tmp_path)) as daemon:
        await meeting.people(2)
        await meeting.start_stream()
        await daemon.until(partial(live_by, daemon, {"jibri", "hls", "youtube owner", "youtube public"}), LIVE_WITHIN)
        youtube.suffer(Trouble.SERVER_ERROR)
        prosody.freeze()
        try:
            await public.server.stop()
            await have_all_asked(daemon, youtube, session)
            await daemon.becomes({("StreamBlind", "warning")}, partial(daemon.alerts, SESSION), 15.0)
            await asyncio.sleep(PATIENCE + 1.0)  # by waiting, what is not known must not become a loss
            assert await daemon.alerts(SESSION) == {("StreamBlind", "warning")}
            assert await daemon.stream(SESSION) is None
        finally:
            prosody.thaw()
        await daemon.becomes("live", partial(daemon.stream, SESSION), LIVE_WITHIN)
        await daemon.becomes(set(), partial(daemon.alerts, SESSION))
        assert read_by_everybody(meeting) == []
        assert all(event["monitor"] != "StreamInterrupted" for event in daemon.log_events("alert rose"))


async def live_by(daemon: Daemon, witnesses: set[str]) -> bool:
    verdicts = daemon.log_events("stream verdict")
    return bool(verdicts) and (verdicts[-1]["phase"], set(verdicts[-1]["witnesses"].split(", "))) == ("live", witnesses)


async def lost(daemon: Daemon) -> set[str]:
    return {event["source"] for event in daemon.log_events("source lost")} - {"xmpp"}


async def test_neither_key_nor_token_nor_secret_is_in_log_metrics_or_ledger(
    prosody: PrivateProsody, youtube: FakeYoutube, tmp_path: Path
) -> None:
    broadcast(youtube, "calm0000000")
    session = booking(stream={"youtube": "calm0000000"})
    async with streaming(prosody, tmp_path, session, youtube=access(youtube, tmp_path)) as daemon:
        await daemon.becomes("live", daemon.stream)
        for trouble in (Trouble.UNAUTHORIZED, Trouble.NOT_JSON):  # what goes wrong is what gets written about
            youtube.suffer(trouble, times=4)
        youtube.accounts.revoked = True
        await have_all_asked(daemon, youtube, session)
        await daemon.becomes({"youtube", "youtube owner"}, partial(lost, daemon))
        await daemon.until(lambda: counted_alike(daemon, youtube))
        with closing(sqlite3.connect(tmp_path / "state.db")) as store:
            ledger = "\n".join(store.iterdump())
            assert store.execute("SELECT units FROM quota").fetchall() == [(youtube.total_units,)]
        written = daemon.log_text() + "\n".join(await daemon.metrics()) + ledger
        accounts = youtube.accounts
        assert accounts.refreshes == 1
        secrets = {youtube.api_key, accounts.client_secret, accounts.refresh_token, *accounts.access_tokens}
        assert len(secrets) == 4
        assert [secret for secret in secrets if secret in written] == []
