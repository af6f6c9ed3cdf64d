"""StreamInterrupted: the public can no longer see a session that it could see.

The verdict (``domain/verdict.py``) says so, from all witnesses. While one witness alone reports the loss, the
moderators read that it is being checked; when it is sure, or has lasted for the kind's patience, that they have to
halt. A stream that a person stopped is no interruption: whoever pressed the button knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase, Side
from supervisor.domain.jibri import Cause
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session
    from supervisor.domain.verdict import Verdict

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
ENCODER = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: the encoder has stopped sending (encoder side). The public cannot see "
    "the session. Please halt it now and write !pause in the chat. The technician has to check the encoder."
)
PLATFORM = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: the platform receives no picture or has ended the broadcast (platform "
    "side). The public cannot see the session. Please halt it now and write !pause in the chat."
)
VIEWERS = N_(
    "LIVE STREAM INTERRUPTED since %(since)s: viewers get no new picture (viewers' side). The public cannot see the "
    "session. Please halt it now and write !pause in the chat. The technician has to check the broadcast."
)
CHECKING = N_(
    "The live stream may have been lost at %(since)s; this is being checked. Please be ready to halt the session: "
    "you will read here within a minute whether you have to."
)
CHECKED = N_("The check is over: the public sees the live stream. You need not halt the session.")
BACK = N_("The live stream is back since %(since)s. The public sees the session again: write !resume to go on.")

BY_CAUSE: dict[str, str] = {
    Cause.RECORDER_FAILED: FAILED,
    Cause.RECORDER_LEFT: LEFT,
    Cause.STOPPED_ITSELF: BY_ITSELF,
    Cause.CONFERENCE_LOST: RESTARTED,
}
BY_SIDE = {Side.ENCODER: ENCODER, Side.PLATFORM: PLATFORM, Side.VIEWERS: VIEWERS}


@dataclass(frozen=True, slots=True)
class StreamInterrupted:
    """``recorder_grace``: seconds that a recorder may be gone while Jicofo still says on; ``domain/jibri.py`` uses it.

    How long one witness alone is doubted is the kind's.
    """

    recorder_grace: float = 8.0

    name: ClassVar[str] = "StreamInterrupted"
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("stalled", Severity.WARNING, repeats=False),
        Stage("interrupted", Severity.CRITICAL),
    )

    def wakes(self, session: Session, now: float) -> float:  # noqa: ARG002 - the verdict has its own deadlines
        """Never."""
        return inf

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - see wakes
        """Say what the verdict means for the people in the room.

        Who was told to halt, and sees the stream stall again before it was told to be back, is not told to get ready.
        """
        verdict = session.verdict
        if not session.booking.may_stream:
            return clear("a stream is forbidden here")
        since = {"since": verdict.broken_at}
        match verdict.phase:
            case Phase.UNKNOWN:
                return unknown("no fresh evidence about the stream")
            case Phase.STALLED if firing < 2:
                return active(1, reason(verdict), Message(CHECKING, since))
            case Phase.STALLED | Phase.INTERRUPTED:
                return active(2, reason(verdict), Message(_text(verdict), since))
            case Phase.LIVE | Phase.DEGRADED:
                good = Message(BACK, {"since": verdict.since}) if firing > 1 else Message(CHECKED)
                return clear(reason(verdict), good)
        return clear(reason(verdict))


def reason(verdict: Verdict) -> str:
    """The verdict in one line: state, side, who says so, in whose words."""
    who = f" by {', '.join(verdict.witnesses)}" if verdict.witnesses else ""
    what = f": {verdict.detail}" if verdict.detail else ""
    return f"{verdict.phase}{f' ({verdict.side})' if verdict.side else ''}{who}{what}"


def _text(verdict: Verdict) -> str:
    by_cause = BY_CAUSE.get(verdict.detail)
    return by_cause or BY_SIDE[verdict.side or Side.VIEWERS]
