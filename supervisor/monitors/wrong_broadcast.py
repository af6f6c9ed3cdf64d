"""WrongBroadcast: the public page does not show this session live: another video, private, gone, still upcoming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

WRONG = N_(
    "The public link does not show this session live since %(since)s. Citizens who follow it cannot see you. Please "
    "halt the session and have the technician check the broadcast that was announced."
)
RIGHT = N_("The public link shows this session live.")


@dataclass(frozen=True, slots=True)
class WrongBroadcast:
    """``after``: seconds from the booked start from which the page has to be right."""

    after: float = 300.0

    name: ClassVar[str] = "WrongBroadcast"
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (Stage("wrong", Severity.CRITICAL),)

    def wakes(self, session: Session, now: float) -> float:
        """When the page has to be right, and when it need no longer be."""
        due = session.booking.start + self.after
        return due if due > now else session.booking.end

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Look for a witness who sees something else than this session."""
        booking = session.booking
        if not booking.start + self.after <= now < booking.end:
            return clear("not in the session's time")
        fresh = [e for e in session.evidence.values() if now < e.fresh_until]
        wrong = [e for e in fresh if e.wrong]
        if wrong:
            since = max(min(e.at for e in wrong), booking.start)
            return active(1, f"{wrong[0].witness}: {wrong[0].wrong}", Message(WRONG, {"since": since}))
        if not fresh and session.evidence:
            return unknown("no fresh evidence about the page")
        return clear("nobody sees another page", Message(RIGHT))
