"""Reads a table of words key after key and collects everything that is wrong, instead of stopping at the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a table.

    Attributes:
        key: Where, e.g. ``start`` or ``stream.youtube``.
        text: What is wrong and what to do, e.g. ``missing; add it``.
    """

    key: str
    text: str


def shown(text: str) -> str:
    """A text that somebody else wrote, safe to stand in one line of a message."""
    return text[:60] if text.isprintable() else ascii(text[:60])[1:-1]


class WordReader:
    """One table being read.

    Attributes:
        problems: What was wrong so far.
    """

    def __init__(self, words: Mapping[str, object], prefix: str = "") -> None:
        self._words = words
        self._prefix = prefix
        self.problems: list[Problem] = []

    def complain(self, key: str, text: str) -> None:
        """Note a problem with a key."""
        self.problems.append(Problem(f"{self._prefix}{key}", text))

    def needed(self, key: str, parse: Callable[[object], T]) -> T | None:
        """The key's value; None, with the problem noted, where it is missing or wrong."""
        if key not in self._words:
            self.complain(key, "missing; add it")
        return self.optional(key, parse, None)

    def optional(self, key: str, parse: Callable[[object], T], default: T) -> T:
        """The key's value, or the default where it is absent or (with the problem noted) wrong.

        Args:
            key: The word.
            parse: Makes the value, or raises ValueError with what is wrong and what to do.
            default: For an absent key.
        """
        if key not in self._words:
            return default
        try:
            return parse(self._words[key])
        except ValueError as error:
            self.complain(key, str(error))
            return default

    def only(self, known: tuple[str, ...]) -> None:
        """Note a problem for every key that is not among the known ones."""
        for key in self._words:
            if key not in known:
                self.complain(shown(key), f"unknown key; remove it, the keys here are {', '.join(known)}")
