"""How soon a daemon with a year of a consortium's bookings is ready, and what they take in memory."""

import asyncio
import datetime as dt
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import at_rest, cpu_seconds, resident_mib
from bench.table import Row
from supervisor.simulation import PrivateProsody
from tests.integration.daemon import Daemon, booking

NAME = "bookings"
BOOKED, ROOMS, PERMANENT = 10_000, 400, 200
TARGET = "3 s"


def rows() -> list[Row]:
    """Measure."""
    return asyncio.run(_measured())


async def _measured() -> list[Row]:
    async with PrivateProsody() as prosody:
        with TemporaryDirectory() as folder:
            bare, bare_cpu, _ = await _started(prosody, Path(folder), [], [])
        with TemporaryDirectory() as folder:
            many, cpu, resident = await _started(prosody, Path(folder), _sessions(), _permanent())
    return [
        Row(f"start to ready, {BOOKED} bookings and {PERMANENT} permanent rooms", f"{many:.2f} s, at most {TARGET}"),
        Row("start to ready, no bookings", f"{bare:.2f} s"),
        Row("processor time until ready, with and without them", f"{cpu:.2f} s", f"{bare_cpu:.2f} s"),
        Row("resident memory with them, permanent rooms watched", f"{resident:.1f} MiB"),
    ]


async def _started(
    prosody: PrivateProsody, folder: Path, sessions: list[dict[str, object]], permanent: list[dict[str, object]]
) -> tuple[float, float, float]:
    daemon = Daemon(prosody, folder, *sessions, *permanent)
    began = time.monotonic()
    async with daemon:
        took = time.monotonic() - began
        cpu = cpu_seconds(daemon.pid)
        await at_rest(daemon.pid)
        return took, cpu, resident_mib(daemon.pid)


def _sessions() -> list[dict[str, object]]:
    first = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=2)
    return [
        booking(id=f"b{number}", room=f"plesala{number % ROOMS}", start=first + dt.timedelta(days=number // ROOMS * 7))
        for number in range(BOOKED)
    ]


def _permanent() -> list[dict[str, object]]:
    return [
        booking(id=f"p{number}", room=f"permanent{number}", kind="permanent", limit=50) for number in range(PERMANENT)
    ]
