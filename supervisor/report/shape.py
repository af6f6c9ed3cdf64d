"""The report as JSON: the schema that programs build on. docs/report.md explains it.

Every figure follows from ``record``; `supervisor.report.verify` holds one against the other.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from supervisor.report.band import State
from supervisor.report.gaps import What

Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Seconds = Annotated[float, Field(ge=0, description="Seconds.")]


class Shape(BaseModel):
    """Every field is always there, and no other."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReportSession(Shape):
    """The booking as it was last, and the supervision."""

    id: str = Field(description="The booking's id.")
    organisation: str
    title: str
    room: str
    kind: str
    start: Instant = Field(description="As booked.")
    end: Instant | None = Field(description="As booked; null where no end was.")
    language: str
    utc_offset: int = Field(description="Seconds east of UTC of the place.")
    limit: int = Field(description="The recommended most people.")
    must_stream: bool = Field(description="Whether it has to be public live.")
    opened: Instant = Field(description="When the supervision began.")
    closed: Instant | None = Field(description="When it ended; null while it goes on.")
    until: Instant = Field(description="The last entry of the record.")


class ReportStream(Shape):
    """Seconds in each state of the live stream; see `ReportSegment`."""

    off: Seconds
    up: Seconds
    bad: Seconds
    doubt: Seconds
    down: Seconds
    unknown: Seconds


class ReportSummary(Shape):
    """The figures."""

    first_in: Instant | None = Field(description="When the first person was seen; null if nobody was.")
    last_out: Instant | None = Field(description="When nobody was left; null if nobody was seen.")
    peak_people: int | None = Field(description="The most people at once; null where they were never known.")
    peak_at: Instant | None
    over_limit_seconds: Seconds
    people_unknown_seconds: Seconds
    stream_seconds: ReportStream
    interruptions: int
    pauses: int
    paused_seconds: Seconds


class ReportChecked(Shape):
    """A thing that has to be right before a session that must be public."""

    item: str
    state: str = Field(description="`ok`, `wrong` or `unknown`: at the last check before the start.")
    since: Instant
    was_wrong: bool = Field(description="It was wrong at an earlier check.")


class ReportTelling(Shape):
    """Who was told."""

    at: Instant
    whom: str = Field(description="`moderators` or `everybody`: of the room.")
    people: int = Field(description="How many.")
    stage: int


class ReportPause(Shape):
    """A time for which the session was halted."""

    paused_at: Instant
    paused_by: str = Field(description="An occupant's id in the room and its role, or a token's name.")
    resumed_at: Instant | None
    resumed_by: str | None


class ReportIncident(Shape):
    """One trouble from its beginning to its end."""

    model_config = ConfigDict(
        extra="forbid", strict=True, populate_by_name=True, validate_by_name=True, serialize_by_alias=True
    )

    id: str
    monitor: str
    stage: str = Field(description="The worst it came to, in the monitor's words.")
    interruption: bool = Field(description="The public could not see the session.")
    reason: str = Field(description="In the log's words.")
    side: str | None = Field(description="`encoder`, `platform` or `viewers`: where the stream failed.")
    from_: Instant = Field(alias="from", description="The last good instant where a witness could tell.")
    to: Instant | None = Field(description="When it was good again; null where that was not seen.")
    detected: Instant
    recovered: Instant | None = Field(description="When the alert was over.")
    told: list[ReportTelling]
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    pauses: list[ReportPause]


class ReportCount(Shape):
    """From `at` on so many people; null while it is not known."""

    at: Instant
    people: int | None
    most: int | None = Field(description="The most since the count before.")
    moderators: int | None
    limit: int | None


class ReportSegment(Shape):
    """A time in which the public could see the session or not.

    `off`: nothing was to be seen and nothing was lost; `up`; `bad`: it ran badly; `doubt`: one witness said that it was
    lost, which never became sure; `down`: interrupted, from the last instant at which it was seen well; `unknown`.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, populate_by_name=True, validate_by_name=True, serialize_by_alias=True
    )

    from_: Instant = Field(alias="from")
    to: Instant
    state: State
    side: str | None
    reason: str


class ReportUnknown(Shape):
    """A time in which something was not seen."""

    model_config = ConfigDict(
        extra="forbid", strict=True, populate_by_name=True, validate_by_name=True, serialize_by_alias=True
    )

    from_: Instant = Field(alias="from")
    to: Instant
    what: What
    reason: str


class ReportSeal(Shape):
    """What the record is closed with. Keep `head` where nobody who has the store can change it."""

    algorithm: str
    genesis: str = Field(description="What the first entry holds for the hash of the one before it.")
    entries: int
    head: str = Field(description="The last entry's hash.")


class ReportEntry(Shape):
    """An entry of the record."""

    seq: int
    at: Instant
    what: str
    detail: dict[str, str | int | bool | None]
    hash: str


class Report(Shape):
    """A session's report."""

    format: Literal[1]
    session: ReportSession
    summary: ReportSummary
    preflight: list[ReportChecked]
    incidents: list[ReportIncident]
    people: list[ReportCount]
    stream: list[ReportSegment]
    unknown: list[ReportUnknown]
    seal: ReportSeal
    record: list[ReportEntry]
