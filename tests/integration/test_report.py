"""The record and the report of a real daemon: what happened is what they say, whatever happens to the process."""

import asyncio
import datetime as dt
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.daemon import CEST, Daemon, booking, hears

SECTIONS = {
    "web.tokens.wall": {"token": "wall-secret"},
    "alerts": {"opening_line": False},
}
CANARY = "Canària Planted"


@pytest.fixture
async def daemon(prosody: PrivateProsody, tmp_path: Path) -> AsyncIterator[Daemon]:
    (tmp_path / "reports").mkdir()
    reports = {"folder": str(tmp_path / "reports"), "formats": ["html", "json", "csv"]}
    async with Daemon(prosody, tmp_path, booking(), sections={**SECTIONS, "reports": reports}) as running:
        yield running


async def fetch(daemon: Daemon, query: str = "", **headers: str) -> tuple[int, str, str]:
    """Status, content type and text of the report."""
    address = f"{daemon.address}/api/v1/sessions/almatret-1/report{query}"
    headers = {"Authorization": "Bearer wall-secret", **headers}
    async with aiohttp.ClientSession() as http, http.get(address, headers=headers) as response:
        return response.status, response.content_type, await response.text()


async def command(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of ``jitsi-supervisor report``."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "supervisor", "report", *arguments, "--config", str(folder / "supervisor.toml")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def seconds(shown: str) -> float:
    return dt.datetime.fromisoformat(shown).timestamp()


async def outage(daemon: Daemon, meeting: Meeting) -> dict[str, float]:
    """An interruption and a pause; the instants at which they were done."""
    await meeting.people(3)
    moderator = meeting.moderator
    await meeting.start_stream()
    await daemon.becomes("live", daemon.stream)
    done = {"failed": dt.datetime.now(dt.UTC).timestamp()}
    await meeting.fail_stream()
    await hears(moderator, "LIVE STREAM INTERRUPTED")
    moderator.say("!pausa")
    await hears(moderator, "On record: you paused")
    done["paused"] = dt.datetime.now(dt.UTC).timestamp()
    return done


async def recovery(meeting: Meeting) -> float:
    await meeting.start_stream()
    await hears(meeting.moderator, "The live stream is back")
    meeting.moderator.say("!reprèn")
    await hears(meeting.moderator, "On record: you resumed")
    return dt.datetime.now(dt.UTC).timestamp()


def over(daemon: Daemon) -> None:
    """The booking ends now."""
    now = dt.datetime.now(CEST)
    daemon.book(booking(start=now.replace(microsecond=0) - dt.timedelta(minutes=2), duration="1m"))


async def finished(daemon: Daemon, folder: Path) -> None:
    async def written() -> bool:
        return len(list((folder / "reports").glob("almatret-1.*"))) == 3

    await daemon.until(written, 20)


async def test_the_report_says_what_happened(daemon: Daemon, meeting: Meeting) -> None:
    done = await outage(daemon, meeting)
    await meeting.person(CANARY)
    resumed = await recovery(meeting)
    status, kind, text = await fetch(daemon)
    assert (200, "application/json") == (status, kind)
    report: dict[str, Any] = json.loads(text)
    (incident,) = report["incidents"]
    (pause,) = incident["pauses"]
    assert ("StreamInterrupted", True, "encoder") == (incident["monitor"], incident["interruption"], incident["side"])
    assert done["failed"] == pytest.approx(seconds(incident["from"]), abs=2.0)
    assert done["paused"] == pytest.approx(seconds(pause["paused_at"]), abs=2.0)
    assert resumed == pytest.approx(seconds(pause["resumed_at"]), abs=2.0)
    assert done["paused"] < seconds(incident["to"]) <= resumed
    assert f"{meeting.moderator.nick} (moderator)" == pause["paused_by"] == pause["resumed_by"]
    assert ("moderators", 1) == (incident["told"][0]["whom"], incident["told"][0]["people"])
    assert (1, 1, None) == (
        report["summary"]["interruptions"],
        report["summary"]["pauses"],
        report["session"]["closed"],
    )
    lost = seconds(incident["to"]) - seconds(incident["from"])
    assert lost == pytest.approx(report["summary"]["stream_seconds"]["down"], abs=0.01)
    # As a page, as a table.
    status, kind, page = await fetch(daemon, Accept="text/html,application/json;q=0.5")
    assert (200, "text/html", True) == (status, kind, "provisional" in page)
    assert (200, "text/csv") == (await fetch(daemon, "?format=csv"))[:2]
    assert 422 == (await fetch(daemon, "?format=pdf"))[0]
    for person in meeting.persons:
        assert [] == [
            each for each in (person.display_name, person.state.email, person.room_jid) if each in text + page
        ]


async def test_at_the_end_the_files_are_there_once_and_can_be_checked(
    daemon: Daemon, meeting: Meeting, tmp_path: Path
) -> None:
    await outage(daemon, meeting)
    await recovery(meeting)
    for person in list(meeting.persons):
        await meeting.dismiss(person)
    over(daemon)
    await finished(daemon, tmp_path)
    exported = tmp_path / "reports" / "almatret-1.json"
    report = json.loads(exported.read_text())
    assert ("closed", 3) == (report["record"][-1]["what"], report["summary"]["peak_people"])
    code, said, _ = await command(tmp_path, "almatret-1", "--verify")
    assert (0, True) == (code, report["seal"]["head"] in said)
    assert (0, True) == ((await command(tmp_path, "SALA1", "--verify"))[0], said.startswith("almatret-1: whole"))
    code, said, _ = await command(tmp_path, str(exported), "--verify")
    assert (0, True) == (code, "the store has it" in said)
    assert report["seal"]["head"] in (tmp_path / "reports" / "almatret-1.html").read_text()
    # The same from the command line, byte for byte.
    code, printed, _ = await command(tmp_path, "almatret-1", "--format", "json")
    assert (0, exported.read_text()) == (code, printed)
    exported.write_text(exported.read_text().replace('"whom": "moderators"', '"whom": "everybody"', 1))
    code, _, complaint = await command(tmp_path, str(exported), "--verify")
    assert (1, True) == (code, "almatret-1.json" in complaint)
    code, _, complaint = await command(tmp_path, "nobody-knows")
    assert (1, True) == (code, "no session and no room" in complaint)
    # A restart does not send it again.
    before = (tmp_path / "reports" / "almatret-1.html").stat().st_mtime_ns
    await daemon.kill()
    await daemon.start()

    async def looked_again() -> bool:
        return bool(daemon.log_events("session closed"))

    await daemon.until(looked_again, 20)
    assert before == (tmp_path / "reports" / "almatret-1.html").stat().st_mtime_ns
    assert 0 == (await command(tmp_path, "almatret-1", "--verify"))[0]


async def test_a_record_goes_on_over_kills_and_tells_what_was_not_seen(
    daemon: Daemon, meeting: Meeting, tmp_path: Path
) -> None:
    await outage(daemon, meeting)
    for _ in range(3):
        await daemon.kill()
        assert 0 == (await command(tmp_path, "almatret-1", "--verify"))[0]
        await daemon.start()
        await daemon.becomes(3.0, daemon.people)
    await recovery(meeting)
    assert 0 == (await command(tmp_path, "almatret-1", "--verify"))[0]
    report = json.loads((await fetch(daemon))[2])
    assert 3 == sum(gap["what"] == "supervisor" for gap in report["unknown"])
    (incident,) = report["incidents"]
    assert (1, True) == (len(incident["pauses"]), incident["to"] is not None)
