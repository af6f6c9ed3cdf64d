"""A session under supervision, and who minds it: the desk its alerts, the chair its pauses, the greeter its people."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts.chair import Chair
from supervisor.alerts.desk import Desk
from supervisor.alerts.greeting import Greeter
from supervisor.alerts.rows import restore
from supervisor.domain.commands import Command, Keep
from supervisor.domain.evidence import Phase
from supervisor.domain.minutes import Minutes
from supervisor.domain.records import AlertRow, Incident, StreamRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supervisor.alerts.desk import Policy
    from supervisor.domain.session import Session


@dataclass(slots=True)
class Supervised:
    """``due``: when it wants to be looked at again, if nothing happens before; ``stream``: the row that is kept."""

    session: Session
    desk: Desk
    chair: Chair
    greeter: Greeter | None = None
    due: float = inf
    stream: StreamRow | None = None

    @classmethod
    def begin(cls, session: Session, policy: Policy, silenced: Callable[[str, str, float], bool]) -> Supervised:
        """Take a session under supervision."""
        desk = Desk(policy, Minutes(session.booking.id, session.main.jid), silenced)
        greeter = Greeter(policy.wording) if policy.opening_line else None
        return cls(session, desk, Chair(desk), greeter)

    def restore(self, saved: AlertRow | Incident | StreamRow) -> None:
        """Take over a row of the session's last supervision: an open incident, a pause, an alert and what was told."""
        if isinstance(saved, StreamRow):
            self.session.restore(saved)
            self.stream = saved
        elif isinstance(saved, Incident):
            self.desk.minutes.open[saved.monitor] = saved
            self.desk.minutes.last[saved.monitor] = saved.id
            self.chair.restore(self.session, saved)
        elif saved.monitor in self.desk.cases:
            restore(self.desk.cases[saved.monitor], saved)

    def judge(self, now: float) -> Iterator[Command]:
        """Look at everything, and work out when to look again."""
        row = self.session.row()
        if row != self.stream and (self.stream is not None or row.phase != Phase.SCHEDULED):
            self.stream = row
            yield Keep(row)
        yield from self.desk.judge(self.session, now)
        if self.greeter is not None:
            yield from self.greeter.greet(self.session, now)
        self.rearm(now)

    def rearm(self, now: float) -> None:
        """Work out when to look again."""
        session, desk = self.session, self.desk
        self.due = min(session.deadline(desk.policy.grace, now), desk.deadline(session, now))
        if self.greeter is not None and not session.unknown(now):
            self.due = min(self.due, self.greeter.due)
