"""What is kept: plain rows, without a person's display name, mail address or JID in any of them.

Instants are seconds since the epoch. Who did something is written as ``by``: an occupant id with its role, or the name
of an API token. A list of changes is stored in one transaction, so that an alert, its record and the messages that it
causes appear together or not at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
    """What a payload may hold."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert that fires or has something left to be told; the last one of its ``booking`` and ``monitor`` counts.

    Attributes:
        booking: The booking's id, or the source's name for an alert that belongs to no session.
        monitor: The monitor's name.
        stage: The stage that fires, 0 where only an all-clear is still owed.
        severity: ``info``, ``warning`` or ``critical``.
        began: Start of the episode.
        since: Instant of the fact that is owed or was last told.
        heard: The stage that people were last told.
        owed: The stage that they are to be told, None when nothing is owed.
        incident: Id of the incident that it is part of; empty for none.
        reason: Why, in the log's words.
        acknowledged_by: Who answered for it; empty for nobody.
        acknowledged_at: When.
    """

    booking: str
    monitor: str
    stage: int
    severity: str
    began: float
    since: float
    heard: int = 0
    owed: int | None = None
    incident: str = ""
    reason: str = ""
    acknowledged_by: str = ""
    acknowledged_at: float | None = None


@dataclass(frozen=True, slots=True)
class AlertEnded:
    """The alert is over and nothing is owed any more; its history is in the incident."""

    booking: str
    monitor: str


@dataclass(frozen=True, slots=True)
class StreamRow:
    """How a session's stream stood; the last one of its ``booking`` counts.

    Without it a stream that breaks while the daemon is down would look like one that never ran.

    Attributes:
        booking: The booking's id.
        phase: What the public got, in the verdict's words.
        cause: Why, in Jibri's words; may be empty.
        session_id: Jibri's session, as focus publishes it; may be empty.
        since: When this phase began.
        broken_at: Last good instant before the present stall or interruption.
    """

    booking: str
    phase: str
    cause: str
    session_id: str
    since: float
    broken_at: float


@dataclass(frozen=True, slots=True)
class RollLine:
    """One occupant id in a session's roll call; the last one of its ``booking`` and ``id`` counts.

    Attributes:
        booking: The booking's id.
        id: The resource in the room.
        via: ``person`` (a browser or an app: their presences do not tell them apart), ``dial-in``, ``room system``.
        came: When first seen.
        left: When last seen to leave; None while there.
        how: How it last left: ``left``, ``dropped``, ``removed``, or ``gone`` where we did not see it; empty before.
        visits: How often it came in; 0 for somebody who was expected and never came.
        drops: How often its connection had ended.
        audio: Whether its microphone was ever open; None where the room has never told.
        video: The same of camera or screen.
        name: As it calls itself; only where the booking turned attendance on.
        region: The server region that it says it is near; None where it says none.
        rtt_ms: Milliseconds to its bridge and back, see `supervisor.domain.line_quality`; None while unknown.
        loss: The share of packets that got lost on the way to or from its bridge, 0 to 1; likewise.
    """

    booking: str
    id: str
    via: str
    came: float
    left: float | None = None
    how: str = ""
    visits: int = 1
    drops: int = 0
    audio: bool | None = None
    video: bool | None = None
    name: str = field(default="", repr=False)
    region: str | None = None
    rtt_ms: int | None = None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class RollEnded:
    """The session of this booking is over; its roll call stays as it is."""

    booking: str
    at: float


@dataclass(frozen=True, slots=True)
class Incident:
    """One outage, from its opening to its closing; the last one of its ``id`` counts. ``told``: first told to somebody.

    ``opened`` is when it was noticed, ``began`` the last good instant before it, where a witness could tell.
    ``title`` is the one that the room had before it said PAUSED, ``titled_by`` in whose name (an occupant's room JID).

    Whatever has not happened is None, and its ``…_by`` empty.
    """

    id: str
    booking: str
    room: str
    monitor: str
    opened: float
    closed: float | None = None
    told: float | None = None
    acknowledged_by: str = ""
    acknowledged_at: float | None = None
    paused_by: str = ""
    paused_at: float | None = None
    resumed_by: str = ""
    resumed_at: float | None = None
    title: str | None = None
    titled_by: str = ""
    began: float | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A line of an incident's record. ``what`` is a short event name; the incident has to be stored before or with it.

    Two entries that are equal are one entry: storing a batch again adds nothing.
    """

    incident: str
    at: float
    what: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChronicleEntry:
    """Something that happened in a session, for its sealed record; see `supervisor.domain.chronicle`.

    The writer numbers and seals it. Two entries that are equal are one entry: storing a batch again adds nothing.

    Attributes:
        session: The booking's id.
        at: When.
        what: A short event name.
        detail: Words, whole numbers, nothing of a person's.
    """

    session: str
    at: float
    what: str
    detail: Mapping[str, str | int | bool | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class EventLog:
    """A part of a session's event log, see docs/replay.md.

    Attributes:
        session: The booking's id.
        opened: When the process that writes it took the session under supervision.
        part: Counts from 1 since then.
        at: Instant of the last line.
        lines: JSON, one object a line; nobody is named.
    """

    session: str
    opened: float
    part: int
    at: float
    lines: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that has to leave the house, through one channel to one target.

    Attributes:
        id: Idempotency key (`idempotency_key`): the receiver may get the message twice, but never under two keys. A key
            that is stored already is not stored, and not sent, again.
        channel: Name of the channel.
        target: Name of one receiver there, as its sender spells it; never an address or a secret.
        subject: What it is about, usually the incident's id. The messages of one subject reach a target in order.
        kind: ``alert.firing`` and so on, see `supervisor.domain.news`.
        payload: What is told.
        created: Instant of the fact that is told.
        not_before: Not to be sent before; moved by each failure.
        expires: Of no use to anybody afterwards; None for always of use.
        attempts: Failures so far.
    """

    id: str
    channel: str
    target: str
    subject: str
    kind: str
    payload: Mapping[str, Json]
    created: float
    not_before: float = 0.0
    expires: float | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver has the message of this key."""

    id: str
    at: float


@dataclass(frozen=True, slots=True)
class Deferred:
    """Sending failed for now, for the ``attempts``-th time; it is tried again after ``not_before``."""

    id: str
    attempts: int
    not_before: float
    reason: str


@dataclass(frozen=True, slots=True)
class Died:
    """Sending failed for good: the message becomes a dead letter, which support staff can read."""

    id: str
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is told of what it matches, until then. An empty ``booking`` or ``monitor`` matches every one."""

    id: str
    booking: str
    monitor: str
    until: float
    by: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SilenceEnded:
    """Somebody ended the silence before its time."""

    id: str


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking that came in by the command line or over HTTP.

    Attributes:
        id: The booking's id.
        room: As Prosody stores it.
        starts: Seconds since the epoch.
        ends: The same; None for never.
        words: As in a file, the start as text. They may hold what else is never stored: the contacts that are to be
            written to, and with attendance the names that are expected.
        revision: Counts its states, from 1.
        changed: When this state was made.
        changed_by: Who made it: a token's name, or ``command line``.
    """

    id: str
    room: str
    starts: float
    ends: float | None
    words: Mapping[str, Json]
    revision: int = 1
    changed: float = 0.0
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class BookingRemoved:
    """The booking of this id is withdrawn."""

    id: str


@dataclass(frozen=True, slots=True)
class QuotaDay:
    """A project's day, with the unit that is about to be used; the last one of its ``project`` and ``day`` counts.

    Attributes:
        project: Whose quota.
        day: In the quota's own calendar, ``YYYY-MM-DD``.
        units: Counted so far.
        tripped: The project said that the day's quota is used up, whatever was counted here.
    """

    project: str
    day: str
    units: int
    tripped: bool = False


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    """The session of this booking is under supervision: nothing of it may be deleted.

    Attributes:
        booking: The booking's id.
        until: The note is void after this instant, unless it is renewed: a daemon that never came back holds nothing.
        endless: The room is always open; of what is over in it, what is old may go.
    """

    booking: str
    until: float
    endless: bool = False


@dataclass(frozen=True, slots=True)
class SupervisionEnded:
    """It is not any more."""

    booking: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that did not arrive, when it was given up, and why."""

    message: Outgoing
    died: float
    reason: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What a daemon needs to know after a restart, each oldest first.

    Attributes:
        alerts: All that fire or owe something.
        incidents: Those that are open.
        streams: How each session's stream stood.
        roll: The roll calls of sessions that are not over.
        outgoing: What was neither delivered nor given up.
        silences: All that were not ended; their time may be over.
        bookings: Those that came in by the command line or over HTTP.
        erased: When sessions were erased last, by booking; of late.
    """

    alerts: tuple[AlertRow, ...] = ()
    incidents: tuple[Incident, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    silences: tuple[Silence, ...] = ()
    bookings: tuple[BookingRow, ...] = ()
    streams: tuple[StreamRow, ...] = ()
    roll: tuple[RollLine, ...] = ()
    erased: Mapping[str, float] = field(default_factory=dict)


def idempotency_key(*parts: str) -> str:
    """Make a key out of what a message is: the same parts give the same key, in a replay and after a restart too.

    Args:
        parts: For example incident, kind, how often it was told, channel, target.

    Returns:
        36 characters that may stand in every header.
    """
    return "msg_" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
