"""Bookings that come again: the words ``repeat``, ``except`` and ``timezone`` beside those of one session.

A repeated session keeps its clock time through the year: each occurrence is reckoned on the wall clock of its place and
only then placed in time. Of an endless row only a window around today exists; it moves on with the days.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from supervisor.domain.booking_words import BookingRefused, read_booking
from supervisor.domain.words import WordReader, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dateutil.rrule import rrule

    from supervisor.domain.bookings import Booking
    from supervisor.domain.kinds import Kind

BACK, AHEAD = dt.timedelta(days=35), dt.timedelta(days=400)
MOST = 1_000
"""Occurrences of one booking."""

_DAY = 86_400.0
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
WORDS = ("repeat", "except", "timezone")
_EXAMPLE = 'write it as RFC 5545 does, for example "FREQ=MONTHLY;BYDAY=1TH" for each first Thursday of a month'
_RULE = re.compile(r"[A-Z]+=[A-Z0-9,+:-]+(?:;[A-Z]+=[A-Z0-9,+:-]+)*")
_FREQUENT = re.compile(r"FREQ=(?:SECONDLY|MINUTELY|HOURLY)|BY(?:HOUR|MINUTE|SECOND)=")
_UNTIL = re.compile(r"UNTIL=([0-9]{8})(?:T([0-9]{6}))?(Z)?(?![0-9A-Z])")
_LONGEST_RULE = 200
_LONGEST_ID = 128 - len("-2026-09-03")
_MOST_EXCEPTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Window:
    """The days whose occurrences exist, and where clock times are meant that do not say it.

    Attributes:
        today: The day around which they are.
        zone: Name of the time zone.
    """

    today: dt.date
    zone: str

    @classmethod
    def around(cls, now: float, zone: str) -> Window:
        """The window of an instant, in seconds since the epoch."""
        return cls((_EPOCH + dt.timedelta(days=now // _DAY)).date(), zone)

    @classmethod
    def at(cls, clock: Callable[[], float], zone: str) -> Window:
        """The window of now."""
        return cls.around(clock(), zone)

    @property
    def begin(self) -> dt.datetime:
        """Its beginning on any wall clock."""
        return dt.datetime.combine(self.today - BACK, dt.time())

    @property
    def end(self) -> dt.datetime:
        """Its end on any wall clock."""
        return dt.datetime.combine(self.today + AHEAD, dt.time())


@dataclass(frozen=True, slots=True)
class Row:
    """What one table of words amounts to.

    Attributes:
        bookings: One, or an occurrence each.
        repeats: Whether tomorrow's window may have others.
        cut: Whether there are more than may be.
    """

    bookings: tuple[Booking, ...]
    repeats: bool = False
    cut: bool = False


def read_row(words: Mapping[str, object], kinds: Mapping[str, Kind], window: Window) -> Row:
    """Make bookings of a table of words.

    Args:
        words: Those of `supervisor.domain.booking_words`, and perhaps ``repeat``, ``except``, ``timezone``.
        kinds: Name to kind.
        window: Which occurrences exist.

    Raises:
        BookingRefused: With every problem at once.
    """
    if not any(word in words for word in WORDS):
        return Row((read_booking(words, kinds),))
    reader = WordReader(words)
    zone = reader.optional("timezone", _zone, _zone(window.zone))
    start = _wall_clock(words.get("start"), zone)
    rule = reader.optional("repeat", lambda value: _rule(value, start, zone), None)
    skipped: frozenset[dt.date] = reader.optional("except", _days, frozenset())
    if "except" in words and "repeat" not in words:
        reader.complain("except", "there is no repeat of which this could be an exception; remove it")
    first = _read_first(reader, words, kinds, None if start is None else start.replace(tzinfo=zone))
    if first is not None and "repeat" in words:
        _check(reader, first)
    if first is None or reader.problems:
        raise BookingRefused(tuple(reader.problems))
    if rule is None:
        return Row((first,))
    return _expanded(first, _within(rule, window), skipped, zone)


def _read_first(
    reader: WordReader, words: Mapping[str, object], kinds: Mapping[str, Kind], start: dt.datetime | None
) -> Booking | None:
    """The booking without the words of this module, at its place's time; its problems are noted."""
    plain = {key: value for key, value in words.items() if key not in WORDS}
    if start is not None:
        plain["start"] = start
    try:
        return read_booking(plain, kinds)
    except BookingRefused as error:
        reader.problems[:0] = error.problems
        return None


