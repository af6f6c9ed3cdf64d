"""The chains of the sessions' sealed records: the writer's part of `supervisor.domain.chronicle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select

from supervisor.domain.chronicle import Chronicle, Head, Link, append, as_row, canonical, stamp
from supervisor.store.schema import chronicle, chronicle_heads
from supervisor.store.statements import upsert

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from supervisor.domain.records import ChronicleEntry

_HERE = chronicle.c.session == bindparam("session")
# Made once, as those of `supervisor.store.statements`.
_LAST = select(chronicle).where(_HERE).order_by(chronicle.c.seq.desc()).limit(1)
_SAME = (
    select(chronicle.c.seq)
    .where(_HERE, *(chronicle.c[name] == bindparam(name) for name in ("at", "what", "detail")))
    .limit(1)
)
_HEAD = select(chronicle_heads).where(chronicle_heads.c.session == bindparam("session"))


def seal(connection: Connection, entry: ChronicleEntry) -> None:
    """Add an entry to its session's chain, unless it is there: who is not sure that it was stored stores it again."""
    lock(connection, entry.session)
    key = {"session": entry.session}
    row = connection.execute(_LAST, key).mappings().first()
    last = None if row is None else Link(**row)
    # What is later than all that is there can't be there yet: most entries are.
    if last is not None and stamp(entry.at) <= last.at:
        wanted = key | {"at": stamp(entry.at), "what": entry.what, "detail": canonical(dict(entry.detail))}
        if connection.execute(_SAME, wanted).first() is not None:
            return
    link, head = append(_head(connection, entry.session), last, entry)
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
    row = connection.execute(_HEAD, {"session": session}).mappings().first()
    return None if row is None else Head(**row)
