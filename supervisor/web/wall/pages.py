"""What visitors may look at: the overview, and a session with all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.web.wall import gate
from supervisor.web.wall.card import card
from supervisor.web.wall.chart import chart
from supervisor.web.wall.incidents import incidents

if TYPE_CHECKING:
    from supervisor.engine import Engine
    from supervisor.web.api.past import Records
    from supervisor.web.wall.card import Card
    from supervisor.web.wall.doors import Doors
    from supervisor.web.wall.feed import Feed
    from supervisor.web.wall.history import History
    from supervisor.web.wall.house import House
    from supervisor.web.wall.logins import Visitor

SAID = frozenset(
    {
        *("ok_ack", "ok_pause", "ok_resume", "ok_message", "ok_silence", "ok_lift"),
        *("no_ack", "no_pause", "no_resume", "no_message", "no_silence", "no_lift", "bad_text", "bad_form"),
    }
)
"""What a page can say of the action before it."""
FRAMES = ("card", "chart", "sorts", "evidence", "incidents", "actions")
"""The parts of a session's page that are kept fresh, each with its template ``session_NAME.html``."""


@dataclass(frozen=True, slots=True)
class Known:
    """Where the pages get what they show from."""

    engine: Engine
    feed: Feed
    records: Records
    history: History


@dataclass(frozen=True, slots=True)
class Pages:
    """Handles them."""

    house: House
    doors: Doors
    known: Known

    async def overview(self, request: web.Request) -> web.Response:
        """All sessions of today."""
        if (chosen := self.house.chosen(request)) is not None:
            return chosen
        if self.house.visitor(request) is None:
            return self.doors.login(request)
        feed = self.known.feed
        voice = feed.voice(self.house.language(request))
        shown = sorted(feed.cards.values(), key=lambda each: each.order)
        return self.house.page(
            request, "overview.html", shown=shown, voice=voice, revision=feed.revision, at=feed.at, stream="/events"
        )

    async def session(self, request: web.Request) -> web.Response:
        """One of them."""
        if (chosen := self.house.chosen(request)) is not None:
            return chosen
        visitor = self.house.visitor(request)
        if visitor is None:
            return self.doors.login(request)
        booking = request.match_info["id"]
        drawn = await self._drawn(booking, visitor, self.house.language(request))
        if drawn is None:
            return self.house.page(request, "gone.html", status=404)
        shown, frames = drawn
        said = request.query.get("said", "")
        return self.house.page(
            request,
            "session.html",
            card=shown,
            frames=frames,
            said=said if said in SAID else "",
            revision="",
            at=self.house.clock(),
            stream=f"/events?session={booking}",
        )

    async def asset(self, request: web.Request) -> web.Response:
        """A file of ours. Its address changes with its content, so it may be kept."""
        asset = self.house.render.assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {**gate.HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=asset.content, content_type=asset.kind, charset="utf-8", headers=headers)

    async def frames(self, booking: str, visitor: Visitor, language: str) -> dict[str, str] | None:
        """The markup of each part of a session's page; None where the session is not under supervision."""
        drawn = await self._drawn(booking, visitor, language)
        return None if drawn is None else drawn[1]

    async def _drawn(self, booking: str, visitor: Visitor, language: str) -> tuple[Card, dict[str, str]] | None:
        """The session's card, and the markup of each part of its page."""
        engine, now = self.known.engine, self.house.clock()
        detail = engine.detail(booking, now)
        if detail is None:
            return None
        silences = engine.silences.in_force(now)
        shown = card(detail.view, silences, now)
        about = detail.view.booking
        context = {
            "card": shown,
            "detail": detail,
            "visitor": visitor,
            "now": now,
            "chart": chart(await self.known.history.points(booking), about.limit, now, about.utc_offset),
            "recorded": await incidents(self.known.records, engine, booking),
            "silences": [each for each in silences if each.booking == booking],
        }
        markup = self.house.render.markup
        return shown, {name: markup(f"session_{name}.html", language, **context) for name in FRAMES}
