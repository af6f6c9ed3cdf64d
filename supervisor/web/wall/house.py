"""What every page of the wall needs: who is there, in which language, and the answer with its headers and cookies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from supervisor.i18n import LANGUAGES
from supervisor.web.wall import gate
from supervisor.web.wall.language import choose

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.web.auth import Guard
    from supervisor.web.wall.logins import Logins, Visitor
    from supervisor.web.wall.render import Render

LOGIN, LANGUAGE = "jitsi_supervisor", "jitsi_supervisor_language"
A_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class House:
    """Who may come in, and what pages are made with. ``clock`` gives seconds since the epoch."""

    guard: Guard
    logins: Logins
    render: Render
    clock: Callable[[], float]

    def visitor(self, request: web.Request) -> Visitor | None:
        """Who asks; None for somebody who is not logged in."""
        return self.logins.find(request.cookies.get(LOGIN))

    def language(self, request: web.Request) -> str:
        """What the visitor reads."""
        return choose(request.cookies.get(LANGUAGE), request.headers.get("Accept-Language"))

    def page(self, request: web.Request, template: str, *, status: int = 200, **context: object) -> web.Response:
        """A whole page. Whoever is logged in stays so for as long again."""
        language, visitor = self.language(request), self.visitor(request)
        text = self.render.markup(template, language, visitor=visitor, path=request.path, **context)
        answer = web.Response(text=text, status=status, content_type="text/html", headers=gate.HEADERS)
        if visitor is not None:
            self.remember(request, answer, request.cookies[LOGIN], visitor.lasts)
        return answer

    def remember(self, request: web.Request, answer: web.StreamResponse, ident: str, lasts: float) -> None:
        """Let the browser keep its login."""
        answer.set_cookie(
            LOGIN,
            ident,
            max_age=int(lasts),
            httponly=True,
            samesite="Strict",
            secure=gate.secure(request),
        )

    def chosen(self, request: web.Request) -> web.Response | None:
        """The answer to a visitor who chose a language; None where none was chosen."""
        wanted = request.query.get("language")
        if wanted is None:
            return None
        answer = web.Response(status=303, headers={**gate.HEADERS, "Location": request.path})
        if wanted in LANGUAGES:
            answer.set_cookie(LANGUAGE, wanted, max_age=A_YEAR, samesite="Lax", secure=gate.secure(request))
        return answer
