"""What moderators and support staff can ask for, and the words for it in the open chat.

Every language's words work in every room: a moderator does not know which language was booked.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Wish(StrEnum):
    """A wish, by its name in the API."""

    PAUSE = "pause"
    RESUME = "resume"
    ACKNOWLEDGE = "acknowledge"
    STATUS = "status"


WORDS: Mapping[str, Wish] = {
    "!pausa": Wish.PAUSE,
    "!pause": Wish.PAUSE,
    "!reprèn": Wish.RESUME,
    "!repren": Wish.RESUME,
    "!reanudar": Wish.RESUME,
    "!resume": Wish.RESUME,
    "!riprendi": Wish.RESUME,
    "!ok": Wish.ACKNOWLEDGE,
    "!estat": Wish.STATUS,
    "!estado": Wish.STATUS,
    "!status": Wish.STATUS,
    "!stato": Wish.STATUS,
}
"""Word, in lower case and composed form (NFC), to wish."""
