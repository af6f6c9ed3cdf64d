"""Erasure: all that is stored of a session goes, because somebody has the right to ask for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import Field

from supervisor.ports import NotErasedError, NotNowError
from supervisor.web.api.operation import Operation
from supervisor.web.api.report import gone
from supervisor.web.api.shapes import Answer
from supervisor.web.api.values import Shown, instant
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from supervisor.ports import Eraser
    from supervisor.web.api.operation import Call

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

NOTHING = "Nothing is stored of a session of this booking."
NOT_NOW = "The store can't be read or written at present ({reason}); try again in a moment."


class Erased(Answer):
    """What was deleted of one kind."""

    kind: str = Field(description="As the keys of `[retention]`.", examples=["records"])
    entries: int = Field(ge=1, description="How much of it.")


class Erasure(Answer):
    """That a session was erased. The same is in the log, and stays in the store."""

    booking: str = Field(description="The booking's id.")
    at: Shown
    by: str = Field(description="Your token's name.")
    erased: list[Erased]


def erasure_operations(eraser: Eraser) -> list[Operation]:
    """The operation."""

    async def erase(call: Call) -> Erasure:
        if not _ID.fullmatch(call.id):
            raise Problem(404, NOTHING)
        try:
            proofs = await eraser.erase(call.id, call.by)
        except NotErasedError as error:
            if error.absent:
                raise gone(error.erased) if error.erased else Problem(404, NOTHING) from None
            raise Problem(409, f"{str(error)[0].upper()}{str(error)[1:]}.") from None
        except NotNowError as error:
            raise Problem(503, NOT_NOW.format(reason=error), headers={"Retry-After": "5"}) from None
        parts = [Erased(kind=each.kind, entries=each.entries) for each in proofs]
        return Erasure(booking=call.id, at=instant(proofs[0].at), by=call.by, erased=parts)

    return [
        Operation(
            "DELETE",
            "/sessions/{id}/record",
            "write",
            "Erase a session",
            "All that is stored of a session that is over goes, at once and for good: its sealed record, incidents, "
            "roll call, messages, silences, its booking if that was made here and is over, and its report files. "
            "That it was erased, when and by whom, stays on record.",
            erase,
            Erasure,
            id="The booking's id.",
            refusals={
                404: "Nothing is stored of it.",
                409: "It is under supervision, or messages about it wait to be sent.",
                410: "It was erased already.",
                503: "The store can't be read or written at present.",
            },
        )
    ]
