"""Mounts the hooks: paths and methods for a web server that somebody else runs.

nginx-rtmp closes a publisher's connection if a notification is answered with anything but 2xx. A monitor must never do
that, so its hooks are answered with 204 whatever they say.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from aiohttp import web

if TYPE_CHECKING:
    from supervisor.streams.hooks import IngestHooks, JibriHeartbeats

LARGEST = 16 * 1024
"""Bytes of a body: both kinds are some hundreds."""


def routes(ingest: IngestHooks, jibri: JibriHeartbeats) -> list[web.RouteDef]:
    """The routes: ``POST /hooks/nginx-rtmp`` and ``POST /hooks/jibri/v1/status`` (Jibri appends the latter part)."""

    async def on_ingest(request: web.Request) -> web.Response:
        body = await _body(request)
        if body is not None:
            ingest.notified(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return web.Response(status=204)

    async def on_jibri(request: web.Request) -> web.Response:
        try:
            understood = jibri.notified(json.loads(await _body(request) or b"null"))
        except (ValueError, RecursionError):
            understood = False
        return web.Response(status=204 if understood else 400)

    return [web.post("/hooks/nginx-rtmp", on_ingest), web.post("/hooks/jibri/v1/status", on_jibri)]


async def _body(request: web.Request) -> bytes | None:
    """The body, None if it is larger than any that we know."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)
