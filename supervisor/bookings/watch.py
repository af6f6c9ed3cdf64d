"""Watches bookings files and says what they say now: `BookingsRead` or `BookingsUnreadable`, once per change.

Polled, because files arrive by mount, by rename and by editors in ways that no notification covers; a stat a second is
cheaper than a booking that was missed. Files are read in a thread, so that a slow disk never stops the supervision.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.bookings.files import read_placed_bookings
from supervisor.bookings.repeat import Window
from supervisor.bookings.written import BookingsError, PlacedBooking, same_ids
from supervisor.domain.events import BookingsRead, BookingsUnreadable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from pathlib import Path

    from supervisor.domain.kinds import Kind

POLL_INTERVAL = 1.0  # seconds

Outcome = BookingsRead | BookingsUnreadable
_Signature = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as it was read by itself, before its ids are compared with those of other files.

    Attributes:
        bookings: What it says; empty if it has problems.
        problems: Why it cannot be used; empty if it can.
        notes: What was cut.
        until: The window after which it amounts to something else; None for no repeated bookings.
    """

    bookings: tuple[PlacedBooking, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    until: Window | None = None


class BookingFiles:
    """The configured files, in their order; where two have one id, the earlier file is right.

    The last good bookings of a broken file keep their ids, as the engine keeps them.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        kinds: Mapping[str, Kind],
        emit: Callable[[Outcome], None],
        *,
        window: Callable[[], Window] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._paths = tuple(paths)
        self._kinds = kinds
        self._emit = emit
        self._window = window or (lambda: Window.around(time.time(), "Europe/Madrid"))
        self._sleep = sleep
        self._signatures: dict[Path, _Signature] = {}
        self._readings: dict[Path, Reading] = {}
        self._good: dict[Path, tuple[PlacedBooking, ...]] = {}
        self._said: dict[Path, Outcome] = {}

    async def run(self) -> None:
        """Read all files, then those that change, until cancelled."""
        while True:
            await self.poll()
            await self._sleep(POLL_INTERVAL)

    async def poll(self) -> None:
        """Look at the files once and emit what is new."""
        window = self._window()
        old = {path for path, reading in self._readings.items() if reading.until not in {None, window}}
        known = {path: signature for path, signature in self._signatures.items() if path not in old}
        changed = await asyncio.to_thread(_reread, self._paths, self._kinds, known, window)
        for path, (signature, reading) in changed.items():
            self._signatures[path] = signature
            self._readings[path] = reading
        if changed:
            self._say(changed.keys())

    def _say(self, changed: Iterable[Path]) -> None:
        outcomes = compare(self._readings, self._good)
        for path, outcome in outcomes.items():
            again = path in changed and isinstance(outcome, BookingsUnreadable)
            if outcome != self._said.get(path) or again:
                self._said[path] = outcome
                self._emit(outcome)


def read_all(paths: Iterable[Path], kinds: Mapping[str, Kind], window: Window) -> tuple[Outcome, ...]:
    """Read all files once, as a daemon that starts now would see them."""
    changed = _reread(tuple(paths), kinds, {}, window)
    return tuple(compare({path: reading for path, (_, reading) in changed.items()}, {}).values())


def compare(readings: Mapping[Path, Reading], good: dict[Path, tuple[PlacedBooking, ...]]) -> dict[Path, Outcome]:
    """Say what each file amounts to beside the others.

    Args:
        readings: Per file, in the order of the configuration.
        good: Per file, its last usable bookings; brought up to date here.
    """
    taken: dict[str, str] = {}
    outcomes: dict[Path, Outcome] = {}
    for path, reading in readings.items():
        problems = reading.problems or same_ids(reading.bookings, taken)
        if problems:
            outcomes[path] = BookingsUnreadable(str(path), problems)
        else:
            good[path] = reading.bookings
            places = {placed.booking.id: placed.place for placed in reading.bookings}
            bookings = tuple(placed.booking for placed in reading.bookings)
            outcomes[path] = BookingsRead(str(path), bookings, reading.notes, places)
        for placed in good.get(path, ()):
            taken.setdefault(placed.booking.id, placed.place)
    return outcomes


def _reread(
    paths: tuple[Path, ...], kinds: Mapping[str, Kind], signatures: Mapping[Path, _Signature], window: Window
) -> dict[Path, tuple[_Signature, Reading]]:
    """Read the files whose signature is another one; the rest is left out."""
    changed = {}
    for path in paths:
        signature = _signature(path)  # before reading: what is written meanwhile changes it again
        if path not in signatures or signatures[path] != signature:
            changed[path] = (signature, _read(path, kinds, window))
    return changed


def _signature(path: Path) -> _Signature:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path, kinds: Mapping[str, Kind], window: Window) -> Reading:
    try:
        written = read_placed_bookings(path, kinds, window)
    except BookingsError as error:
        return Reading(problems=error.problems)
    until = window if written.repeats else None
    return Reading(tuple(written.bookings), notes=tuple(written.notes), until=until)
