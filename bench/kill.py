"""SIGKILL at random instants between event and delivery: nothing lost, no incident twice, few repetitions.

The world is a file: a line for each alarm that holds. A process with the real store, dispatcher and webhook reads it,
opens an incident for each alarm that it does not know, and tells a receiver in the parent. It is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.webhook import WebhookSender
from supervisor.domain.events import Event, SourceLost
from supervisor.domain.news import Kind, News
from supervisor.domain.records import AlertRow, Incident, Outgoing, TimelineEntry, idempotency_key
from supervisor.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "kill"
KILLS = 300
SECRET = "whsec_bm90IGEgc2VjcmV0LCBvbmx5IGZvciBhIGRyaWxs"
LIFE = (0.01, 0.35)
"""Seconds that a process lives, at least and at most."""


@dataclass
class Outcome:
    """What is left after all kills."""

    kills: int
    alarms: int
    lost: int
    twice: int
    """Alarms with more than one incident."""
    repeated: int
    """Deliveries of a message that had arrived before."""
    worst: int
    """Repetitions in one life, at most."""
    seconds: float


@dataclass
class Receiver:
    """Counts what arrives."""

    got: Counter[str] = field(default_factory=Counter)
    alarms: set[str] = field(default_factory=set)
    repeated: Counter[str] = field(default_factory=Counter)

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.json()
        key = request.headers["webhook-id"]
        if self.got[key]:
            self.repeated[request.headers["life"]] += 1
        self.got[key] += 1
        self.alarms.add(body["data"]["booking"])
        await asyncio.sleep(random.uniform(0, 0.01))  # noqa: S311
        return web.Response()


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured, the figure, the goal, and whether it is met."""
    found = asyncio.run(drill(KILLS))
    return [
        (f"alerts lost, of {found.alarms} over {found.kills} SIGKILLs", str(found.lost), "0", found.lost == 0),
        ("alarms with two incidents", str(found.twice), "0", found.twice == 0),
        ("messages repeated", str(found.repeated), f"≤ {found.kills}", found.repeated <= found.kills),
        ("messages repeated after one kill, at most", str(found.worst), "≤ 1", found.worst <= 1),
    ]


async def drill(kills: int) -> Outcome:
    """Kill that often, then let one live until all is told."""
    began = time.monotonic()
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/hook", receiver.hook)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "world")
        address = f"sqlite:///{folder}/state.db"
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        mother = await Mother.start(address, url, world.path)
        try:
            for _ in range(kills):
                pid = await mother.bear()
                await world.go_on(random.uniform(*LIFE))  # noqa: S311
                os.kill(pid, signal.SIGKILL)
            pid = await mother.bear()
            await _until(lambda: len(receiver.alarms) == world.alarms, 30)
            await asyncio.sleep(0.3)
            os.kill(pid, signal.SIGKILL)
        finally:
            await mother.end()
            await runner.cleanup()
        opened = await asyncio.to_thread(_opened, address)
    return Outcome(
        kills,
        world.alarms,
        lost=world.alarms - len(receiver.alarms),
        twice=sum(number > 1 for number in opened.values()),
        repeated=sum(receiver.repeated.values()),
        worst=max(receiver.repeated.values(), default=0),
        seconds=time.monotonic() - began,
    )


class World:
    """What happens outside, whoever looks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.alarms = 0
        path.touch()

    async def go_on(self, seconds: float) -> None:
        """Let that much time pass, with something happening every now and then."""
        end = time.monotonic() + seconds
        with self.path.open("a") as file:
            while time.monotonic() < end:
                file.write(f"alarm{self.alarms}\n")
                file.flush()
                self.alarms += 1
                await asyncio.sleep(random.uniform(0.005, 0.05))  # noqa: S311


class Mother:
    """A process that has imported everything and forks the daemons: so a life begins in milliseconds."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *arguments: str | Path) -> Mother:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.kill", *arguments,
            cwd=Path(__file__).parents[1], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return cls(process)

    async def bear(self) -> int:
        """Start a daemon. Returns its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        return int(await self._process.stdout.readline())

    async def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


def _bear(address: str, url: str, world: str) -> None:
    """The mother's work: a child for each line of stdin; the one before is dead by then."""
    for _ in sys.stdin.buffer:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        pid = os.fork()
        if pid == 0:
            try:
                asyncio.run(_live(address, url, Path(world)))
            finally:
                os._exit(1)
        print(pid, flush=True)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


async def _live(address: str, url: str, world: Path) -> None:
    """The daemon, as far as this bench is concerned. It only ends by being killed."""

    def emit(event: Event) -> None:
        assert not isinstance(event, SourceLost), event

    store = Store.open(address)
    saved = store.load()
    store.start(emit)
    sender = WebhookSender(url, SECRET, time.time)
    _sign(sender)
    dispatcher = Dispatcher([sender], store, rates={})
    dispatcher.start()
    dispatcher.restore(saved.outgoing)
    known = {alert.booking for alert in saved.alerts}
    with world.open() as file:
        while True:
            for line in file.readlines():
                if (alarm := line.strip()) not in known:
                    known.add(alarm)
                    _open(alarm, sender, store, dispatcher)
            await asyncio.sleep(0.002)


def _sign(sender: WebhookSender) -> None:
    """Have each request tell which life it comes from: what a dying process sent may be read when it is dead."""
    post = sender._http.post  # noqa: SLF001

    async def signed(body: bytes, headers: Mapping[str, str]) -> None:
        await post(body, {**headers, "life": str(os.getpid())})

    sender._http.post = signed  # noqa: SLF001


def _open(alarm: str, sender: WebhookSender, store: Store, dispatcher: Dispatcher) -> None:
    """A new alarm: an incident, its first line, and a message, in one transaction."""
    now, incident = time.time(), uuid.uuid4().hex
    news = News("StreamInterrupted", "critical", alarm, "ple", "gone", "halt the session", now, None, incident)
    message = Outgoing(
        idempotency_key(incident, Kind.FIRING, "1", sender.channel, sender.target),
        sender.channel,
        sender.target,
        incident,
        Kind.FIRING,
        news.payload(),
        now,
    )
    alert = AlertRow(alarm, "StreamInterrupted", 1, "critical", now, now, incident=incident)
    opened = Incident(incident, alarm, "ple", "StreamInterrupted", now)
    dispatcher.post([message], store.write([alert, opened, TimelineEntry(incident, now, "opened"), message]))


def _opened(address: str) -> Counter[str]:
    saved = Store.open(address).load()
    return Counter(incident.booking for incident in saved.incidents)


async def _until(fact: object, seconds: float) -> None:
    assert callable(fact)
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:  # noqa: ASYNC110 - another process has no event to wait for
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    if sys.argv[1:]:
        _bear(*sys.argv[1:])
    else:
        print(*rows(), sep="\n")
