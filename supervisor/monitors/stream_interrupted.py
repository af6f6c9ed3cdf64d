"""StreamInterrupted: the public can no longer see a session that it could see.

Evidence here is Jibri's, as the room shows it (``domain/stream.py``). A stream that a person stopped is no
interruption: whoever pressed the button knows. A recorder that vanishes gets ``recorder_grace`` seconds, in which
Jicofo may put another one in its place; everything else is told at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.kinds import StreamPolicy
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear
from supervisor.domain.stream import Cause, Phase
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

FAILED = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: the recorder failed (encoder side). The public cannot see the session. "
    "Please halt it now and write !pause in the chat. The technician has to start the stream again."
)
LEFT = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: the recorder left the room (encoder side). The public cannot see the "
    "session. Please halt it now and write !pause in the chat. If it does not come back, start the stream again."
)
BY_ITSELF = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: the recorder stopped by itself, as it does when all are muted for 10 "
    "minutes. The public cannot see the session. Please halt it, write !pause, and start the stream again."
)
RESTARTED = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: the conference was restarted and the stream was not. The public cannot "
    "see the session. Please halt it now, write !pause in the chat, and start the stream again."
)
BACK = N_("The live stream is back since %(since)s. The public sees the session again: write !resume to go on.")

TEXTS = {
    Cause.RECORDER_FAILED: FAILED,
    Cause.RECORDER_LEFT: LEFT,
    Cause.STOPPED_ITSELF: BY_ITSELF,
    Cause.CONFERENCE_LOST: RESTARTED,
}


@dataclass(frozen=True, slots=True)
class StreamInterrupted:
    """``recorder_grace``: seconds that a recorder may be gone while Jicofo still says on."""

    recorder_grace: float = 8.0

    name: ClassVar[str] = "StreamInterrupted"
    stages: ClassVar[tuple[Stage, ...]] = (Stage("interrupted", Severity.CRITICAL),)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Say what the stream's state means for the people in the room."""
        stream = session.stream
        if session.booking.kind.stream is StreamPolicy.FORBIDDEN:
            return clear("a stream is forbidden here")
        reason = f"{stream.phase}: {stream.cause}" if stream.cause else str(stream.phase)
        if stream.phase is Phase.INTERRUPTED:
            text = TEXTS.get(stream.cause, FAILED)
            return active(1, reason, Message(text, {"since": stream.broken_at}))
        return clear(reason, Message(BACK, {"since": stream.since}) if stream.phase is Phase.LIVE else None)
