"""An event log as a file: one line after the other, whoever wrote it. What is wrong is said with its line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from supervisor import __version__
from supervisor.replay import steps
from supervisor.replay.codec import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 4_000_000
"""Bytes of one line: the reading of a room with thousands of people."""
LARGEST = 512_000_000
"""Bytes of a file."""


class BadFileError(Exception):
    """The text names the line, and says what to do."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line. ``lives``: how often a process took the session under supervision."""

    program: str
    session: str
    lives: int


def export(session: str, parts: Iterable[str]) -> Iterator[str]:
    """The lines of a file, each with its end."""
    lines = [line for part in parts for line in part.split("\n")]
    lives = sum(line.startswith('{"opened":') for line in lines)
    head = {"format": steps.FORMAT, "version": steps.VERSION, "program": __version__, "session": session}
    yield steps.text({**head, "lives": lives}) + "\n"
    for line in lines:
        yield line + "\n"
    yield steps.text({"end": len(lines) + 1}) + "\n"


class Reader:
    """Reads a file from its beginning, line by line. ``line`` is the number of the last one, ``whole`` its end's word.

    Every call raises BadFileError.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self.line = 0
        self.whole = False
        self._size = 0
        self.head = self._head()

    def __iter__(self) -> Iterator[steps.Line]:
        """The lines between the first and the last one."""
        while (raw := self._next()) is not None:
            if "end" in raw:
                self._end(raw["end"])
                return
            try:
                yield steps.read(raw)
            except UnfitError as error:
                raise self.bad(f"{error}; {self._remedy()}") from None

    def bad(self, what: str) -> BadFileError:
        """An error at the present line."""
        return BadFileError(f"{self._name}: line {self.line}: {what}")

    def _head(self) -> Head:
        raw = self._next()
        if raw is None:
            raise BadFileError(f"{self._name}: it is empty; write one with: jitsi-supervisor export")
        if raw.get("format") != steps.FORMAT:
            raise self.bad("this is no event log; write one with: jitsi-supervisor export")
        version, program = raw.get("version"), str(raw.get("program"))[:64]
        if version != steps.VERSION:
            raise self.bad(
                f"its format is {str(version)[:20]}, this version reads {steps.VERSION}; "
                f"it was written by version {program}, replay it with that one"
            )
        session, lives = raw.get("session"), raw.get("lives")
        if not isinstance(session, str) or not isinstance(lives, int):
            raise self.bad("session and lives are wanted; export it again")
        return Head(program, session[:300], lives)

    def _next(self) -> dict[str, Any] | None:
        raw = self._file.readline(LONGEST + 1)
        if not raw:
            return None
        self.line += 1
        self._size += len(raw)
        if len(raw) > LONGEST or self._size > LARGEST:
            raise self.bad(f"it is longer than an event log can be ({LONGEST} bytes a line, {LARGEST} in all)")
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            raise self.bad(f"it is no JSON; {self._remedy()}") from None
        if not isinstance(found, dict):
            raise self.bad(f"an object is wanted; {self._remedy()}")
        return found

    def _end(self, said: Any) -> None:
        if said != self.line - 1:
            raise self.bad(f"{self.line - 1} lines come before the last one, it says {str(said)[:20]}; export it again")
        if self._file.read(1):
            raise self.bad("something comes after the last line; export it again")
        self.whole = True

    def _remedy(self) -> str:
        head = getattr(self, "head", None)
        other = head is not None and head.program != __version__
        wrote = f"it was written by version {head.program}, replay it with that one" if other and head else ""
        return wrote or "export it again"
