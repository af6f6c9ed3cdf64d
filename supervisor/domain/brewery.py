"""The room in which the Jibris tell Jicofo whether they are idle and healthy, seen as a watcher.

A room without anybody is not there: Jicofo is away, or has not begun. That says nothing of recorders. A room in which
only Jicofo is, is a brewery without a Jibri, and that is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain import events as ev
from supervisor.domain.plant import BREWERY

if TYPE_CHECKING:
    from supervisor.domain.occupants import BreweryStatus


@dataclass(slots=True)
class Brewery:
    """The room ``jid``, empty where none is configured, with the status of each occupant (None for who has none)."""

    jid: str = ""
    statuses: dict[str, BreweryStatus | None] = field(default_factory=dict)

    def take(self, event: ev.Event) -> None:
        """Take over what happened in it."""
        match event:
            case ev.RoomRead(_, _, occupants):
                self.statuses = {occupant.nick: occupant.brewery for occupant in occupants}
            case ev.OccupantSeen(_, occupant):
                self.statuses[occupant.nick] = occupant.brewery
            case ev.OccupantLeft(_, nick):
                self.statuses.pop(nick, None)
            case ev.MeetingEnded():
                self.statuses.clear()

    def word(self) -> ev.RecordersSeen | None:
        """What it shows of recorders; None while it is not there. It tells of changes only, so no word grows old."""
        if not self.statuses:
            return None
        found = [status for status in self.statuses.values() if status is not None]
        healthy = [status for status in found if status.healthy]
        busy = sum(status.busy for status in healthy)
        return ev.RecordersSeen(BREWERY, len(healthy) - busy, busy, len(found) - len(healthy), inf)
