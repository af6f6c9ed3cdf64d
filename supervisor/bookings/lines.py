"""Which line of a bookings file says what: tomllib gives values without places.

The text is scanned for ``[[booking]]`` headers and the keys below them. A multi-line string with such a line inside can
lead it astray by some lines, never to an error.
"""

from __future__ import annotations

import re
from bisect import bisect_right

_HEADER = re.compile(r"""^[ \t]*\[\[[ \t]*["']?booking["']?[ \t]*\]\]""", re.MULTILINE)
_ELSEWHERE = re.compile(r"""^[ \t]*\[(?!\[?[ \t]*["']?booking["']?[ \t]*[.\]])""", re.MULTILINE)
_ARRAY = re.compile(r"""^[ \t]*["']?booking["']?[ \t]*=""", re.MULTILINE)


class Lines:
    """The places of one file's bookings."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._headers = [found.start() for found in _HEADER.finditer(text)]

    def of_booking(self, index: int) -> int:
        """The line, from 1, on which the booking of this index begins."""
        if index < len(self._headers):
            return self._line(self._headers[index])
        found = _ARRAY.search(self._text)
        return self._line(found.start()) if found else 1

    def of_key(self, index: int, key: str) -> int:
        """The line of a booking's key such as ``start`` or ``stream.youtube``; the booking's where it is not found."""
        if index >= len(self._headers):
            return self.of_booking(index)
        begin, end = self._span(index)
        outer, _, inner = key.partition(".")
        place = _find_key(self._text, outer, begin, end)
        if place is None:
            return self.of_booking(index)
        deeper = _find_key(self._text, inner, place, end) if inner else None
        return self._line(place if deeper is None else deeper)

    def of_top_key(self, key: str) -> int:
        """The line of a key or section at the top of the file."""
        place = _find_key(self._text, key, 0, len(self._text))
        return 1 if place is None else self._line(place)

    def _span(self, index: int) -> tuple[int, int]:
        begin = self._headers[index]
        end = self._headers[index + 1] if index + 1 < len(self._headers) else len(self._text)
        other = _ELSEWHERE.search(self._text, begin, end)
        return begin, other.start() if other else end

    def _line(self, offset: int) -> int:
        return bisect_right(self._breaks, offset - 1) + 1


def _find_key(text: str, key: str, begin: int, end: int) -> int | None:
    """Where a line assigns the key or opens its table; else where it stands inside a line, as in ``{ key = …``."""
    name = rf"""["']?{re.escape(key)}["']?"""
    line = re.compile(rf"""^[ \t]*(?:\[+[ \t]*(?:["']?booking["']?[ \t]*\.[ \t]*)?)?{name}[ \t]*[=.\]]""", re.MULTILINE)
    inside = re.compile(rf"""[{{,.][ \t]*{name}[ \t]*=""")
    found = line.search(text, begin, end) or inside.search(text, begin, end)
    return found.start() if found else None
