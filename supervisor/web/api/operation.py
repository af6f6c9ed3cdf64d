"""One address with one method: who may use it, what it takes and answers. Routes and description are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aiohttp import web
from pydantic import BaseModel

from supervisor.web.api.reading import read_body, read_query
from supervisor.web.api.values import Nothing, Wanted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from supervisor.web.auth import Guard

BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was admitted and read.

    ``by``: the token's name; ``id``: of the address, empty if it has none; ``if_match``: that header.
    """

    by: str
    id: str
    query: Wanted
    body: Wanted
    accept: str = ""
    if_match: str | None = None


class Document(Protocol):
    """An answer that is a file."""

    @property
    def body(self) -> bytes:
        """Its content."""
        ...

    @property
    def content_type(self) -> str:
        """Its media type."""
        ...

    @property
    def name(self) -> str:
        """Under which to save it: letters, digits, and ``._-``."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with headers of its own."""

    body: BaseModel
    headers: Mapping[str, str]


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
        also: Media types that it can answer with besides JSON.
        if_match: Whether it heeds the header ``If-Match``.
    """

    method: str
    path: str
    scope: str
    summary: str
    description: str
    handle: Callable[[Call], Awaitable[BaseModel | Document | Reply | None]]
    answer: type[BaseModel] | None
    status: int = 200
    query: type[Wanted] = Nothing
    body: type[Wanted] | None = None
    body_needed: bool = False
    id: str = ""
    refusals: Mapping[int, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    if_match: bool = False

    def route(self, guard: Guard) -> web.RouteDef:
        """Make the route."""

        async def on_request(request: web.Request) -> web.StreamResponse:
            by = guard.admit(request.headers.get("Authorization"), self.scope)
            query = read_query(request, self.query)
            body = Nothing() if self.body is None else await read_body(request, self.body, needed=self.body_needed)
            id_, headers = request.match_info.get("id", ""), request.headers
            call = Call(by, id_, query, body, headers.get("Accept", ""), headers.get("If-Match"))
            answer = await self.handle(call)
            if answer is None:
                return web.Response(status=self.status)
            if isinstance(answer, BaseModel):
                answer = Reply(answer, {})
            if not isinstance(answer, Reply):
                return as_file(answer)
            text = answer.body.model_dump_json(by_alias=True)
            return web.Response(text=text, status=self.status, headers=answer.headers, content_type="application/json")

        return web.route(self.method, BASE + self.path, on_request)


def as_file(document: Document) -> web.Response:
    """A file to be looked at or saved. A page of ours needs no script, and may have none."""
    headers = {
        "Content-Disposition": f'inline; filename="{document.name}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Vary": "Accept",
    }
    charset = None if document.content_type == "application/json" else "utf-8"
    return web.Response(body=document.body, content_type=document.content_type, charset=charset, headers=headers)
