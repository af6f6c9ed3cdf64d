"""The wall over real parts on loopback: engine, runtime, store, server; the clock is in the test's hand."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp
from prometheus_client import CollectorRegistry

from supervisor.i18n import translators
from supervisor.report.reports import Reports
from supervisor.runtime import Ports
from supervisor.tasks import Tasks
from supervisor.web.api import build as api
from supervisor.web.auth import Access, Guard
from supervisor.web.ready import Readiness
from supervisor.web.server import WebServer
from supervisor.web.wall import build as wall
from supervisor.web.wall.feed import Feed
from supervisor.web.wall.render import Render
from tests.house import TOKENS, House
from tests.unit.builders import Play

PROOF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
RENDER = Render(translators())


class Wall(House):
    """A house with a wall."""

    def __init__(self, play: Play, folder: Path, tokens: Any) -> None:
        super().__init__(play, f"sqlite:///{folder / 'state.db'}", tokens)
        store = self.store
        guard = Guard(Access(name, token, frozenset(scopes)) for name, (token, scopes) in tokens.items())

        def clock() -> float:
            return play.now

        self.feed = Feed(play.engine, clock, RENDER)
        self.runtime.connect(Ports(self.outside, self.outside, keep=store.write, changed=self.feed.changed))
        operations = api.operations(
            play.engine, clock, self.runtime.take, store, Reports(store.chronicle, store.erasure)
        )
        needs = wall.Needs(play.engine, clock, guard, operations, store, folder)
        routes = wall.routes(needs, RENDER, self.feed)
        self.web = WebServer("127.0.0.1", 0, CollectorRegistry(), Readiness(play.engine, frozenset()), routes)


class Visitor:
    """A browser without a picture: cookies, forms, and what it says of itself with each request."""

    def __init__(self, house: Wall, **headers: str) -> None:
        self._house = house
        self._headers = headers
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    async def get(self, path: str = "/", **headers: str) -> tuple[int, str, Any]:
        async with self.http.get(self._house.web.address + path, headers={**self._headers, **headers}) as answer:
            return answer.status, await answer.text(), answer.headers

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str, Any]:
        """Send a form as a browser does it from a page of the wall; `headers` put other things in its mouth."""
        said = {"Origin": self._house.web.address, "Sec-Fetch-Site": "same-origin", **self._headers, **headers}
        said = {name: value for name, value in said.items() if value}
        address = self._house.web.address + path
        async with self.http.post(address, data=fields, headers=said, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers

    async def proof(self, path: str = "/") -> str:
        """What the forms of a page carry."""
        found = PROOF.search((await self.get(path))[1])
        assert found
        return found[1]

    async def log_in(self, by: str = "desk", **headers: str) -> tuple[int, str, Any]:
        """Come in with the token of that name, or with that token, as somebody whom the wall has never seen."""
        self.http.cookie_jar.clear()
        fields = {"token": TOKENS[by][0] if by in TOKENS else by, "csrf": await self.proof(), "to": "/"}
        return await self.post("/login", fields, **headers)


@asynccontextmanager
async def open_wall(folder: Path, play: Play, tokens: Any = None) -> AsyncIterator[Wall]:
    house = Wall(play, folder, TOKENS if tokens is None else tokens)
    house.store.start(house.runtime.emit)
    tasks = Tasks()
    tasks.start("runtime", house.runtime.run())
    tasks.start("feed", house.feed.run())
    await house.web.start()
    await house.keep()
    try:
        yield house
    finally:
        house.feed.close()
        await house.web.stop()
        await tasks.close()
        house.shelf.close()
        await house.store.close()
