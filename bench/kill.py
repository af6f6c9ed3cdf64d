"""SIGKILL of the whole daemon at random instants: no alert lost, no incident twice, few repetitions.

A real Prosody, people as real clients, and the daemon as it is started by an operator, born of a process that has
imported it. In each room two people come and are one too many, and go again. In some rooms they go when the moderator
has read of it, in the others as soon as it is on record: then only the store knows, when the daemon is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from supervisor.app import run
from supervisor.settings import load_settings
from supervisor.simulation import PrivateProsody
from supervisor.simulation.focus import Focus
from supervisor.simulation.meeting import Meeting
from tests.integration.daemon import Daemon, booking

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "kill"
KILLS = 300
ROOMS = 6
SECRET = "whsec_bm90IGEgc2VjcmV0LCBvbmx5IGZvciBhIGRyaWxs"
LIFE = (0.1, 1.6)
"""Seconds that a daemon lives, at least and at most: from before its first word until well after it saw all rooms."""
WITHIN = 30.0
"""Seconds that the last daemon, which is let live, has to make everything good. What is missing then is lost."""
ANNOUNCED = "more than the recommended"


@dataclass
class Outcome:
    """What is left after all kills. ``troubles`` are the alerts that were due, each in the room and outside."""

    kills: int
    troubles: int
    lost: list[str]
    twice: int
    repeated: int
    worst: int
    repeated_in_rooms: int


@dataclass
class Receiver:
    """The webhook: what arrived, and what arrived again, by the connection: each daemon has one of its own.

    What a dying daemon sent may be read when it is dead, so the instant would not tell whose it was.
    """

    got: Counter[str] = field(default_factory=Counter)
    told: set[tuple[str, str]] = field(default_factory=set)
    repeated: Counter[object] = field(default_factory=Counter)

    async def hook(self, request: web.Request) -> web.Response:
        body = await request.json()
        key = request.headers["webhook-id"]
        if self.got[key]:
            self.repeated[request.transport and request.transport.get_extra_info("peername")] += 1
        self.got[key] += 1
        self.told.add((body["type"], body["data"]["incident"]))
        return web.Response()


@dataclass
class Record:
    """The daemon's store, read from outside."""

    path: Path

    def incidents(self, booking_id: str) -> list[tuple[str, float | None]]:
        """Id and end of a booking's incidents, in their order."""
        query = "SELECT id, closed FROM incidents WHERE booking = ? ORDER BY opened"
        # Before the first migration there is no table: then nothing is on record yet.
        with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(self._open()) as connection:
            return list(connection.execute(query, (booking_id,)))
        return []

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5.0)


