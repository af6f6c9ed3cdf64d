"""``jitsi-supervisor export`` and ``replay``: a session's event log as a file, and played again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from supervisor.replay.files import export
from supervisor.replay.player import replay
from supervisor.replay.show import as_json, as_text
from supervisor.store.archive import NO_SESSION, Archive

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NO_LOG = (
    "{session}: nothing of its events is kept: if it has just begun, try again in a moment; rooms that are always open "
    "have no log, old ones are forgotten, and store.event_log_bytes = 0 keeps none"
)


class ExportFailedError(Exception):
    """The text says why, and what to do."""


def write_log(address: str, what: str, output: Path | None) -> None:
    """Export a session's event log.

    Args:
        address: Of the store.
        what: A booking's id, or a room for its latest session.
        output: Where to write; None for the standard output.

    Raises:
        ExportFailedError: There is none, or it can't be read or written.
        StoreUnusableError: The store can't be read.
    """
    with Archive.open(address) as archive:
        session = archive.session(what)
        if session is None:
            erased = archive.gone(what)
            raise ExportFailedError(f"{what[:200]}: {erased}" if erased else NO_SESSION.format(what=what[:200]))
        parts = archive.event_log(session)
    if not parts:
        raise ExportFailedError(NO_LOG.format(session=session))
    lines = export(session, parts)
    if output is None:
        _write(lines)
        return
    try:
        # A file of before stays as it is until the new one is whole.
        fresh = output.with_name(f".{output.name}.new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(lines)
        fresh.replace(output)
    except OSError as error:
        raise ExportFailedError(f"{output}: {error.strerror or error}; nothing was written") from None


def play_file(path: Path, form: str) -> bool:
    """Replay a file, and say what came of it.

    Args:
        path: The file.
        form: ``text`` or ``json``.

    Returns:
        Whether all went as it was recorded.

    Raises:
        BadFileError: It is no event log, or not whole.
        OSError: It can't be read.
    """
    outcome = replay(path)
    _write(as_json(outcome) if form == "json" else as_text(outcome))
    return outcome.same


def _write(lines: Iterable[str]) -> None:
    sys.stdout.writelines(lines)
    sys.stdout.flush()
