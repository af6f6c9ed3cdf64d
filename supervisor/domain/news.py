"""What is told outside the room: the one shape that every channel puts into its own form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.domain.records import Json


REPORT = "session.report"
"""The kind of the message that asks for a session's report; it is for the report's own ways only, not for webhooks."""


class Kind(StrEnum):
    """What happened, in the words of the webhook's ``type``."""

    FIRING = "alert.firing"
    RESOLVED = "alert.resolved"
    ACKNOWLEDGED = "alert.acknowledged"
    PAUSED = "session.paused"
    RESUMED = "session.resumed"


@dataclass(frozen=True, slots=True)
class Selection:
    """What a receiver wants to hear of. An empty set is every one.

    Attributes:
        severities: Of alerts, by the worst stage that the alert has had: who heard of it also hears of its end.
        kinds: Names of kinds of session. What belongs to no session, such as a lost source, concerns everybody.
    """

    severities: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def takes(self, severity: str, kind: str) -> bool:
        """Whether news of that severity, of a session of that kind (empty for none), are wanted."""
        severe = not self.severities or severity in self.severities
        return severe and (not self.kinds or not kind or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news. ``starts_at`` and ``ends_at`` are seconds since the epoch, the latter None while it lasts.

    Attributes:
        monitor: Which rule.
        severity: ``info``, ``warning`` or ``critical``.
        booking: The booking's id.
        room: The room's name.
        reason: Why, in the log's words.
        summary: What people are told, worded in the booking's language.
        starts_at: Start of the trouble.
        ends_at: Its end.
        incident: The incident's id.
    """

    monitor: str
    severity: str
    booking: str
    room: str
    reason: str
    summary: str
    starts_at: float
    ends_at: float | None
    incident: str

    def payload(self) -> dict[str, Json]:
        """The row's payload, which is also the webhook's ``data``."""
        ends_at = None if self.ends_at is None else timestamp(self.ends_at)
        return asdict(self) | {"starts_at": timestamp(self.starts_at), "ends_at": ends_at}


def timestamp(instant: float) -> str:
    """Write an instant as RFC 3339 in UTC with milliseconds: ``2026-09-03T17:00:00.000Z``."""
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
