"""WrongBroadcast: the public page does not show this session live: another video, private, gone, still upcoming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Side, Word
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

WRONG = N_(
    "Since %(since)s the public link has not shown this session live: whoever follows it cannot see you. Please halt "
    "the session until the technician has checked the broadcast that was announced."
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
        return first_after(now, session.booking.start + self.after, session.booking.end)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Look for a witness who sees something else than this session."""
        booking = session.booking
        if not booking.may_stream or not booking.start + self.after <= now < booking.end:
            return clear("not in the session's time")
        pages = session.pages(now)
        wrong = next((e for e in pages if e.wrong), None)
        if wrong is not None:
            since = max(session.wrong_since or booking.start, booking.start)
            return active(1, f"{wrong.witness}: {wrong.wrong}", Message(WRONG, {"since": since}))
        if not pages and any(e.side is Side.PLATFORM for e in session.evidence.values()):
            return unknown("no fresh evidence about the page")
        live = any(e.word in {Word.UP, Word.DEGRADED} for e in pages)
        return clear("nobody sees another page", Message(RIGHT) if live else None)
