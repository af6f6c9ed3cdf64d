"""The header Retry-After (RFC 9110, 10.2.3): seconds or a date."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime


def seconds(value: str, now: float) -> float | None:
    """Read it.

    Args:
        value: The header's.
        now: Seconds since the epoch.

    Returns:
        Seconds to wait, 0 or more; None if it says nothing that can be read.
    """
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(date.timestamp() - now, 0.0)
