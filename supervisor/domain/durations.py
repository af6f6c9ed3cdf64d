"""Durations as people write them: ``2h``, ``90m``, ``1h30m``, ``90s``, ``30d``. The only home of that spelling."""

from __future__ import annotations

import re

# Ten digits are three hundred years of seconds: enough, and no number that a float cannot hold exactly.
# A day is 24 hours; five digits of them are more than two hundred years.
_SPELLING = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,10})h)?(?:([0-9]{1,10})m)?(?:([0-9]{1,10})s)?")

EXAMPLE = 'write it in quotes, as "2h", "90m", "1h30m" or "90s"'


def parse_duration(value: object) -> float:
    """Read a duration.

    Args:
        value: Text of days, hours, minutes and seconds in this order, at least one of them, e.g. ``1h30m``.

    Returns:
        Seconds, zero or more.

    Raises:
        ValueError: It is not such a text; the message says how to write one.
    """
    if not isinstance(value, str):
        raise ValueError(f"a duration needs its unit; {EXAMPLE}")  # noqa: TRY004 - a wrong value, whatever its type
    found = _SPELLING.fullmatch(value.strip())
    if found is None or not any(found.groups()):
        raise ValueError(f"{value[:40]!r} is not a duration; {EXAMPLE}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(days * 86_400 + hours * 3600 + minutes * 60 + seconds)


def parse_period(value: object, example: str = "5m") -> float:
    """Read a duration that is longer than nothing; raises ValueError, as `parse_duration`, with that example."""
    return some(parse_duration(value), example)


def some(seconds: float, example: str = "5m") -> float:
    """Seconds that are more than none. Raises ValueError."""
    if seconds <= 0:
        raise ValueError(f'must be longer than nothing; write for example "{example}"')
    return seconds


def duration_text(seconds: float) -> str:
    """Spell a duration so that `parse_duration` reads it back; fractions of a second are left out."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    spelled = "".join(f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if number)
    return spelled or "0s"
