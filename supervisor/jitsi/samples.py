"""The plain numbers of a page in Prometheus' text format; labelled series and all else are passed over. Total."""

from __future__ import annotations

import re
from math import isfinite

_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]{0,199})(?:\{\s*\})?[ \t]+(\S{1,40})(?:[ \t]|$)", re.MULTILINE)


def samples(text: str) -> dict[str, float]:
    """Name → value of each series without labels. What is no finite number is left out."""
    found = {}
    for name, written in _SAMPLE.findall(text):
        try:
            value = float(written)
        except ValueError:
            continue
        if isfinite(value):
            found[name] = value
    return found


def count(value: float | None) -> int | None:
    """A number of things: None where there is none, or it can't be one."""
    return int(value) if value is not None and 0 <= value < 1e9 else None
