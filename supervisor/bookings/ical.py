"""From an iCalendar feed's bytes to the words of bookings: pure but for the deadline that the caller brings along.

An event is a session if it names a room: ``X-JITSI-SUPERVISOR-ROOM``, or an address of Jitsi or a bare room name as
LOCATION, URL or CONFERENCE. Nobody's name is read: neither organiser nor attendees.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from supervisor.bookings.calendar_rooms import room_of
from supervisor.bookings.cells import COLUMNS
from supervisor.bookings.ical_text import Block, cut_up
from supervisor.bookings.repeat import MOST, WORDS, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

MOST_SESSIONS = 20_000
PREFIX = "X-JITSI-SUPERVISOR-"
_LINE = f"{PREFIX}LINE"
# The event itself says when; an id needs the day of each occurrence.
_OWN = {
    PREFIX + word.upper().replace("_", "-").replace(".", "-"): word
    for word in COLUMNS
    if word not in {"id", "start", "duration", *WORDS}
}
_LONGEST_TITLE = 300


class TooSlowError(Exception):
    """Raised by the caller's deadline inside of one series."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for events that do not say it.

    Attributes:
        kind: Name of the kind.
        kinds: Names of all kinds: a category is one of them, whatever its letter case.
        language: ``ca``, ``es``, …
        organisation: Whose they are.
        sites: Hosts of our Jitsi.
    """

    kind: str
    kinds: tuple[str, ...]
    language: str
    organisation: str
    sites: tuple[str, ...]


@dataclass(slots=True)
class Sessions:
    """What a feed says.

    Attributes:
        cells: Per session its line, and its words as texts.
        notes: What was left out for what it is, each with its line.
        elsewhere: Events without a room of ours.
        all_day: Events without a time.
    """

    cells: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    elsewhere: int = 0
    all_day: int = 0


def read_feed(
    content: bytes,
    defaults: Defaults,
    window: Window,
    deadline: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Sessions:
    """Read a feed.

    Args:
        content: Its bytes, whatever they are.
        defaults: For what events do not say.
        window: Which occurrences exist; times without a zone are meant in its zone.
        deadline: Around each series; may raise TooSlowError inside.

    Raises:
        NoCalendarError: The bytes are no calendar.
    """
    feed = cut_up(content, window)
    sessions = Sessions(notes=feed.notes, elsewhere=feed.elsewhere)
    if feed.cancelled:
        return sessions
    for zone in feed.zones:
        _learn(zone)
    series: dict[str, list[Block]] = defaultdict(list)
    for block in feed.events:
        series[block.uid].append(block)
    for blocks in series.values():
        try:
            with deadline():
                found = list(_of_series(blocks, defaults, window, sessions))
        except TooSlowError:
            sessions.notes.append(f"line {blocks[0].line}: its recurrence takes too long to work out; it is left out")
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError, RecursionError) as error:
            reason = type(error).__name__
            sessions.notes.append(f"line {blocks[0].line}: the event cannot be read ({reason}); correct or remove it")
        else:
            sessions.cells += found
        if len(sessions.cells) > MOST_SESSIONS:
            del sessions.cells[MOST_SESSIONS:]
            sessions.notes.append(f"there are more than {MOST_SESSIONS} sessions; the others are left out")
            break
    return sessions


def _learn(zone: str) -> None:
    """Have icalendar know a time zone of the feed by its name."""
    try:
        icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\n{zone}\nEND:VCALENDAR\n")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError):
        return  # its events' times are then read as those of the configured zone, or by the zone's usual name


def _of_series(
    blocks: Sequence[Block], defaults: Defaults, window: Window, sessions: Sessions
) -> Iterator[tuple[int, dict[str, str]]]:
    zone = ZoneInfo(window.zone)
    events = "\n".join(_marked(block) for block in blocks)
    calendar = icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\n{events}\nEND:VCALENDAR\n")
    masters = [event for event in calendar.walk("VEVENT") if "RECURRENCE-ID" not in event]
    if any(not isinstance(_time(event, "DTSTART"), dt.date) for event in calendar.walk("VEVENT")):
        raise ValueError("no start")
    if all(not isinstance(_time(event, "DTSTART"), dt.datetime) for event in calendar.walk("VEVENT")):
        sessions.all_day += 1
        return
    recurs = any("RRULE" in event or "RDATE" in event for event in masters) or len(blocks) > 1 or not masters
    begin, end = window.begin.replace(tzinfo=zone), window.end.replace(tzinfo=zone)
    # Most events are there once; what works recurrences out costs ten times what reading one does.
    occurrences = recurring_ical_events.of(calendar).between(begin, end) if recurs else masters
    for number, event in enumerate(occurrences):
        if number == MOST:
            sessions.notes.append(f"line {blocks[0].line}: only its next {MOST} occurrences are known")
            return
        if str(event.get("STATUS", "")).strip().upper() == "CANCELLED":
            continue
        cells = _cells(event, defaults, zone, recurs=recurs)
        if cells is None:
            sessions.elsewhere += 1
            if not recurs:
                return
        else:
            yield _line(event), cells


def _cells(event: Any, defaults: Defaults, zone: ZoneInfo, *, recurs: bool) -> dict[str, str] | None:
    """The words of an occurrence, None for one without a room of ours."""
    own = {word: _text(event.get(name)) for name, word in _OWN.items() if name in event}
    places = [_text(event.get(name)) for name in ("LOCATION", "URL", "CONFERENCE") if name in event]
    room = own.get("room") or room_of(places, _text(event.get("DESCRIPTION", "")), defaults.sites)
    if not room:
        return None
    start = _instant(event, "DTSTART", zone)
    return {
        "kind": _kind(event, defaults),
        "title": _text(event.get("SUMMARY", ""))[:_LONGEST_TITLE],
        "organisation": defaults.organisation,
        "language": defaults.language,
        **own,
        "room": room,
        "id": _id(event, zone, recurs=recurs),
        "start": start.isoformat(),
        "duration": f"{max(_lasts(event, start, zone), 0.0):.0f}s",
    }


def _lasts(event: Any, start: dt.datetime, zone: ZoneInfo) -> float:
    """Seconds that pass, which is not what the clock shows in a night of October; 0 for an event without an end."""
    if "DTEND" in event:
        return _instant(event, "DTEND", zone).timestamp() - start.timestamp()
    duration = _time(event, "DURATION")
    return float(duration.total_seconds()) if isinstance(duration, dt.timedelta) else 0.0


def _id(event: Any, zone: ZoneInfo, *, recurs: bool) -> str:
    """The same over every change but that of the UID, and without what stands in it: often a person's address."""
    base = _text(event.get(f"{PREFIX}ID", ""))
    if not base:
        base = "cal-" + hashlib.sha256(str(event.get("UID", _line(event))).encode()).hexdigest()[:16]
    if not recurs:
        return base
    original = _instant(event, "RECURRENCE-ID" if "RECURRENCE-ID" in event else "DTSTART", zone)
    return f"{base}-{original.astimezone(zone):%Y-%m-%d-%H%M}"