def _check(reader: WordReader, first: Booking) -> None:
    if first.kind.always_open:
        reader.complain("repeat", f'a room of the kind "{first.kind.name}" is always open; remove it')
    if len(first.id) > _LONGEST_ID:
        reader.complain("id", f"each occurrence appends its day; write at most {_LONGEST_ID} characters")


def _expanded(first: Booking, starts: Iterator[dt.datetime], skipped: frozenset[dt.date], zone: ZoneInfo) -> Row:
    bookings: list[Booking] = []
    for start in starts:
        if start.date() in skipped:
            continue
        if len(bookings) == MOST:
            return Row(tuple(bookings), repeats=True, cut=True)
        bookings.append(_at(first, start.replace(tzinfo=zone)))
    return Row(tuple(bookings), repeats=True)


def _at(first: Booking, start: dt.datetime) -> Booking:
    offset = start.utcoffset()
    return dataclasses.replace(
        first,
        id=f"{first.id}-{start:%Y-%m-%d}",
        start=(start - _EPOCH).total_seconds(),
        utc_offset=offset.total_seconds() if offset else 0.0,
    )


def _within(rule: rrule, window: Window) -> Iterator[dt.datetime]:
    for start in rule:
        if start >= window.end:
            return
        if start >= window.begin:
            yield start


# --- the words ---


def _zone(value: object) -> ZoneInfo:
    try:
        if isinstance(value, str) and value:
            return ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # no such name is a KeyError, a path instead of a name one of the others
        pass
    raise ValueError('is not the name of a time zone; write for example "Europe/Madrid"')


def _days(value: object) -> frozenset[dt.date]:
    wrong = f"must be a list of at most {_MOST_EXCEPTIONS} days; write for example [2026-10-01]"
    if not isinstance(value, list) or len(value) > _MOST_EXCEPTIONS:
        raise ValueError(wrong)
    if any(isinstance(day, dt.datetime) or not isinstance(day, dt.date) for day in value):
        raise ValueError(wrong)
    return frozenset(value)


def _rule(value: object, start: dt.datetime | None, zone: ZoneInfo) -> rrule | None:
    """The rule on the place's wall clock; None without a start, which is said as a problem of the start."""
    text = value.strip().upper() if isinstance(value, str) else ""
    if len(text) > _LONGEST_RULE or not _RULE.fullmatch(text):
        raise ValueError(f"is not a rule of recurrence; {_EXAMPLE}")
    if _FREQUENT.search(text):
        raise ValueError(f"a session comes again once a day at most, at the clock time of its start; {_EXAMPLE}")
    if start is None:
        return None
    try:
        rule = rrulestr(_UNTIL.sub(lambda found: _until(found, zone), text), dtstart=start)
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError) as error:
        raise ValueError(f"is not a rule of recurrence ({shown(str(error))}); {_EXAMPLE}") from error
    return cast("rrule", rule)


def _until(found: re.Match[str], zone: ZoneInfo) -> str:
    """The end of the rule as a time of the wall clock, as its starts are; a day is meant with its last second."""
    day, time, utc = found.groups()
    if not time:
        return f"UNTIL={day}T235959"
    end = dt.datetime.strptime(f"{day}T{time}", "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC if utc else zone)
    return f"UNTIL={end.astimezone(zone):%Y%m%dT%H%M%S}"


def _wall_clock(value: object, zone: ZoneInfo) -> dt.datetime | None:
    """The clock time of a start at its place, or None where it is no date-time."""
    if not isinstance(value, dt.datetime):
        return None
    try:
        return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # the first and the last day that there are
        return None