class Room:
    """One room, in which there is trouble again and again until the drill is over."""

    def __init__(self, meeting: Meeting, booking_id: str, record: Record, *, patient: bool) -> None:
        self.booking = booking_id
        self.lost: list[str] = []
        self.troubles = 0
        self.repeated = 0
        self.over: float | None = None
        self._meeting = meeting
        self._record = record
        self._patient = patient

    async def go_on(self) -> None:
        """Make trouble, see that it is told, end it; again until it is over."""
        while self.over is None:
            await asyncio.sleep(random.uniform(0.0, 0.4))  # noqa: S311
            await self._trouble()

    async def _trouble(self) -> None:
        moderator, number = self._meeting.moderator, self.troubles
        before = len(moderator.messages)
        guests = await self._meeting.people(2)
        self.troubles += 1
        if not await self._until(lambda: len(self._record.incidents(self.booking)) > number):
            self.lost.append(f"{self.booking}: no incident for trouble {number}")
        if self._patient:
            if not await self._until(lambda: self._read(ANNOUNCED, before) > 0):
                self.lost.append(f"{self.booking}: the moderator read nothing of trouble {number}")
            await asyncio.sleep(random.uniform(0.0, 0.2))  # noqa: S311
        await asyncio.gather(*map(self._meeting.dismiss, guests))
        if not await self._until(lambda: self._closed(number)):
            self.lost.append(f"{self.booking}: the incident of trouble {number} stayed open")
        self.repeated += max(self._read(ANNOUNCED, before) - 1, 0)

    def _read(self, words: str, since: int) -> int:
        return sum(words in message.body for message in self._meeting.moderator.messages[since:])

    async def _until(self, fact: Any) -> bool:
        return await _until(fact, lambda: self.over)

    def _closed(self, number: int) -> bool:
        found = self._record.incidents(self.booking)
        return len(found) > number and found[number][1] is not None


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured, the figure, the goal, and whether it is met."""
    found = asyncio.run(drill(KILLS))
    kills = found.kills
    return [
        (f"alerts lost, of {found.troubles} over {kills} SIGKILLs", str(len(found.lost)), "0", not found.lost),
        ("troubles with two incidents", str(found.twice), "0", found.twice == 0),
        ("messages repeated outside", str(found.repeated), f"≤ {kills}", found.repeated <= kills),
        ("messages repeated outside after one kill, at most", str(found.worst), "≤ 1", found.worst <= 1),
        ("messages repeated in rooms", str(found.repeated_in_rooms), f"≤ {kills}", found.repeated_in_rooms <= kills),
    ]


async def drill(kills: int, rooms: int = ROOMS) -> Outcome:
    """Kill that often, then let one live until all is told."""
    receiver = Receiver()
    app = web.Application()
    app.add_routes([web.post("/hook", receiver.hook)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        async with PrivateProsody() as prosody, contextlib.AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            record = Record(folder / "state.db")
            _configure(prosody, folder, url, rooms)
            focus = Focus(prosody, "focus")
            await focus.open(prosody.c2s_port)
            stack.push_async_callback(focus.close)
            found = []
            for number in range(rooms):
                meeting = await stack.enter_async_context(Meeting(prosody, f"sala{number}", focus=focus))
                await meeting.people(1)
                found.append(Room(meeting, f"b{number}", record, patient=number % 2 == 0))
            await _kill_and_kill(kills, folder, found, receiver)
            return _outcome(kills, found, record, receiver)
    finally:
        await runner.cleanup()


async def _kill_and_kill(kills: int, folder: Path, rooms: list[Room], receiver: Receiver) -> None:
    mother = await Mother.start(folder)
    stories = [asyncio.create_task(room.go_on()) for room in rooms]
    pid = 0
    try:
        for _ in range(kills):
            pid = await mother.bear()
            await asyncio.sleep(random.uniform(*LIFE))  # noqa: S311
            os.kill(pid, signal.SIGKILL)
            pid = 0
        pid = await mother.bear()
        for room in rooms:
            room.over = time.monotonic()
        await asyncio.gather(*stories)
        due = {
            (kind, incident)
            for room in rooms
            for incident, _ in room._record.incidents(room.booking)  # noqa: SLF001
            for kind in ("alert.firing", "alert.resolved")
        }
        ended = time.monotonic()
        if not await _until(lambda: due <= receiver.told, lambda: ended):
            rooms[0].lost += [f"not told outside: {kind} {incident}" for kind, incident in due - receiver.told]
    finally:
        if pid:
            os.kill(pid, signal.SIGKILL)
        for story in stories:
            story.cancel()
        await asyncio.gather(*stories, return_exceptions=True)
        await mother.end()


def _outcome(kills: int, rooms: list[Room], record: Record, receiver: Receiver) -> Outcome:
    return Outcome(
        kills,
        troubles=sum(room.troubles for room in rooms),
        lost=[line for room in rooms for line in room.lost],
        twice=sum(max(len(record.incidents(room.booking)) - room.troubles, 0) for room in rooms),
        repeated=sum(receiver.repeated.values()),
        worst=max(receiver.repeated.values(), default=0),
        repeated_in_rooms=sum(room.repeated for room in rooms),
    )


def _configure(prosody: PrivateProsody, folder: Path, url: str, rooms: int) -> None:
    """Write what the daemon is to read. The moderator and one more are the limit."""
    limits = {"for": "0s", "keep_firing_for": "0s", "approaching": 1.0, "margin": 0}
    usual = {"kind": "test", "limit": 2}
    Daemon(
        prosody,
        folder,
        *(booking(id=f"b{number}", room=f"sala{number}", **usual) for number in range(rooms)),
        sections={"[alerts.webhooks]": {"url": url, "secret": SECRET}},
        ParticipantLimit=limits,
    )


class Mother:
    """A process that has imported everything and forks the daemons: so a life begins in milliseconds."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, folder: Path) -> Mother:
        with (folder / "daemons.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.kill", folder / "supervisor.toml"),
                cwd=Path(__file__).parents[1],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
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


def _bear(config: str) -> None:
    """The mother's work: a daemon for each line of stdin; the one before is dead by then."""
    for _ in sys.stdin.buffer:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        pid = os.fork()
        if pid == 0:
            try:
                run(load_settings(Path(config), {}))
            finally:
                os._exit(1)
        print(pid, flush=True)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


async def _until(fact: Any, over: Callable[[], float | None]) -> bool:
    """Wait for a fact, as long as daemons are killed and then until the last one should have seen to it."""
    while not fact():
        since = over()
        if since is not None and time.monotonic() > since + WITHIN:
            return False
        await asyncio.sleep(0.01)
    return True


if __name__ == "__main__":
    if sys.argv[1:]:
        _bear(*sys.argv[1:])
    else:
        print(*rows(), sep="\n")
