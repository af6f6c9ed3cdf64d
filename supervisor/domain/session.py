"""A booked session under supervision: its rooms, its stream, and what is known of them now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain.stream import Facts, Stream, advance

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking
    from supervisor.domain.room import Room

PLANNED_END_SLACK = 300.0
"""Seconds before the booked end from which a clean stop of the stream is the planned one."""


@dataclass(slots=True)
class Session:
    """One booking whose time has come. ``rooms[0]`` is the main room, the others are its breakout rooms.

    ``blind`` holds the reason while the source that feeds it is lost.
    """

    booking: Booking
    rooms: list[Room]
    blind: str = ""
    stream: Stream = field(default_factory=Stream)

    @property
    def main(self) -> Room:
        """The booked room."""
        return self.rooms[0]

    @property
    def people(self) -> int:
        """Persons in the main room and its breakout rooms."""
        return sum(room.people for room in self.rooms)

    @property
    def moderators(self) -> int:
        """Moderators in the main room."""
        return len(self.main.moderators)

    @property
    def occupied(self) -> bool:
        """Whether somebody is there, or may be."""
        return self.people > 0

    def unknown(self, now: float) -> str:
        """Say why nothing can be said about this session at present; empty if it can."""
        if self.blind:
            return self.blind
        if not self.main.read_once:
            return "room not read yet"
        if any(room.settling(now) for room in self.rooms):
            return "room settling after a restart"
        return ""

    def advance(self, grace: float, now: float) -> None:
        """Let the stream's state follow the facts, unless they are unknown: then it is held."""
        if self.unknown(now):
            return
        facts = Facts(
            status=self.main.status,
            recorder_session=self.main.recorder_session,
            people=self.people,
            past_end=now >= self.booking.end - PLANNED_END_SLACK,
        )
        self.stream = advance(self.stream, facts, grace, now)

    def deadlines(self, grace: float, now: float) -> list[float]:
        """Instants after ``now`` at which time alone changes what is known here."""
        settled = [room.settling_until for room in self.rooms if room.settling(now)]
        stream = self.stream.deadline(grace)
        return settled + ([] if stream is None or settled or self.blind else [stream])
