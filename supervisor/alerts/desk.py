"""The alerts of one session: each monitor's reading goes through its lifecycle, and what changed is told.

This is the one place where reading, lifecycle and telling meet; each of them has its own rules in its own file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts import lifecycle, telling
from supervisor.alerts.inhibition import inhibited
from supervisor.alerts.lifecycle import Alert, Change, Rule
from supervisor.alerts.telling import Telling
from supervisor.domain.commands import Audience, Command, Notify, Record
from supervisor.domain.reading import Message, Monitor, Reading, Severity, Stage, State, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from supervisor.alerts.wording import Wording
    from supervisor.domain.session import Session


@dataclass(frozen=True, slots=True)
class Watchword:
    """A monitor together with the operator's patience for it."""

    monitor: Monitor
    rule: Rule


@dataclass(frozen=True, slots=True)
class Policy:
    """What is watched for and how it is told. ``repeat``: seconds between two tellings of one trouble."""

    watchwords: Sequence[Watchword]
    wording: Wording
    repeat: float = 300.0
    grace: float = 8.0


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as support staff see it. ``held``: nothing is known at present, it stays as it was."""

    monitor: str
    booking: str
    room: str
    stage: Stage
    began: float
    reason: str
    held: bool

    @property
    def severity(self) -> Severity:
        """How bad its stage is."""
        return self.stage.severity


@dataclass(slots=True)
class Desk:
    """The alerts and the tellings of one session, by monitor."""

    policy: Policy
    alerts: dict[str, Alert] = field(default_factory=dict)
    tellings: dict[str, Telling] = field(default_factory=dict)

    def judge(self, session: Session, now: float) -> Iterator[Command]:
        """Read every monitor and advance its alert, then tell what is due: who inhibits whom needs all of them."""
        for watchword in self.policy.watchwords:
            name = watchword.monitor.name
            alert = self.alerts.get(name, Alert())
            reading = self._read(watchword.monitor, session, alert.stage, now)
            changed, change = lifecycle.advance(alert, reading, watchword.rule, now)
            self.alerts[name] = changed
            if change is not Change.NONE:
                yield self._record(session, name, changed, change)
                self._owe(name, changed, change, now)
        if not session.unknown(now):
            for watchword in self.policy.watchwords:
                yield from self._tell(session, watchword.monitor, now)

    def answered(self, notice: str, *, reached: bool, now: float) -> bool:
        """Note what became of a notice. Returns whether it was one of this desk's."""
        for watchword in self.policy.watchwords:
            name = watchword.monitor.name
            state = self.tellings.get(name)
            if state is not None and state.waiting == notice:
                repeat = self._repeat(watchword.monitor, state.owed or 0)
                self.tellings[name] = telling.told(state, repeat, now) if reached else telling.missed(state, now)
                return True
        return False

    def deadline(self, session: Session, now: float) -> float:
        """The instant at which time alone changes something here; infinite if none.

        While the room is not seen nobody in it can be told, so what is owed to it waits for the room, not for time.
        """
        names = [(watchword.monitor.name, watchword.rule) for watchword in self.policy.watchwords]
        instants: list[float | None] = [self.alerts.get(name, Alert()).deadline(rule) for name, rule in names]
        instants += [watchword.monitor.wakes(session, now) for watchword in self.policy.watchwords]
        if not session.unknown(now):
            instants += [self.tellings.get(name, Telling()).deadline() for name, _ in names]
        return min((instant for instant in instants if instant is not None), default=inf)

    def firing(self, session: Session) -> Iterator[OpenAlert]:
        """The alerts that fire, as support staff see them."""
        for watchword in self.policy.watchwords:
            alert = self.alerts.get(watchword.monitor.name)
            if alert is not None and alert.firing:
                stage = watchword.monitor.stages[alert.stage - 1]
                booking, room = session.booking.id, session.main.jid
                reason = alert.reading.reason
                yield OpenAlert(watchword.monitor.name, booking, room, stage, alert.began, reason, alert.held)

    @staticmethod
    def _read(monitor: Monitor, session: Session, firing: int, now: float) -> Reading:
        """What a monitor that looks at the room says is unknown while the room is."""
        blind = session.unknown(now) if monitor.needs_room else ""
        return unknown(blind) if blind else monitor.read(session, firing, now)

    def _owe(self, name: str, alert: Alert, change: Change, now: float) -> None:
        state = self.tellings.get(name, Telling())
        owe = telling.rose if change is Change.ROSE else telling.fell
        self.tellings[name] = owe(state, alert.stage, now)

    def _tell(self, session: Session, monitor: Monitor, now: float) -> Iterator[Command]:
        state = self.tellings.get(monitor.name, Telling())
        due = state.deadline()
        if due is None or now < due:
            return
        reading = self._now(monitor, session, state, now)
        if self._not_now(monitor, reading, state):
            self.tellings[monitor.name] = telling.postponed(state, now)
        elif reading.message is None:
            self.tellings[monitor.name] = Telling(count=state.count)
        else:
            yield self._notice(session, monitor, reading.message, now)

    def _now(self, monitor: Monitor, session: Session, state: Telling, now: float) -> Reading:
        """What is owed is worded from the present facts: a repeated notice tells today's numbers, not yesterday's."""
        owed = state.owed or 0
        return self._read(monitor, session, max(owed, state.heard), now)

    def _not_now(self, monitor: Monitor, reading: Reading, state: Telling) -> bool:
        """Whether what is owed has to wait.

        It does while nothing is known, while a bigger trouble is told, and while it may be over already: the trouble
        before it is told or repeated, the calm before its all-clear.
        """
        alert, owed = self.alerts[monitor.name], state.owed or 0
        firing = [name for name, other in self.alerts.items() if other.firing]
        falling = alert.falling is not None and state.owed == alert.stage
        relapsing = owed < state.heard and reading.stage > owed
        return reading.state is State.UNKNOWN or falling or relapsing or inhibited(monitor.name, firing)

    def _notice(self, session: Session, monitor: Monitor, message: Message, now: float) -> Notify:
        state = self.tellings[monitor.name]
        notice = f"{session.booking.id}/{monitor.name}/{state.count + 1}/{int(now)}"
        self.tellings[monitor.name] = telling.sent(state, notice)
        wording, booking = self.policy.wording, session.booking
        return Notify(
            notice=notice,
            room=session.main.jid,
            audience=Audience.MODERATORS,
            name=wording.sender(booking.language),
            text=wording.text(message, booking.language, booking.utc_offset),
            since=state.since,
        )

    def _repeat(self, monitor: Monitor, stage: int) -> float | None:
        return self.policy.repeat if stage and monitor.stages[stage - 1].repeats else None

    def _record(self, session: Session, name: str, alert: Alert, change: Change) -> Record:
        about = (
            ("monitor", name),
            ("booking", session.booking.id),
            ("room", session.main.jid),
            ("stage", str(alert.stage)),
            ("reason", alert.reading.reason),
        )
        return Record("alert rose" if change is Change.ROSE else "alert fell", about)
