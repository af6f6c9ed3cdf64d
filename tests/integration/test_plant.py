"""What Jicofo, a bridge and the brewery say of themselves, with the daemon as a process and a real Prosody.

Jicofo's and the bridge's HTTP are stand-ins; the brewery is a room of the server, with our module on its host.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from supervisor.simulation import Focus, Jibri, Meeting, PrivateProsody
from supervisor.simulation.servers import FakeBridge, FakeJicofo, FakeJvb
from supervisor.simulation.youtube import FakeYoutube
from supervisor.simulation.youtube_stage import FakeBroadcast
from tests.integration.conftest import SERVERS, Server
from tests.integration.daemon import CEST, Daemon, booking, texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SEEN_WITHIN = 15.0
"""Seconds: two looks and the time that an answer may take."""
NO_WAIT = {"for": "0s", "keep_firing_for": "0s"}
QUICK = {"BridgeUnhealthy": NO_WAIT, "JibriUnavailable": NO_WAIT, "Preflight": NO_WAIT}
SESSION = "almatret-1"


@pytest.fixture
def server() -> Server:
    return SERVERS[0]


@pytest.fixture
async def jicofo() -> AsyncIterator[FakeJicofo]:
    async with FakeJicofo() as fake:
        yield fake


@pytest.fixture
async def jvb() -> AsyncIterator[FakeJvb]:
    async with FakeJvb() as fake:
        yield fake


def soon(**words: Any) -> dict[str, Any]:
    """A plenary that begins in ten minutes and counts on a Jibri."""
    start = dt.datetime.now(CEST).replace(microsecond=0) + dt.timedelta(minutes=10)
    return booking(start=start, stream={"jibri": True}, contacts=["town@example.org"], **words)


async def up(daemon: Daemon, source: str) -> float | None:
    return (await daemon.metrics()).get(f'source_up{{source="{source}"}}')


async def test_a_busy_recorder_is_told_before_the_start_and_an_idle_one_ends_it(
    prosody: PrivateProsody, jicofo: FakeJicofo, tmp_path: Path
) -> None:
    jicofo.jibris = {"jibri-1": ("HEALTHY", "BUSY")}
    sections = {"jicofo": {"url": jicofo.url}}
    async with (
        Meeting(prosody, "sala1") as meeting,
        Daemon(prosody, tmp_path, soon(), sections=sections, **QUICK) as daemon,
    ):
        await meeting.people(1)
        expected = {("JibriUnavailable", "warning"), ("Preflight", "warning")}
        await daemon.becomes(expected, lambda: daemon.alerts(SESSION), SEEN_WITHIN)
        jicofo.jibris = {"jibri-1": ("HEALTHY", "IDLE")}
        await daemon.becomes(set(), lambda: daemon.alerts(SESSION), SEEN_WITHIN)
        assert [] == texts(meeting.moderator)
        assert "recorder wrong: 0 idle, 1 busy, 0 unhealthy (jicofo)" in str(daemon.log_events("preflight"))


async def test_a_sick_bridge_is_one_alert_of_the_server(
    prosody: PrivateProsody, jicofo: FakeJicofo, jvb: FakeJvb, tmp_path: Path
) -> None:
    sections = {"jicofo": {"url": jicofo.url}, "jvb.main": {"url": jvb.url}}
    async with Daemon(prosody, tmp_path, booking(), sections=sections, **QUICK) as daemon:
        await daemon.becomes(1.0, lambda: up(daemon, "jvb main"), SEEN_WITHIN)
        jvb.complaint = "Failed to bind single-port"
        await daemon.becomes({("BridgeUnhealthy", "warning")}, lambda: daemon.alerts(""), SEEN_WITHIN)
        jicofo.bridges = {"jvb-1": FakeBridge(operational=False)}
        await daemon.becomes({("BridgeUnhealthy", "critical")}, lambda: daemon.alerts(""), SEEN_WITHIN)
        jvb.complaint, jicofo.bridges = None, {"jvb-1": FakeBridge()}
        await daemon.becomes(set(), lambda: daemon.alerts(""), SEEN_WITHIN)


async def test_when_jicofos_http_dies_it_is_a_lost_source_and_no_other_alert(
    prosody: PrivateProsody, jicofo: FakeJicofo, tmp_path: Path
) -> None:
    sections = {"jicofo": {"url": jicofo.url}}
    async with Daemon(prosody, tmp_path, soon(), sections=sections, **QUICK) as daemon:
        await daemon.becomes(1.0, lambda: up(daemon, "jicofo"), SEEN_WITHIN)
        await jicofo.stop()
        assert await daemon.becomes(0.0, lambda: up(daemon, "jicofo"), SEEN_WITHIN) < 6.0
        assert {("SourceLost", "critical")} == await daemon.alerts()
        jicofo.jibris = {"jibri-1": ("UNHEALTHY", "IDLE")}
        await jicofo.start()
        await daemon.becomes(1.0, lambda: up(daemon, "jicofo"), SEEN_WITHIN)
        expected = {("JibriUnavailable", "warning"), ("Preflight", "warning")}
        await daemon.becomes(expected, daemon.alerts, SEEN_WITHIN)


async def test_the_brewery_tells_at_once_that_its_jibri_is_busy(prosody: PrivateProsody, tmp_path: Path) -> None:
    focus, jibri = Focus(prosody, "focus-brewery"), Jibri(prosody)
    for client in (focus, jibri):
        await client.open(prosody.c2s_port)
    await focus.open_brewery(prosody.brewery)
    await jibri.offer()
    async with Daemon(prosody, tmp_path, soon(), brewery=prosody.brewery, **QUICK) as daemon:
        await daemon.becomes(set(), daemon.alerts)
        jibri.tell(busy=True)
        expected = {("JibriUnavailable", "warning"), ("Preflight", "warning")}
        assert await daemon.becomes(expected, daemon.alerts) < 3.0
        jibri.tell(busy=False)
        await daemon.becomes(set(), daemon.alerts)
        await jibri.depart(prosody.brewery)
        await daemon.becomes(expected, daemon.alerts)
        assert "the brewery is empty: brewery knows no Jibri" in daemon.log_text()
    for client in (jibri, focus):
        await client.close()


async def test_without_our_module_on_the_brewerys_host_the_recorders_are_unknown_and_nothing_else(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    focus, jibri = Focus(prosody, "focus-brewery"), Jibri(prosody)
    for client in (focus, jibri):
        await client.open(prosody.c2s_port)
    await focus.open_brewery(prosody.brewery)
    await jibri.offer()
    jibri.tell(busy=True)
    await prosody.shell(f'module:unload("muc_supervisor", "{prosody.internal}")')
    async with Daemon(prosody, tmp_path, soon(), brewery=prosody.brewery, **QUICK) as daemon:
        assert (1.0, 0.0) == (await up(daemon, "xmpp"), await up(daemon, "brewery"))
        assert ("SourceLost", "critical") in await daemon.alerts()
        assert f"{prosody.internal} does not know us" in daemon.log_text()
        await prosody.shell(f'module:load("muc_supervisor", "{prosody.internal}")')
        expected = {("JibriUnavailable", "warning"), ("Preflight", "warning")}
        await daemon.becomes(expected, daemon.alerts)
        assert (1.0, 1.0) == (await up(daemon, "xmpp"), await up(daemon, "brewery"))
    for client in (jibri, focus):
        await client.close()


async def test_last_months_link_is_found_before_the_start_and_shown_by_the_api(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    async with FakeYoutube() as youtube:
        youtube.add(FakeBroadcast("lastmonth00", "stream-1", time.time() - 30 * 86_400))
        plenary = {**soon(), "stream": {"youtube": "lastmonth00"}}
        sections = {
            "youtube": {"api_key": youtube.api_key, "api_url": youtube.api_url},
            "web.tokens.desk": {"token": "t", "scopes": ["read"]},
        }
        async with Daemon(prosody, tmp_path, plenary, sections=sections, **QUICK) as daemon:
            await daemon.becomes({("Preflight", "warning")}, daemon.alerts, SEEN_WITHIN)
            headers = {"Authorization": "Bearer t"}
            address = f"{daemon.address}/api/v1/sessions/{SESSION}"
            async with aiohttp.ClientSession(headers=headers) as http, http.get(address) as response:
                shown = {item["item"]: item["check"] for item in (await response.json())["preflight"]}
        assert {"broadcast": "ok", "public": "ok", "time": "wrong", "title": "ok", "people": "ok"} == shown
        assert {"videos"} == set(youtube.units)
