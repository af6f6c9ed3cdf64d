"""Coming in with a token, and going out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from supervisor.web.wall import gate
from supervisor.web.wall.house import LOGIN
from supervisor.web.wall.logins import lasts, proof

if TYPE_CHECKING:
    from supervisor.web.wall.house import House

log = structlog.get_logger()

KNOCK = "jitsi_supervisor_knock"
"""The cookie of somebody who is about to log in: the form has to carry its proof."""
LONGEST = 1024
"""Signs of a token that are looked at."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Log in, log out."""

    house: House
    pace: gate.Pace

    def login(self, request: web.Request, problem: str = "", status: int = 200, wait: int = 0) -> web.Response:
        """The page that asks for a token, or says how to configure one."""
        if not self.house.guard.open:
            return self.house.page(request, "no_tokens.html")
        knock = request.cookies.get(KNOCK) or secrets.token_urlsafe(24)
        page = self.house.page(
            request, "login.html", status=status, csrf=proof(knock), problem=problem, wait=wait, to=_wanted(request)
        )
        page.set_cookie(
            KNOCK, knock, max_age=3600, httponly=True, samesite="Strict", path="/", secure=gate.secure(request)
        )
        return page

    async def enter(self, request: web.Request) -> web.Response:
        """Take a token."""
        fields = await gate.form(request)
        knock = request.cookies.get(KNOCK, "")
        if not gate.own(request):
            return refused(self.house, request)
        if not secrets.compare_digest(proof(knock).encode(), fields.get("csrf", "").encode()):
            return self.login(request, "login_again", 403)  # the page was open for too long
        address = gate.source(request)
        wait = self.pace.wait(address)
        if wait:
            answer = self.login(request, "login_slow", 429, ceil(wait))
            answer.headers["Retry-After"] = str(ceil(wait))
            return answer
        holder = self.house.guard.holder(fields.get("token", "").strip()[:LONGEST])
        if holder is None:
            self.pace.failed(address)
            log.warning("login refused", reason="unknown token")
            return self.login(request, "login_wrong", 401)
        if "read" not in holder.scopes:
            return self.login(request, "login_scope", 403)
        ident = self.house.logins.enter(holder)
        log.info("login", token=holder.name)
        answer = web.Response(status=303, headers={**gate.HEADERS, "Location": _safe(fields.get("to", "/"))})
        self.house.remember(request, answer, ident, lasts(holder))
        answer.del_cookie(KNOCK)
        return answer

    async def leave(self, request: web.Request) -> web.Response:
        """Log out."""
        fields = await gate.form(request)
        visitor = self.house.visitor(request)
        if visitor is not None:
            if not gate.own(request) or not secrets.compare_digest(
                visitor.csrf.encode(), fields.get("csrf", "").encode()
            ):
                return refused(self.house, request)
            self.house.logins.leave(visitor.key)
        answer = web.Response(status=303, headers={**gate.HEADERS, "Location": "/"})
        answer.del_cookie(LOGIN)
        return answer


def refused(house: House, request: web.Request) -> web.Response:
    """The answer to a form that is not ours."""
    log.warning("form refused", path=request.path, origin=ascii(request.headers.get("Origin", "")[:200]))
    return house.page(request, "refused.html", status=403)


def _wanted(request: web.Request) -> str:
    return _safe(request.path) if request.method == "GET" else "/"


def _safe(path: str) -> str:
    """A page of ours; anything else is the overview."""
    ours = path.startswith("/sessions/") and path.isprintable() and not set(path) & set("\\ ?#")
    return path if ours and len(path) < 200 and ".." not in path else "/"
