"""SourceLost: the watcher itself is blind. One alert per source, apart from the sessions.

It is not told in the rooms (nobody could be reached, and it is not the moderators' trouble); it is for support staff.
While it fires, the alerts that depend on the source are held by their UNKNOWN readings, which is its inhibition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts.lifecycle import Alert, Change, Rule, advance
from supervisor.alerts.open_alert import OpenAlert
from supervisor.alerts.outside import Occasion, Outside
from supervisor.domain.commands import Command, Record
from supervisor.domain.news import Kind, News
from supervisor.domain.reading import Reading, Severity, Stage, State, clear

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "SourceLost"
STAGE = Stage("blind", Severity.CRITICAL)


@dataclass(slots=True)
class Sources:
    """Which sources are known, and since when one is lost. ``lost`` has the reason, empty for one that is heard."""

    rule: Rule
    outside: Outside = field(default_factory=Outside)
    lost: dict[str, str] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)

    def judge(self, now: float) -> Iterator[Command]:
        """Advance each source's alert. Everybody outside is told, the last routes too: no room can answer for it."""
        if not self.rule.enabled:
            return
        for source, why in self.lost.items():
            reading = Reading(State.ACTIVE, 1, why) if why else clear("heard")
            alert, change = advance(self.alerts.get(source, Alert()), reading, self.rule, now)
            self.alerts[source] = alert
            if change is not Change.NONE:
                about = (("monitor", NAME), ("source", source), ("stage", str(alert.stage)), ("reason", reading.reason))
                yield Record("alert rose" if change is Change.ROSE else "alert fell", about)
                yield from self._tell(source, alert, now)

    def _tell(self, source: str, alert: Alert, now: float) -> Iterator[Command]:
        kind, ends = (Kind.FIRING, None) if alert.firing else (Kind.RESOLVED, now)
        reason = alert.reading.reason
        incident = f"{source}/{NAME}/{alert.began:.3f}"
        news = News(NAME, STAGE.severity, "", "", f"{source}: {reason}", "", alert.began, ends, incident)
        yield from self.outside.tell(kind, news, now, Occasion(escalated=True))

    def firing(self) -> Iterator[OpenAlert]:
        """The alerts that fire; they belong to no booking."""
        for source, alert in self.alerts.items():
            if alert.firing:
                yield OpenAlert(NAME, "", "", STAGE, alert.began, alert.reading.reason, held=False, source=source)

    def deadline(self) -> float:
        """The instant at which time alone changes something here; infinite if nothing does."""
        return min((alert.deadline(self.rule) for alert in self.alerts.values()), default=inf)
