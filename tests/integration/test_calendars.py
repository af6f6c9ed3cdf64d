"""A calendar that a server publishes, and the daemon beside a real Prosody."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from aiohttp import web

from tests.integration.daemon import Daemon, booking

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.simulation import PrivateProsody


def feed(*rooms: str) -> bytes:
    start = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{room}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT2H\r\nCATEGORIES:Plenary\r\n"
        f"LOCATION:https://meet.example.org/{room}\r\nX-JITSI-SUPERVISOR-ID:{room.lower()}\r\nEND:VEVENT\r\n"
        for room in rooms
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


async def test_sessions_come_from_a_calendar_stay_while_it_is_lost_and_go_when_it_takes_them_back(
    prosody: PrivateProsody, tmp_path: Path
) -> None:
    bodies = [feed("PleAlmatret", "PleVallfogona", "sala1")]

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bodies[0], status=200 if bodies[0] else 404)

    app = web.Application()
    app.router.add_get("/s3cret.ics", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    section = {
        "files": [str(tmp_path / "bookings.toml")],
        "calendars": [f"http://127.0.0.1:{runner.addresses[0][1]}/s3cret.ics"],
        "calendar_interval": "1s",
    }

    async with Daemon(prosody, tmp_path, booking(), sections={"bookings": section}) as daemon:

        async def opened() -> set[str]:
            return {line["booking"] for line in daemon.log_events("session opened")}

        async def closed() -> set[str]:
            return {line["booking"] for line in daemon.log_events("session closed")}

        async def lost() -> bool:
            return ("SourceLost", "critical") in await daemon.alerts("")

        await daemon.becomes({"almatret-1", "plealmatret", "plevallfogona"}, opened)
        # The file's session has its room, and the calendar's is named with its place.
        (refused,) = daemon.log_events("booking refused")
        assert 'calendar 127.0.0.1: line 18: booking "sala1": room: "sala1" is taken' in refused["problem"]
        good, bodies[0] = bodies[0], b""
        await daemon.until(lost, 20)
        assert await closed() == set()
        bodies[0] = good.replace(b"UID:PleVallfogona", b"STATUS:CANCELLED\r\nUID:PleVallfogona")
        await daemon.becomes({"plevallfogona"}, closed)
        assert not await lost()
        assert "s3cret" not in daemon.log_text()
    await runner.cleanup()
