"""SessionOverrun: a session goes on after its booked end, or is about to be cut there.

Where Jitsi asks a reservation system about its rooms, it destroys a room at the booked end, people or not, and says
nothing before. So the moderators are warned 10, 5 and 1 minute before. Elsewhere a session may go on: that is shown to
the support staff, and nobody in the room is disturbed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after, outside
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

CUT = N_(
    "At %(end)s, in %(minutes)d min, the server will close this room and disconnect everybody. Please end the session "
    "by then, or agree now on where to go on."
)
OVERRUN = N_("The session was booked until %(end)s and goes on: people in the room: %(people)d.")

WARNINGS = (600.0, 300.0, 60.0)
"""Seconds before a cut at which it is told."""


@dataclass(frozen=True, slots=True)
class SessionOverrun:
    """``after``: seconds over the end until it is told; ``cut``: the server destroys the room at the booked end."""

    after: float = 900.0
    cut: bool = False

    name: ClassVar[str] = "SessionOverrun"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("cut in 10 minutes", Severity.INFO, repeats=False),
        Stage("cut in 5 minutes", Severity.INFO, repeats=False),
        Stage("cut in 1 minute", Severity.WARNING, repeats=False),
        Stage("overrun", Severity.WARNING, repeats=False),
    )

    def wakes(self, session: Session, now: float) -> float:
        """The warnings, the end, and the end of the patience."""
        end = session.booking.end
        return first_after(now, *(end - early for early in WARNINGS), end, end + self.after)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - time parts its stages
        """Compare the booked end with the clock."""
        end, people = session.booking.end, session.people
        if not people:
            return clear("nobody is there")
        if now >= end + self.after:
            return outside(
                4, f"{now - end:.0f} s over its end", Message(OVERRUN, {"end": end, "since": end, "people": people})
            )
        stage = sum(now >= end - early for early in WARNINGS)
        if not self.cut or not stage or now >= end:
            return clear("in its time" if now < end else "a little over its end")
        left = {"end": end, "minutes": ceil((end - now) / 60)}
        return active(stage, f"cut in {end - now:.0f} s", Message(CUT, left))
