"""Looks at calendars again and again: `BookingsRead`, or the last good state and what is wrong, once.

A calendar's address is a secret: whoever knows it can read it. So it is in no log and no error; its host is.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from supervisor.bookings.cells import words_of
from supervisor.bookings.download import Downloaded, DownloadError, download
from supervisor.domain.booking_words import BookingRefused, read_booking
from supervisor.domain.events import BookingsRead, BookingsUnreadable, SourceLost, SourceSynced
from supervisor.tomlfile import TomlUnreadable, read_bytes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping

    from supervisor.bookings.repeat import Window
    from supervisor.bookings.watch import Outcome
    from supervisor.domain.bookings import Booking
    from supervisor.domain.kinds import Kind
    from supervisor.settings import Settings
    from supervisor.settings.bookings import Calendar

    Said = Outcome | SourceLost | SourceSynced

AGAIN = 5.0
"""Seconds until the second try, if the first one failed: a server that restarts is not a lost calendar."""
PATIENCE = 60.0
"""Seconds of any clock that reading one calendar may take; the process has its own bound of processor time."""


class CalendarError(Exception):
    """A calendar cannot be read; the message says why and what to do, without the address."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What all calendars have in common.

    Attributes:
        kinds: Name to kind.
        sites: Hosts of our Jitsi.
        window: Which occurrences exist now.
        interval: Seconds between two looks.
        turn: Whose turn it is: calendars are read one after another, as there is one processor for all.
    """

    kinds: Mapping[str, Kind]
    sites: tuple[str, ...]
    window: Callable[[], Window]
    interval: float
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))


def named(calendars: Iterable[Calendar]) -> Iterator[tuple[str, Calendar]]:
    """Each calendar with a name of its own that is no secret."""
    taken: set[str] = set()
    for calendar in calendars:
        host = urlsplit(calendar.url).hostname if calendar.url else None
        name = plain = calendar.name or (f"calendar {host}" if host else calendar.path)
        number = 1
        while name in taken:
            number += 1
            name = f"{plain} {number}"
        taken.add(name)
        yield name, calendar


def feeds(settings: Settings, window: Callable[[], Window], emit: Callable[[Said], None]) -> list[CalendarFeed]:
    """All configured calendars, to be run."""
    section = settings.bookings
    reader = Reader(settings.all_kinds, section.sites, window, section.calendar_interval)
    return [CalendarFeed(name, calendar, reader, emit) for name, calendar in named(section.calendars)]


def read_files(settings: Settings, window: Window) -> tuple[Outcome, ...]:
    """Read those calendars that are files, once."""
    section = settings.bookings
    reader = Reader(settings.all_kinds, section.sites, lambda: window, section.calendar_interval)
    outcomes: list[Outcome] = []
    for name, calendar in named(section.calendars):
        if calendar.url is None:
            try:
                content = read_bytes(Path(calendar.path), ".ics")
                outcomes.append(asyncio.run(interpret(name, calendar, reader, content)))
            except (CalendarError, TomlUnreadable) as error:
                outcomes.append(BookingsUnreadable(name, (_placed(name, str(error)),)))
    return tuple(outcomes)


class CalendarFeed:
    """One calendar under watch."""

    def __init__(
        self,
        name: str,
        calendar: Calendar,
        reader: Reader,
        emit: Callable[[Said], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self._calendar = calendar
        self._reader = reader
        self._emit = emit
        self._sleep = sleep
        self._known: Downloaded | None = None
        self._read: tuple[bytes, Window] | None = None
        self._said: BookingsRead | None = None
        self._failures = 0
        self._problem = ""

    async def run(self) -> None:
        """Look at it until cancelled."""
        while True:
            await self.look()
            # Jitter, so that the calendars of one server are not asked for all at once.
            spread = 0.9 + random.random() / 5  # noqa: S311 - no secret
            await self._sleep((AGAIN if self._failures == 1 else self._reader.interval) * spread)

    async def look(self) -> None:
        """Look at it once, and emit what is new."""
        try:
            content, window = await self._content(), self._reader.window()
            digest = hashlib.sha256(content).digest()
            if self._read != (digest, window):
                outcome = await interpret(self.name, self._calendar, self._reader, content)
                self._read = digest, window
                if outcome != self._said or self._problem:
                    self._said = outcome
                    self._emit(outcome)
        except (CalendarError, DownloadError, TomlUnreadable) as error:
            self._failed(str(error))
        else:
            self._succeeded()

    async def _content(self) -> bytes:
        url = self._calendar.url
        if url is None:
            return await asyncio.to_thread(read_bytes, Path(self._calendar.path), ".ics")
        self._known = await download(url, self._known)
        return self._known.body

    def _failed(self, problem: str) -> None:
        self._failures += 1
        self._read = None  # what is told again after a failure is told, though it is the same
        if problem != self._problem:
            self._problem = problem
            self._emit(BookingsUnreadable(self.name, (_placed(self.name, problem),)))
        if self._failures > 1:
            self._emit(SourceLost(self.name, problem))

    def _succeeded(self) -> None:
        if self._failures or self._problem:
            self._failures, self._problem = 0, ""
            self._emit(SourceSynced(self.name))


async def interpret(name: str, calendar: Calendar, reader: Reader, content: bytes) -> BookingsRead:
    """Make bookings of a feed's bytes.

    Args:
        name: The calendar's.
        calendar: What holds for events that do not say it.
        reader: Kinds, sites, window.
        content: The feed.

    Raises:
        CalendarError: It is no calendar, or takes too long or too much.
    """
    window = reader.window()
    asked = {
        "kind": calendar.kind,
        "kinds": list(reader.kinds),
        "language": calendar.language,
        "organisation": calendar.organisation,
        "sites": reader.sites,
        "today": window.today.isoformat(),
        "zone": window.zone,
    }
    async with reader.turn:
        found = await _in_a_process(json.dumps(asked).encode() + b"\n" + content)
    if "problem" in found:
        raise CalendarError(found["problem"])
    return await asyncio.to_thread(_booked, name, reader.kinds, found)


async def _in_a_process(request: bytes) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "supervisor.bookings.ical_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(request), PATIENCE)
    except TimeoutError:
        raise CalendarError(f"takes longer than {PATIENCE:.0f} s to be read; publish a smaller calendar") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise CalendarError("takes too much time or memory to be read; publish a smaller calendar")
    answer: dict[str, Any] = json.loads(output)
    return answer


def _booked(name: str, kinds: Mapping[str, Kind], found: dict[str, Any]) -> BookingsRead:
    bookings: dict[str, Booking] = {}
    places: dict[str, str] = {}
    notes = [f"{name}: {note}" for note in found["notes"]]
    for line, cells in found["cells"]:
        place = f"{name}: line {line}"
        words, problems = words_of(cells.items())
        try:
            booking = read_booking(words, kinds)
        except BookingRefused as error:
            problems = {**{problem.key: problem.text for problem in error.problems}, **problems}
        else:
            if booking.id in bookings:
                problems["id"] = "another event has the same UID or id at the same time; give it another one"
            else:
                bookings[booking.id], places[booking.id] = booking, place
        notes += (f"{place}: event: {key}: {text}; it is left out" for key, text in problems.items())
    for count, what in ((found["elsewhere"], "without a room of ours"), (found["all_day"], "without a time of day")):
        if count:
            notes.append(f"{name}: {count} event{'' if count == 1 else 's'} {what}, left out")
    return BookingsRead(name, tuple(bookings.values()), tuple(dict.fromkeys(notes)), places)


def _placed(name: str, problem: str) -> str:
    # A file's problem names the file already.
    return problem if problem.startswith(name) else f"{name}: {problem}"
