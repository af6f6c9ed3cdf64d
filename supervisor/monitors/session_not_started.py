"""SessionNotStarted: a session is booked for now, and nobody, or only one person, has come. Support staff are told.

A session that had its people and ended early is no such thing. Whether it had, is known only of rooms that were seen in
time; where the supervisor came later, it does not say that a session has not begun, it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, clear, first_after, outside, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

NOT_STARTED = N_("The session was booked for %(since)s and has not begun: people in the room: %(people)d.")


@dataclass(frozen=True, slots=True)
class SessionNotStarted:
    """``after``: seconds from the booked start; ``people``: fewest that make a session."""

    after: float = 600.0
    people: int = 2

    name: ClassVar[str] = "SessionNotStarted"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (Stage("not started", Severity.WARNING, repeats=False, room=False),)

    def wakes(self, session: Session, now: float) -> float:
        """The start, from which on people count, the end of the patience, and the session's end."""
        start = session.booking.start
        return first_after(now, start, start + self.after, session.booking.end)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Look whether there have been people since the start."""
        booking, turnout = session.booking, session.turnout
        if booking.kind.always_open:
            return clear("always open")
        if now >= booking.end:
            return clear("its time is over")
        if turnout.most >= self.people:
            return clear("it has begun")
        if now < booking.start + self.after:
            return clear("in time")
        if not firing and (turnout.seen_from is None or turnout.seen_from > booking.start + self.after):
            return unknown("the room was not seen at the start")
        params = {"since": booking.start, "people": session.people}
        return outside(1, f"{session.people} people since its start", Message(NOT_STARTED, params))
