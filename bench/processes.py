"""Looking at other processes from outside: processor time, memory, whether they are at rest."""

import asyncio
import re
import time
from pathlib import Path

AT_REST = 0.03
"""Share of a core below which a process has nothing more to do: the daemon's heartbeat is less."""
LOOK_EVERY = 0.15
TWICE = 2


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process, of all its threads, to the nanosecond.

    The number is what clock_getcpuclockid(3) makes of a process id; /proc/PID/stat has ticks of 10 ms only.
    """
    return time.clock_gettime((~pid << 3) | 2)


def waited_seconds(pid: int) -> float:
    """Return for how long a process' first thread was ready to run and had no processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def resident_mib(pid: int) -> float:
    """Return a process' VmRSS."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"process {pid} has no VmRSS: it has ended")
    return int(found[1]) / 1024


async def at_rest(*pids: int, within: float = 60.0) -> None:
    """Wait until all processes are at rest, twice in a row."""
    quiet = 0
    async with asyncio.timeout(within):
        while quiet < TWICE:
            before = [cpu_seconds(pid) for pid in pids]
            began = time.monotonic()
            await asyncio.sleep(LOOK_EVERY)
            most = AT_REST * (time.monotonic() - began)
            busy = any(cpu_seconds(pid) - then > most for pid, then in zip(pids, before, strict=True))
            quiet = 0 if busy else quiet + 1
