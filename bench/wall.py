"""What 20 walls cost the daemon, and how far they are behind: 200 sessions of 50 people who come, go and move.

The engine, the runtime, the API and the wall run in a process of their own, as in the daemon; people are events there,
at stated instants, because a Prosody with 10,000 clients would measure the clients. The walls are connections of this
process that read what browsers read. A card says in a comment when the first event
since its last drawing was, which is what its wall is behind.
"""

import asyncio
import contextlib
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles

import aiohttp
from prometheus_client import CollectorRegistry

from bench.processes import cpu_seconds
from bench.table import Figure
from supervisor.domain import events as ev
from supervisor.domain.bookings import Booking
from supervisor.i18n import translators
from supervisor.report.reports import Reports
from supervisor.runtime import Ports, Runtime
from supervisor.store.store import Store
from supervisor.tasks import Tasks
from supervisor.web.api import build as api
from supervisor.web.auth import Access, Guard
from supervisor.web.ready import Readiness
from supervisor.web.server import WebServer
from supervisor.web.wall import build as wall
from supervisor.web.wall.feed import Feed
from supervisor.web.wall.render import Render
from tests.house import Outside
from tests.unit.builders import MUC, Play, booking, focus, people, person

NAME = "wall"
SESSIONS, PEOPLE, WALLS = 200, 50, 20
EVERY = 0.02
"""Seconds between two events: 50 a second, a join or a leave, as when 200 sessions open within a few minutes."""
SECONDS = 12.0
TURNS = 3
GOAL_LATE, GOAL_CPU = 0.5, 0.10
TOKEN = "bench-token-0123456789"
PROOF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


def rows() -> list[Figure]:
    """Measure."""
    return asyncio.run(_rows())


async def _rows() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.wall", folder]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - it starts at once
        try:
            assert process.stdout is not None
            address = (await asyncio.to_thread(process.stdout.readline)).strip()
            without, with_, late, size = [], [], [], 0
            for _ in range(TURNS):  # by turns: none shall have the quieter minutes
                without.append(await _busy(process.pid, asyncio.sleep(SECONDS)))
                async with _walls(address) as readers:
                    with_.append(await _busy(process.pid, asyncio.sleep(SECONDS)))
                late += readers.late
                size += readers.size
        finally:
            process.terminate()
            process.wait()
    added = median(with_) - median(without)
    p95 = quantiles(late, n=20)[-1]
    return [
        (
            f"event to {WALLS} walls, {len(late)} page updates of {SESSIONS} sessions × {PEOPLE}",
            f"p50 {1000 * median(late):.0f} ms, p95 {1000 * p95:.0f} ms, worst {1000 * max(late):.0f} ms",
            f"p95 <= {1000 * GOAL_LATE:.0f} ms",
            p95 <= GOAL_LATE,
        ),
        (
            f"processor time that {WALLS} walls add",
            f"{100 * added:.1f} % of a core ({100 * median(without):.1f} % without)",
            f"<= {100 * GOAL_CPU:.0f} %",
            added <= GOAL_CPU,
        ),
        ("sent to one wall", f"{size / WALLS / SECONDS / TURNS / 1000:.1f} kB a second", "", True),
    ]


async def _busy(pid: int, meanwhile: Awaitable[None]) -> float:
    """Share of a core that a process takes."""
    before, began = cpu_seconds(pid), time.monotonic()
    await meanwhile
    return (cpu_seconds(pid) - before) / (time.monotonic() - began)


