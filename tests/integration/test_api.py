"""The API of a real daemon, and what the people in the room see of what support staff do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.daemon import Daemon, booking
from tests.integration.test_daemon import hears, texts

DESK, WALL = "desk-secret", "wall-secret"
TOKENS = {
    "web.tokens.desk": {"token": DESK, "scopes": ["read", "write"]},
    "web.tokens.wall": {"token": WALL},
    "alerts": {"opening_line": False, "repeat_interval": "2s"},
}
ALERT = "/alerts/almatret-1:StreamInterrupted/ack"
SESSION = "/sessions/almatret-1"


class Support:
    """Somebody with a token."""

    def __init__(self, daemon: Daemon, token: str = DESK) -> None:
        self._base = f"{daemon.address}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession(headers=self._headers) as http,
            http.request(method, self._base + path, json=body) as response,
        ):
            return response.status, await response.json(content_type=None)

    async def get(self, path: str) -> Any:
        status, answer = await self.ask("GET", path)
        assert status == 200, answer
        return answer


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    async with Daemon(prosody, tmp_path, booking(), sections=TOKENS) as running:
        yield running


@pytest.fixture
async def broken(daemon: Daemon, meeting: Meeting) -> Meeting:
    """A meeting of three whose stream has failed, and whose moderator knows."""
    await meeting.people(3)
    meeting.moderator.name_room("Ple ordinari")
    await meeting.moderator.wait_for(lambda: meeting.moderator.subject == "Ple ordinari")
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    await meeting.fail_stream()
    await hears(meeting.moderator, "LIVE STREAM INTERRUPTED")
    return meeting


async def test_support_staff_pause_and_resume_and_everybody_sees_it(daemon: Daemon, broken: Meeting) -> None:
    support, guest = Support(daemon), broken.persons[-1]
    status, session = await support.ask("POST", f"{SESSION}/pause", {})
    assert (200, "paused", "desk") == (status, session["state"], session["paused"]["by"])
    await guest.wait_for(lambda: (guest.subject or "").startswith("SESSION PAUSED since"))
    for person in broken.persons:
        await hears(person, "The session is paused since")
    (listed,) = (await support.get("/sessions"))["sessions"]
    assert ("paused", 3) == (listed["state"], listed["people"])

    status, problem = await support.ask("POST", f"{SESSION}/resume", {})
    assert (409, True) == (status, '{"force": true}' in problem["detail"])
    status, _ = await support.ask("POST", f"{SESSION}/resume", {"force": True})
    assert 200 == status
    await guest.wait_for(lambda: guest.subject == "Ple ordinari")
    await hears(guest, "The session goes on")

    (incident,) = (await support.get("/incidents?booking=almatret-1"))["incidents"]
    assert ("StreamInterrupted", "desk", "desk", "desk") == (
        incident["monitor"],
        *(incident[key] for key in ("acknowledged_by", "paused_by", "resumed_by")),
    )
    record = await support.get(f"/incidents/{incident['id']}")
    assert {"interrupted", "told", "acknowledged", "paused", "resumed"} <= {line["what"] for line in record["timeline"]}


async def test_a_stream_that_is_back_needs_no_force(daemon: Daemon, broken: Meeting) -> None:
    support = Support(daemon)
    await support.ask("POST", f"{SESSION}/pause")
    await broken.start_stream()
    await daemon.becomes("live", daemon.stream)
    assert 200 == (await support.ask("POST", f"{SESSION}/resume"))[0]


async def test_what_is_acknowledged_is_not_repeated(daemon: Daemon, broken: Meeting) -> None:
    support, moderator = Support(daemon), broken.moderator

    def told() -> int:
        return sum("LIVE STREAM INTERRUPTED" in body for body in texts(moderator))

    await moderator.wait_for(lambda: told() > 1)
    status, alert = await support.ask("POST", ALERT)
    assert (200, "desk") == (status, alert["acknowledged_by"])
    await asyncio.sleep(0.2)  # what was under way
    before = told()
    await asyncio.sleep(3.0)  # longer than the repetition's interval
    assert before == told()


async def test_a_token_opens_what_it_is_for_and_a_wrong_one_nothing(daemon: Daemon, broken: Meeting) -> None:
    assert 401 == (await Support(daemon, "wrong").ask("GET", "/sessions"))[0]
    wall = Support(daemon, WALL)
    assert "almatret-1" == (await wall.get("/sessions"))["sessions"][0]["id"]
    for path in (f"{SESSION}/pause", ALERT, "/silences"):
        assert 403 == (await wall.ask("POST", path, {}))[0]
    assert "open" == (await wall.get(SESSION))["state"]
    assert all("paused" not in body for person in broken.persons for body in texts(person))


async def test_a_pause_and_a_silence_outlive_the_daemon(daemon: Daemon, broken: Meeting) -> None:
    support = Support(daemon)
    await support.ask("POST", f"{SESSION}/pause")
    status, silence = await support.ask("POST", "/silences", {"monitor": "ParticipantLimit", "duration": "1h"})
    assert 201 == status
    daemon._process.kill()
    await daemon._process.wait()
    await daemon.start()
    support = Support(daemon)

    async def paused() -> bool:
        return bool((await support.get("/sessions"))["sessions"][0]["state"] == "paused")

    await daemon.until(paused)
    assert [silence] == (await support.get("/silences"))["silences"]
    assert "desk" == (await support.get("/incidents"))["incidents"][0]["paused_by"]
    assert len(broken.persons) == 3


async def test_no_name_or_address_of_a_person_is_in_any_answer(daemon: Daemon, broken: Meeting) -> None:
    canary = await broken.person("Canària Planted")
    broken.moderator.say("!pausa")
    await canary.wait_for(lambda: (canary.subject or "").startswith("SESSION PAUSED"))
    support = Support(daemon)
    incidents = await support.get("/incidents")
    found = [incidents, *[await support.get(path) for path in ("/sessions", "/alerts", "/silences", "/dead-letters")]]
    found += [await support.get(f"/incidents/{incident['id']}") for incident in incidents["incidents"]]
    text = str(found)
    assert f"{broken.moderator.nick} (moderator)" in text
    for person in broken.persons:
        personal = (person.display_name, person.state.email, person.real_jid.partition("/")[0], person.room_jid)
        assert [] == [each for each in personal if each in text]
