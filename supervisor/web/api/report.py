"""The report of a session, in the form that the client asks for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, Protocol

import structlog
from pydantic import BaseModel, Field

from supervisor.domain.chronicle import UnreadableChronicleError
from supervisor.web.api.operation import Operation
from supervisor.web.api.past import PATIENCE, UNREADABLE, read
from supervisor.web.api.values import Wanted, instant
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from supervisor.domain.retention import Erasure
    from supervisor.web.api.operation import Call, Document

log = structlog.get_logger()

Form = Literal["html", "json", "csv"]
TYPES: dict[str, Form] = {
    "application/json": "json",
    "text/html": "html",
    "text/csv": "csv",
    "application/*": "json",
    "text/*": "html",
    "*/*": "json",
}
NO_RECORD = "There is no record of a session of this booking; rooms that are always open have none."
WISHED = "The record was erased at {at}, by {by}."
AGED = "The record was deleted at {at}: its retention was over."
DAMAGED = (
    "The record was changed after it was written, and can't be read; jitsi-supervisor report ID --verify says where."
)


class ReportWanted(Wanted):
    """Which form."""

    format: Form | None = Field(default=None, description="What to answer with; else as the header Accept says.")
    language: Literal["ca", "es", "en", "it"] | None = Field(
        default=None, description="Of the page; the booking's if not given."
    )


def gone(erased: Erasure | None) -> Problem:
    """Why there is no record."""
    if erased is None:
        return Problem(404, NO_RECORD)
    why = AGED if erased.until is not None else WISHED
    return Problem(410, why.format(at=instant(erased.at), by=erased.by))


class Reports(Protocol):
    """Draws reports. ``model``: what the JSON form looks like."""

    @property
    def model(self) -> type[BaseModel]:
        """Its schema."""
        ...

    def erased(self, session: str) -> Awaitable[Erasure | None]:
        """The last deletion of what was stored of it."""
        ...

    def report(self, session: str, form: Form, language: str = "") -> Awaitable[Document | None]:
        """Draw one; None where there is no record."""
        ...


def operations(reports: Reports) -> list[Operation]:
    """Make it."""

    async def handle(call: Call) -> Document:
        wanted = call.query
        assert isinstance(wanted, ReportWanted)
        form = wanted.format or preferred(call.accept)
        try:
            async with asyncio.timeout(2 * PATIENCE):
                found = await reports.report(call.id, form, wanted.language or "")
        except UnreadableChronicleError:
            raise Problem(409, DAMAGED) from None
        except Exception as error:  # noqa: BLE001 - as in `supervisor.web.api.past`: the database's affair
            log.warning("record not read", error=type(error).__name__)
            raise Problem(503, UNREADABLE, headers={"Retry-After": "5"}) from None
        if found is None:
            raise gone(await read(reports.erased(call.id)))
        return found

    return [
        Operation(
            "GET",
            "/sessions/{id}/report",
            "read",
            "Report on a session",
            "What happened in a session, drawn from its sealed record: as JSON, as a page to be printed, or its "
            "incidents as a table. Also while it goes on, and after its end.",
            handle,
            reports.model,
            query=ReportWanted,
            id="The booking's id.",
            refusals={
                404: "There is no record of it.",
                409: "Its record is damaged.",
                410: "It was erased.",
                503: UNREADABLE,
            },
            also=("text/html", "text/csv"),
        )
    ]


def preferred(accept: str) -> Form:
    """The form that a client likes best: JSON where it does not say, or likes none of ours."""
    best: tuple[float, int] = (0.0, 0)
    form: Form = "json"
    for place, part in enumerate(accept[:1000].lower().split(",")):
        kind, *parameters = (each.strip() for each in part.split(";"))
        weight = next((_weight(each[2:]) for each in parameters if each.startswith("q=")), 1.0)
        if kind in TYPES and (weight, -place) > best and weight > 0:
            best, form = (weight, -place), TYPES[kind]
    return form


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
