"""``jitsi-supervisor erase``: deletes all that is stored of a session, whether or not the daemon runs."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from supervisor.kept import place
from supervisor.ports import NotErasedError, NotNowError
from supervisor.report.senders import remove
from supervisor.store.archive import Archive
from supervisor.store.failures import StoreUnusableError
from supervisor.store.janitor import PAUSE, TRIES, lines
from supervisor.store.shredder import Shredder

if TYPE_CHECKING:
    from supervisor.settings import Settings

FINE, FAILED = 0, 1
BY = "command line"
READERS = "state.db-wal could not be emptied, since others read all the time; the daemon does so at its next deletion"


def run(settings: Settings, session: str) -> int:
    """Erase a session, and say what was there. Returns the exit code."""
    address = place(settings)
    try:
        # A wrong path must not become an empty store that has nothing of anybody.
        Archive.open(address).close()
        shredder = Shredder.open(address)
    except StoreUnusableError as error:
        return _failed(str(error))
    try:
        proofs = shredder.erase(session, time.time(), BY)
        files = [*remove(settings.reports.folder, session), *shredder.drop_copies()]
        settled = _settled(shredder)
    except NotErasedError as error:
        return _failed(f"{session[:200]}: {error.erased or error}")
    except NotNowError as error:
        return _failed(f"the store can't be read or written at present: {error}")
    finally:
        shredder.close()
    for line in lines(proofs):
        counted = ", ".join(f"{count} {kind}" for kind, count in line.items() if kind not in {"session", "by"})
        sys.stdout.write(f"{session}: erased {counted}\n")
    if files:
        sys.stdout.write(f"{session}: deleted {', '.join(files)}\n")
    return FINE if settled else _failed(READERS)


def _settled(shredder: Shredder) -> bool:
    for _ in range(TRIES):
        if shredder.settle():
            return True
        time.sleep(PAUSE)
    return False


def _failed(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return FAILED
