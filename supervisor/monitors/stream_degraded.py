"""StreamDegraded: the stream runs, but badly: too slow, too many frames lost, errors at the platform."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, unknown
from supervisor.domain.text import N_
from supervisor.monitors.stream_interrupted import reason

if TYPE_CHECKING:
    from supervisor.domain.session import Session

BAD = N_(
    "The live stream has been running badly since %(since)s: the public may see it stutter. You need not halt the "
    "session. The technician should check the encoder's connection."
)
GOOD = N_("The live stream has been running well again since %(since)s.")


@dataclass(frozen=True, slots=True)
class StreamDegraded:
    """Has no thresholds of its own: each witness knows what bad means on its side."""

    name: ClassVar[str] = "StreamDegraded"
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (Stage("degraded", Severity.WARNING, repeats=False),)

    def wakes(self, session: Session, now: float) -> float:  # noqa: ARG002 - the verdict has its own deadlines
        """Never."""
        return inf

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - see wakes
        """Say whether the verdict is degraded."""
        verdict = session.verdict
        if not session.booking.may_stream:
            return clear("a stream is forbidden here")
        since = {"since": verdict.since}
        if verdict.phase is Phase.UNKNOWN:
            return unknown("no fresh evidence about the stream")
        if verdict.phase is Phase.DEGRADED:
            return active(1, reason(verdict), Message(BAD, since))
        return clear(reason(verdict), Message(GOOD, since) if verdict.phase is Phase.LIVE else None)
