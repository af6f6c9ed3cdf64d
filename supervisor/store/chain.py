"""The chains of the sessions' sealed records: the writer's part of `supervisor.domain.chronicle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from supervisor.domain.chronicle import Chronicle, Head, Link, append, as_row, canonical, stamp
from supervisor.store.schema import chronicle, chronicle_heads
from supervisor.store.statements import upsert

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from supervisor.domain.records import ChronicleEntry


def seal(connection: Connection, entry: ChronicleEntry) -> None:
    """Add an entry to its session's chain, unless it is there: who is not sure that it was stored stores it again."""
    lock(connection, entry.session)
    here = chronicle.c.session == entry.session
    same = (chronicle.c.at == stamp(entry.at)) & (chronicle.c.what == entry.what)
    wanted = select(chronicle.c.seq).where(here, same, chronicle.c.detail == canonical(dict(entry.detail))).limit(1)
    if connection.execute(wanted).first() is not None:
        return
    last = (
        connection.execute(select(chronicle).where(here).order_by(chronicle.c.seq.desc()).limit(1)).mappings().first()
    )
    link, head = append(_head(connection, entry.session), None if last is None else Link(**last), entry)
    connection.execute(insert(chronicle), as_row(link))
    upsert(connection, chronicle_heads, as_row(head))


def lock(connection: Connection, session: str) -> None:
    """Let nobody else change a session's record in this transaction."""
    if connection.dialect.name == "postgresql":
        # SQLite's transaction shuts out all others by itself; here two daemons could read the same end.
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(session, 0))))


def read(connection: Connection, session: str) -> Chronicle:
    """The record of a session as it is stored, whole or not."""
    rows = connection.execute(
        select(chronicle).where(chronicle.c.session == session).order_by(chronicle.c.seq)
    ).mappings()
    return Chronicle(session, tuple(Link(**row) for row in rows), _head(connection, session))


def latest(connection: Connection, room: str) -> str | None:
    """The session of a room that was booked to begin last, of those that have a record; None without one."""
    heads = chronicle_heads
    query = (
        select(heads.c.session).where(heads.c.room == room).order_by(heads.c.starts.desc(), heads.c.session).limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def _head(connection: Connection, session: str) -> Head | None:
    heads = chronicle_heads
    row = connection.execute(select(heads).where(heads.c.session == session)).mappings().first()
    return None if row is None else Head(**row)
