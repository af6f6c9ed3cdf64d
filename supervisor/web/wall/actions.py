"""What visitors may do. Each is an operation of the API, done in the name of the visitor's token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from pydantic import ValidationError

from supervisor.web.api.operation import Call
from supervisor.web.api.values import Nothing
from supervisor.web.problems import Problem
from supervisor.web.wall import gate
from supervisor.web.wall.doors import refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from supervisor.web.api.operation import Operation
    from supervisor.web.wall.house import House

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Action:
    """``method`` and ``path`` are the operation's; ``target`` is the field with what is meant, else the session is."""

    method: str
    path: str
    target: str = ""


ACTIONS: Mapping[str, Action] = {
    "ack": Action("POST", "/alerts/{id}/ack", "alert"),
    "pause": Action("POST", "/sessions/{id}/pause"),
    "resume": Action("POST", "/sessions/{id}/resume"),
    "message": Action("POST", "/sessions/{id}/message"),
    "silence": Action("POST", "/silences"),
    "lift": Action("DELETE", "/silences/{id}", "silence"),
}


class Actions:
    """Handles the forms of a session's page."""

    def __init__(self, house: House, operations: Sequence[Operation]) -> None:
        self._house = house
        by_path = {(each.method, each.path): each for each in operations}
        self._operations = {name: by_path[action.method, action.path] for name, action in ACTIONS.items()}

    async def act(self, request: web.Request) -> web.Response:
        """Do what the form says, and lead back to the session's page, which says what became of it."""
        fields = await gate.form(request)
        visitor = self._house.visitor(request)
        if visitor is None:
            return web.Response(status=303, headers={**gate.HEADERS, "Location": "/"})
        ours = gate.own(request) and secrets.compare_digest(visitor.csrf.encode(), fields.get("csrf", "").encode())
        if not ours or not visitor.may_act:
            return refused(self._house, request)
        booking, name = request.match_info["id"], request.match_info["action"]
        if name not in ACTIONS:
            raise web.HTTPNotFound
        said = await self._do(name, booking, visitor.name, fields)
        address = request.rel_url.with_path(f"/sessions/{booking}").with_query(said=said)
        return web.Response(status=303, headers={**gate.HEADERS, "Location": f"{address}#said"})

    async def _do(self, name: str, booking: str, by: str, fields: Mapping[str, str]) -> str:
        """Returns the key of the text that says what became of it."""
        operation, target = self._operations[name], ACTIONS[name].target
        try:
            body = (operation.body or Nothing).model_validate(_body(name, booking, fields))
            await operation.handle(Call(by, fields.get(target, "") if target else booking, Nothing(), body))
        except ValidationError:
            return "bad_text" if name == "message" else "bad_form"
        except Problem as problem:
            if problem.status == 422:
                return "bad_form"
            return f"no_{name}"
        return f"ok_{name}"


def _body(name: str, booking: str, fields: Mapping[str, str]) -> dict[str, object]:
    """The operation's body, of the form's fields."""
    match name:
        case "resume":
            return {"force": "force" in fields}
        case "message":
            return {"text": fields.get("text", "").strip()}
        case "silence":
            monitor = {"monitor": fields["monitor"]} if fields.get("monitor") else {}
            return {"booking": booking, "duration": f"{fields.get('minutes', '')}m", **monitor}
        case _:
            return {}
