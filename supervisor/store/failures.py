"""Which failures of a database pass by themselves or by an operator's hand, and which never do.

Temporary: somebody holds the lock, the disk is full, the server is away. What is to be written is kept and tried again.
Permanent: the file is no database, or the change itself is wrong, which is a bug of ours and is not hidden.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

_PASSING = {
    sqlite3.SQLITE_BUSY: "locked by another process",
    sqlite3.SQLITE_LOCKED: "locked by another connection",
    sqlite3.SQLITE_FULL: "disk full",
    sqlite3.SQLITE_IOERR: "disk error",
    sqlite3.SQLITE_CANTOPEN: "file cannot be opened",
    sqlite3.SQLITE_READONLY: "file or file system is read-only",
    sqlite3.SQLITE_PERM: "no permission",
    # It passes by an operator's hand only; until then what happens is kept in memory, and told as with a full disk.
    sqlite3.SQLITE_CORRUPT: "file is damaged",
    sqlite3.SQLITE_NOMEM: "out of memory",
    sqlite3.SQLITE_PROTOCOL: "locked by another process",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: classes by their first two characters.
_PASSING_CLASSES = {
    "08": "connection lost",
    "25": "server is read-only",
    "28": "login refused",
    "40": "another transaction was in the way",
    "53": "server short of disk, memory or connections",
    "55": "locked by another process",
    "57": "server going down or statement timed out",
    "58": "server's disk or system failed",
}


class StoreError(Exception):
    """A change was not stored, and will not be. The text is the reason."""


class StoreUnusableError(Exception):
    """The store cannot be opened. The text names the place and the remedy, never a password."""


class StoreBusyError(StoreError):
    """Too much waits to be stored already; nothing about an alert is ever refused so."""


def temporary(error: BaseException) -> str | None:
    """Say why it will pass, or None if it will not.

    Args:
        error: As SQLAlchemy raised it.
    """
    if not isinstance(error, DBAPIError):
        return None
    original = error.orig
    if isinstance(original, sqlite3.Error):
        # Extended codes carry the primary one in their low byte.
        return _PASSING.get((getattr(original, "sqlite_errorcode", None) or 0) & 0xFF)
    state = getattr(original, "sqlstate", None)
    if state:
        return _PASSING_CLASSES.get(state[:2])
    # Without a code the server was never reached, or went away.
    gone = error.connection_invalidated or type(original).__name__ in {"OperationalError", "InterfaceError"}
    return "server not reached" if gone else None


def permanent(error: BaseException) -> str:
    """Word a failure that stays, without the row's values, which SQLAlchemy's own text would show."""
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""
    return f"{type(original).__name__} {code}".strip()
