"""An iCalendar feed cut into its events before it is parsed: old ones and foreign ones are dropped while they are text.

Parsing costs a hundred times what looking at lines costs, and a town's calendar holds ten years of everything.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.bookings.repeat import Window

MOST_EVENTS = 20_000
_MOST_ZONES = 200
_LONGEST_EVENT = 200_000  # characters: a description with a picture in it is longer
_LONGEST_LINE = 8_000

_RECURS = re.compile(r"^(?:RRULE|RDATE|RECURRENCE-ID)[;:]", re.MULTILINE | re.IGNORECASE)
_START = re.compile(r"^DTSTART[^:\n]*:([0-9]{8})", re.MULTILINE | re.IGNORECASE)
_UID = re.compile(r"^UID[^:\n]*:(.*)$", re.MULTILINE | re.IGNORECASE)
_HINT = re.compile(
    r"^(?:LOCATION|URL|CONFERENCE|X-[A-Z-]*(?:ROOM|CONFERENCE|URL))[;:]|^RECURRENCE-ID[;:]|^DESCRIPTION[;:].*https?:",
    re.MULTILINE | re.IGNORECASE,
)
# Rules so frequent that no session has them; they would be expanded for minutes.
_FREQUENT = re.compile(
    r"^RRULE[;:].*(?:FREQ=(?:SECONDLY|MINUTELY|HOURLY)|BY(?:HOUR|MINUTE|SECOND)=[^;]*,)", re.MULTILINE | re.IGNORECASE
)
_MARGIN = dt.timedelta(days=2)  # for time zones


class NoCalendarError(Exception):
    """The bytes are no calendar; the message says what they look like, and the remedy."""


@dataclass(frozen=True, slots=True)
class Block:
    """One event as text.

    Attributes:
        line: Where it begins, from 1.
        text: Its unfolded lines, from BEGIN to END, without alarms.
        uid: Its UID, which is never shown.
    """

    line: int
    text: str
    uid: str


@dataclass(slots=True)
class Feed:
    """A feed cut up.

    Attributes:
        zones: Its time zones as text.
        events: Those that may be sessions within the window.
        elsewhere: How many have nothing that could be a room.
        notes: What was left out for what it is, each with its line.
        cancelled: The whole feed takes back what it says.
    """

    zones: list[str] = field(default_factory=list)
    events: list[Block] = field(default_factory=list)
    elsewhere: int = 0
    notes: list[str] = field(default_factory=list)
    cancelled: bool = False


def cut_up(content: bytes, window: Window) -> Feed:
    """Cut a feed into what is worth parsing.

    Raises:
        NoCalendarError: It does not begin or does not end as a calendar does.
    """
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    body = text.strip()
    if not body[:40].upper().startswith("BEGIN:VCALENDAR"):
        looks = (
            "looks like a web page" if body[:200].lstrip().startswith("<") else "does not begin with BEGIN:VCALENDAR"
        )
        raise NoCalendarError(f"is no calendar, it {looks}; check the address")
    if not body.upper().endswith("END:VCALENDAR"):
        raise NoCalendarError("ends in the middle, without END:VCALENDAR; it will be fetched again")
    feed = Feed(cancelled=bool(re.search(r"^METHOD:CANCEL\s*$", text, re.MULTILINE | re.IGNORECASE)))
    for line, name, lines in _blocks(text):
        block = "\n".join(lines)
        if name == "VTIMEZONE":
            if len(feed.zones) < _MOST_ZONES and not re.search("FREQ=(?!YEARLY)", block, re.IGNORECASE):
                feed.zones.append(block)
        else:
            _sort(feed, line, block, window)
    return feed


def _sort(feed: Feed, line: int, block: str, window: Window) -> None:
    recurs = bool(_RECURS.search(block))
    started = _START.search(block)
    if started and not recurs and not _near(started[1], window):
        return
    if not _HINT.search(block):
        feed.elsewhere += 1
        return
    if _FREQUENT.search(block):
        feed.notes.append(f"line {line}: the event comes again more than once a day; it is left out")
    elif len(block) > _LONGEST_EVENT:
        feed.notes.append(f"line {line}: the event is longer than {_LONGEST_EVENT} characters; it is left out")
    elif len(feed.events) == MOST_EVENTS:
        feed.notes.append(f"line {line}: there are more than {MOST_EVENTS} events; this one is left out")
    else:
        uid = _UID.search(block)
        feed.events.append(Block(line, block, uid[1].strip() if uid else f"line {line}"))


def _near(day: str, window: Window) -> bool:
    try:
        date = dt.datetime.strptime(day, "%Y%m%d")  # noqa: DTZ007 - a day of any place
    except ValueError:
        return True  # to be reported where it is read
    return window.begin - _MARGIN <= date <= window.end + _MARGIN


def _blocks(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Each event and time zone: its line, its name, its unfolded lines. What is nested in events is left out."""
    begun, inner, lines = 0, "", []  # type: tuple[int, str, list[str]]
    name = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        if raw[:1] in {" ", "\t"}:
            if name and not inner and lines and len(lines[-1]) < _LONGEST_LINE:
                lines[-1] += raw[1:]
            continue
        word = raw[:60].strip().upper()
        if not name:
            if word in {"BEGIN:VEVENT", "BEGIN:VTIMEZONE"}:
                name, begun, lines = word[6:], number, [raw.strip()]
        elif inner:
            inner = "" if word == f"END:{inner}" else inner
        elif word == f"END:{name}":
            yield begun, name, [*lines, word]
            name = ""
        elif word.startswith("BEGIN:") and name == "VEVENT":
            inner = word[6:]
        elif raw:
            lines.append(raw[:_LONGEST_LINE])
