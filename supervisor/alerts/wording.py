"""Puts a message into the words of a booking's language. The catalogues are given: no file is read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from supervisor.domain.text import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from supervisor.domain.reading import Message

SENDER = N_("Supervision")
"""The name under which the room shows our messages."""


@dataclass(frozen=True, slots=True)
class Wording:
    """``translators``: language → gettext function. A language that is missing falls back to English."""

    translators: Mapping[str, Callable[[str], str]]

    def text(self, message: Message, language: str, utc_offset: float) -> str:
        """Word a message; instants are written as clock times ``utc_offset`` seconds east of UTC."""
        params = {
            name: clock(value, utc_offset) if isinstance(value, float) else value
            for name, value in message.params.items()
        }
        return self._translate(message.msgid, language) % params

    def line(self, messages: Iterable[Message], language: str, utc_offset: float) -> str:
        """Word several messages, one after the other."""
        return " ".join(self.text(message, language, utc_offset) for message in messages)

    def sender(self, language: str) -> str:
        """Our display name in that language."""
        return self._translate(SENDER, language)

    def _translate(self, msgid: str, language: str) -> str:
        translate = self.translators.get(language)
        return msgid if translate is None else translate(msgid)


def clock(instant: float, utc_offset: float) -> str:
    """Write an instant as HH:MM of the session's place."""
    return (datetime.fromtimestamp(instant, UTC) + timedelta(seconds=utc_offset)).strftime("%H:%M")
