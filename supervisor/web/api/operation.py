"""One address with one method: who may use it, what it takes and answers. Routes and description are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.web.api.reading import read_body, read_query
from supervisor.web.api.values import Nothing, Wanted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from pydantic import BaseModel

    from supervisor.web.auth import Guard

BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was admitted and read. ``by``: the token's name; ``id``: of the address, empty if it has none."""

    by: str
    id: str
    query: Wanted
    body: Wanted


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation.

    Attributes:
        method: In capitals.
        path: Below `BASE`; may hold ``{id}``.
        scope: What the token must allow.
        summary: What it does, in a few words.
        description: The same, for somebody who has never seen it.
        handle: Does it. Raises Problem.
        answer: What it answers; None for nothing.
        status: Of the answer.
        query: Its parameters.
        body: Its body; None where it takes none.
        body_needed: Whether there must be one.
        id: What the ``{id}`` is.
        refusals: Further statuses, and when.
    """

    method: str
    path: str
    scope: str
    summary: str
    description: str
    handle: Callable[[Call], Awaitable[BaseModel | None]]
    answer: type[BaseModel] | None
    status: int = 200
    query: type[Wanted] = Nothing
    body: type[Wanted] | None = None
    body_needed: bool = False
    id: str = ""
    refusals: Mapping[int, str] = field(default_factory=dict)

    def route(self, guard: Guard) -> web.RouteDef:
        """Make the route."""

        async def on_request(request: web.Request) -> web.StreamResponse:
            by = guard.admit(request.headers.get("Authorization"), self.scope)
            query = read_query(request, self.query)
            body = Nothing() if self.body is None else await read_body(request, self.body, needed=self.body_needed)
            answer = await self.handle(Call(by, request.match_info.get("id", ""), query, body))
            if answer is None:
                return web.Response(status=self.status)
            return web.Response(
                text=answer.model_dump_json(by_alias=True), status=self.status, content_type="application/json"
            )

        return web.route(self.method, BASE + self.path, on_request)
