"""An alert that fires, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.domain.reading import Severity, Stage


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as support staff see it. ``held``: nothing is known at present, it stays as it was.

    ``source``: the source that is lost; such an alert belongs to no booking.
    ``escalated``: everybody in the room is told.
    """

    monitor: str
    booking: str
    room: str
    stage: Stage
    began: float
    reason: str
    held: bool
    incident: str = ""
    told: int = 0
    acknowledged_by: str = ""
    acknowledged_at: float | None = None
    source: str = ""
    escalated: bool = False

    @property
    def id(self) -> str:
        """What it is about. No two open alerts share one, and one that rises again has the same."""
        if self.booking:
            return f"{self.booking}:{self.monitor}"
        return f"{self.monitor}:{self.source}" if self.source else self.monitor

    @property
    def severity(self) -> Severity:
        """How bad its stage is."""
        return self.stage.severity
