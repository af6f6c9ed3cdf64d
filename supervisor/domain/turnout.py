"""Who came to a session, as far as its rules have to remember it: counts and instants, no person's data.

Nothing is noted while the rooms are unknown, so that a restart of the server neither loses a quorum nor a moderator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain.occupants import PEOPLE

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking
    from supervisor.domain.room import Room


@dataclass(slots=True)
class Turnout:
    """What has been seen of a session's people.

    Attributes:
        seen_from: The first instant at which the room was known; None before.
        most: Most people that were there at once since the booked start.
        meeting: The meeting that the next two are about.
        moderated: Whether it has ever had a moderator.
        unmoderated_since: Since when there have been people and no moderator; None while that is not so.
        quorate: Whether the booking's quorum has been reached.
        inquorate_since: Since when fewer are there; None while they are enough.
        early: Occupants that came before the booked start and have not left since → when they were first seen.
    """

    seen_from: float | None = None
    most: int = 0
    meeting: str = ""
    moderated: bool = False
    unmoderated_since: float | None = None
    quorate: bool = False
    inquorate_since: float | None = None
    early: dict[str, float] = field(default_factory=dict)

    def note(self, booking: Booking, rooms: list[Room], now: float) -> None:
        """Take in what the rooms show now; the first one is the booked one, the others its breakout rooms."""
        people = sum(room.people for room in rooms)
        if self.seen_from is None:
            self.seen_from = now
        if now >= booking.start:
            self.most = max(self.most, people)
        self._note_moderators(rooms, people, now)
        self._note_quorum(booking.quorum, people, now)
        self._note_early(booking, rooms[0], now)

    def _note_moderators(self, rooms: list[Room], people: int, now: float) -> None:
        if rooms[0].meeting != self.meeting:
            self.meeting, self.moderated, self.unmoderated_since = rooms[0].meeting, False, None
        # A moderator who visits a breakout room has not left the session.
        if any(room.moderators for room in rooms):
            self.moderated, self.unmoderated_since = True, None
        elif not people:
            self.unmoderated_since = None
        elif self.unmoderated_since is None:
            self.unmoderated_since = now

    def _note_quorum(self, quorum: int | None, people: int, now: float) -> None:
        if quorum is None or people >= quorum:
            self.quorate, self.inquorate_since = self.quorate or quorum is not None, None
        elif self.inquorate_since is None:
            self.inquorate_since = now

    def _note_early(self, booking: Booking, room: Room, now: float) -> None:
        if now < booking.start:
            here = (nick for nick, sort in room.sorts.items() if sort in PEOPLE)
            self.early = {nick: self.early.get(nick, now) for nick in here}
        elif self.early:
            self.early = {nick: since for nick, since in self.early.items() if nick in room.occupants}
