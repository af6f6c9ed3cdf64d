"""The event log of a real daemon on a real Prosody: exported while it runs and after it, it gives the same alerts."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from supervisor.simulation import Meeting, PrivateProsody
from tests.integration.daemon import Daemon, booking, hears

CANARY = "Canària Planted"


async def command(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of a command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "supervisor", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def export(folder: Path, path: Path) -> None:
    config = str(folder / "supervisor.toml")
    assert (0, "", "") == await command("export", "sala1", "--config", config, "--output", str(path))


async def replayed(path: Path) -> dict[str, Any]:
    code, out, err = await command("replay", str(path), "--format", "json")
    assert code == 0, (out, err)
    found: dict[str, Any] = json.loads(out)
    return found


def rises(outcome: dict[str, Any]) -> list[tuple[str, str]]:
    """Monitor and stage of all that rose."""
    return [(each["monitor"], str(each["stage"])) for each in outcome["alerts"] if each.get("what") == "alert rose"]


def logged(daemon: Daemon) -> list[tuple[str, str]]:
    """The same in the daemon's own words."""
    lines = (json.loads(line) for line in daemon.log_text().splitlines() if line.startswith("{"))
    return [(each["monitor"], each["stage"]) for each in lines if each["event"] == "alert rose" and "booking" in each]


async def test_a_session_is_replayed_to_the_alerts_that_really_came(
    prosody: PrivateProsody, meeting: Meeting, tmp_path: Path
) -> None:
    running, whole = tmp_path / "running.jsonl", tmp_path / "whole.jsonl"
    async with Daemon(prosody, tmp_path, booking(limit=3, title=CANARY)) as daemon:
        people = await meeting.people(5)
        moderator = meeting.moderator
        await hears(moderator, "more than the recommended 3")
        await meeting.start_stream()
        await daemon.becomes("live", daemon.stream)
        await meeting.fail_stream()
        await hears(moderator, "LIVE STREAM INTERRUPTED")
        moderator.say("!pausa")
        await hears(moderator, "On record: you paused")

        async def all_of_it() -> bool:
            # The log is some seconds behind; at first there is none.
            config = str(tmp_path / "supervisor.toml")
            code, *_ = await command("export", "sala1", "--config", config, "--output", str(running))
            return code == 0 and '"what":"session paused"' in running.read_text()

        await daemon.until(all_of_it, 60)
        outcome = await replayed(running)
        assert logged(daemon) == rises(outcome)
        assert {"ParticipantLimit", "StreamInterrupted"} <= {monitor for monitor, _ in rises(outcome)}
        await daemon.kill()
        await daemon.start()
        await meeting.start_stream()
        await hears(moderator, "!resume to go on", 30)
        assert await daemon.stop() == 0
        await export(tmp_path, whole)
        outcome = await replayed(whole)
        assert logged(daemon) == rises(outcome)
        notes = [each["note"] for each in outcome["alerts"] if "note" in each]
        assert 2 == len(notes), notes
        assert "under supervision again" in notes[0]
        assert "the daemon was stopped" == notes[1]
    text = whole.read_text()
    assert running.read_text().splitlines()[1:-1] == text.splitlines()[1 : len(running.read_text().splitlines()) - 1]
    for person in people:
        assert person.nick not in text
    assert "Planted" not in text
    assert prosody.muc not in text
    assert 0 == (await command("replay", str(whole)))[0]
