"""The two ways in which sending fails. Their texts go on record, so they hold no address and no secret."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"\S*@\S*")
_LONGEST = 200


class Permanent(Exception):  # noqa: N818 - the field's word: what is said is how it failed
    """This message will never be taken, whoever tries again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Temporary(Exception):  # noqa: N818 - the same
    """It may be taken later. ``delay``: seconds that the receiver asked for, None where it did not say."""

    def __init__(self, reason: str, delay: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.delay = delay


def harmless(text: str) -> str:
    """What a server said, on one line, short, and without mail addresses."""
    return _ADDRESS.sub("(address)", " ".join(text.split()))[:_LONGEST]
