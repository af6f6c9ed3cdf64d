"""What Prosody pays for being watched: the same changes of presence with nobody watching, with the daemon, and with a
plain occupant in each room instead.

One Prosody and one crowd for all three, in turn and again, the first one another each time: what differs between two
servers, or between a quiet minute of the machine and a busy one, is not measured.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.callgrind import Callgrind
from bench.plain import DOMAIN, SECRET, Plain
from bench.plenary import Plenary, rotated
from bench.processes import at_rest, cpu_seconds
from bench.table import Row
from supervisor.simulation import PrivateProsody
from supervisor.simulation.configuration import MODULE
from tests.integration.daemon import Daemon
from tests.integration.watcher import RawWatcher

NAME = "prosody_cost"
OFF, ON, OCCUPANT = WAYS = ("off", "on", "occupant")
CYCLES = 5
CHANGING = (1, 4)
"""The persons of each room who make all changes in one window."""
GOAL = 1.05

COUNTED_ROOMS = 2
COUNTED_CHANGING = (1, 11)


def rows() -> list[Row]:
    """Measure."""
    found = asyncio.run(_seconds())
    counted = asyncio.run(_instructions())
    return [*_rows("CPU", "ms", 1e3, found), *_rows("instructions", "million", 1e-6, counted)]


def _rows(what: str, unit: str, scale: float, found: dict[str, list[float]]) -> list[Row]:
    """Compare cycle by cycle, so that a slow drift of the machine is divided out."""
    off, on, occupant = (median(found[way]) * scale for way in WAYS)
    share = {way: median(a / b for a, b in zip(found[way], found[OFF], strict=True)) for way in (ON, OCCUPANT)}
    spread = [a / b for a, b in zip(found[ON], found[OFF], strict=True)]
    between = f" ({min(spread):.3f} to {max(spread):.3f})" if len(spread) > 1 else ""
    met = share[ON] <= GOAL and share[ON] < share[OCCUPANT]
    return [
        Row(
            f"{what}, module on, all rooms joined{between}",
            f"{on:.3f} {unit} a change",
            f"module off {off:.3f}",
            share[ON],
            f"≤ {GOAL} and < occupant",
            met,
        ),
        Row(
            f"{what}, plain occupant instead",
            f"{occupant:.3f} {unit} a change",
            f"module off {off:.3f}",
            share[OCCUPANT],
        ),
    ]


async def _seconds() -> dict[str, list[float]]:
    """Measure seconds of processor time per change, of 60 rooms, by way."""
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    async with PrivateProsody(strangers={DOMAIN: SECRET}) as prosody, Plenary(prosody) as plenary:
        await plenary.open()
        await plenary.fill()
        await _unload(prosody)
        for way in rotated(WAYS, CYCLES):
            async with _way(way, prosody, plenary):
                await _swept(prosody)
                before = cpu_seconds(prosody.pid)
                changes = await plenary.churn(*CHANGING)
                await at_rest(prosody.pid)
                found[way].append((cpu_seconds(prosody.pid) - before) / changes)
    return found


async def _instructions() -> dict[str, list[float]]:
    """Count the instructions that Prosody executes per change, of 2 rooms, by way."""
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    with TemporaryDirectory() as folder:
        callgrind = Callgrind(Path(folder))
        async with (
            PrivateProsody(executable=callgrind.prosody, strangers={DOMAIN: SECRET}) as prosody,
            Plenary(prosody, COUNTED_ROOMS) as plenary,
        ):
            await plenary.open()
            await plenary.fill()
            await _unload(prosody)
            for way in WAYS:
                # Time runs slower in there: with the daemon itself, its heartbeat would be counted far too often.
                async with _way(way, prosody, plenary, heartbeat=False):
                    found[way].append(await _counted(prosody, plenary, callgrind))
    return found


async def _counted(prosody: PrivateProsody, plenary: Plenary, callgrind: Callgrind) -> float:
    await plenary.churn(1, 2)
    await _swept(prosody)
    # Whether one more collection falls into a window is chance, and more than what we look for.
    await prosody.shell('>collectgarbage("stop")')
    await callgrind.begin(prosody.pid)
    changes = await plenary.churn(*COUNTED_CHANGING)
    await at_rest(prosody.pid)
    counted = await callgrind.end(prosody.pid)
    await prosody.shell('>collectgarbage("restart")')
    return counted / changes


@asynccontextmanager
async def _way(way: str, prosody: PrivateProsody, plenary: Plenary, *, heartbeat: bool = True) -> AsyncIterator[None]:
    """Let Prosody be watched in one of the ways."""
    if way == OFF:
        yield
    elif way == OCCUPANT:
        async with Plain(prosody, plenary.rooms):
            yield
    else:
        await _switch("load", prosody)
        if heartbeat:
            with TemporaryDirectory() as folder:
                async with Daemon(prosody, Path(folder), *plenary.bookings):
                    yield
        else:
            async with RawWatcher(prosody) as watcher:
                for room in plenary.rooms:
                    await watcher.watch(room)
                yield
        await _unload(prosody)


async def _swept(prosody: PrivateProsody) -> None:
    """Let nobody pay for the garbage of those before."""
    await prosody.shell(">collectgarbage()")
    await at_rest(prosody.pid)


async def _unload(prosody: PrivateProsody) -> None:
    await _switch("unload", prosody)


async def _switch(what: str, prosody: PrivateProsody) -> None:
    for host in (prosody.muc, prosody.breakout):
        await prosody.shell(f'module:{what}("{MODULE}", "{host}")')
