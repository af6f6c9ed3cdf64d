"""The ledger's page in a file: written whole, synced, and put in its place by a rename, so that no crash tears it."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

from supervisor.streams.youtube.quota import LedgerError, Page

_LARGEST = 4096


class FileLedger:
    """Implements LedgerStore with one small JSON file. ``path``'s folder has to exist and be writable."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def load(self) -> Page | None:
        """Read the page; None where there is no file yet."""
        return await asyncio.to_thread(self._load)

    async def save(self, page: Page) -> None:
        """Return only once the page is on the disk."""
        await asyncio.to_thread(self._save, page)

    def _load(self) -> Page | None:
        try:
            with self._path.open(encoding="utf-8") as file:
                table = json.loads(file.read(_LARGEST))
            return Page(day=str(table["day"]), spent=int(table["spent"]), broken=bool(table["broken"]))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LedgerError(f"{self._path} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerError(f"{self._path} is no ledger; remove it") from error

    def _save(self, page: Page) -> None:
        try:
            write_synced(self._path, json.dumps({"day": page.day, "spent": page.spent, "broken": page.broken}))
        except OSError as error:
            raise LedgerError(f"{self._path} cannot be written: {error.strerror}") from error


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
