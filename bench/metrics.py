"""What a scrape costs with 200 sessions of 31 people: its time, its size, and by how much it halts the loop.

The engine, the collectors and the HTTP server are the daemon's own; only the rooms are told by nobody real.
"""

from __future__ import annotations

import asyncio
import gc
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING

import aiohttp
from prometheus_client import CollectorRegistry, ProcessCollector

from supervisor.domain.events import RoomRead
from supervisor.web.metrics import EngineCollector
from supervisor.web.ready import Readiness
from supervisor.web.server import WebServer
from supervisor.web.timings import Core, Delivery
from tests.unit.builders import MUC, Play, booking, focus, on, people, recorder

if TYPE_CHECKING:
    from bench.table import Figure

NAME = "metrics"
SESSIONS = 200
SCRAPES = 50
TURN = 0.001


def rows() -> list[Figure]:
    took, size, halts = asyncio.run(_measured())
    halt = quantiles(halts, n=100)[98]
    return [
        (f"/metrics with {SESSIONS} sessions, median", f"{median(took) * 1e3:.1f} ms", "≤ 50 ms", median(took) <= 0.05),
        (f"— worst of {SCRAPES}", f"{max(took) * 1e3:.1f} ms", "", True),
        ("— size", f"{size / 1e3:.0f} kB", "≤ 1 MB", size <= 1_000_000),
        ("— halts of the loop meanwhile, p99", f"{halt * 1e3:.1f} ms", "≤ 50 ms", halt <= 0.05),
    ]


def _busy() -> Play:
    """Every session streams, has visitors, and one person too many."""
    names = [f"sala{number}" for number in range(SESSIONS)]
    play = Play(*(booking(id=f"town-{name}-2026-09-03", room=name) for name in names))
    for name in names:
        play.feed(RoomRead(f"{name}@{MUC}", "m1", (focus(on(), visitors=3), recorder(), *people(31))))
    return play


async def _measured() -> tuple[list[float], int, list[float]]:
    """Seconds of each scrape, bytes of the last one, seconds by which the loop's turns came late."""
    play, registry = _busy(), CollectorRegistry()
    registry.register(EngineCollector(play.engine, lambda: play.now))
    ProcessCollector(registry=registry)
    Core(registry)
    Delivery(registry, lambda: play.now)
    server = WebServer("127.0.0.1", 0, registry, Readiness(play.engine, frozenset()))
    await server.start()
    gc.collect()
    gc.freeze()  # as the daemon does
    halts: list[float] = []
    pulse = asyncio.get_running_loop().create_task(_pulse(halts))
    took, size = [], 0
    async with aiohttp.ClientSession() as http:
        for _ in range(SCRAPES):
            began = time.perf_counter()
            async with http.get(f"{server.address}/metrics") as answer:
                size = len(await answer.read())
            took.append(time.perf_counter() - began)
    pulse.cancel()
    await server.stop()
    return took, size, halts


async def _pulse(halts: list[float]) -> None:
    """Note by how much each turn of the loop comes late."""
    while True:
        due = time.perf_counter() + TURN
        await asyncio.sleep(TURN)
        halts.append(time.perf_counter() - due)
