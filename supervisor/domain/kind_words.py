"""From the words of a kind, as one booking changes them for itself, to that kind.

The words and what is said of wrong ones are those of the section ``[kinds.NAME]``; tests compare the two.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from supervisor.domain.bookings import SUPERVISED_BEFORE
from supervisor.domain.durations import parse_duration, parse_period
from supervisor.domain.kinds import HIGHEST_LIMIT, Kind, PasswordPolicy, RecordingPolicy, StreamPolicy
from supervisor.domain.words import WordReader, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum


def read_changes(words: Mapping[str, object], kind: Kind, reader: WordReader) -> Kind:
    """Change a kind.

    Args:
        words: Key to value as TOML has them; any key of ``[kinds.NAME]`` but its tables.
        kind: As configured.
        reader: Takes the problems; those of wrong words leave the kind as it was.

    Returns:
        The kind with what was understood, under its own name.
    """
    inner = WordReader(words, "override.")
    changes: dict[str, Any] = {key: inner.optional(key, _PARSERS[key], None) for key in words if key in _PARSERS}
    for key in words:
        if key not in _PARSERS:
            inner.complain(shown(key), _unknown(key))
    reader.problems += inner.problems
    return replace(kind, **{key: value for key, value in changes.items() if value is not None})


def _limit(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number; write it without quotes")  # noqa: TRY004 - whatever its type
    if not 1 <= value <= HIGHEST_LIMIT:
        bound = "at least 1" if value < 1 else f"at most {HIGHEST_LIMIT}"
        raise ValueError(f"must be {bound}; choose another number")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false; write one of them without quotes")  # noqa: TRY004 - the same
    return value


def _ahead(value: object) -> float:
    seconds = parse_duration(value)
    if seconds > SUPERVISED_BEFORE:
        raise ValueError(f"must be at most {SUPERVISED_BEFORE:g}; choose another number")
    return seconds


def _one_of(policy: type[StrEnum]) -> Callable[[object], StrEnum]:
    *most, last = (f"'{each}'" for each in policy)
    wrong = f"is not possible here; choose {', '.join(most)} or {last}"

    def parse(value: object) -> StrEnum:
        if not isinstance(value, str) or value not in tuple(policy):
            raise ValueError(wrong)
        return policy(value)

    return parse


def _unknown(key: str) -> str:
    meant = get_close_matches(key[:60], _PARSERS, n=1)
    hint = f"did you mean {meant[0]}? " if meant else ""
    return f"unknown key; {hint}the keys here are {', '.join(_PARSERS)}"


_PARSERS: dict[str, Callable[[object], Any]] = {
    "limit": _limit,
    "stream": _one_of(StreamPolicy),
    "recording": _one_of(RecordingPolicy),
    "password": _one_of(PasswordPolicy),
    "support": _flag,
    "always_open": _flag,
    "pause_mutes": _flag,
    "interrupted_after": parse_period,
    "interrupted_after_auto_stop": parse_period,
    "lobby": _flag,
    "confirmation": _flag,
    "reminder": parse_duration,
    "preflight": _ahead,
    "preflight_notice": _flag,
    "roll_call": _flag,
    "report": _flag,
}

KIND_KEYS = tuple(_PARSERS)
"""The words of a kind that hold one value."""