class Readers:
    """The walls. ``late``: seconds from each event to each wall; ``size``: bytes that all have read."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.size = 0

    async def read(self, http: aiohttp.ClientSession, address: str) -> None:
        async with http.get(f"{address}/events") as answer:
            assert answer.status == 200, answer.status
            began = 0.0
            async for line in _lines(answer.content.iter_any()):
                now = time.time()
                self.size += len(line)
                if not line.startswith(b"data: "):
                    continue
                news = json.loads(line[6:])
                began = began or now
                stamps = [float(stamp) for stamp in _stamps(news.get("cards", {}))]
                self.late += [now - stamp for stamp in stamps if stamp > began]  # older ones nobody was there to hear


def _stamps(cards: dict[str, list[str]]) -> list[str]:
    """The instants of the events that these cards are about: the feeder writes them where a person never is."""
    return [found[1] for _, _, markup in cards.values() if (found := re.search(r"@([0-9.]+)@", markup))]


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line


@contextlib.asynccontextmanager
async def _walls(address: str) -> AsyncIterator[Readers]:
    readers = Readers()
    jar = aiohttp.CookieJar(unsafe=True)  # the address is a number
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(
        cookie_jar=jar, timeout=timeout, connector=aiohttp.TCPConnector(limit=0), headers={"Accept-Language": "ca"}
    ) as http:
        async with http.get(address) as answer:
            proof = PROOF.search(await answer.text())
        assert proof is not None
        form = {"csrf": proof[1], "token": TOKEN, "to": "/"}
        async with http.post(f"{address}/login", data=form, headers={"Origin": address}) as answer:
            assert answer.status == 200, answer.status
        tasks = Tasks()
        for number in range(WALLS):
            tasks.start(f"wall {number}", readers.read(http, address))
        await asyncio.sleep(1.0)  # all have the whole
        try:
            yield readers
        finally:
            await tasks.close()


# --- the process that is measured ---


class House:
    """Everything of the daemon that a wall reads, over an engine that is fed from here."""

    def __init__(self, folder: Path) -> None:
        self.bookings = [booking(id=f"b{n}", room=f"sala{n}", start=time.time() - 60.0) for n in range(SESSIONS)]
        self.play = Play(*self.bookings)
        self.engine = self.play.engine
        self.play.now = time.time()
        self.play.feed(ev.BookingsRead("file", tuple(self.bookings)))
        store = Store.open(f"sqlite:///{folder / 'state.db'}")
        render = Render(translators())
        self.feed = Feed(self.engine, time.time, render)
        self.runtime = Runtime(self.engine)
        outside = Outside()
        self.runtime.connect(Ports(outside, outside, changed=self.feed.changed))  # type: ignore[arg-type]
        guard = Guard([Access("wall", TOKEN, frozenset({"read"}))])
        operations = api.operations(
            self.engine, time.time, self.runtime.take, store, Reports(store.chronicle, store.erasure)
        )
        needs = wall.Needs(self.engine, time.time, guard, operations, store, folder)
        routes = wall.routes(needs, render, self.feed)
        self.web = WebServer("127.0.0.1", 0, CollectorRegistry(), Readiness(self.engine, frozenset()), routes)

    def fill(self) -> None:
        for each in self.bookings:
            self.runtime.emit(ev.RoomRead(each.room_jid(MUC), f"m-{each.id}", (focus(), *people(PEOPLE - 1))))

    async def churn(self, change: Callable[[Booking, bool], None]) -> None:
        chance, inside = random.Random(20261122), dict.fromkeys(range(SESSIONS), False)  # noqa: S311 - repeatable
        due = time.monotonic()
        while True:
            number = chance.randrange(SESSIONS)
            inside[number] = not inside[number]
            change(self.bookings[number], inside[number])
            due += EVERY
            await asyncio.sleep(max(due - time.monotonic(), 0.0))


async def _serve(folder: Path) -> None:
    house = House(folder)
    await house.web.start()
    tasks = Tasks()
    tasks.start("runtime", house.runtime.run())
    tasks.start("feed", house.feed.run())
    house.fill()
    print(house.web.address, flush=True)
    stamped: dict[str, float] = {}
    _stamp(house, stamped)

    def change(booked: Booking, comes: bool) -> None:  # noqa: FBT001 - it is what happens
        room = booked.room_jid(MUC)
        # Who comes and goes between two looks leaves nothing to be drawn.
        if stamped.pop(booked.id, None) is None:
            stamped[booked.id] = time.time()
        house.runtime.emit(ev.OccupantSeen(room, person("guest")) if comes else ev.OccupantLeft(room, "guest"))

    tasks.start("people", house.churn(change))
    await tasks.wait()


def _stamp(house: House, stamped: dict[str, float]) -> None:
    """Write into each card when the first event since its last drawing was: that is what a wall is behind."""
    draw = house.feed._card  # noqa: SLF001 - the one place where a drawing is known to begin

    def drawn(shown: object, language: str) -> str:
        markup = draw(shown, language)  # type: ignore[arg-type]
        at = stamped.pop(shown.id, None)  # type: ignore[attr-defined]
        return markup if at is None else f"{markup}<!--@{at:.6f}@-->"

    house.feed._card = drawn  # type: ignore[assignment,method-assign]  # noqa: SLF001


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
