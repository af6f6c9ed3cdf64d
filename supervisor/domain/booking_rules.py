"""The house's rules about bookings: what is refused or warned of when one is made. Their only home.

`booking_words` says what a booking is; these rules say whether it may be. Whoever takes bookings in applies them:
over the API and by command a refusal refuses; of a file or a calendar see `supervisor.domain.diary`.

The texts are in English only: operators and programs read them, in answers of the API, in logs and on the terminal.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING

from supervisor.domain.agenda import Agenda, Good
from supervisor.domain.kinds import PasswordPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from supervisor.domain.bookings import Booking

_DAY = 86_400.0
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# What datetime can hold, less than a day's offset from UTC on both sides.
_FIRST = (dt.datetime(1, 1, 3, tzinfo=dt.UTC) - _EPOCH).total_seconds()
_LAST = (dt.datetime(9999, 12, 29, tzinfo=dt.UTC) - _EPOCH).total_seconds()
_SATURDAY = 5
_SHORTEST_NAME = 6
_LONGEST_HOLIDAYS = 366  # days looked through for a working one


class Weight(StrEnum):
    """What a broken rule does to a booking."""

    REFUSAL = "refuse"
    WARNING = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a booking breaks.

    Attributes:
        key: The booking's word, e.g. ``start``.
        rule: The rule's name, as in ``[bookings.rules]``.
        text: What is wrong, which rule says so, and the next valid value.
        weight: Whether it refuses the booking.
    """

    key: str
    rule: str
    text: str
    weight: Weight


DEFAULT_WEIGHTS: Mapping[str, Weight | None] = MappingProxyType(
    {
        "overlap": Weight.REFUSAL,
        "channel": Weight.REFUSAL,
        "channel_clash": Weight.REFUSAL,
        "video_clash": Weight.REFUSAL,
        "notice": Weight.REFUSAL,
        "working_days": Weight.REFUSAL,
        "password": Weight.REFUSAL,
        "past": Weight.REFUSAL,
        "guessable": Weight.WARNING,
    }
)
"""Rule to what it does; None switches it off."""

TIMELY = frozenset({"notice", "past"})
"""Rules about the instant at which a booking is made; they say nothing about one that has been made long ago."""

