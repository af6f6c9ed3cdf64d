"""What became of a session's alerts in one step of the engine, read off its commands: recorded, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.domain.commands import Audience, Keep, Notify, Record
from supervisor.domain.records import AlertRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supervisor.domain.commands import Command

OPENED, CLOSED = "session opened", "session closed"
ROSE, FELL, ESCALATED = "alert rose", "alert fell", "alert escalated"
ACKNOWLEDGED, TOLD = "acknowledged", "told"
_OF_SESSION = frozenset({OPENED, CLOSED, "session paused", "session resumed"})
_OF_ALERT = frozenset({ROSE, FELL, ESCALATED})


@dataclass(frozen=True, slots=True)
class Happened:
    """One of it.

    Attributes:
        what: In the log's words.
        monitor: Whose alert; empty for what is about the session.
        stage: The stage that fires then.
        reason: Why.
        by: Who did it.
        whom: Who in the room is told.
    """

    what: str
    monitor: str = ""
    stage: int = 0
    reason: str = ""
    by: str = ""
    whom: Audience | None = None


def happened(commands: Iterable[Command], booking: str, now: float) -> Iterator[Happened]:
    """What the commands of one step say about one session."""
    acknowledged = set()
    for command in commands:
        match command:
            case Record(what, about) if what in _OF_ALERT or what in _OF_SESSION:
                said = dict(about)
                if said.get("booking") == booking:
                    stage = int(said.get("stage", 0))
                    yield Happened(what, said.get("monitor", ""), stage, said.get("reason", ""), said.get("by", ""))
            case Keep(AlertRow() as row) if row.booking == booking and row.acknowledged_at == now:
                if row.monitor not in acknowledged:
                    acknowledged.add(row.monitor)
                    yield Happened(ACKNOWLEDGED, row.monitor, row.stage, by=row.acknowledged_by)
            case Notify(notice, _, audience) if monitor := _told(notice, booking):
                yield Happened(TOLD, monitor, whom=audience)


def _told(notice: str, booking: str) -> str:
    """The monitor of whose alert a notice tells; empty for another notice, or another session's."""
    id_, _, rest = notice.rpartition("/")[0].rpartition("/")[0].rpartition("/")
    return rest if id_ == booking and rest[:1].isupper() else ""
