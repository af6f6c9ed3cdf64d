"""From a booking's words (a table of keys and values) to a `Booking`, or to everything that is wrong with it.

Files, and whatever else brings bookings in, use the same words; so the rules about them are here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.durations import parse_duration, parse_period
from supervisor.domain.kind_words import read_changes
from supervisor.domain.kinds import DEFAULT_KINDS, HIGHEST_LIMIT, Kind, StreamPolicy
from supervisor.domain.room_names import parse_room
from supervisor.domain.words import Problem, WordReader

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = (
    "id",
    "room",
    "kind",
    "title",
    "organisation",
    "start",
    "duration",
    "language",
    "limit",
    "stream",
    "channel",
    "password",
    "lobby",
    "max_occupants",
    "contacts",
    "reminder",
    "quorum",
    "attendance",
    "expected",
    "override",
)
STREAM_KEYS = ("youtube", "hls", "jibri", "ingest", "obs")

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_VIDEO = re.compile(r"[A-Za-z0-9_-]{1,64}")
# As an RTMP server hands it on: without what would end it in the address that the encoder publishes to.
_INGEST = re.compile(r"[^\s\x00-\x1f\x7f?&#/]{1,200}")
_OBS = re.compile(r"[a-z0-9._-]{1,64}")
# What XML cannot carry, and what would break a line of chat or of a log.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LONGEST_TEXT = 300  # more fits neither a chat line nor a mail's subject
_LONGEST_ADDRESS = 2000
_LONGEST_LIST = 200
_CHANNEL = re.compile(r"[a-z0-9._-]{1,64}")
# Jitsi's own client asks for digits only where the server says so; a space in front or behind is a slip of the hand.
_PASSWORD = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,126}[^\s\x00-\x1f\x7f])?")
_MAIL = re.compile(r"[^\s@<>\",;:\\()\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_TELEPHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_START = "write it with its offset from UTC, as 2026-09-03T19:00:00+02:00, in TOML without quotes"
_STREAM = 'write { youtube = "VIDEO_ID" }, { hls = "https://…/index.m3u8" } or { jibri = true }'


class BookingRefused(Exception):  # noqa: N818 - past tense, like everything that happened
    """The words make no booking.

    Attributes:
        problems: All that is wrong, at least one, in the order of `KEYS`.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.key}: {problem.text}" for problem in problems))
        self.problems = problems


def read_booking(words: Mapping[str, object], kinds: Mapping[str, Kind]) -> Booking:
    """Make a booking of its words.

    Args:
        words: Key to value as TOML has them: texts, whole numbers, date-times, tables.
        kinds: Name to kind, all that are configured.

    Raises:
        BookingRefused: With every problem at once.
    """
    reader = WordReader(words)
    booking_id = reader.needed("id", _id)
    room = reader.needed("room", lambda value: parse_room(_text(value)))
    kind = _read_kind(reader, words, kinds)
    start = reader.needed("start", _start)
    duration = _read_duration(reader, kind)
    title = reader.optional("title", _text, "")
    organisation = reader.optional("organisation", _text, "")
    language = reader.optional("language", _language, Language.CATALAN)
    limit = reader.optional("limit", _limit, None)
    stream = _read_stream(reader, words.get("stream", {}), kind)
    extras = _read_extras(reader, kind)
    reader.only(KEYS)
    if reader.problems or booking_id is None or room is None or kind is None or start is None:
        raise BookingRefused(tuple(sorted(reader.problems, key=_position)))
    return Booking(
        id=booking_id,
        tenant=room[0],
        room=room[1],
        kind=kind,
        title=title,
        organisation=organisation,
        start=(start - _EPOCH).total_seconds(),
        utc_offset=offset.total_seconds() if (offset := start.utcoffset()) else 0.0,
        duration=duration,
        language=language,
        limit=kind.limit if limit is None else limit,
        stream=stream,
        **extras,
    )


def _read_kind(reader: WordReader, words: Mapping[str, object], kinds: Mapping[str, Kind]) -> Kind | None:
    kind = reader.needed("kind", lambda value: _kind(value, kinds))
    changes = words.get("override", {})
    if not isinstance(changes, dict):
        reader.complain(
            "override", 'must be a table of the kind\'s keys; write for example { recording = "forbidden" }'
        )
        return kind
    changed = read_changes(changes, kind or DEFAULT_KINDS["plenary"], reader)
    return None if kind is None else changed


class _Extras(TypedDict):
    channel: str
    password: str | None
    lobby: bool
    max_occupants: int | None
    contacts: tuple[str, ...]
    reminder: float
    quorum: int | None
    attendance: bool
    expected: tuple[str, ...]


def _read_extras(reader: WordReader, kind: Kind | None) -> _Extras:
    attendance = reader.optional("attendance", _flag, default=False)
    expected: tuple[str, ...] = reader.optional("expected", _names, ())
    if expected and not attendance:
        reader.complain("expected", "holds names, which are kept only with attendance; add attendance = true")
    return _Extras(
        channel=reader.optional("channel", _channel, ""),
        password=reader.optional("password", _password, None),
        lobby=reader.optional("lobby", _flag, default=kind is not None and kind.lobby),
        max_occupants=reader.optional("max_occupants", _limit, None),
        contacts=reader.optional("contacts", _contacts, ()),
        reminder=reader.optional("reminder", parse_duration, 0.0 if kind is None else kind.reminder),
        quorum=reader.optional("quorum", _limit, None),
        attendance=attendance,
        expected=expected,
    )


