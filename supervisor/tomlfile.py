"""Reads a TOML file that a person wrote: whatever its bytes are, the outcome is a table or a place with a reason."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# Ten thousand bookings are 3 MiB; whatever is larger than this is some other file.
LARGEST = 10 * 1024 * 1024

_PLACE = re.compile(r" \(at (?:line (?P<line>[0-9]+), column (?P<column>[0-9]+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file as it was read.

    Attributes:
        text: Its whole text, its lines ending as on Unix.
        table: What it says.
    """

    text: str
    table: dict[str, Any]


class TomlUnreadable(Exception):  # noqa: N818 - past tense, like everything that happened
    """The file gave no table; the message is ``FILE: reason; remedy`` or ``FILE:LINE: reason; remedy``."""


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file.

    Raises:
        TomlUnreadable: Missing, forbidden, no regular file, too large, not UTF-8 or not TOML.
    """
    text = read_text(path, ".toml")
    try:
        return TomlFile(text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place, reason = _placed(str(error), text)
        raise TomlUnreadable(f"{path}:{place}: not valid TOML: {reason}; correct this line") from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a thousand brackets
        raise TomlUnreadable(f"{path}: too large a number or too deep a nesting; simplify it") from error


def read_text(path: Path, kind: str) -> str:
    """Read a text file, its lines ending as on Unix.

    Args:
        path: The file.
        kind: How its name should end, for the remedy.

    Raises:
        TomlUnreadable: Missing, forbidden, no regular file, too large or not UTF-8.
    """
    return _decoded(path, read_bytes(path, kind))


def read_bytes(path: Path, kind: str) -> bytes:
    """Read a file as `read_text` does, whatever its encoding."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a FIFO would be waited for without end
            raise TomlUnreadable(f"{path}: is not a regular file; name a {kind} file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or "not a possible path"
        raise TomlUnreadable(f"{path}: cannot be read: {reason}; check the path and its permissions") from error
    if len(content) > LARGEST:
        raise TomlUnreadable(f"{path}: is larger than {LARGEST // 2**20} MiB; it is probably another file")
    return content


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TomlUnreadable(f"{path}:{line}: is not text in UTF-8; save it in that encoding") from error


def _placed(message: str, text: str) -> tuple[str, str]:
    """The line that tomllib means, and its message without the place."""
    found = _PLACE.search(message)
    if found is None:
        return "1", message
    line = found["line"] or str(text.rstrip("\n").count("\n") + 1)
    return line, message[: found.start()]
