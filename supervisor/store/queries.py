"""Reads, as the records that were stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from supervisor.domain.records import (
    AlertRow,
    BookingRow,
    DeadLetter,
    Incident,
    Outgoing,
    QuotaDay,
    RollLine,
    Saved,
    Silence,
    StreamRow,
    TimelineEntry,
)
from supervisor.domain.retention import RECORDS, Erasure
from supervisor.store import schema
from supervisor.store.apply import BOOKINGS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, RowMapping

_OUTGOING = tuple(schema.outbox.c[name] for name in Outgoing.__dataclass_fields__)


def saved(connection: Connection) -> Saved:
    """All that a restart needs."""
    waiting = select(*_OUTGOING).where(schema.outbox.c.state == schema.WAITING)
    table = schema.incidents
    # The trouble may be over while the session is still halted for it.
    halted = table.c.paused_at.is_not(None) & table.c.resumed_at.is_(None)
    open_incidents = select(table).where(table.c.closed.is_(None) | halted)
    return Saved(
        alerts=tuple(AlertRow(**row) for row in _rows(connection, select(schema.alerts).order_by("began", "monitor"))),
        incidents=tuple(Incident(**row) for row in _rows(connection, open_incidents.order_by("opened", "id"))),
        outgoing=tuple(_outgoing(row) for row in _rows(connection, waiting.order_by("created", "id"))),
        silences=tuple(Silence(**row) for row in _rows(connection, select(schema.silences).order_by("until", "id"))),
        streams=tuple(StreamRow(**row) for row in _rows(connection, select(schema.streams).order_by("booking"))),
        roll=tuple(_line(row) for row in _rows(connection, _roll().where(schema.roll.c.ended.is_(None)))),
        bookings=tuple(bookings(connection)),
        erased={erasure.session: erasure.at for erasure in reversed(erasures(connection))},
    )


def bookings(connection: Connection) -> list[BookingRow]:
    """The bookings that were made here, by their start."""
    return [_booking(row) for row in _rows(connection, select(schema.bookings).order_by("starts", "id"))]


def bookings_revision(connection: Connection, what: str = BOOKINGS) -> int:
    """A number that grows with each change of the bookings, or of what is named."""
    counted = select(schema.meta.c.value).where(schema.meta.c.key == what)
    return int(connection.execute(counted).scalar_one_or_none() or 0)


def incidents(connection: Connection, since: float, until: float, booking: str | None) -> list[Incident]:
    """The incidents opened in [since, until), of one booking or of all, oldest first."""
    table = schema.incidents
    query = select(table).where(table.c.opened >= since, table.c.opened < until).order_by("opened", "id")
    if booking is not None:
        query = query.where(table.c.booking == booking)
    return [Incident(**row) for row in _rows(connection, query)]


def timeline(connection: Connection, incident: str) -> list[TimelineEntry]:
    """The record of one incident, oldest first."""
    table = schema.timeline
    query = select(table).where(table.c.incident == incident).order_by("at", "what", "detail")
    return [TimelineEntry(**{**row, "detail": json.loads(row["detail"])}) for row in _rows(connection, query)]


def roll(connection: Connection, booking: str) -> list[RollLine]:
    """The roll call of one booking's session, in the order in which people came."""
    return [_line(row) for row in _rows(connection, _roll().where(schema.roll.c.booking == booking))]


def event_log(connection: Connection, session: str) -> list[str]:
    """The parts of a session's event log, in their order."""
    table = schema.event_log
    query = select(table.c.lines).where(table.c.session == session).order_by(table.c.opened, table.c.part)
    return list(connection.execute(query).scalars())


def dead_letters(connection: Connection, limit: int) -> list[DeadLetter]:
    """The messages that were given up, the last one first."""
    table = schema.outbox
    query = select(*_OUTGOING, table.c.settled, table.c.reason).where(table.c.state == schema.DEAD)
    rows = _rows(connection, query.order_by(table.c.settled.desc(), "id").limit(limit))
    return [DeadLetter(_outgoing(row), row["settled"], row["reason"]) for row in rows]


def messages(connection: Connection) -> dict[str, int]:
    """How many messages are kept, by state: ``waiting``, ``sent``, ``dead``."""
    table = schema.outbox
    counted = connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {row[0]: row[1] for row in counted}


def quota(connection: Connection, project: str) -> QuotaDay | None:
    """The last day of a project on which something was counted."""
    table = schema.quota
    query = select(table).where(table.c.project == project).order_by(table.c.day.desc()).limit(1)
    return next((QuotaDay(**{**row, "tripped": bool(row["tripped"])}) for row in _rows(connection, query)), None)


def erasures(connection: Connection, limit: int = 10_000) -> list[Erasure]:
    """The erasures that somebody wished, the last one first."""
    wished = select(schema.erasures).where(schema.erasures.c.until.is_(None))
    rows = _rows(connection, wished.order_by(schema.erasures.c.at.desc(), "session", "kind").limit(limit))
    return [Erasure(**row) for row in rows]


def erasure(connection: Connection, session: str = "", room: str = "") -> Erasure | None:
    """The last deletion of the sealed record of a session, or of one in a room (its node): for its age, or by wish."""
    table = schema.erasures
    here = table.c.session == session if session else (table.c.room == room) & (table.c.room != "")
    # What else went for its age leaves the record where it is.
    record = (table.c.kind == RECORDS) | table.c.until.is_(None)
    query = select(table).where(here, record).order_by(table.c.at.desc(), (table.c.seal == ""), "kind").limit(1)
    return next((Erasure(**row) for row in _rows(connection, query)), None)


def _rows(connection: Connection, query: Any) -> list[RowMapping]:
    return list(connection.execute(query).mappings())


def _outgoing(row: RowMapping) -> Outgoing:
    values = {name: row[name] for name in Outgoing.__dataclass_fields__}
    return Outgoing(**{**values, "payload": json.loads(row["payload"])})


def _roll() -> Any:
    return select(*(schema.roll.c[name] for name in RollLine.__dataclass_fields__)).order_by("came", "booking", "id")


def _line(row: RowMapping) -> RollLine:
    known = {key: None if row[key] is None else bool(row[key]) for key in ("audio", "video")}
    return RollLine(**{**row, **known})


def _booking(row: RowMapping) -> BookingRow:
    return BookingRow(**{**row, "words": json.loads(row["words"])})
