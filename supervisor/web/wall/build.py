"""The wall's parts, put together, and its routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.web.wall.actions import Actions
from supervisor.web.wall.doors import Doors
from supervisor.web.wall.gate import Pace
from supervisor.web.wall.house import House
from supervisor.web.wall.logins import Logins
from supervisor.web.wall.pages import Known, Pages
from supervisor.web.wall.record import PATH, RecordPage
from supervisor.web.wall.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from supervisor.engine import Engine
    from supervisor.web.api.operation import Operation
    from supervisor.web.api.past import Records
    from supervisor.web.auth import Guard
    from supervisor.web.wall.feed import Feed
    from supervisor.web.wall.render import Render

LOGINS = "wall-logins.json"


@dataclass(frozen=True, slots=True)
class Needs:
    """What the wall is made of.

    Attributes:
        engine: Is read, never changed.
        clock: Seconds since the epoch.
        guard: Knows the tokens.
        operations: The API's.
        records: What is stored.
        folder: Where the logins are kept.
    """

    engine: Engine
    clock: Callable[[], float]
    guard: Guard
    operations: Sequence[Operation]
    records: Records
    folder: Path


def routes(needs: Needs, render: Render, feed: Feed) -> list[web.RouteDef]:
    """The wall's routes."""
    logins = Logins(needs.guard, needs.clock, needs.folder / LOGINS)
    house = House(needs.guard, logins, render, needs.clock)
    doors = Doors(house, Pace(needs.clock))
    pages = Pages(house, doors, Known(needs.engine, feed, needs.records, feed.seen))
    streams = Streams(house, pages, feed)
    actions = Actions(house, needs.operations)
    return [
        web.get("/", pages.overview),
        web.get("/sessions/{id}", pages.session),
        web.post("/sessions/{id}/{action}", actions.act),
        web.get(PATH, RecordPage(house, doors, needs.operations).report),
        web.get("/events", streams.events),
        web.get("/alive", streams.alive),
        web.post("/login", doors.enter),
        web.post("/logout", doors.leave),
        web.get("/wall/{name}", pages.asset),
    ]
