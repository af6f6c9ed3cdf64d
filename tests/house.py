"""The API over real parts: engine, runtime, store and web server on loopback; the clock is in the test's hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry

from supervisor.bookings.made import MadeBookings
from supervisor.domain import booking_desk
from supervisor.domain.booking_rules import HouseRules
from supervisor.domain.commands import Keep, Moderate, Notify, Retitle
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.report.reports import Reports
from supervisor.runtime import Ports, Runtime
from supervisor.store import janitor
from supervisor.store.janitor import Janitor
from supervisor.store.shelf import Shelf, ThreadedShelf
from supervisor.store.shredder import Shredder
from supervisor.store.store import Store
from supervisor.tasks import Tasks
from supervisor.web.api import build
from supervisor.web.api.bookings import Bookings, Office, booking_operations
from supervisor.web.api.erasure import erasure_operations
from supervisor.web.auth import Access, Guard
from supervisor.web.ready import Readiness
from supervisor.web.server import WebServer
from tests.unit.builders import Play, focus, off, on, people, recorder

TOKENS = {"desk": ("desk-secret", ["read", "write"]), "wall": ("wall-secret", ["read"]), "bot": ("bot-s", ["write"])}


class Outside:
    """Where orders to the server end: they are kept."""

    def __init__(self) -> None:
        self.titles: list[Retitle] = []
        self.notices: list[Notify] = []

    def watch(self, room: str, *, media: bool, names: bool = False) -> None: ...

    def unwatch(self, room: str) -> None: ...

    def moderate(self, order: Moderate) -> None: ...

    def retitle(self, order: Retitle) -> None:
        self.titles.append(order)

    def send(self, notice: Notify) -> None:
        self.notices.append(notice)


class House:
    """`play` feeds the engine, `get`, `post` and `delete` ask the API."""

    def __init__(self, play: Play, address: str, tokens: dict[str, tuple[str, Sequence[str]]]) -> None:
        store = Store.open(address)
        self.play = play
        self.outside = Outside()
        self.store = store
        self.runtime = Runtime(play.engine, lambda: play.now)
        self.runtime.connect(Ports(self.outside, self.outside, keep=store.write))
        guard = Guard(Access(name, token, frozenset(scopes)) for name, (token, scopes) in tokens.items())
        reports = Reports(store.chronicle, store.erasure)
        operations = build.operations(play.engine, lambda: play.now, self.runtime.take, store, reports)
        shredder = Shredder.open(address)
        self.janitor = Janitor(janitor.House(shredder, {}, lambda: play.now, self.runtime.take, lambda _: []))
        operations += erasure_operations(self.janitor)
        self.shelf = ThreadedShelf(Shelf.open(address))
        self.made = MadeBookings(self.shelf, DEFAULT_KINDS, self.runtime.take)
        measured = booking_desk.House(DEFAULT_KINDS, HouseRules())
        operations += booking_operations(
            Bookings(play.engine, lambda: play.now, Office(self.made, self.shelf, measured))
        )
        routes = build.routes(guard, operations)
        readiness = Readiness(play.engine, frozenset())
        self.web = WebServer("127.0.0.1", 0, CollectorRegistry(), readiness, routes)

    async def keep(self) -> None:
        """Store what the play has said since the last time."""
        kept = [command for command in self.play.commands if isinstance(command, Keep)]
        self.play.commands = [command for command in self.play.commands if command not in kept]
        await self.store.write([command.change for command in kept])

    async def ask(self, method: str, path: str, by: str = "desk", **more: Any) -> tuple[int, Any, Any]:
        """Status, body and headers."""
        headers = {"Authorization": f"Bearer {TOKENS[by][0]}", **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, f"{self.web.address}{path}", headers=headers, **more) as response,
        ):
            body = None if response.status == 204 else await response.json(content_type=None)
            return response.status, body, response.headers

    async def get(self, path: str, **more: Any) -> Any:
        """The body of what has to be there."""
        status, body, _ = await self.ask("GET", f"/api/v1{path}", **more)
        assert status == 200, body
        return body

    async def post(self, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        status, answer, _ = await self.ask("POST", f"/api/v1{path}", json={} if body is None else body, **more)
        return status, answer


@asynccontextmanager
async def open_house(folder: Path, play: Play, tokens: Any = None) -> AsyncIterator[House]:
    house = House(play, f"sqlite:///{folder / 'state.db'}", TOKENS if tokens is None else tokens)
    house.store.start(house.runtime.emit)
    tasks = Tasks()
    tasks.start("runtime", house.runtime.run())
    await house.web.start()
    await house.keep()
    try:
        yield house
    finally:
        await house.web.stop()
        await tasks.close()
        await house.store.close()
        house.shelf.close()
        house.janitor.close()


def interrupted() -> Play:
    """A plenary of three whose stream has failed a minute after its start."""
    play = Play().room(focus(), *people(3)).come(recorder(), focus(on()))
    return play.at(60.0).come(focus(off(failure="error")))


def back(play: Play, seconds: float = 200.0) -> Play:
    """The stream comes back."""
    return play.at(seconds).go("jibri1").come(recorder("s2", "jibri2"), focus(on("s2")))