GUESSABLE = (
    "appointment",
    "cita",
    "comissio",
    "demo",
    "jitsi",
    "junta",
    "meeting",
    "ple",
    "plenari",
    "pleno",
    "prova",
    "prueba",
    "reunio",
    "reunion",
    "riunione",
    "room",
    "sala",
    "sessio",
    "sesion",
    "test",
)
"""Names that anybody would try first, alone or with a number."""


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The rules as the operator wants them.

    Attributes:
        channels: Shared broadcast channels: name to the seconds of notice that are owed.
        holidays: Days that are no working days, besides Saturdays and Sundays.
        guessable: Room names that are easily guessed, in lower case.
        weights: Rule to what it does, see `DEFAULT_WEIGHTS`; a rule that is absent does what it does there.
    """

    channels: Mapping[str, float] = field(default_factory=dict)
    holidays: frozenset[dt.date] = frozenset()
    guessable: tuple[str, ...] = GUESSABLE
    weights: Mapping[str, Weight | None] = field(default_factory=dict)

    def weight(self, rule: str) -> Weight | None:
        """What that rule does, None where it is off."""
        return self.weights.get(rule, DEFAULT_WEIGHTS[rule])


def review(booking: Booking, others: Iterable[Booking], rules: HouseRules, now: float) -> tuple[Finding, ...]:
    """Say which rules a booking breaks that is being made.

    Args:
        booking: The booking. An earlier state of it among the others (the same id) is not compared with it.
        others: All bookings that there are.
        rules: The house's rules.
        now: Seconds since the epoch.

    Returns:
        All that is found, refusals first; nothing from rules that are off.
    """
    return review_within(booking, Agenda(other for other in others if other.id != booking.id), rules, now)


def review_within(booking: Booking, agenda: Agenda, rules: HouseRules, now: float) -> tuple[Finding, ...]:
    """The same as `review`, for whoever has many bookings to review and keeps the others in an agenda."""
    found = []
    for rule, (key, text) in _broken(booking, agenda, rules, now):
        weight = rules.weight(rule)
        if weight is not None:
            found.append(Finding(key, rule, f"{text} (rule: {rule})", weight))
    return tuple(sorted(found, key=lambda finding: finding.weight is Weight.WARNING))


def _broken(booking: Booking, agenda: Agenda, rules: HouseRules, now: float) -> Iterator[tuple[str, tuple[str, str]]]:
    """The policy, to be read aloud: each rule, and what the booking has to say for itself."""
    checks = (
        ("past", _past(booking, now)),
        ("overlap", _overlap(booking, agenda)),
        ("channel", _channel(booking, rules)),
        ("notice", _notice(booking, rules, now)),
        ("channel_clash", _clash(booking, agenda, Good.CHANNEL, "channel")),
        ("video_clash", _clash(booking, agenda, Good.VIDEO, "stream.youtube")),
        ("working_days", _working_days(booking, rules)),
        ("password", _password(booking)),
        ("guessable", _guessable(booking, rules)),
    )
    for rule, broken in checks:
        if broken is not None:
            yield rule, broken


def _past(booking: Booking, now: float) -> tuple[str, str] | None:
    if now < booking.end:
        return None
    return "start", f"the session was over at {_said(booking.end, booking)}; choose a start after {_said(now, booking)}"


def _overlap(booking: Booking, agenda: Agenda) -> tuple[str, str] | None:
    other = agenda.holder(Good.ROOM, booking)
    if other is None:
        return None
    free = agenda.free_from(Good.ROOM, booking)
    remedy = "choose another room" if free == inf else f"choose another room, or a start from {_said(free, booking)}"
    return "room", f'"{booking.room_node}" is taken by the booking "{other.id}" {_span(other, booking)}; {remedy}'


def _channel(booking: Booking, rules: HouseRules) -> tuple[str, str] | None:
    if not booking.channel or booking.channel in rules.channels:
        return None
    known = ", ".join(rules.channels)
    remedy = f"choose one of {known}" if known else "remove it"
    return "channel", f'there is no shared channel "{booking.channel}"; {remedy}, or configure [bookings.channels.NAME]'


def _notice(booking: Booking, rules: HouseRules, now: float) -> tuple[str, str] | None:
    notice = rules.channels.get(booking.channel, 0.0)
    if booking.start >= now + notice or not notice:
        return None
    earliest = _whole_minute(now + notice)
    if _weekdays_only(booking):
        earliest = _working(earliest, booking, rules)
    return "start", (
        f'the channel "{booking.channel}" is owed {_hours(notice)} of notice; '
        f"the next possible start is {_said(earliest, booking)}"
    )


def _clash(booking: Booking, agenda: Agenda, good: Good, key: str) -> tuple[str, str] | None:
    other = agenda.holder(good, booking)
    if other is None:
        return None
    free = agenda.free_from(good, booking)
    remedy = f"choose another {good}" if free == inf else f"choose another one, or a start from {_said(free, booking)}"
    return key, f'the same {good} is used by the booking "{other.id}" {_span(other, booking)}; {remedy}'


def _working_days(booking: Booking, rules: HouseRules) -> tuple[str, str] | None:
    if not _weekdays_only(booking) or _is_working(_local(booking.start, booking).date(), rules):
        return None
    following = _working(booking.start, booking, rules)
    day = _local(booking.start, booking).date()
    return "start", (
        f'{day:%A} {day} is no working day, and the kind "{booking.kind.name}" has support on working days only; '
        f"the next possible start is {_said(following, booking)}"
    )


def _password(booking: Booking) -> tuple[str, str] | None:
    if booking.kind.password is not PasswordPolicy.REQUIRED or booking.password is not None:
        return None
    return "password", f'missing, and the kind "{booking.kind.name}" requires one; add a PIN, as password = "482915"'


def _guessable(booking: Booking, rules: HouseRules) -> tuple[str, str] | None:
    room = booking.room
    if room.isdigit():
        why = "has digits only"
    elif len(room) < _SHORTEST_NAME:
        why = f"has fewer than {_SHORTEST_NAME} characters"
    elif room.rstrip("0123456789") in rules.guessable:
        why = "is a name that anybody would try first"
    else:
        return None
    if booking.tenant is not None and why.startswith("is a name"):
        return None  # within a town's own tenant the usual names are the town's
    return "room", f'"{room}" {why}, so strangers come in; choose for example "{_better(booking)}"'


# --- next valid values ---


def _better(booking: Booking) -> str:
    """A room name in the manner of the house: what it is, and whose."""
    words = re.findall("[a-z0-9]+", _plain(booking.organisation))
    whose = max(words, key=len, default="") if len(words) < 2 else words[-1]  # the town stands last
    stem = "sala" if booking.room.isdigit() else booking.room
    mark = hashlib.sha256(booking.id.encode()).hexdigest()[:4]
    return f"{stem}{whose}" if len(whose) >= _SHORTEST_NAME - 2 else f"{stem}{whose}{mark}"


def _plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _weekdays_only(booking: Booking) -> bool:
    return booking.kind.support and not booking.kind.always_open


def _is_working(day: dt.date, rules: HouseRules) -> bool:
    return day.weekday() < _SATURDAY and day not in rules.holidays


def _working(instant: float, booking: Booking, rules: HouseRules) -> float:
    """The instant, or the same clock time on the next working day."""
    for days in range(_LONGEST_HOLIDAYS):
        candidate = instant + days * _DAY
        if _is_working(_local(candidate, booking).date(), rules):
            return candidate
    return instant


def _whole_minute(instant: float) -> float:
    return -(-instant // 60) * 60


def _local(instant: float, booking: Booking) -> dt.datetime:
    """The instant as the booking's place reads it; one beyond the calendar is its last day."""
    zone = dt.timezone(dt.timedelta(seconds=booking.utc_offset))
    return (_EPOCH + dt.timedelta(seconds=min(max(instant, _FIRST), _LAST))).astimezone(zone)


def _said(instant: float, booking: Booking) -> str:
    return f"{_local(instant, booking):%Y-%m-%d %H:%M}"


def _span(other: Booking, booking: Booking) -> str:
    if other.end == inf:
        return "always"
    return f"from {_said(other.start, booking)} to {_said(other.end, booking)}"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:g} h"
