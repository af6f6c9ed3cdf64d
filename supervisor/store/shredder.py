"""Deletes: what is over its period, a few rows at a time, and all of one session, at once. Blocks.

The supervision's writer waits for none of it for long: what is to go is looked for without a lock, and each change is
small. With SQLite what is deleted is overwritten (``secure_delete``); `Shredder.settle` empties the write-ahead log.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.exc import DBAPIError

from supervisor.domain.retention import RECORDS, Erasure
from supervisor.ports import NotErasedError, NotNowError
from supervisor.store import queries, schema
from supervisor.store.apply import ERASURES, count_change
from supervisor.store.chain import lock
from supervisor.store.engine import file_of, reading
from supervisor.store.failures import permanent, temporary
from supervisor.store.holdings import HOLDINGS, Holding, messages_of
from supervisor.store.migrate import brought_up, copies
from supervisor.store.statements import upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection, Engine

Result = TypeVar("Result")

BATCH = 500
"""Rows that are deleted in one transaction, but for a session's record, which goes whole."""

MAY_GO = "it is under supervision at present; try again when it is over"


class Shredder:
    """Made by `Shredder.open`, from any thread. Every call raises NotNowError where the database does not answer."""

    def __init__(self, writing: Engine, reading: Engine, path: Path | None) -> None:
        self._writing = writing
        self._reading = reading
        self._path = path

    @classmethod
    def open(cls, address: str) -> Shredder:
        """Open the store's database, and bring it to this version's schema.

        Raises:
            StoreUnusableError: With the place and the remedy.
        """
        url, engine = brought_up(address)
        return cls(engine, reading(url), file_of(url))

    # --- for their age ---

    def lapse(self, now: float) -> None:
        """Take back the notes of supervisions that nobody renews any more."""
        table = schema.supervised
        self._within(self._writing, lambda c: c.execute(delete(table).where(table.c.until < now)))

    def forget(self, holding: Holding, before: float, now: float) -> tuple[int, Erasure | None]:
        """Delete some of what is over and older than ``before``.

        Returns:
            How many rows; 0 when nothing is left. And the proof, where that was a whole session's.
        """
        key = [holding.table.c.session] if holding.whole else list(holding.table.primary_key)
        found = select(*key).where(holding.old(before)).limit(1 if holding.whole else BATCH)
        rows = self._within(self._reading, lambda c: [tuple(row) for row in c.execute(found)])
        if not rows:
            return 0, None
        if holding.whole:
            return self._within(self._writing, lambda c: _whole(c, holding, rows[0][0], (before, now)))
        # Looked at again: what was over may have come back to life meanwhile.
        condition = tuple_(*key).in_(rows) & holding.old(before)
        return self._within(self._writing, lambda c: _counted(c, holding, condition)), None

    # --- by session ---

    def erase(self, session: str, now: float, by: str) -> tuple[Erasure, ...]:
        """Delete all that is stored of a session, together.

        Returns:
            One proof for each kind of which there was something.

        Raises:
            NotErasedError: It is under supervision, messages about it wait, or nothing is stored of it.
        """
        return self._within(self._writing, lambda connection: _erase(connection, session, now, by))

    def erasures(self) -> tuple[int, Sequence[Erasure]]:
        """A number that grows with each erasure that somebody wished, and the latest of them."""
        return self._within(self._reading, lambda c: (queries.bookings_revision(c, ERASURES), queries.erasures(c, 200)))

    def revision(self) -> int:
        """That number alone; cheap."""
        return self._within(self._reading, lambda c: queries.bookings_revision(c, ERASURES))

    # --- the rest of it ---

    def settle(self) -> bool:
        """With SQLite: see that what was deleted is in no file any more. Returns whether nobody was in the way."""
        if self._path is None:
            return True  # a server does so in its own time

        try:
            # Not within a transaction, which SQLAlchemy would begin.
            connection = self._writing.raw_connection()
            try:
                (busy, *_) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        except (DBAPIError, sqlite3.Error) as error:
            raise NotNowError(str(error)) from None
        return not busy

    def drop_copies(self, before: float | None = None) -> list[str]:
        """Delete the copies that were made before an upgrade: all, or those older than ``before``. Returns names."""
        gone = []
        for copy in [] if self._path is None else copies(self._path):
            try:
                if before is None or copy.stat().st_mtime < before:
                    copy.unlink()
                    gone.append(copy.name)
            except OSError as error:
                raise NotNowError(f"{copy}: {error.strerror or error}") from None
        return gone

    def close(self) -> None:
        """Give back what is held open."""
        self._writing.dispose()
        self._reading.dispose()

    def _within(self, engine: Engine, question: Callable[[Connection], Result]) -> Result:
        try:
            with engine.begin() as connection:
                return question(connection)
        except DBAPIError as error:
            raise NotNowError(temporary(error) or permanent(error)) from None


def _counted(connection: Connection, holding: Holding, condition: ColumnElement[bool]) -> int:
    gone = connection.execute(delete(holding.table).where(condition)).rowcount
    if gone and holding.table is schema.bookings:
        count_change(connection)
    return gone


def _whole(
    connection: Connection, holding: Holding, session: str, instants: tuple[float, float]
) -> tuple[int, Erasure | None]:
    before, now = instants
    lock(connection, session)
    own = holding.table.c.session == session
    if connection.execute(select(own).where(own, holding.old(before)).limit(1)).first() is None:
        return 0, None
    room, seal = _about(connection, session)
    gone = connection.execute(delete(holding.table).where(own)).rowcount
    for table in holding.beside:
        connection.execute(delete(table).where(table.c.session == session))
    erasure = Erasure(session, holding.kind, now, gone, room, seal if holding.kind == RECORDS else "", before)
    upsert(connection, schema.erasures, asdict(erasure))
    return gone, erasure


def _erase(connection: Connection, session: str, now: float, by: str) -> tuple[Erasure, ...]:
    # First: it takes the lock, on every database, so that two who erase follow each other.
    count_change(connection, ERASURES)
    lock(connection, session)
    held = schema.supervised.c
    if connection.execute(select(held.booking).where(held.booking == session, held.until >= now)).first():
        raise NotErasedError(MAY_GO)
    waiting = messages_of(session) & (schema.outbox.c.state == schema.WAITING)
    left = connection.execute(select(func.count()).select_from(schema.outbox).where(waiting)).scalar_one()
    if left:
        raise NotErasedError(f"{left} messages about it wait to be sent; try again when they are sent or given up")
    room, seal = _about(connection, session)
    counts: dict[str, int] = {}
    for holding in HOLDINGS:
        if holding.of is not None:
            gone = _counted(connection, holding, holding.of(session, now))
            counts[holding.kind] = counts.get(holding.kind, 0) + gone
    proofs = tuple(
        Erasure(session, kind, now, count, room, seal if kind == RECORDS else "", by=by)
        for kind, count in counts.items()
        if count
    )
    if not proofs:
        before = queries.erasure(connection, session)
        raise NotErasedError("nothing is stored of it", absent=True, erased=before)
    for proof in proofs:
        upsert(connection, schema.erasures, asdict(proof))
    return proofs


def _about(connection: Connection, session: str) -> tuple[str, str]:
    """The room of a session, and the seal of its record, as far as they are stored."""
    heads = schema.chronicle_heads.c
    found = connection.execute(select(heads.room, heads.hash).where(heads.session == session)).first()
    if found is not None:
        return found[0], found[1]
    booked = select(schema.bookings.c.room).where(schema.bookings.c.id == session)
    return connection.execute(booked).scalar_one_or_none() or "", ""
