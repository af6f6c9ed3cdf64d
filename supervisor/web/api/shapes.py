"""What the API answers, as pydantic models: the served description is made of them.

No field can hold a person's name, mail address or JID, but for those of a roll call whose booking turned attendance on.
Who did something is an occupant's id in the room with its role, or a token's name.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from supervisor.domain.evidence import Phase, Side
from supervisor.domain.preflight import Check
from supervisor.domain.reading import Severity
from supervisor.web.api.values import Shown

State = Literal["scheduled", "waiting", "open", "paused", "overrun", "unknown"]
Total = Annotated[int, Field(ge=0, description="How many there are in all.")]
Next = Annotated[int | None, Field(description="`offset` of the next page; null on the last one.")]
By = Annotated[
    str | None,
    Field(
        description="An occupant's id in the room and its role, or the name of a token.",
        examples=["a1b2c3d4 (moderator)", "support"],
    ),
]
When = Annotated[Shown | None, Field(description="Null until it has happened.")]


class Answer(BaseModel):
    """Every field is always there, and no other."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)


class Stream(Answer):
    """The verdict on the live stream, from all witnesses together."""

    phase: Phase = Field(description="What the public gets.")
    side: Side | None = Field(description="The side that failed, while it is stalled or interrupted.")
    since: Shown | None = Field(description="When this phase began; null if it has never been another.")
    witnesses: list[str] = Field(description="Who says so now; none while nobody is heard.", examples=[["jibri"]])
    detail: str = Field(description="In the words of the most direct witness.", examples=["error"])


class Paused(Answer):
    """The session is halted."""

    since: Shown
    by: By


class Preflight(Answer):
    """One thing that has to be right before a session that must be streamed."""

    item: str = Field(examples=["broadcast"])
    check: Check = Field(description="`unknown` is neither: it could not be asked.")
    reason: str = Field(description="What was seen, in the log's words.", examples=["upcoming"])


class Alert(Answer):
    """An alert that is open."""

    id: str = Field(description="For `/alerts/{id}/ack`.", examples=["almatret-2026-09-03:StreamInterrupted"])
    monitor: str = Field(description="The rule that fired.", examples=["StreamInterrupted"])
    booking: str | None = Field(description="Null for SourceLost and BridgeUnhealthy, which concern every session.")
    room: str | None
    source: str | None = Field(description="The source of evidence that is lost, for SourceLost.", examples=["xmpp"])
    severity: Severity
    stage: str = Field(description="How far it has come, in the monitor's words.", examples=["interrupted"])
    since: Shown
    reason: str = Field(description="Why, in the log's words.")
    held: bool = Field(description="Nothing is known at present, so it stays as it was.")
    told: bool = Field(description="Whether somebody in the room has been told.")
    incident: str | None = Field(description="For `/incidents/{id}`; null where it is too small a thing for one.")
    acknowledged_by: By
    acknowledged_at: When


class Session(Answer):
    """A booked session under supervision: from 30 minutes before its start until its end and the last person's leaving.

    `state` is `paused` while it is paused, whatever else; else `unknown` while the room is not seen. Else it is
    `scheduled` before the start and `waiting` after it while nobody is in the room, `open` when somebody is, and
    `overrun` when somebody still is after the booked end.
    """

    id: str = Field(description="The booking's id.", examples=["almatret-2026-09-03"])
    booking: str = Field(description="The same: every object names its booking so.")
    title: str
    organisation: str
    kind: str = Field(examples=["plenary"])
    room: str = Field(description="The room's JID.", examples=["plealmatret@conference.example.org"])
    start: Shown
    end: Shown | None = Field(description="Null for a room that is always open.")
    limit: int = Field(description="The recommended most people.")
    state: State
    people: int | None = Field(description="Persons in the room and its breakout rooms; null while unknown.")
    moderators: int | None = Field(description="Null while unknown.")
    visitors: int | None = Field(description="They are not counted as people. Null while unknown.")
    stream: Stream
    paused: Paused | None
    preflight: list[Preflight] = Field(description="How it stood when last checked, before the start; else empty.")
    alerts: list[Alert]


