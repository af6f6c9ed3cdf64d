"""How soon Prosody is answered whether a room may be opened, while 200 rooms are being opened and joined.

Who asks is a process of its own, so that its clock is not that of the crowd's busy loop.
"""

import asyncio
import http.client
import select
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

from bench.plenary import Plenary
from bench.table import Row
from supervisor.simulation import PrivateProsody
from tests.integration.daemon import Daemon

NAME = "reservations"
ROOMS = 200
PEOPLE = 4
GOAL = 0.020
EVERY = 0.01
"""Seconds between two questions: 200 rooms within two seconds are a morning on which all towns meet at once."""


def rows() -> list[Row]:
    """Measure."""
    quiet, busy = asyncio.run(_measured())
    return [
        _row("POST /conference, nothing else to do", quiet),
        _row(f"POST /conference while {ROOMS} rooms are opened and {ROOMS * PEOPLE} people join", busy),
    ]


def _row(what: str, seconds: list[float]) -> Row:
    cuts = quantiles(seconds, n=100, method="inclusive")
    measured = f"p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms, worst {max(seconds) * 1e3:.1f} ms"
    return Row(what, f"{measured} of {len(seconds)}", goal=f"p99 ≤ {GOAL * 1e3:.0f} ms", met=cuts[98] <= GOAL)


async def _measured() -> tuple[list[float], list[float]]:
    async with PrivateProsody() as prosody, Plenary(prosody, ROOMS, PEOPLE) as plenary:
        with TemporaryDirectory() as folder:
            async with Daemon(prosody, Path(folder), *plenary.bookings) as daemon:
                quiet = await _asked(daemon.address, asyncio.sleep(5.0))
                busy = await _asked(daemon.address, _fill(plenary))
    return quiet, busy


async def _fill(plenary: Plenary) -> None:
    await plenary.open()
    await plenary.fill()


async def _asked(address: str, meanwhile: Awaitable[None]) -> list[float]:
    """Ask all the time while something happens. Returns the seconds of each answer."""
    asker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.reservations",
        address,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert asker.stdin is not None
    await meanwhile
    told, _ = await asker.communicate(b"\n")
    assert asker.returncode == 0, "who asks has failed"
    return [float(line) for line in told.split()]


def ask(address: str) -> None:
    """Ask for one room after another until a line comes in; print the seconds of each answer."""
    parts, number, seconds = urlsplit(address), 0, []
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        number += 1
        form = urlencode(
            {"name": f"sala{number % ROOMS}", "start_time": "2026-09-03T17:00:00.000Z", "mail_owner": "a@b"}
        )
        began = time.perf_counter()
        # A connection for each, as Prosody makes them.
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        connection.request("POST", "/conference", form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        seconds.append(time.perf_counter() - began)
        connection.close()
        assert answer.status == 200, answer.status
    print(*seconds, sep="\n")


if __name__ == "__main__":
    ask(sys.argv[1])
