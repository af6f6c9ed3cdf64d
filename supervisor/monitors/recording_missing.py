"""RecordingMissing: a session of a kind that has to be recorded is not.

A file that Jibri writes and a recording on somebody's computer count. A live stream does not: what is on YouTube is
not in the house. (Jicofo lets one Jibri session run at a time, so a kind that owes both needs a local recording or
two encoders.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.kinds import RecordingPolicy
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after
from supervisor.domain.room import Recording
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

MISSING = N_(
    "This session has to be recorded, and nothing is recording it. Please halt it until the recording has been "
    "started: More actions, Start recording."
)
RUNNING = N_("The session is being recorded.")

KEPT = frozenset({Recording.FILE, Recording.LOCAL})


@dataclass(frozen=True, slots=True)
class RecordingMissing:
    """``after``: seconds from the start until a session without a recording is told."""

    after: float = 300.0

    name: ClassVar[str] = "RecordingMissing"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (Stage("not recorded", Severity.CRITICAL),)

    def wakes(self, session: Session, now: float) -> float:
        """When the patience with this session ends, and when nothing is owed any more."""
        return first_after(now, session.booking.start + self.after, session.booking.end)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Look whether a recording is owed now, and missing."""
        booking, recordings = session.booking, session.main.recordings
        if booking.kind.recording is not RecordingPolicy.REQUIRED or not session.main.people or now >= booking.end:
            return clear("no recording is owed now")
        if recordings & KEPT:
            return clear(", ".join(sorted(recordings)), Message(RUNNING))
        if now < booking.start + self.after or Recording.JIBRI in recordings:
            return clear("in time")
        return active(1, "nothing records", Message(MISSING))
