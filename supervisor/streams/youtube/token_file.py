"""The file with the refresh token: JSON, for its owner's eyes only."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LARGEST = 65_536


class TokenFileError(Exception):
    """The file cannot be used; the text says why and what to do, and holds nothing of its content."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the file says. ``others`` are keys that are not ours, kept when it is written anew.

    Attributes:
        refresh_token: The secret.
        obtained_at: When the person agreed, seconds since the epoch; None where the file does not say.
    """

    refresh_token: str
    obtained_at: float | None
    others: dict[str, Any]

    def __repr__(self) -> str:
        return "Grant(hidden)"


def read_grant(path: Path) -> Grant:
    """Read the token.

    Raises:
        TokenFileError: It is absent, readable by others, or no token.
    """
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise TokenFileError(f"{path} is open to other users (mode {mode:04o}); run: chmod 600 {path}")
            table = json.loads(file.read(_LARGEST))
    except FileNotFoundError:
        raise TokenFileError(f"{path} does not exist; run: jitsi-supervisor youtube login --config FILE") from None
    except OSError as error:
        raise TokenFileError(f"{path} cannot be read: {error.strerror}; check its permissions") from None
    except (ValueError, RecursionError):
        table = None
    token = table.get("refresh_token") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(token, str) or not token:
        raise TokenFileError(f"{path} holds no refresh_token; run: jitsi-supervisor youtube login --config FILE")
    since = table.pop("obtained_at", None)
    del table["refresh_token"]
    return Grant(token, float(since) if isinstance(since, (int, float)) else None, table)


def write_grant(path: Path, grant: Grant) -> None:
    """Put the token into the file, mode 0600, in one step. Raises OSError."""
    table = {**grant.others, "refresh_token": grant.refresh_token}
    if grant.obtained_at is not None:
        table["obtained_at"] = round(grant.obtained_at)
    write_synced(path, json.dumps(table, indent=1) + "\n")


def write_synced(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file by ``text`` so that after a crash it is either the old or the new one.

    Args:
        path: The file; a name with ``.new`` after it is used on the way.
        text: Its whole content.
        mode: Its permissions, from the first moment on.

    Raises:
        OSError: The folder or the disk refuses.
    """
    fresh = Path(f"{path}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