class Participant(Answer):
    """One person of a roll call. Without attendance each connection is a line of its own: Jitsi tells no more."""

    ids: list[str] = Field(description="The ids that it had in the room.", examples=[["a1b2c3d4"]])
    name: str | None = Field(description="As it calls itself; null unless the booking turned attendance on.")
    via: str = Field(description="`person` (browser or app), `dial-in` or `room system`.", examples=["person"])
    came: Shown
    left: Shown | None = Field(description="Null while it is in the room.")
    visits: int = Field(ge=1, description="How often it came in.")
    drops: int = Field(ge=0, description="How often its connection had ended.")
    microphone: bool | None = Field(description="Whether it was ever open; null where the room does not tell.")
    camera: bool | None = Field(description="Whether it or a shared screen was ever open; null where unknown.")
    region: str | None = Field(description="The server region that its client says it is in; null where it says none.")
    rtt_ms: int | None = Field(
        ge=0, description="Milliseconds to the bridge and back, the middle of the last looks; null while unknown."
    )
    loss: float | None = Field(
        ge=0, le=1, description="The share of packets lost to or from the bridge, likewise; null while unknown."
    )
    ready: bool = Field(description="Whether nothing is known that is against it.")
    why: list[str] = Field(description="What is.", examples=[["microphone never on", "dropped 2 times"]])


class RollCall(Answer):
    """Who came to a session, and whose microphone and camera were seen to work."""

    booking: str
    over: bool = Field(description="Whether the session is over.")
    people: list[Participant] = Field(description="In the order in which they came.")
    missing: list[str] = Field(
        description="Who was expected and has not come, as the booking writes it; empty unless it turned attendance on."
    )


class Incident(Answer):
    """One outage from its beginning to its end."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, validate_by_name=True, serialize_by_alias=True)

    id: str = Field(examples=["almatret-2026-09-03:StreamInterrupted:1788454860.000"])
    booking: str
    room: str
    monitor: str
    detected: Shown = Field(description="When the alert rose.")
    from_: Shown = Field(
        alias="from", description="Its last good instant where a witness could tell, else when it was detected."
    )
    to: Shown | None = Field(description="Its end; null while it lasts.")
    told: When
    acknowledged_by: By
    acknowledged_at: When
    paused_by: By
    paused_at: When
    resumed_by: By
    resumed_at: When


class Line(Answer):
    """A line of an incident's record."""

    at: Shown
    what: str = Field(examples=["told"])
    detail: dict[str, str] = Field(examples=[{"whom": "moderators"}])


class IncidentRecord(Incident):
    """An incident with its record, oldest line first."""

    timeline: list[Line]


class Silence(Answer):
    """Nothing is told of what it matches, until then. Alerts still open, and are seen here and in the metrics."""

    id: str
    booking: str | None = Field(description="Null for every booking.")
    monitor: str | None = Field(description="Null for every monitor.")
    until: Shown
    by: By
    comment: str


class DeadLetter(Answer):
    """A message that did not arrive at somebody outside the room. What it said is in its incident."""

    id: str
    channel: str = Field(examples=["email"])
    target: str = Field(description="Which receiver; never an address or a secret.")
    kind: str = Field(examples=["alert.firing"])
    subject: str = Field(description="What it was about: usually an incident.")
    created: Shown
    died: Shown = Field(description="When it was given up.")
    attempts: int
    reason: str = Field(examples=["HTTP 410"])


class Sessions(Answer):
    """A page of sessions, by start."""

    sessions: list[Session]
    total: Total
    next_offset: Next


class Alerts(Answer):
    """A page of open alerts, the newest first."""

    alerts: list[Alert]
    total: Total
    next_offset: Next


class Incidents(Answer):
    """A page of incidents, the newest first."""

    incidents: list[Incident]
    total: Total
    next_offset: Next


class Silences(Answer):
    """A page of silences whose time is not over, the one that ends first first."""

    silences: list[Silence]
    total: Total
    next_offset: Next


class DeadLetters(Answer):
    """A page of dead letters, the last one first. Their number is not counted."""

    dead_letters: list[DeadLetter]
    next_offset: Next


class FieldError(Answer):
    """A field that is wrong."""

    field: str = Field(description="Where: `body`, `query` or `path` and the key.", examples=["body.duration"])
    detail: str = Field(description="What is wrong, and what to do.")


class Broken(Answer):
    """Something about a booking: a word that makes none, or a rule of the house."""

    key: str = Field(description="The booking's word.", examples=["start"])
    text: str = Field(description="What is wrong, and what to do.")
    rule: str = Field(
        description="The rule, as in `[bookings.rules]`; `words` where it makes no booking, `id` where that is taken.",
        examples=["notice"],
    )


class ProblemDetails(BaseModel):
    """An error, as RFC 9457 has it."""

    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="What is wrong, and what to do.")
    errors: list[FieldError | Broken] = Field(
        default=[], description="Where more than one thing may be wrong: each field."
    )
