"""Bookings by command and over HTTP, beside a running daemon."""

import asyncio
import datetime as dt
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from supervisor.simulation import PrivateProsody
from tests.integration.daemon import CEST, Daemon
from tests.integration.test_api import TOKENS, Support

SOON = {"bookings.rules": {"working_days": "off"}}


async def command(folder: Path, *words: str) -> tuple[int, str]:
    arguments = (sys.executable, "-m", "supervisor", "bookings", *words, "--config", str(folder / "supervisor.toml"))
    process = await asyncio.create_subprocess_exec(*arguments, stdout=-1, stderr=-1)
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (out + err).decode()


def words(**changes: str) -> list[str]:
    start = dt.datetime.now(CEST).replace(microsecond=0) + dt.timedelta(minutes=10)
    usual = {"id": "cli-1", "room": "plealmatret", "kind": "plenary", "start": start.isoformat(), "duration": "2h"}
    return [part for key, value in {**usual, **changes}.items() for part in (f"--{key}", value)]


@pytest.mark.parametrize("running", [True, False], ids=["beside the daemon", "before the daemon"])
async def test_a_booking_that_is_made_by_command_is_supervised_within_two_seconds(
    prosody: PrivateProsody, tmp_path: Path, *, running: bool
) -> None:
    daemon = Daemon(prosody, tmp_path, sections={**TOKENS, **SOON})

    async def supervised() -> bool:
        listed = await Support(daemon).get("/sessions")
        return ["cli-1"] == [session["booking"] for session in listed["sessions"]]

    if not running:
        assert (0, "cli-1\n") == await command(tmp_path, "add", *words())
    async with daemon:
        support = Support(daemon)
        if running:
            assert (0, "cli-1\n") == await command(tmp_path, "add", *words())
        assert await daemon.until(supervised, 3.0) < 2.5
        code, told = await command(tmp_path, "add", *words(id="cli-2"))
        status, problem = await support.ask(
            "POST", "/bookings", dict(zip(*[iter(_api(words(id="cli-2")))] * 2, strict=True))
        )
        assert (1, 409) == (code, status)
        assert told.strip() == f"{problem['errors'][0]['key']}: {problem['errors'][0]['text']}"
        assert 0 == (await command(tmp_path, "remove", "cli-1"))[0]
        began = time.monotonic()

        async def closed() -> bool:
            return [] == (await support.get("/sessions"))["sessions"]

        await daemon.until(closed, 3.0)
        assert time.monotonic() - began < 2.5


def _api(options: list[str]) -> list[str]:
    return [option.removeprefix("--") for option in options]


async def test_a_booking_outlives_the_daemon_and_is_in_the_calendar(prosody: PrivateProsody, tmp_path: Path) -> None:
    daemon = Daemon(prosody, tmp_path, sections={**TOKENS, **SOON})
    body = dict(zip(*[iter(_api(words()))] * 2, strict=True))
    async with daemon:
        assert 201 == (await Support(daemon).ask("POST", "/bookings", {**body, "password": "482915"}))[0]
        await daemon.kill()
        await daemon.start()
        listed = (await Support(daemon).get("/bookings"))["bookings"]
        assert [("cli-1", "made", True)] == [(each["id"], each["origin"], each["has_password"]) for each in listed]
        async with aiohttp.ClientSession() as http, http.get(f"{daemon.address}/bookings.ics?token=wall-secret") as got:
            text = await got.text()
        assert (200, True, False) == (got.status, f"UID:cli-1@{prosody.muc}" in text, "482915" in text)
    assert "wall-secret" not in daemon.log_text()
    assert "482915" not in daemon.log_text()
