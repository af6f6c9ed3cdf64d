"""The statements that all tables share. They are made once: making them takes longer than the database does."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection


def remove(connection: Connection, table: Table, **key: str) -> None:
    """Delete the row of this key."""
    statement = delete(table)
    for name, value in key.items():
        statement = statement.where(table.c[name] == value)
    connection.execute(statement)


def once(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is there. Returns whether it was not."""
    return connection.execute(_inserting(table, connection.dialect.name), row).first() is not None


def upsert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, or put it in the place of the one with its key."""
    connection.execute(_upserting(table, connection.dialect.name), row)


@cache
def _inserting(table: Table, dialect: str) -> Any:
    # RETURNING rather than a row count, which drivers don't agree about after an INSERT.
    return _insert(table, dialect).on_conflict_do_nothing().returning(next(iter(table.primary_key)))


@cache
def _upserting(table: Table, dialect: str) -> Any:
    key = [column.name for column in table.primary_key]
    statement = _insert(table, dialect)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def _insert(table: Table, dialect: str) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    return statement.values({column.name: bindparam(column.name) for column in table.columns})