def _kind(event: Any, defaults: Defaults) -> str:
    known = {name.casefold(): name for name in defaults.kinds}
    found = event.get("CATEGORIES", [])
    for each in found if isinstance(found, list) else [found]:
        for category in getattr(each, "cats", [each]):
            name = known.get(str(category).strip().casefold())
            if name is not None:
                return name
    return defaults.kind


def _marked(block: Block) -> str:
    """The event with the line where it stands, in place of what it says of that itself."""
    lines = [line for line in block.text.split("\n") if not line.upper().startswith((_LINE, "EXRULE"))]
    return "\n".join([*lines[:-1], f"{_LINE}:{block.line}", lines[-1]])


def _line(event: Any) -> int:
    return int(str(event.get(_LINE, "1")))


def _text(value: Any) -> str:
    """A property's text on one line; of a property that is there several times, the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    text = str(value)
    for escaped, sign in (("\\n", " "), ("\\N", " "), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")):
        text = text.replace(escaped, sign)
    return " ".join(text.split())


def _time(event: Any, name: str) -> Any:
    value = event.get(name)
    return getattr(value[0] if isinstance(value, list) and value else value, "dt", None)


def _instant(event: Any, name: str, zone: ZoneInfo) -> dt.datetime:
    """A time of the event; one without a time zone is the configured zone's."""
    found = _time(event, name)
    if not isinstance(found, dt.datetime):
        found = dt.datetime.combine(found, dt.time())
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
