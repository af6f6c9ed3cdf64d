"""Opens the database behind a SQLAlchemy address, with what a record that has to survive needs."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from supervisor.store.failures import StoreUnusableError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

BUSY_TIMEOUT = 2.0
"""Seconds for which SQLite waits for a lock before it says so."""

# A server that hangs must not hold the writer longer than this: milliseconds, as libpq and the server read them.
_POSTGRES = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "application_name": "jitsi-supervisor",
    "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c synchronous_commit=on",
}
_REMEDY = "make the folder, or let the service's user write there"
_SQLITE = {"sqlite": "sqlite", "sqlite+pysqlite": "sqlite"}
_SERVERS = {"postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}


def read_url(text: str) -> URL:
    """Read ``[store] url``.

    Raises:
        StoreUnusableError: It is no such address; its text is not repeated, since it may hold a password.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise StoreUnusableError(
            'store.url is not a database address; write "sqlite:////path/state.db" or "postgresql+psycopg://…"'
        ) from None
    driver = _SQLITE.get(url.drivername) or _SERVERS.get(url.drivername)
    if driver is None:
        raise StoreUnusableError(f"store.url: {url.drivername} is not supported; use sqlite or postgresql+psycopg")
    if driver == "sqlite" and url.database in {None, "", ":memory:"}:
        raise StoreUnusableError('store.url names no file; write "sqlite:////path/state.db", with four slashes')
    return url.set(drivername=driver)


def file_of(url: URL) -> Path | None:
    """The database's file; None for a server."""
    return Path(url.database or "") if url.drivername == "sqlite" else None


def writing(url: URL, busy_timeout: float = BUSY_TIMEOUT) -> Engine:
    """An engine for the one writer.

    Raises:
        StoreUnusableError: The folder is missing or the package for PostgreSQL is.
    """
    path = file_of(url)
    if path is None:
        return _server(url)
    _touch(path)
    engine = create_engine(url, pool_size=1, max_overflow=0, connect_args={"timeout": busy_timeout})
    # secure_delete: what is deleted is overwritten in the file.
    # FULL: a commit that was confirmed survives a loss of power; the record of a public session is worth the fsync.
    _sqlite(engine, "IMMEDIATE", ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"))
    return engine


def reading(url: URL) -> Engine:
    """An engine that can't write."""
    if file_of(url) is None:
        return _server(url, options=_POSTGRES["options"] + " -c default_transaction_read_only=on")
    engine = create_engine(url, pool_size=2, connect_args={"timeout": BUSY_TIMEOUT})
    _sqlite(engine, "DEFERRED", ("query_only=ON",))
    return engine


def _touch(path: Path) -> None:
    """Make the file, for nobody else to read: SQLite would make it as the umask says.

    One that is there is never opened here. To close it would take away the locks that all other connections of this
    process hold on it; another process could then delete the write-ahead log under them (sqlite.org/howtocorrupt.html).
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        if path.is_dir() or not os.access(path, os.R_OK | os.W_OK):
            why = os.strerror(errno.EISDIR if path.is_dir() else errno.EACCES)
            raise StoreUnusableError(f"{path}: {why}; {_REMEDY}") from None
    except OSError as error:
        raise StoreUnusableError(f"{path}: {error.strerror or error}; {_REMEDY}") from None


def _sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        # The driver's own idea of transactions leaves DDL outside of them; so we begin them ourselves.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")


def _server(url: URL, **more: str) -> Engine:
    settings = {key: value for key, value in (_POSTGRES | more).items() if key not in url.query}
    try:
        return create_engine(url, pool_size=2, max_overflow=1, connect_args=settings)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise StoreUnusableError(
            "store.url: PostgreSQL needs its driver; pip install 'jitsi-supervisor[postgres]'"
        ) from None
