"""Changes as statements. All are safe to apply again, since a commit whose answer was lost is applied again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, Text, bindparam, cast, select, update

from supervisor.domain import records
from supervisor.store import chain, schema
from supervisor.store.statements import once, remove, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from supervisor.domain.changes import Change


BOOKINGS, ERASURES = "bookings", "erasures"
"""The keys of ``meta`` under which changes of the bookings, and erasures, are counted."""


_ERASED_SINCE = select(schema.erasures.c.session).where(
    schema.erasures.c.session == bindparam("session"),
    schema.erasures.c.until.is_(None),
    schema.erasures.c.at >= bindparam("at"),
)


def apply(connection: Connection, change: Change) -> str | None:  # noqa: C901, PLR0912 - a table: one line per change
    """Apply one change within the connection's transaction.

    Returns:
        The key of a message that was not known before, and is to be sent; else None.
    """
    match change:
        case records.AlertRow():
            upsert(connection, schema.alerts, asdict(change))
        case records.AlertEnded(booking, monitor):
            remove(connection, schema.alerts, booking=booking, monitor=monitor)
        case records.StreamRow():
            upsert(connection, schema.streams, asdict(change))
        case records.RollLine():
            upsert(connection, schema.roll, _roll_line(change))
        case records.RollEnded(booking, at):
            here = schema.roll.c.booking == booking
            connection.execute(update(schema.roll).where(here).values(ended=at))
        case records.Incident():
            upsert(connection, schema.incidents, asdict(change))
        case records.TimelineEntry():
            once(connection, schema.timeline, asdict(change) | {"detail": text(change.detail)})
        case records.ChronicleEntry():
            chain.seal(connection, change)
        case records.EventLog():
            # It comes some seconds late: the session may have been erased meanwhile, and then nothing of it comes back.
            erased = {"session": change.session, "at": change.at}
            if connection.execute(_ERASED_SINCE, erased).first() is None:
                upsert(connection, schema.event_log, asdict(change))
        case records.Outgoing():
            return change.id if once(connection, schema.outbox, _outgoing(change)) else None
        case records.Sent() | records.Deferred() | records.Died():
            _outcome(connection, change)
        case records.Silence():
            upsert(connection, schema.silences, asdict(change))
        case records.SilenceEnded(id_):
            remove(connection, schema.silences, id=id_)
        case records.BookingRow():
            upsert(connection, schema.bookings, asdict(change) | {"words": text(change.words)})
            count_change(connection)
        case records.BookingRemoved(id_):
            remove(connection, schema.bookings, id=id_)
            count_change(connection)
        case records.QuotaDay():
            upsert(connection, schema.quota, asdict(change) | {"tripped": int(change.tripped)})
        case records.SupervisionRow():
            upsert(connection, schema.supervised, asdict(change) | {"endless": int(change.endless)})
        case records.SupervisionEnded(booking):
            remove(connection, schema.supervised, booking=booking)
    return None


def text(value: Mapping[str, Any]) -> str:
    """JSON of one spelling, so that what is equal is equal in the database too."""
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def count_change(connection: Connection, what: str = BOOKINGS) -> None:
    """Note that the bookings (or what is named) are not what they were, for whoever polls; a number that grows."""
    table = schema.meta
    once(connection, table, {"key": what, "value": "0"})
    grown = cast(cast(table.c.value, Integer) + 1, Text)
    connection.execute(update(table).where(table.c.key == what).values(value=grown))


def _roll_line(line: records.RollLine) -> dict[str, Any]:
    known = {
        key: None if value is None else int(value) for key, value in (("audio", line.audio), ("video", line.video))
    }
    return asdict(line) | known | {"ended": None}


def _outgoing(message: records.Outgoing) -> dict[str, Any]:
    state = {"state": schema.WAITING, "settled": None, "reason": ""}
    return asdict(message) | {"payload": text(message.payload)} | state


def _outcome(connection: Connection, outcome: records.Sent | records.Deferred | records.Died) -> None:
    match outcome:
        case records.Sent(_, at):
            values = {"state": schema.SENT, "settled": at}
        case records.Deferred(_, attempts, not_before, reason):
            values = {"attempts": attempts, "not_before": not_before, "reason": reason}
        case records.Died(_, at, reason):
            values = {"state": schema.DEAD, "settled": at, "reason": reason}
    # Only what waits can change: late news of a try never brings a settled message back.
    waiting = (schema.outbox.c.id == outcome.id) & (schema.outbox.c.state == schema.WAITING)
    connection.execute(update(schema.outbox).where(waiting).values(values))
