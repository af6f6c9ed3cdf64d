"""An alert's state as a row, and back: what has to survive a restart so that nothing is told twice or forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.alerts.lifecycle import Alert
from supervisor.alerts.telling import Telling
from supervisor.domain.reading import Reading, Severity, State
from supervisor.domain.records import AlertEnded, AlertRow

if TYPE_CHECKING:
    from supervisor.alerts.desk import Case


def row(booking: str, case: Case) -> AlertRow | AlertEnded:
    """The row of an alert and of what was told of it; AlertEnded where nothing is left of it."""
    alert, telling = case.alert, case.telling
    if not alert.firing and telling.owed is None and telling.heard == 0:
        return AlertEnded(booking, case.monitor.name)
    severity = case.monitor.stages[max(alert.stage, 1) - 1].severity
    return AlertRow(
        booking=booking,
        monitor=case.monitor.name,
        stage=alert.stage,
        severity=severity,
        began=alert.began,
        since=telling.since,
        heard=telling.heard,
        owed=telling.owed,
        incident=case.incident,
        reason=alert.reading.reason,
        acknowledged_by=case.acknowledged_by,
        acknowledged_at=case.acknowledged_at,
    )


def restore(case: Case, saved: AlertRow) -> None:
    """Put an alert back as it was. What was owed is due again: twice is better than never."""
    last = len(case.monitor.stages)
    stage = min(saved.stage, last)
    state = State.ACTIVE if stage else State.CLEAR
    case.alert = Alert(stage=stage, began=saved.began, reading=Reading(state, stage, saved.reason), held=bool(stage))
    owed = None if saved.owed is None else min(saved.owed, last)
    due = None if owed is None else saved.since
    case.telling = Telling(heard=min(saved.heard, last), owed=owed, due=due, since=saved.since)
    case.incident = saved.incident
    case.kept = saved
    # The row has the present stage's: a worse one before it is forgotten by a restart.
    case.worst = Severity(saved.severity)
    case.mailed = bool(stage) and case.stage.at_once
    case.acknowledged_by, case.acknowledged_at = saved.acknowledged_by, saved.acknowledged_at
