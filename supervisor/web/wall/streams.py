"""The streams of events that keep pages fresh. They end after a while, and browsers open them anew by themselves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.web.wall import gate
from supervisor.web.wall.feed import message
from supervisor.web.wall.house import LOGIN

if TYPE_CHECKING:
    from supervisor.web.wall.feed import Ear, Feed
    from supervisor.web.wall.house import House
    from supervisor.web.wall.logins import Visitor
    from supervisor.web.wall.pages import Pages

LASTS = 3600.0
"""Seconds of a stream: its next one renews the cookie."""
PATIENCE = 10.0
"""Seconds that a browser may take to take something in."""
HEADERS = {
    **gate.HEADERS,
    "Content-Type": "text/event-stream; charset=utf-8",
    # nginx would collect events until a buffer is full.
    "X-Accel-Buffering": "no",
}


@dataclass(frozen=True, slots=True)
class Streams:
    """Handles them."""

    house: House
    pages: Pages
    feed: Feed

    async def alive(self, request: web.Request) -> web.Response:
        """Whether the visitor is logged in: a stream that is refused does not tell the page why."""
        return web.Response(status=401 if self.house.visitor(request) is None else 204, headers=gate.HEADERS)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What is new, until somebody hangs up."""
        visitor = self.house.visitor(request)
        if visitor is None:
            return web.Response(status=401, headers=gate.HEADERS)
        booking, language = request.query.get("session", ""), self.house.language(request)
        ear = self.feed.listen(language, booking)
        if ear is None:
            return web.Response(status=503, headers={**gate.HEADERS, "Retry-After": "5"})
        answer = web.StreamResponse(headers=HEADERS)
        self.house.remember(request, answer, request.cookies[LOGIN], visitor.lasts)
        try:
            await answer.prepare(request)
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(LASTS):
                    if booking:
                        await self._session(answer, ear, visitor)
                    else:
                        known = request.headers.get("Last-Event-ID") or request.query.get("rev", "")
                        await self._overview(answer, ear, visitor, known)
        finally:
            self.feed.leave(ear)
        return answer

    async def _overview(self, answer: web.StreamResponse, ear: Ear, visitor: Visitor, known: str) -> None:
        if known != self.feed.revision:
            await _write(answer, self.feed.whole(ear.language))
        while self.house.logins.holds(visitor.key):
            await _write(answer, await ear.queue.get())

    async def _session(self, answer: web.StreamResponse, ear: Ear, visitor: Visitor) -> None:
        told: dict[str, str] = {}
        while self.house.logins.holds(visitor.key):
            frames = await self.pages.frames(ear.booking, visitor, ear.language)
            content: dict[str, object] = {"at": self.house.clock(), "version": self.house.render.version}
            if frames is None:
                await _write(answer, message("", {**content, "over": True}))
                return
            fresh = {name: markup for name, markup in frames.items() if told.get(name) != markup}
            told = frames
            await _write(answer, message("", {**content, "frames": fresh}))
            await ear.queue.get()


async def _write(answer: web.StreamResponse, data: bytes) -> None:
    """Send it, or give up on a browser that does not take it in."""
    async with asyncio.timeout(PATIENCE):
        await answer.write(data)
