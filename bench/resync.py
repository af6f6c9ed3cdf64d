"""How soon the daemon is right again after its connection was cut, and its memory, at 60 rooms of 30 people."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.plenary import PEOPLE, ROOMS, Plenary
from bench.processes import at_rest, resident_mib
from bench.table import Row
from supervisor.simulation import PrivateProsody
from tests.integration.daemon import Daemon

NAME = "resync"
CUTS = 5
WITHIN = 30.0
LOOK_EVERY = 0.01
IMPORTS = """
import re, supervisor.app, supervisor.cli, supervisor.settings
print(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def rows() -> list[Row]:
    """Measure."""
    seconds, resident, idle = asyncio.run(_measured())
    said = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout
    bare = f"interpreter and imports {int(said) / 1024:.1f} MiB"
    return [
        Row(
            f"connection cut to all counts right, {len(seconds)} times",
            f"median {median(seconds):.2f} s, worst {max(seconds):.2f} s",
        ),
        Row(f"resident memory with {ROOMS} × {PEOPLE}", f"{resident:.1f} MiB", bare),
        Row(f"resident memory with {ROOMS} bookings, nobody there", f"{idle:.1f} MiB", bare),
    ]


async def _measured() -> tuple[list[float], float, float]:
    async with PrivateProsody() as prosody, Plenary(prosody) as plenary:
        with TemporaryDirectory() as folder:
            async with Daemon(prosody, Path(folder), *plenary.bookings) as daemon:
                await at_rest(daemon.pid)
                idle = resident_mib(daemon.pid)
                await plenary.open()
                await plenary.fill()
                await at_rest(prosody.pid, daemon.pid)
                resident = resident_mib(daemon.pid)
                seconds = [await _cut(prosody, daemon) for _ in range(CUTS)]
    return seconds, resident, idle


async def _cut(prosody: PrivateProsody, daemon: Daemon) -> float:
    """Cut the connection. Returns the seconds until the daemon hears again and every count is right."""
    synced = len(daemon.log_events("source synced"))
    lost = len(daemon.log_events("source lost"))
    session = f"prosody.hosts['{prosody.component_jid}'].modules.component.session"
    order = asyncio.create_task(prosody.shell(f">{session}:close()"))
    await _until(lambda: len(daemon.log_events("source lost")) > lost)
    began = time.monotonic()
    await _until(lambda: len(daemon.log_events("source synced")) > synced)
    await daemon.becomes((1.0, [PEOPLE] * ROOMS), lambda: _seen(daemon), WITHIN)
    took = time.monotonic() - began
    await order
    await at_rest(prosody.pid, daemon.pid)
    return took


async def _until(condition: Callable[[], bool]) -> None:
    # The log is looked at, not the metrics: asking for those is work that would be measured with the rest.
    async with asyncio.timeout(WITHIN):
        while not condition():  # noqa: ASYNC110 - a file tells nobody that it has grown
            await asyncio.sleep(LOOK_EVERY)


async def _seen(daemon: Daemon) -> tuple[float | None, list[float]]:
    metrics = await daemon.metrics()
    counts = [value for name, value in metrics.items() if name.startswith("session_participants{")]
    return metrics.get('source_up{source="xmpp"}'), counts
