"""A booking's words as JSON and the command line can carry them, to and from those that TOML has.

TOML has date-times, JSON has not; a command line has texts only. What makes no sense stays as it is, so that
`booking_words` complains of it as it does everywhere.
"""

from __future__ import annotations

import datetime as dt
import re
from math import isfinite
from typing import TYPE_CHECKING

from supervisor.domain.booking_words import STREAM_KEYS
from supervisor.domain.durations import duration_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supervisor.domain.bookings import Booking
    from supervisor.domain.records import Json

NUMBERS = ("limit", "max_occupants", "quorum")
"""Words that are whole numbers."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def from_json(words: Mapping[str, object]) -> dict[str, object]:
    """The words that a JSON object holds: a start is a text there."""
    return {key: _instant(value) if key == "start" else value for key, value in words.items()}


def from_texts(texts: Mapping[str, object]) -> dict[str, object]:
    """The words of a command line, where ``stream.youtube`` and the like are keys of their own."""
    words = {key: value for key, value in texts.items() if not key.startswith("stream.")}
    stream = {key.partition(".")[2]: value for key, value in texts.items() if key.startswith("stream.")}
    if stream:
        words["stream"] = stream
    for key in NUMBERS:
        if isinstance(value := words.get(key), str) and _WHOLE.fullmatch(value.strip()):
            words[key] = int(value)
    return from_json(words)


def to_json(words: Mapping[str, object]) -> dict[str, Json]:
    """The words as they are stored. Those of a booking that was read hold nothing that JSON can't."""
    return {key: _json(value) for key, value in words.items()}


def words_of(booking: Booking) -> dict[str, Json]:
    """The words of a booking, as they are stored; what its kind says anyway is left out."""
    kind = booking.kind
    zone = dt.timezone(dt.timedelta(seconds=booking.utc_offset))
    start = (_EPOCH + dt.timedelta(seconds=booking.start)).astimezone(zone)
    stream: dict[str, Json] = {
        key: value for key in STREAM_KEYS if (value := getattr(booking.stream, key)) not in {None, False}
    }
    said: dict[str, tuple[Json, Json]] = {
        "title": (booking.title, ""),
        "organisation": (booking.organisation, ""),
        "duration": (None if booking.duration is None else duration_text(booking.duration), None),
        "limit": (booking.limit, kind.limit),
        "stream": (stream, {}),
        "channel": (booking.channel, ""),
        "password": (booking.password, None),
        "lobby": (booking.lobby, kind.lobby),
        "max_occupants": (booking.max_occupants, None),
        "contacts": (list(booking.contacts), []),
        "reminder": (duration_text(booking.reminder), duration_text(kind.reminder)),
        "quorum": (booking.quorum, None),
        "attendance": (booking.attendance, False),
        "expected": (list(booking.expected), []),
    }
    words: dict[str, Json] = {
        "id": booking.id,
        "room": booking.room_node,
        "kind": kind.name,
        "start": start.isoformat(),
        "language": str(booking.language),
    }
    return words | {key: value for key, (value, usual) in said.items() if value != usual}


def shown(booking: Booking, origin: str) -> dict[str, Json]:
    """A booking for those who may read it: without what opens a room, and without people's names and addresses.

    Args:
        booking: The booking.
        origin: Where it is from, see `supervisor.domain.booking_desk`.
    """
    end = booking.end
    stream: dict[str, Json] = {key: getattr(booking.stream, key) for key in STREAM_KEYS if key != "ingest"}
    return {
        "id": booking.id,
        "origin": origin,
        "room": booking.room_node,
        "kind": booking.kind.name,
        "title": booking.title,
        "organisation": booking.organisation,
        "start": _shown(booking.start),
        "end": _shown(end) if isfinite(end) else None,
        "duration": None if booking.duration is None else duration_text(booking.duration),
        "language": str(booking.language),
        "limit": booking.limit,
        "stream": stream,
        "channel": booking.channel or None,
        "lobby": booking.lobby,
        "max_occupants": booking.max_occupants,
        "reminder": duration_text(booking.reminder),
        "quorum": booking.quorum,
        "attendance": booking.attendance,
        "has_password": booking.password is not None,
        "has_ingest": booking.stream.ingest is not None,
        "contacts": len(booking.contacts),
        "expected": len(booking.expected),
    }


def _shown(instant: float) -> str | None:
    try:
        moment = _EPOCH + dt.timedelta(seconds=instant)
    except OverflowError:  # the year 9999 and a duration
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant(value: object) -> object:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value.strip()):
        return value
    try:
        return dt.datetime.fromisoformat(value.strip().upper())
    except ValueError:  # a day or an hour that there is not
        return value


def _json(value: object) -> Json:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    assert value is None or isinstance(value, str | int | float | bool), "read_booking accepts nothing else"
    return value
