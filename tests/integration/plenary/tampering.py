"""Changes somebody could make to a session's record afterwards: each is one byte, one row, or one exchange."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from supervisor.report.command import ReportFailedError, verify_stored
from supervisor.report.verify import check_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Change = Callable[[sqlite3.Connection], None]

ENTRY = ("session", "seq", "at", "what", "detail", "hash")
HEAD = ("session", "seq", "hash", "room", "starts", "until")


def other(value: str | float) -> str | float:
    """The same with one character changed, or another number."""
    if not isinstance(value, str):
        return value + 100_000  # a number that no other entry has
    middle = len(value) // 2
    return f"{value[:middle]}{chr(ord(value[middle]) ^ 1)}{value[middle + 1 :]}"


def _column(table: str, column: str, seq: int | None = None) -> Change:
    def change(store: sqlite3.Connection) -> None:
        where = "" if seq is None else f" WHERE seq = {seq}"
        (value,) = store.execute(f"SELECT {column} FROM {table}{where}").fetchone()  # noqa: S608 - our own names
        done = store.execute(f"UPDATE {table} SET {column} = ?{where}", (other(value),))  # noqa: S608 - the same
        assert done.rowcount == 1

    return change


def _each(statement: str, *parameters: tuple[int, ...]) -> Change:
    """The statement with each of these parameters, each of which changes one row."""

    def change(store: sqlite3.Connection) -> None:
        for numbers in parameters:
            assert store.execute(statement, numbers).rowcount == 1

    return change


def _changes(entries: int) -> Iterator[tuple[str, Change]]:
    middle = entries // 2
    for seq in (1, middle, entries):
        yield from ((f"{column} of entry {seq}", _column("chronicle", column, seq)) for column in ENTRY)
    yield from ((f"{column} of the head", _column("chronicle_heads", column)) for column in HEAD)
    remove = "DELETE FROM chronicle WHERE seq = ?"
    yield "the last entry is removed", _each(remove, (entries,))
    yield f"entry {middle} is removed", _each(remove, (middle,))
    yield "the head is removed", _each("DELETE FROM chronicle_heads", ())
    swap = "UPDATE chronicle SET seq = ? WHERE seq = ?"
    exchanged = _each(swap, (-1, middle), (middle, middle + 1), (middle + 1, -1))
    yield f"entries {middle} and {middle + 1} are exchanged", exchanged


def unnoticed(store: Path, session: str, entries: int) -> list[str]:
    """The changes of a stored record that `report --verify` does not find: has to be empty."""
    assert f"{session}: whole" in verify_stored(f"sqlite:///{store}", session)
    missed = []
    for what, change in _changes(entries):
        copy = store.with_name("tampered.db")
        shutil.copy(store, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            change(connection)
        try:
            verify_stored(f"sqlite:///{copy}", session)
        except ReportFailedError:
            continue
        missed.append(what)
    return missed


def unnoticed_bytes(exported: bytes, step: int) -> list[int]:
    """The places of an exported report where one changed byte is not found: has to be empty."""
    assert check_file(exported)[0].problems == ()
    return [
        place
        for place in range(0, len(exported), step)
        if not check_file(exported[:place] + bytes([exported[place] ^ 1]) + exported[place + 1 :])[0].problems
    ]
