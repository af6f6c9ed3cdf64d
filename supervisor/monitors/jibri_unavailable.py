"""JibriUnavailable: a session that must be streamed by a Jibri of the server, and none is free to do it.

Before the start support staff can still free one or start another; in the room it is told once the session has begun.
When the stream has run, what becomes of it is StreamInterrupted's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase
from supervisor.domain.preflight import NO_RECORDER
from supervisor.domain.reading import Message, Reading, Severity, Stage, State, active, clear, first_after, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

NONE_FREE = N_(
    "No recorder is free, so this session cannot be streamed: the public would not see it. Please do not begin it, or "
    "halt it. The support staff has been told."
)
FREE = N_("There is a recorder for this session again.")

WAITING = frozenset({Phase.SCHEDULED, Phase.STARTING, Phase.ENDED})


@dataclass(frozen=True, slots=True)
class JibriUnavailable:
    """``before``: seconds before the start from which a recorder has to be free."""

    before: float = 900.0

    name: ClassVar[str] = "JibriUnavailable"
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("none free", Severity.WARNING, repeats=False, room=False),
        Stage("session without recorder", Severity.CRITICAL),
    )

    def wakes(self, session: Session, now: float) -> float:
        """When a recorder begins to be owed, at the start, at the end, and when what is known of recorders expires."""
        booking = session.booking
        if not (booking.must_stream and booking.stream.jibri):
            return first_after(now)
        instants = (booking.start - self.before, booking.start, booking.end, session.plant.deadline(now))
        return first_after(now, *instants)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - recorders don't flicker
        """Look whether a recorder is owed now, and whether one is free."""
        booking, phase, free = session.booking, session.verdict.phase, session.plant.free(now)
        if not (booking.must_stream and booking.stream.jibri and booking.start - self.before <= now < booking.end):
            return clear("no recorder is owed now")
        if phase not in {*WAITING, Phase.UNKNOWN} or session.main.recorder_session is not None:
            return clear("the session has its recorder", Message(FREE))
        if phase is Phase.UNKNOWN or free is None:
            return unknown("no fresh word about the stream" if free else "no source tells of recorders")
        if free.idle:
            return clear(free.words, Message(FREE))
        if now < booking.start:
            return Reading(State.ACTIVE, 1, free.words, outside=(Message(NO_RECORDER),))
        return active(2, free.words, Message(NONE_FREE))
