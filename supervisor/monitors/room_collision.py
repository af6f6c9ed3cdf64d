"""RoomCollision: somebody else has the room at the booked time.

Two things can be proved. Two bookings of one room overlap: the calendar says so, before anybody is there. Or at the
booked start there are people in the room who were there when its supervision began and never left, as those of a
meeting that runs over are. Not taken for strangers: the people of an earlier booking of the same organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after, outside, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

TWICE = N_("The room of this session is booked twice for the same time; the other booking is %(other)s.")
IN_USE = N_(
    "%(people)d people have been in this room since long before the session, at least since %(since)s. They may belong "
    "to another meeting: please make sure who is here before you begin."
)


@dataclass(frozen=True, slots=True)
class RoomCollision:
    """``early``: who was there so many seconds before the start may be a stranger; ``people``: fewest that matter."""

    early: float = 1500.0
    people: int = 2

    name: ClassVar[str] = "RoomCollision"
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("booked twice", Severity.WARNING, repeats=False, room=False),
        Stage("in use", Severity.WARNING, repeats=False),
    )

    def wakes(self, session: Session, now: float) -> float:
        """The start, at which the others should be gone, and the end."""
        return first_after(now, session.booking.start, session.booking.end)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Look for another booking, and for people who have stayed over the start."""
        booking, other = session.booking, session.neighbours.rival
        if booking.kind.always_open or now >= booking.end:
            return clear("not in the session's time")
        blind = session.unknown(now)
        if blind and (firing > 1 or not other):
            return unknown(blind)
        since = self._strangers(session, now)
        if since and not blind:
            params = {"people": len(since), "since": max(since)}
            return active(2, f"{len(since)} people since long before the start", Message(IN_USE, params))
        if other:
            return outside(1, f"overlaps with {other}", Message(TWICE, {"other": other}))
        return clear("nobody else has the room")

    def _strangers(self, session: Session, now: float) -> list[float]:
        """Since when those have been there who seem to belong to somebody else; empty if too few."""
        start = session.booking.start
        if now < start or session.neighbours.kin:
            return []
        since = [instant for instant in session.turnout.early.values() if instant <= start - self.early]
        return since if len(since) >= self.people else []
