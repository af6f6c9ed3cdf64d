"""A web server on loopback whose every answer a test writes, and a prober's view of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from aiohttp import web

from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.events import Event, EvidenceSeen
from supervisor.domain.kinds import DEFAULT_KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from supervisor.domain.evidence import Evidence, Word

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BOOKING = Booking(
    id="almatret",
    room="plealmatret",
    tenant=None,
    kind=DEFAULT_KINDS["plenary"],
    title="",
    organisation="",
    start=0.0,
    duration=7200.0,
    language=Language.CATALAN,
    limit=30,
    stream=StreamSource(),
)


def booking(stream: StreamSource, name: str = "almatret") -> Booking:
    return replace(BOOKING, id=name, stream=stream)


class Server:
    """Answers every path with what ``answers`` has for it; counts what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Handler] = {}
        self.asked: list[web.Request] = []
        self.open = 0
        self.widest = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        assert self._runner is not None
        return int(self._runner.addresses[0][1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def text(self, path: str, text: str, status: int = 200, **headers: str) -> None:
        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(text=text, status=status, headers=headers)

        self.answers[path] = answer

    def redirect(self, path: str, to: str) -> None:
        self.text(path, "", 302, Location=to)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.open += 1
        self.widest = max(self.widest, self.open)
        try:
            answer = self.answers.get(request.path)
            return web.Response(status=404) if answer is None else await answer(request)
        finally:
            self.open -= 1


class Inbox:
    """Keeps the evidence, and lets a test wait for a word."""

    def __init__(self) -> None:
        self.heard: list[Evidence] = []
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        assert isinstance(event, EvidenceSeen)
        self.heard.append(event.evidence)
        self._news.set()

    @property
    def words(self) -> list[Word]:
        return [evidence.word for evidence in self.heard]

    async def wait(self, word: Word, within: float, booking: str = "almatret") -> Evidence:
        """The first evidence of that word that has not been waited for, within so many seconds."""
        async with asyncio.timeout(within):
            while True:
                for position, evidence in enumerate(self.heard):
                    if (evidence.booking, evidence.word) == (booking, word):
                        del self.heard[: position + 1]
                        return evidence
                self._news.clear()
                await self._news.wait()
