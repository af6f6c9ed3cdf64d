"""Errors as RFC 9457 says: ``application/problem+json`` with what went wrong and what to do, never with internals."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger()

PROBLEM = "application/problem+json"
SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""What every answer carries, unless its handler says otherwise: what is shown changes by the second."""

DETAILS = {
    400: "The body does not come as the headers say; check Content-Encoding and Transfer-Encoding.",
    404: "There is nothing at this address; /api/v1/openapi.json describes all that is there.",
    405: "This address does not take this method; the header Allow names those that it takes.",
    500: "The daemon could not answer; its log says why.",
}


class Problem(Exception):  # noqa: N818 - the standard's word
    """The request can't be done; ``errors`` has one line for each field that is wrong: where, and what to do."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """The answer."""
        body = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail}
        extra = {"errors": [dict(error) for error in self.errors]} if self.errors else {}
        return web.json_response({**body, **extra}, status=self.status, headers=self.headers, content_type=PROBLEM)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with a problem, and give every answer the headers of `SAFE`."""
    response = await _answer(request, handler)
    if not response.prepared:
        for name, value in SAFE.items():
            response.headers.setdefault(name, value)
    return response


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
        return Problem(error.status, DETAILS.get(error.status, error.reason), headers=kept).response()
    except web.RequestPayloadError:
        return Problem(400, DETAILS[400]).response()
    except Exception:
        # One request that goes wrong must not end the supervision of sessions; the core has its own rule.
        log.exception("request failed", method=request.method, path=request.path)
        return Problem(500, DETAILS[500]).response()
