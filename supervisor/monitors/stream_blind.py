"""StreamBlind: nothing fresh is known about a stream that must run. It is told to support, not in the room.

To say *halt* because the watcher is blind would be as wrong as to say nothing when the public is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase
from supervisor.domain.reading import Reading, Severity, Stage, State, clear, first_after

if TYPE_CHECKING:
    from supervisor.domain.session import Session


@dataclass(frozen=True, slots=True)
class StreamBlind:
    """Has no thresholds but ``for``."""

    name: ClassVar[str] = "StreamBlind"
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (Stage("blind", Severity.WARNING, repeats=False),)

    def wakes(self, session: Session, now: float) -> float:
        """The session's start and end."""
        return first_after(now, session.booking.start, session.booking.end)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Look whether anybody has a word about the stream."""
        booking, verdict = session.booking, session.verdict
        if not booking.may_stream:
            return clear("a stream is forbidden here")
        if not booking.start <= now < booking.end:
            return clear("not in the session's time")
        if any(e.wrong and now < e.fresh_until for e in session.evidence.values()):
            return clear("a witness sees what the page shows, and WrongBroadcast tells it")
        if verdict.phase is Phase.UNKNOWN and (booking.must_stream or verdict.was_on):
            return _blind(f"{verdict.held} before; {self._why(session, now)}")
        if verdict.phase is Phase.SCHEDULED and booking.must_stream and not session.tells(now):
            return _blind(f"never seen; {self._why(session, now)}")
        return clear(str(verdict.phase))

    @staticmethod
    def _why(session: Session, now: float) -> str:
        room = session.unknown(now)
        words = [f"{e.witness}: {e.detail or 'silent'}" for e in session.evidence.values()]
        return "; ".join([f"room: {room}", *words] if room else words) or "no witness"


def _blind(reason: str) -> Reading:
    return Reading(State.ACTIVE, 1, reason)
