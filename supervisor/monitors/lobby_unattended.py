"""LobbyUnattended: somebody waits before the door, and nobody opens it.

The moderators' clients show it for a moment only. Where no moderator is there, support staff hear of it; but nobody
hears of those who come early before the booked start, unless a moderator is there to let them in.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

WAITING = N_(
    "People waiting in the lobby: %(waiting)d, the first of them since %(since)s. Please open the list of "
    "participants, and admit them or turn them away."
)


@dataclass(frozen=True, slots=True)
class LobbyUnattended:
    """``after``: seconds for which somebody may wait."""

    after: float = 90.0

    name: ClassVar[str] = "LobbyUnattended"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("waiting", Severity.WARNING),
        Stage("nobody to open", Severity.WARNING, support=True),
    )

    def wakes(self, session: Session, now: float) -> float:
        """When the patience with those who wait ends."""
        since = self._since(session)
        return inf if since is None else first_after(now, since + self.after)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Look for how long the first one has waited. A moderator who comes late still has to be told."""
        since, waiting = self._since(session), session.main.waiting
        if since is None:
            return clear("nobody waits")
        reason = f"{waiting} waiting for {now - since:.0f} s"
        if now < since + self.after:
            return clear(reason)
        stage = 1 if session.moderators and firing < 2 else 2
        told = {"waiting": waiting, "since": session.main.waiting_since or since}
        return active(stage, f"{reason}, {session.moderators} moderators", Message(WAITING, told))

    @staticmethod
    def _since(session: Session) -> float | None:
        since = session.main.waiting_since
        return since if since is None or session.moderators else max(since, session.booking.start)
