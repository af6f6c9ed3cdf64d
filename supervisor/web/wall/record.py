"""A session's report, for whoever is logged in at the wall: the API's, as a page to look at and to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from supervisor.web.api.operation import Call, as_file
from supervisor.web.api.report import ReportWanted
from supervisor.web.api.values import Nothing
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from supervisor.web.api.operation import Document, Operation
    from supervisor.web.wall.doors import Doors
    from supervisor.web.wall.house import House

PATH = "/sessions/{id}/report"


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Handles it. ``operations``: the API's."""

    house: House
    doors: Doors
    operations: Sequence[Operation]

    async def report(self, request: web.Request) -> web.Response:
        """The report in the visitor's language; for a session without a record the page that says so."""
        if (visitor := self.house.visitor(request)) is None:
            return self.doors.login(request)
        operation = next(each for each in self.operations if (each.method, each.path) == ("GET", PATH))
        wanted = ReportWanted.model_validate({"format": "html", "language": self.house.language(request)})
        try:
            found = await operation.handle(Call(visitor.name, request.match_info["id"], wanted, Nothing()))
        except Problem as problem:
            return self.house.page(request, "no_report.html", status=problem.status, why=problem.status)
        answer = as_file(cast("Document", found))
        answer.headers["Cache-Control"] = "no-store"
        return answer
