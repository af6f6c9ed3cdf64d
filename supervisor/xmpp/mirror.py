"""The mirror of one room: snapshots and changes in, room events out; a gap is noticed, never papered over.

    state      got                                    then
    ---------  -------------------------------------  --------------------------------------------------------
    joining    seq 1                                  collect a snapshot from here (what came before it is void)
    joining    own presence (110)                     RoomRead with all that was collected → joined
    joined     the next seq                           the event it means
    joined     seq 1                                  the server started a new snapshot → as in joining
    any        another seq                            STALE: join again
    any        another boot than the host's           STALE: the module was loaded anew
    joined     count differs for long                 STALE (the owner of the mirror measures how long)

No I/O and no clock: :mod:`supervisor.xmpp.source` owns the mirrors, sends the joins and measures time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from supervisor.domain import events as ev
from supervisor.xmpp.decode import Command, Joined, Left, Mirrored, Presence, Subject, Unavailable

if TYPE_CHECKING:
    from supervisor.domain.occupants import Occupant
    from supervisor.domain.room_state import RoomState


class Health(StrEnum):
    """Whether what is mirrored can be relied on."""

    JOINING = "joining"
    JOINED = "joined"
    STALE = "stale"


@dataclass(slots=True)
class Mirror:
    """One watched room. ``differs`` is true while the server's head count is not the mirror's.

    ``media``: the join asks for the media states, ``names``: for the people's names.
    """

    room: str
    media: bool = False
    names: bool = False
    health: Health = Health.STALE
    meeting: str = ""
    differs: bool = False
    seq: int = 0
    state: RoomState | None = None
    occupants: dict[str, Occupant] = field(default_factory=dict)

    def joining(self) -> None:
        """A join was sent: what is known is void until its answer is complete."""
        self.health = Health.JOINING
        self.seq = 0
        self.occupants.clear()

    def take(self, stanza: Mirrored, boot: str) -> list[ev.Event]:
        """Take in one mirrored stanza and return what it means."""
        tag = stanza.tag
        if self.health is Health.STALE:
            return []
        if tag.boot != boot:
            self.health = Health.STALE
            return []
        if tag.seq == 1:
            self.joining()
        elif self.health is Health.JOINING and self.seq == 0:
            return []  # sent before the server saw our join
        if tag.seq != self.seq + 1:
            self.health = Health.STALE
            return []
        self.seq = tag.seq
        events = self._apply(stanza)
        self.differs = self.health is Health.JOINED and tag.count != len(self.occupants)
        return events

    def _apply(self, stanza: Mirrored) -> list[ev.Event]:
        joined = self.health is Health.JOINED
        match stanza:
            case Presence(room, _, occupant):
                self.occupants[occupant.nick] = occupant
                return [ev.OccupantSeen(room, occupant)] if joined else []
            case Unavailable(room, _, nick, codes, dropped):
                known = self.occupants.pop(nick, None)
                return [ev.OccupantLeft(room, nick, codes, dropped)] if joined and known is not None else []
            case Command(room, _, nick, word):
                return [ev.CommandGiven(room, nick, word)] if joined else []
            case Subject(room, _, text):
                return [ev.SubjectChanged(room, text)]
            case Joined():
                return self._own(stanza)
            case Left():
                return self._gone(stanza)

    def _own(self, stanza: Joined) -> list[ev.Event]:
        room, meeting, main, state = stanza.room, stanza.tag.meeting, stanza.tag.main, stanza.state
        known, self.meeting = self.meeting, meeting
        before, self.state = self.state, state
        told: list[ev.Event] = [] if state is None else [ev.RoomStateSeen(room, state)]
        if self.health is Health.JOINING:
            self.health = Health.JOINED
            return [ev.RoomRead(room, meeting, tuple(self.occupants.values()), main), *told]
        if meeting and meeting != known:
            return [ev.MeetingBegan(room, meeting, main), *told]
        return told if state != before else []

    def _gone(self, stanza: Left) -> list[ev.Event]:
        self.occupants.clear()
        self.meeting = ""
        self.state = None
        if not stanza.destroyed:
            self.health = Health.STALE  # we did not leave by ourselves: get in again
            return []
        return [ev.MeetingEnded(stanza.room, stanza.reason)] if self.health is Health.JOINED else []
