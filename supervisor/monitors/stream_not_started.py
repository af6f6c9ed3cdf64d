"""StreamNotStarted: people are there, the session must be public, and it is not streamed.

The clock runs from the booked start, or from when a person ended the stream in a session that goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

NOT_STARTED = N_(
    "This session has to be public and has not been streamed since %(since)s. Please do not begin it, or halt it, "
    "until the technician has started the live stream."
)
STARTED = N_("The live stream has been running since %(since)s. The public sees the session.")

WAITING = frozenset({Phase.SCHEDULED, Phase.STARTING, Phase.ENDED})


@dataclass(frozen=True, slots=True)
class StreamNotStarted:
    """``after``: seconds from the start until a session without a stream is told."""

    after: float = 300.0

    name: ClassVar[str] = "StreamNotStarted"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (Stage("not started", Severity.CRITICAL),)

    def wakes(self, session: Session, now: float) -> float:
        """When the patience with this session ends."""
        return first_after(now, self._from(session) + self.after, session.booking.end)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Look whether the stream is owed now, and missing."""
        phase, since = session.verdict.phase, self._from(session)
        if not session.booking.must_stream or not session.people or now >= session.booking.end:
            return clear("no stream is owed now")
        if phase is Phase.UNKNOWN or (phase is Phase.SCHEDULED and not session.tells(now)):
            return unknown("no fresh evidence about the stream")
        if phase not in WAITING:
            running = phase in {Phase.LIVE, Phase.DEGRADED}
            return clear(str(phase), Message(STARTED, {"since": session.verdict.since}) if running else None)
        if now < since + self.after:
            return clear(f"{phase}, in time")
        return active(1, str(phase), Message(NOT_STARTED, {"since": since}))

    @staticmethod
    def _from(session: Session) -> float:
        return max(session.verdict.ended_at, session.booking.start)
