"""Brings a database to this version's schema: numbered steps, a copy before, and never backwards."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from supervisor.store.engine import file_of, read_url, writing
from supervisor.store.failures import StoreUnusableError, permanent, temporary
from supervisor.store.migrations import MIGRATIONS
from supervisor.store.schema import meta

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import URL, Connection, Engine

# Any number will do, as long as all supervisors of a server take the same one.
_LOCK = 6_273_901
COPY = ".before-"
"""In the names of copies, before the number of the first new step."""


def brought_up(address: str) -> tuple[URL, Engine]:
    """Open a database for writing, at this version's schema.

    Args:
        address: As ``[store] url``.

    Raises:
        StoreUnusableError: With the place and the remedy.
    """
    url = read_url(address)
    engine = writing(url)
    with ExitStack() as unless_usable:
        unless_usable.callback(engine.dispose)
        try:
            migrate(engine, url)
        except DBAPIError as error:
            raise StoreUnusableError(_unusable(url, error)) from None
        unless_usable.pop_all()
    return url, engine


def _unusable(url: URL, error: DBAPIError) -> str:
    place = url.database if url.drivername == "sqlite" else url.render_as_string(hide_password=True)
    why = temporary(error)
    if why is not None:
        return f"{place}: {why}; mend that, then start again"
    return f"{place}: {permanent(error)}; is it a database of this daemon? Else move it away, or put back a backup"


def migrate(engine: Engine, url: URL, steps: Sequence[Sequence[str]] = MIGRATIONS) -> int:
    """Apply what is missing.

    Args:
        engine: May write.
        url: Where it writes, for names of files and places in errors.
        steps: The statements of each step, all of them in order.

    Returns:
        How many steps were applied.

    Raises:
        StoreUnusableError: The schema is newer than this version, or the copy cannot be made.
        sqlalchemy.exc.DBAPIError: The database said no.
    """
    with engine.connect() as connection:
        known = version(connection)
    if known > len(steps):
        raise StoreUnusableError(_newer(url, known, len(steps)))
    path = file_of(url)
    if path is not None and 0 < known < len(steps):
        copy(path, path.with_name(f"{path.name}{COPY}{known + 1}"))
    return sum(_step(engine, number, steps[number - 1]) for number in range(known + 1, len(steps) + 1))


def version(connection: Connection) -> int:
    """The number of steps that the database has taken."""
    if not inspect(connection).has_table(meta.name):
        return 0
    return int(connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one())


def copies(path: Path) -> list[Path]:
    """The copies of this database file that upgrades have left, and what is left of one that was not finished."""
    return sorted(each for each in path.parent.iterdir() if each.name.startswith(path.name + COPY))


def copy(source: Path, target: Path) -> None:
    """Copy an SQLite database while others may use it; the copy appears whole or not at all.

    Raises:
        StoreUnusableError: It could not be made.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise StoreUnusableError(
            f"{target}: the copy before the migration failed ({error}); make room there, nothing was changed"
        ) from None


def _step(engine: Engine, number: int, statements: Sequence[str]) -> int:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if version(connection) >= number:
            return 0  # another daemon was faster
        for statement in statements:
            connection.execute(text(statement))
        if number == 1:
            connection.execute(insert(meta).values(key="schema", value="1"))
        else:
            connection.execute(update(meta).where(meta.c.key == "schema").values(value=str(number)))
    return 1


def _newer(url: URL, found: int, known: int) -> str:
    path = file_of(url)
    place = path if path is not None else url.render_as_string(hide_password=True)
    copies = f", or put back the copy {path}.before-{known + 1}" if path is not None else ", or restore its backup"
    return (
        f"{place}: has schema {found}, this version knows {known}; install the version that wrote it{copies} "
        "(what happened since is then lost)"
    )
