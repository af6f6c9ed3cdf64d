"""ParticipantLimit: more people than the participants' own computers bear.

The limit is a recommendation (30 in a plenary), never a hard cut. Each threshold is left only ``margin`` people below
it, so that one who drops out and comes back does not make the alert flap.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

APPROACHING = N_(
    "%(people)d people are connected; no more than %(limit)d are recommended. Please admit nobody who need not be here."
)
REACHED = N_(
    "%(people)d people are connected: that is the recommended limit of %(limit)d. "
    "One more may slow down everybody's computer."
)
EXCEEDED = N_(
    "%(people)d people are connected, more than the recommended %(limit)d: computers may freeze. "
    "Ask those who only listen to follow the public broadcast, and all others to turn their cameras off."
)
CALM = N_("%(people)d people are connected, within the recommended limit of %(limit)d again.")


@dataclass(frozen=True, slots=True)
class ParticipantLimit:
    """``approaching``: share of the limit at which it begins; ``margin``: people below a threshold to leave it."""

    approaching: float = 0.8
    margin: int = 2

    name: ClassVar[str] = "ParticipantLimit"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("approaching", Severity.INFO, repeats=False),
        Stage("reached", Severity.INFO, repeats=False),
        Stage("exceeded", Severity.WARNING),
    )

    def wakes(self, session: Session, now: float) -> float:  # noqa: ARG002 - time alone changes nothing here
        """Never."""
        return inf

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - a monitor may read the clock
        """Compare the head count with the booking's limit."""
        people, limit = session.people, session.booking.limit
        early = ceil(round(limit * self.approaching, 6))
        enter = (early, limit, limit + 1)
        stay = (early - self.margin, min(limit, limit - self.margin + 1), limit - self.margin + 1)
        thresholds = (stay[n] if n < firing else enter[n] for n in range(3))
        stage = max((n for n, least in enumerate(thresholds, 1) if people >= least), default=0)
        params = {"people": people, "limit": limit}
        reason = f"{people} people, limit {limit}"
        if stage == 0:
            return clear(reason, Message(CALM, params))
        text = CALM if firing > stage else (APPROACHING, REACHED, EXCEEDED)[stage - 1]
        return active(stage, reason, Message(text, params))