def _read_duration(reader: WordReader, kind: Kind | None) -> float | None:
    if kind is None or kind.always_open:
        return reader.optional("duration", _duration, None)
    return reader.needed("duration", _duration)


def _read_stream(reader: WordReader, value: object, kind: Kind | None) -> StreamSource:
    if not isinstance(value, dict):
        reader.complain("stream", f"must be a table; {_STREAM}")
        return StreamSource()
    inner = WordReader(value, "stream.")
    youtube = inner.optional("youtube", _video, None)
    hls = inner.optional("hls", _address, None)
    jibri = inner.optional("jibri", _flag, default=False)
    ingest = inner.optional("ingest", _ingest, None)
    obs = inner.optional("obs", _obs, None)
    inner.only(STREAM_KEYS)
    reader.problems += inner.problems
    source = StreamSource(youtube, hls, jibri, ingest, obs)
    if source != StreamSource() and kind is not None and kind.stream is StreamPolicy.FORBIDDEN:
        reader.complain("stream", f'the kind "{kind.name}" forbids streaming; remove it or choose another kind')
    return source


def _position(problem: Problem) -> int:
    key = problem.key.partition(".")[0]
    return KEYS.index(key) if key in KEYS else len(KEYS)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text; put it in quotes")  # noqa: TRY004 - a wrong value, whatever its type
    if _UNPRINTABLE.search(value):
        raise ValueError("contains line breaks or control characters; write it on one line")
    if len(value) > _LONGEST_TEXT:
        raise ValueError(f"is longer than {_LONGEST_TEXT} characters; shorten it")
    return value.strip()


def _id(value: object) -> str:
    text = _text(value)
    if not _ID.fullmatch(text):
        raise ValueError(
            "must be 1 to 128 letters, digits, points, hyphens or underscores, without accents; "
            'write something like "almatret-2026-09-03"'
        )
    return text


def _kind(value: object, kinds: Mapping[str, Kind]) -> Kind:
    name = _text(value)
    if name not in kinds:
        raise ValueError(f'there is no kind "{name[:60]}"; choose one of {", ".join(kinds)}, or configure it')
    return kinds[name]


def _start(value: object) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        raise ValueError(f"must be a date with a time; {_START}")  # noqa: TRY004 - the same
    if value.tzinfo is None:
        raise ValueError(f"does not say its offset from UTC; {_START}")
    return value


def _duration(value: object) -> float:
    return parse_period(value, "2h")


def _language(value: object) -> Language:
    text = _text(value)
    if text not in tuple(Language):
        raise ValueError(f'there is no language "{text[:60]}" here; choose one of {", ".join(Language)}')
    return Language(text)


def _limit(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= HIGHEST_LIMIT:
        raise ValueError(f"must be a whole number of people from 1 to {HIGHEST_LIMIT}; write for example 30")
    return value


def _video(value: object) -> str:
    text = _text(value)
    if not _VIDEO.fullmatch(text):
        raise ValueError('is not the id of a video; of https://youtu.be/dQw4w9WgXcQ write only "dQw4w9WgXcQ"')
    return text


def _ingest(value: object) -> str:
    # The text must not repeat the value: whoever reads it could publish in the town's place.
    if not isinstance(value, str) or not _INGEST.fullmatch(value):
        raise ValueError(
            "is not the name of a stream; of rtmp://server/live/NAME write only NAME, without what follows a ?"
        )
    return value


def _obs(value: object) -> str:
    text = _text(value)
    if not _OBS.fullmatch(text):
        raise ValueError(
            "is not the name of an OBS; write NAME of a section [streams.obs.NAME] of the configuration, in lower case"
        )
    return text


def _address(value: object) -> str:
    wrong = 'is not the address of a playlist; write it whole, as "https://example.org/live/index.m3u8"'
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS or _UNPRINTABLE.search(value) or " " in value:
        raise ValueError(wrong)
    try:
        parts = urlsplit(value)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or half an IPv6 address
        complete = False
    if not complete:
        raise ValueError(wrong)
    return value


def _channel(value: object) -> str:
    text = _text(value)
    if not _CHANNEL.fullmatch(text):
        raise ValueError(
            "is not the name of a channel; write NAME of a section [bookings.channels.NAME] of the configuration, "
            "in lower case"
        )
    return text


def _password(value: object) -> str:
    # The text must not repeat the value.
    if not isinstance(value, str) or not _PASSWORD.fullmatch(value):
        raise ValueError('must be a text of 1 to 128 characters without blanks around it; write for example "482915"')
    return value


def _list(value: object, example: str) -> list[str]:
    if not isinstance(value, list) or len(value) > _LONGEST_LIST:
        raise ValueError(f"must be a list of at most {_LONGEST_LIST} texts; write for example [{example}]")
    return [_text(each) for each in value]


def _contacts(value: object) -> tuple[str, ...]:
    # Whom it concerns is not repeated: such texts end in logs.
    contacts = _list(value, '"town@example.org", "+34600000000"')
    for index, contact in enumerate(contacts):
        if not _MAIL.fullmatch(contact) and not _TELEPHONE.fullmatch(contact):
            raise ValueError(
                f"entry {index + 1} is neither a mail address nor a telephone number; "
                'write it as "town@example.org" or, with the country, "+34600000000"'
            )
    return tuple(dict.fromkeys(contacts))


def _names(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in _list(value, '"Name Surname"') if name))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false, without quotes")  # noqa: TRY004 - the same
    return value
