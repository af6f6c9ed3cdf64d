"""The alerts about the server as a whole. Like SourceLost they belong to no session and are told to support staff.

Nobody in a room is told: the moderators can do nothing about a bridge, and their own clients say that they reconnect.
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supervisor.domain.plant import Plant
    from supervisor.domain.reading import ServerMonitor, Stage


@dataclass(slots=True)
class ServerCase:
    """One monitor of the server with the operator's patience, and its alert."""

    monitor: ServerMonitor
    rule: Rule
    alert: Alert = field(default_factory=Alert)
    worst: int = 1

    @property
    def stage(self) -> Stage:
        """The stage that fires; of an alert that ended, its worst."""
        return self.monitor.stages[(self.alert.stage or self.worst) - 1]


@dataclass(slots=True)
class ServerDesk:
    """``silenced`` tells whether a monitor is to be kept quiet; ``due`` is when time alone changes something here."""

    cases: tuple[ServerCase, ...]
    plant: Plant
    outside: Outside = field(default_factory=Outside)
    silenced: Callable[[str, str, float], bool] = lambda *_: False
    due: float = inf

    def judge(self, now: float) -> Iterator[Command]:
        """Read every monitor and advance its alert; what changed is recorded, and told to everybody outside."""
        for case in self.cases:
            case.alert, change = advance(case.alert, case.monitor.read(self.plant, now), case.rule, now)
            if change is not Change.NONE:
                yield _record(case, change)
            if change is Change.ROSE or (change is Change.FELL and not case.alert.firing):
                yield from self._tell(case, now)
        self.due = min((case.alert.deadline(case.rule) for case in self.cases), default=inf)
        if self.cases:
            self.due = min(self.due, self.plant.deadline(now))

    def firing(self) -> Iterator[OpenAlert]:
        """The alerts that fire."""
        for case in self.cases:
            alert = case.alert
            if alert.firing:
                yield OpenAlert(case.monitor.name, "", "", case.stage, alert.began, alert.reading.reason, alert.held)

    def _tell(self, case: ServerCase, now: float) -> Iterator[Command]:
        name, alert = case.monitor.name, case.alert
        if alert.firing:
            case.worst = alert.stage
        if self.silenced("", name, now):
            return
        kind, ends = (Kind.FIRING, None) if alert.firing else (Kind.RESOLVED, now)
        reason, incident = alert.reading.reason, f"{name}/{alert.began:.3f}"
        news = News(name, case.stage.severity, "", "", reason, reason, alert.began, ends, incident)
        yield from self.outside.tell(kind, news, now, Occasion(str(alert.stage), escalated=True))


def _record(case: ServerCase, change: Change) -> Record:
    about = (("monitor", case.monitor.name), ("stage", str(case.alert.stage)), ("reason", case.alert.reading.reason))
    return Record("alert rose" if change is Change.ROSE else "alert fell", about)
