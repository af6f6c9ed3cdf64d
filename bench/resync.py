"""How soon the daemon is right again after its connection was cut, and what memory it takes, at 60 rooms of 30 people."""

import asyncio
import subprocess
import sys
import time
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
    bare = int(subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout) / 1024
    return [
        Row(f"connection cut to all counts right, median of {len(seconds)}", f"{median(seconds):.2f} s"),
        Row("connection cut to all counts right, worst", f"{max(seconds):.2f} s"),
        Row("resident memory with 60 × 30", f"{resident:.1f} MiB", f"interpreter and imports {bare:.1f} MiB"),
        Row("resident memory with 60 bookings, rooms empty", f"{idle:.1f} MiB", f"interpreter and imports {bare:.1f} MiB"),
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
    session = f"prosody.hosts['{prosody.component_jid}'].modules.component.session"
    order = asyncio.create_task(prosody.shell(f">{session}:close()"))
    lost = len(daemon.log_events("source lost"))
    async with asyncio.timeout(WITHIN):
        while len(daemon.log_events("source lost")) == lost:
            await asyncio.sleep(LOOK_EVERY)
        began = time.monotonic()
        while len(daemon.log_events("source synced")) == synced or not await _right(daemon):
            await asyncio.sleep(LOOK_EVERY)
        took = time.monotonic() - began
        await order
    await at_rest(prosody.pid, daemon.pid)
    return took


async def _right(daemon: Daemon) -> bool:
    metrics = await daemon.metrics()
    counts = [value for name, value in metrics.items() if name.startswith("session_participants{")]
    return metrics.get('source_up{source="xmpp"}') == 1.0 and counts == [PEOPLE] * ROOMS
