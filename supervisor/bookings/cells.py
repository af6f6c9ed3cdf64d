"""Booking words where every value is a text: cells of a table, properties of a calendar's event."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from supervisor.bookings.repeat import WORDS as OF_REPETITION
from supervisor.domain.booking_words import KEYS, STREAM_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (*(key for key in KEYS if key != "stream"), *OF_REPETITION, *(f"stream.{key}" for key in STREAM_KEYS))
"""The words, flat: those of the stream with a point."""

_FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_NUMBERS = ("limit", "max_occupants", "quorum")
_YES_OR_NO = ("lobby", "attendance", "stream.jibri")
_LISTS = ("contacts", "expected")
_LONGEST_NUMBER = 9


def words_of(cells: Iterable[tuple[str, str]]) -> tuple[dict[str, object], dict[str, str]]:
    """Make of texts what TOML would have.

    Args:
        cells: Word, one of `COLUMNS`, and its text; an empty text is a word that is not said.

    Returns:
        The words as `supervisor.bookings.repeat.read_row` takes them, and what is wrong with texts, by word.
    """
    words: dict[str, object] = {}
    stream: dict[str, object] = {}
    problems: dict[str, str] = {}
    for name, cell in cells:
        if not (text := cell.strip()):
            continue
        try:
            value = _value(name, text)
        except ValueError as error:
            problems[name] = str(error)
            continue
        if name.startswith("stream."):
            stream[name.removeprefix("stream.")] = value
        else:
            words[name] = value
    return {**words, "stream": stream} if stream else words, problems


def _value(name: str, text: str) -> object:
    if name in _NUMBERS:
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else text
    if name in _YES_OR_NO:
        if text.lower() not in _FLAGS:
            raise ValueError("must be true or false; write one of them")
        return _FLAGS[text.lower()]
    if name == "start":
        return _instant(text)
    if name == "except":
        return [_day(part) for part in _parts(text)]
    return list(_parts(text)) if name in _LISTS else text


def _parts(text: str) -> Iterator[str]:
    for part in text.replace("|", ";").split(";"):
        if part.strip():
            yield part.strip()


def _instant(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a date with a time; write it as 2026-09-03T19:00:00+02:00") from None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a list of days; write them as 2026-10-01;2026-11-05") from None
