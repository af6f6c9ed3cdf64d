"""QuorumLost: fewer people than the session needs to decide, after there had been enough.

At the end of every session people leave, and that is no trouble: once a person has ended the stream, or the booked end
is near and nothing is streamed, or one person is left, nobody is going to vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after
from supervisor.domain.session import PLANNED_END_SLACK
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

LOST = N_(
    "QUORUM LOST since %(since)s: %(people)d people are connected and %(quorum)d are needed to decide. Please take no "
    "vote until they are back."
)
BACK = N_("The quorum is there again: %(people)d people are connected, %(quorum)d are needed.")


@dataclass(frozen=True, slots=True)
class QuorumLost:
    """Has no thresholds: the quorum is the booking's."""

    name: ClassVar[str] = "QuorumLost"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (Stage("lost", Severity.WARNING),)

    def wakes(self, session: Session, now: float) -> float:
        """The start, and when the planned end begins."""
        return first_after(now, session.booking.start, session.booking.end - PLANNED_END_SLACK)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Compare the head count with the booking's quorum."""
        booking, turnout, people = session.booking, session.turnout, session.people
        quorum = booking.quorum
        if quorum is None or now < booking.start:
            return clear("no quorum is needed now")
        reason, params = f"{people} people, quorum {quorum}", {"people": people, "quorum": quorum}
        if people >= quorum:
            return clear(reason, Message(BACK, params))
        if not firing and not turnout.quorate:
            return clear(f"{reason}, not reached yet")
        if self._breaking_up(session, now):
            return clear(f"{reason}, the session is breaking up")
        since = max(turnout.inquorate_since or now, booking.start)
        return active(1, reason, Message(LOST, {**params, "since": since}))

    @staticmethod
    def _breaking_up(session: Session, now: float) -> bool:
        near_end = now >= session.booking.end - PLANNED_END_SLACK and not session.verdict.was_on
        return near_end or session.people <= 1 or session.verdict.phase is Phase.ENDED
