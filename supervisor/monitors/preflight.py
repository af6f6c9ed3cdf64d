"""Preflight: something is not ready for a session that must be streamed, and can still be mended before its start.

It is told to support staff, with what to do. At the start it ends: from then on the alarms of the session say what is
wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain import preflight
from supervisor.domain.reading import Reading, Severity, Stage, State, clear, first_after

if TYPE_CHECKING:
    from supervisor.domain.session import Session


@dataclass(frozen=True, slots=True)
class Preflight:
    """How long before the start it begins is the kind's ``preflight``."""

    name: ClassVar[str] = preflight.MONITOR
    needs_room: ClassVar[bool] = False
    stages: ClassVar[tuple[Stage, ...]] = (Stage("not ready", Severity.WARNING, repeats=False, room=False),)

    def wakes(self, session: Session, now: float) -> float:
        """When checking begins and ends, and when what is known of recorders expires."""
        return first_after(now, preflight.wakes(session.booking, now), session.plant.deadline(now))

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Check everything."""
        if not preflight.due(session.booking, now):
            return clear("the session has begun" if now >= session.booking.start else "not in its time")
        items = preflight.check(session, now)
        wrong = preflight.wrong(items)
        if not wrong:
            return clear(preflight.in_words(items))
        remedies = tuple(item.remedy for item in wrong if item.remedy is not None)
        return Reading(State.ACTIVE, 1, preflight.in_words(wrong), outside=remedies)
