"""RecordingForbidden: something records, streams or transcribes a session of a kind that forbids it.

A citizen's appointment is nobody else's business, so everybody in the room hears of it at once: it is their right to
know, and whoever has started it may be any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.kinds import RecordingPolicy, StreamPolicy
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear
from supervisor.domain.room import Recording
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

RECORDED = N_(
    "THIS SESSION IS BEING RECORDED, and that is forbidden here. Please say nothing private until it has ended. "
    "Whoever started it must stop it now: More actions, Stop recording."
)
STREAMED = N_(
    "THIS SESSION IS BEING STREAMED IN PUBLIC, and that is forbidden here. Please say nothing private until it "
    "has ended. Whoever started it must stop it now: More actions, Stop live stream."
)
LOCAL = N_(
    "A PARTICIPANT IS RECORDING THIS SESSION on their own computer, and that is forbidden here. Please say "
    "nothing private until it has ended. Whoever records must stop it now and delete the file."
)
TRANSCRIBED = N_(
    "THIS SESSION IS BEING WRITTEN DOWN automatically, and that is forbidden here. Please say nothing private "
    "until it has ended. Whoever turned subtitles or transcription on must turn them off now."
)
OVER = N_("Nothing records this session any more. You can go on.")

TEXTS = {
    Recording.FILE: RECORDED,
    Recording.JIBRI: RECORDED,
    Recording.STREAM: STREAMED,
    Recording.LOCAL: LOCAL,
    Recording.TRANSCRIPTION: TRANSCRIBED,
}
"""The worst first: what several may see of it later."""


@dataclass(frozen=True, slots=True)
class RecordingForbidden:
    """Has no thresholds but ``for``."""

    name: ClassVar[str] = "RecordingForbidden"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (Stage("recorded", Severity.CRITICAL, everybody=True),)

    def wakes(self, session: Session, now: float) -> float:  # noqa: ARG002 - time alone changes nothing here
        """Never."""
        return inf

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - see wakes
        """Compare what records in the session's rooms with what may."""
        forbidden = _forbidden(session)
        found = frozenset[Recording]().union(*(room.recordings for room in session.rooms)) & forbidden
        if not found:
            return clear("nothing records that may not", Message(OVER) if firing else None)
        worst = next(recording for recording in TEXTS if recording in found)
        return active(1, ", ".join(sorted(found)), Message(TEXTS[worst]))


def _forbidden(session: Session) -> frozenset[Recording]:
    """What may not be. A recorder that has not said what it does is given time to, where a stream may be."""
    kind = session.booking.kind
    unrecorded, unstreamed = kind.recording is RecordingPolicy.FORBIDDEN, kind.stream is StreamPolicy.FORBIDDEN
    rows = (
        (Recording.FILE, unrecorded),
        (Recording.LOCAL, unrecorded),
        (Recording.TRANSCRIPTION, unrecorded),
        (Recording.STREAM, unstreamed),
        (Recording.JIBRI, unrecorded and unstreamed),
    )
    return frozenset(recording for recording, banned in rows if banned)
