"""The changes that the store is asked for, and how two of them relate; their rows: `supervisor.domain.records`."""

from __future__ import annotations

import json

from supervisor.domain.records import (
    AlertEnded,
    AlertRow,
    BookingRemoved,
    BookingRow,
    ChronicleEntry,
    Deferred,
    Died,
    EventLog,
    Incident,
    Outgoing,
    QuotaDay,
    RollEnded,
    RollLine,
    Sent,
    Silence,
    SilenceEnded,
    StreamRow,
    SupervisionEnded,
    SupervisionRow,
    TimelineEntry,
)

Change = (
    AlertRow
    | AlertEnded
    | StreamRow
    | RollLine
    | RollEnded
    | Incident
    | TimelineEntry
    | ChronicleEntry
    | EventLog
    | Outgoing
    | Sent
    | Deferred
    | Died
    | Silence
    | SilenceEnded
    | BookingRow
    | BookingRemoved
    | QuotaDay
    | SupervisionRow
    | SupervisionEnded
)


def essential(change: Change) -> bool:
    """Whether it is about an alert and must never be refused, however little room there is."""
    return not isinstance(
        change, RollLine | RollEnded | EventLog | BookingRow | BookingRemoved | Silence | SilenceEnded | QuotaDay
    )


def identity(change: Change) -> tuple[str, ...]:  # noqa: C901, PLR0911, PLR0912 - a table: one line per change
    """What the change is about: of two changes of one identity only the last matters."""
    match change:
        case AlertRow() | AlertEnded():
            return "alert", change.booking, change.monitor
        case StreamRow():
            return "stream", change.booking
        case RollLine():
            return "roll", change.booking, change.id
        case RollEnded():
            return "roll ended", change.booking
        case TimelineEntry():
            detail = json.dumps(dict(change.detail), sort_keys=True)
            return "timeline", change.incident, repr(change.at), change.what, detail
        case ChronicleEntry():
            detail = json.dumps(dict(change.detail), sort_keys=True)
            return "chronicle", change.session, repr(change.at), change.what, detail
        case EventLog():
            return "event log", change.session, repr(change.opened), str(change.part)
        case Sent() | Deferred() | Died():
            return "outcome", change.id
        case Silence() | SilenceEnded():
            return "silence", change.id
        case BookingRow() | BookingRemoved():
            return "booking", change.id
        case Incident() | Outgoing():
            return type(change).__name__, change.id
        case QuotaDay():
            return "quota", change.project, change.day
        case SupervisionRow() | SupervisionEnded():
            return "supervision", change.booking
