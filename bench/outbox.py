"""Ten thousand alerts through the outbox: how fast, and whether memory stays flat. And what a write costs.

A real store, dispatcher and webhook on loopback; the receiver is in the same process, so its work counts too.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.webhook import WebhookSender
from supervisor.domain.news import Kind, News
from supervisor.domain.records import AlertRow, Incident, Outgoing, TimelineEntry, idempotency_key
from supervisor.store import Store

if TYPE_CHECKING:
    from supervisor.domain.changes import Change

NAME = "outbox"
ALERTS = 10_000
AT_ONCE = 200
"""Alerts that are under way at a time."""
SECRET = "whsec_bm90IGEgc2VjcmV0LCBvbmx5IGZvciBhIGJlbmNo"


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured, the figure, the goal, and whether it is met."""
    rate, before, after, fsync = asyncio.run(_measured())
    writes = asyncio.run(_writes())
    grown = after - before
    return [
        (f"{ALERTS} alerts through the outbox to a webhook, one target", f"{rate:.0f} alerts/s", "", True),
        (
            f"memory from alert {ALERTS // 5} to alert {ALERTS}",
            f"{before:.1f} to {after:.1f} MiB ({grown:+.1f})",
            "≤ +5 MiB",
            grown <= 5,
        ),
        ("write and fsync of one page on this disk", f"{fsync * 1e3:.2f} ms", "", True),
        ("alert, line and message on disk, p50", f"{writes[49] * 1e3:.2f} ms", "", True),
        ("alert, line and message on disk, p99", f"{writes[98] * 1e3:.2f} ms", "", True),
    ]


async def _measured() -> tuple[float, float, float, float]:
    arrived = 0
    news = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        nonlocal arrived
        await request.read()
        arrived += 1
        news.set()
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/hook", hook)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/state.db")
        store.start(lambda _: None)
        sender = WebhookSender(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", SECRET, time.time)
        dispatcher = Dispatcher([sender], store, rates={})
        dispatcher.start()
        early, began = 0.0, time.perf_counter()
        for number in range(ALERTS):
            batch, message = alarm(number, sender.target)
            dispatcher.post([message], store.write(batch))
            while number - arrived >= AT_ONCE:
                news.clear()
                await news.wait()
            if number == ALERTS // 5:
                early = _resident()
        while arrived < ALERTS:
            news.clear()
            await news.wait()
        seconds = time.perf_counter() - began
        late = _resident()
        await dispatcher.close()
        await store.close()
        await runner.cleanup()
        return ALERTS / seconds, early, late, _fsync(Path(folder) / "page")


async def _writes() -> list[float]:
    """How long one alert waits for the disk, when nothing else does."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/state.db")
        store.start(lambda _: None)
        for number in range(500):
            began = time.perf_counter()
            await store.write(alarm(number, "a")[0])
            found.append(time.perf_counter() - began)
            await asyncio.sleep(0.002)
        await store.close()
    return quantiles(found, n=100, method="inclusive")


def alarm(number: int, target: str) -> tuple[list[Change], Outgoing]:
    """All that a rising alert stores."""
    now, incident, booking = time.time(), f"i{number}", f"b{number % 60}"
    news = News("StreamInterrupted", "critical", booking, "ple", "no data", "halt the session", now, None, incident)
    key = idempotency_key(incident, Kind.FIRING, target)
    message = Outgoing(key, "webhook", target, incident, Kind.FIRING, news.payload(), now)
    return [
        AlertRow(booking, "StreamInterrupted", 1, "critical", now, now, incident=incident),
        Incident(incident, booking, "ple", "StreamInterrupted", now),
        TimelineEntry(incident, now, "opened", {"reason": "no data"}),
        message,
    ], message


def _resident() -> float:
    """MiB of memory in use."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _fsync(path: Path) -> float:
    """Seconds for a page to be on disk, the median of some."""
    found = []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            found.append(time.perf_counter() - began)
    return sorted(found)[25]


if __name__ == "__main__":
    print(*rows(), sep="\n")
