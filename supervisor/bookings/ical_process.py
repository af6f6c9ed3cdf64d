"""Reads a feed in a process of its own, which may neither run nor grow for ever: recurrences are expanded here.

Started by `supervisor.bookings.calendars` as ``python -m``. In: one line of JSON, then the feed's bytes. Out: JSON.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import resource
import signal
import sys
from typing import TYPE_CHECKING, Any

from supervisor.bookings.ical import Defaults, TooSlowError, read_feed
from supervisor.bookings.ical_text import NoCalendarError
from supervisor.bookings.repeat import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = 768 * 2**20  # bytes of address space
SECONDS = 30  # of processor time for a feed
OF_A_SERIES = 2.0  # of them, for one event with its recurrences


def main() -> int:
    """Read, work, write. Returns the exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    json.dump(_read(asked, content), sys.stdout)
    return 0


def _read(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    defaults = Defaults(
        asked["kind"], tuple(asked["kinds"]), asked["language"], asked["organisation"], tuple(asked["sites"])
    )
    window = Window(dt.date.fromisoformat(asked["today"]), asked["zone"])
    try:
        sessions = read_feed(content, defaults, window, _deadline)
    except NoCalendarError as error:
        return {"problem": str(error)}
    except (MemoryError, TooSlowError):
        return {"problem": f"needs more than {MEMORY // 2**20} MiB to be read; publish a smaller calendar"}
    return {
        "cells": sessions.cells,
        "notes": sessions.notes,
        "elsewhere": sessions.elsewhere,
        "all_day": sessions.all_day,
    }


@contextlib.contextmanager
def _deadline() -> Iterator[None]:
    signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, OF_A_SERIES)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _ring(_number: int, _frame: object) -> None:
    raise TooSlowError


if __name__ == "__main__":
    sys.exit(main())
