"""Values as the API takes and shows them, each with its JSON schema. Errors say what is wrong and what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from supervisor.domain.durations import parse_duration

MOST = 500
"""Items of one page."""
FARTHEST = 1_000_000
"""Items that may be passed over."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.IGNORECASE | re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WRITE = 'write it as "2026-09-03T17:00:00Z" (in an address a "+" has to be written as %2B)'


def _instant(value: Any) -> float:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError(f"is not an instant with its offset; {_WRITE}")
    try:
        return (datetime.fromisoformat(value.upper()) - _EPOCH).total_seconds()
    except ValueError:
        raise ValueError(f"is not a day or an hour that there is; {_WRITE}") from None


def _whole(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{1,9}", value):
        raise ValueError("is not a whole number; write digits only")
    return int(value)


def _shown(seconds: float) -> str:
    # As the webhooks write it; years that no calendar has don't come out of a clock.
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(seconds: float | None) -> str | None:
    """An instant as it is shown; None stays None."""
    return None if seconds is None else _shown(seconds)


Given = Annotated[
    float,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Shown = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Lasting = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^(?=[0-9])([0-9]{1,10}h)?([0-9]{1,10}m)?([0-9]{1,10}s)?$"}),
]
BookingId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")]


class Wanted(BaseModel):
    """What a client sends: a key that is not known is an error, so that a slip of the hand is not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Wanted):
    """The part of a list that is wanted."""

    limit: Annotated[
        Annotated[int, Field(ge=1, le=MOST)],
        BeforeValidator(_whole),
    ] = Field(default=100, description="The most items to answer with.")
    offset: Annotated[
        Annotated[int, Field(ge=0, le=FARTHEST)],
        BeforeValidator(_whole),
    ] = Field(default=0, description="How many items to pass over: `next_offset` of the page before.")


class Nothing(Wanted):
    """No parameters, or no keys."""
