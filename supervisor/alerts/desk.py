"""The alerts of one session: each monitor's reading goes through its lifecycle, and what changed is told and recorded.

This is the one place where reading, lifecycle, telling, minutes and routes meet; each has its rules in its own file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts import lifecycle, telling
from supervisor.alerts.inhibition import inhibited
from supervisor.alerts.lifecycle import Alert, Change, Rule
from supervisor.alerts.open_alert import OpenAlert
from supervisor.alerts.outside import Occasion, Outside
from supervisor.alerts.rows import row
from supervisor.alerts.telling import Telling
from supervisor.domain.commands import Audience, Command, Keep, Notify, Record
from supervisor.domain.news import Kind, News
from supervisor.domain.reading import Message, Monitor, Reading, Severity, Stage, State, clear, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from supervisor.alerts.wording import Wording
    from supervisor.domain.minutes import Minutes
    from supervisor.domain.reading import ServerMonitor
    from supervisor.domain.records import AlertEnded, AlertRow
    from supervisor.domain.session import Session


@dataclass(frozen=True, slots=True)
class Watchword:
    """A monitor together with the operator's patience for it."""

    monitor: Monitor
    rule: Rule


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is watched for in the sessions of one kind; ``grace``: seconds that a recorder may be gone."""

    watchwords: Sequence[Watchword]
    grace: float = 8.0


@dataclass(frozen=True, slots=True)
class Policy:
    """What is watched for and how it is told.

    Attributes:
        watchwords: The monitors of each session, enabled or not.
        wording: The catalogues.
        repeat: Seconds between two tellings of one trouble that nobody has answered for.
        escalate_after: Seconds after which an unanswered critical alert is told to everybody and to the last routes.
        grace: Seconds that a recorder may be gone.
        outside: Who is told outside the room.
        opening_line: Whether everybody is told once that the session is supervised.
        server: The monitors of the server as a whole.
        of_kinds: Kind to what is watched for in its sessions, where that is not the usual.
    """

    watchwords: Sequence[Watchword]
    wording: Wording
    repeat: float = 300.0
    escalate_after: float = 600.0
    grace: float = 8.0
    outside: Outside = field(default_factory=Outside)
    opening_line: bool = False
    server: Sequence[tuple[ServerMonitor, Rule]] = ()
    of_kinds: Mapping[str, Thresholds] = field(default_factory=dict)

    def thresholds(self, kind: str) -> Thresholds:
        """What is watched for in sessions of that kind."""
        return self.of_kinds.get(kind) or Thresholds(self.watchwords, self.grace)


@dataclass(slots=True)
class Case:
    """One monitor's alert in one session: its state, what was told of it, and who answered for it."""

    monitor: Monitor
    rule: Rule
    alert: Alert = field(default_factory=Alert)
    telling: Telling = field(default_factory=Telling)
    incident: str = ""
    acknowledged_by: str = ""
    acknowledged_at: float | None = None
    escalated: bool = False
    worst: Severity = Severity.INFO
    mailed: bool = False
    kept: AlertRow | AlertEnded | None = None

    @property
    def stage(self) -> Stage:
        """The stage that fires, or the mildest one."""
        return self.monitor.stages[max(self.alert.stage, 1) - 1]

    @property
    def idle(self) -> bool:
        """Whether nothing fires, nothing is owed to anybody, and nothing is on record that would have to be changed."""
        telling = self.telling
        return self.kept is None and not self.alert.stage and telling.owed is None and not telling.heard

    @property
    def for_everybody(self) -> bool:
        """Whether what is owed now goes to all in the room: also the end of what all were told."""
        worst = max(self.telling.owed or 0, self.telling.heard)
        return self.escalated or any(stage.everybody for stage in self.monitor.stages[:worst])


@dataclass(slots=True)
class Desk:
    """The cases of one session. ``silenced`` tells whether a monitor of a booking is to be kept quiet at an instant.

    ``kind`` is the session's, whose thresholds hold.
    """

    policy: Policy
    minutes: Minutes
    silenced: Callable[[str, str, float], bool] = lambda *_: False
    kind: str = ""
    cases: dict[str, Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open a case for each monitor."""
        self.watch_as(self.kind)

    @property
    def grace(self) -> float:
        """Seconds that a recorder may be gone."""
        return self.policy.thresholds(self.kind).grace

    def watch_as(self, kind: str) -> None:
        """Watch for what a kind is watched for. What is no longer is not forgotten at once: its alert has to end."""
        self.kind = kind
        watchwords = {each.monitor.name: each for each in self.policy.thresholds(kind).watchwords}
        for name, case in self.cases.items():
            if name not in watchwords:
                case.rule = Rule(enabled=False)
        for name, watchword in watchwords.items():
            case = self.cases.setdefault(name, Case(watchword.monitor, watchword.rule))
            case.monitor, case.rule = watchword.monitor, watchword.rule

    # --- judging ---

    def judge(self, session: Session, now: float) -> Iterator[Command]:
        """Read every monitor and advance its alert, then tell what is due: who inhibits whom needs all of them."""
        blind = session.unknown(now)
        for case in self.cases.values():
            reading = _read(case, session, case.alert.stage, now, blind)
            before = case.alert
            case.alert, change = lifecycle.advance(before, reading, case.rule, now)
            if change is not Change.NONE:
                yield from self._changed(session, case, before, now)
            if case.alert.firing and not case.escalated and now >= self._escalates(session, case):
                yield from self._escalate(session, case, now)
        for case in self.cases.values():
            if case.idle:
                continue  # most cases, at most events
            if not blind:
                yield from self._tell(session, case, now)
            yield from self._keep(session, case)

    def close(self, session: Session, why: str, now: float) -> Iterator[Command]:
        """The supervision ends, and every alert with it. What was no calm by then has not recovered."""
        for name, case in self.cases.items():
            if case.alert.firing:
                calm = case.alert.falling
                case.alert, case.rule = lifecycle.over(case.alert, why), Rule(enabled=False)
                yield _record("alert fell", session, case)
                if calm is not None:
                    yield from self.minutes.fell(name, why, now, calm, over=True)
                yield from self._outside(session, case, Kind.RESOLVED, now)
            case.telling = Telling()
            yield from self._keep(session, case)
        yield from self.minutes.end(why, now)

    def answered(self, session: Session, notice: str, nicks: tuple[str, ...], now: float) -> Iterator[Command] | None:
        """Note what became of a notice; None if it is none of this desk's."""
        case = next((case for case in self.cases.values() if case.telling.waiting == notice), None)
        return None if case is None else self._answered(session, case, nicks, now)

    def acknowledge(self, session: Session, by: str, now: float, only: str = "") -> Iterator[Command]:
        """Somebody answers for what fires, or for one monitor's alert only: it is not repeated and not escalated."""
        for name, case in self.cases.items():
            if not case.alert.firing or case.acknowledged_at is not None or only not in {"", name}:
                continue
            case.acknowledged_by, case.acknowledged_at = by, now
            case.telling = telling.settled(case.telling)
            yield from self.minutes.acknowledged(name, by, now)
            yield from self._outside(session, case, Kind.ACKNOWLEDGED, now)
            yield from self._keep(session, case)

    def deadline(self, session: Session, now: float) -> float:
        """The instant at which time alone changes something here; infinite if none.

        While the room is not seen nobody in it can be told, so what is owed to it waits for the room, not for time.
        """
        blind = session.unknown(now)
        instants = [case.monitor.wakes(session, now) for case in self.cases.values()]
        for case in self.cases.values():
            if case.alert.moving:
                instants.append(case.alert.deadline(case.rule))
            if not blind and (due := case.telling.deadline()) is not None:
                instants.append(due)
            if case.alert.firing and not case.escalated:
                instants.append(self._escalates(session, case))
        return min(instants, default=inf)

    def firing(self, session: Session) -> Iterator[OpenAlert]:
        """The alerts that fire, as support staff see them."""
        for name, case in self.cases.items():
            if case.alert.firing:
                yield OpenAlert(
                    monitor=name,
                    booking=session.booking.id,
                    room=session.main.jid,
                    stage=case.stage,
                    began=case.alert.began,
                    reason=case.alert.reading.reason,
                    held=case.alert.held,
                    incident=self.minutes.open[name].id if name in self.minutes.open else "",
                    told=case.telling.heard,
                    acknowledged_by=case.acknowledged_by,
                    acknowledged_at=case.acknowledged_at,
                    escalated=case.escalated,
                )

    # --- what follows from a change ---

    def _changed(self, session: Session, case: Case, before: Alert, now: float) -> Iterator[Command]:
        name, alert = case.monitor.name, case.alert
        yield _record("alert rose" if alert.stage > before.stage else "alert fell", session, case)
        if alert.stage > before.stage:
            # A worse stage is a new trouble to answer for.
            case.acknowledged_by, case.acknowledged_at, case.escalated = "", None, False
            severity = case.stage.severity
            if not before.firing or severity.rank > case.worst.rank:
                case.worst = severity
            if case.stage.severity is not Severity.INFO or name in self.minutes.open:
                held = before.rising.get(alert.stage, now)
                began = alert.reading.since or (held if held < now else None)
                yield from self.minutes.rose(name, case.stage.name, alert.reading.reason, now, began)
                case.incident = self.minutes.open[name].id
            case.telling = telling.rose(case.telling, alert.stage, now)
            yield from self._outside(session, case, Kind.FIRING, now)
            return
        case.telling = telling.fell(case.telling, alert.stage, now)
        calm = now if before.falling is None else before.falling
        yield from self.minutes.fell(name, alert.reading.reason, now, calm, over=not alert.firing)
        if not alert.firing:
            yield from self._outside(session, case, Kind.RESOLVED, now)

    def _escalates(self, session: Session, case: Case) -> float:
        """When an unanswered alert is told to everybody; never for mild ones and for kinds without support."""
        critical = case.stage.severity is Severity.CRITICAL
        answered = case.acknowledged_at is not None
        if answered or not critical or not session.booking.kind.support:
            return inf
        return case.alert.began + self.policy.escalate_after

    def _escalate(self, session: Session, case: Case, now: float) -> Iterator[Command]:
        case.escalated = True
        yield _record("alert escalated", session, case)
        yield from self._outside(session, case, Kind.FIRING, now)
        if case.alert.stage:
            case.telling = telling.rose(case.telling, case.alert.stage, now)

    def _outside(self, session: Session, case: Case, kind: Kind, now: float) -> Iterator[Command]:
        """Tell the receivers outside, unless the kind has no support or somebody asked for silence."""
        booking, monitor = session.booking, case.monitor.name
        if not booking.kind.support or self.silenced(booking.id, monitor, now):
            return
        reading = _read(case, session, case.alert.stage, now, session.unknown(now))
        texts = reading.outside or ((reading.message,) if reading.message else ())
        summary = self.policy.wording.line(texts, booking.language, booking.utc_offset)
        news = News(
            monitor=monitor,
            severity=case.stage.severity,
            booking=booking.id,
            room=session.main.jid,
            reason=case.alert.reading.reason,
            summary=summary or (case.alert.reading.reason if kind is Kind.FIRING else ""),
            starts_at=case.alert.began,
            ends_at=now if kind is Kind.RESOLVED else None,
            incident=case.incident,
        )
        # Who was written to of its beginning is written to of its end.
        case.mailed = case.mailed or case.escalated or (case.alert.firing and case.stage.at_once)
        turn = f"{case.alert.stage}{'e' if case.escalated else ''}"
        occasion = Occasion(turn, case.mailed, booking.kind.name, case.worst)
        yield from self.policy.outside.tell(kind, news, now, occasion)
        case.mailed = case.mailed and case.alert.firing

    def _keep(self, session: Session, case: Case) -> Iterator[Command]:
        fresh = row(session.booking.id, case)
        if fresh != case.kept and (case.kept is not None or not _over(fresh)):
            case.kept = fresh
            yield Keep(fresh)

    # --- telling the room ---

    def _answered(self, session: Session, case: Case, nicks: tuple[str, ...], now: float) -> Iterator[Command]:
        name, owed = case.monitor.name, case.telling.owed or 0
        if nicks:
            repeats = bool(owed) and case.monitor.stages[owed - 1].repeats and case.acknowledged_at is None
            whom = "everybody" if case.for_everybody else "moderators"
            yield from self.minutes.told(name, now, whom, owed, len(nicks))
            case.telling = telling.told(case.telling, self.policy.repeat if repeats else None, now)
        else:
            case.telling = telling.missed(case.telling, now)
        yield from self._keep(session, case)

    def _tell(self, session: Session, case: Case, now: float) -> Iterator[Command]:
        due = case.telling.deadline()
        if due is None or now < due:
            return
        # Worded from the present facts: a repeated notice tells today's numbers, not yesterday's.
        owed = case.telling.owed or 0
        reading = _read(case, session, max(owed, case.telling.heard), now, session.unknown(now))
        if self._not_now(session, case, reading, now):
            case.telling = telling.postponed(case.telling, now)
        elif reading.message is None:
            case.telling = Telling(count=case.telling.count)
        else:
            yield self._notice(session, case, reading.message, now)

    def _not_now(self, session: Session, case: Case, reading: Reading, now: float) -> bool:
        """Whether what is owed has to wait.

        It does while nothing is known, while a bigger trouble is told or silence was asked for, and while it may be
        over already: the trouble before it is told or repeated, the calm before its all-clear.
        """
        name, alert, owed = case.monitor.name, case.alert, case.telling.owed or 0
        firing = [other for other, theirs in self.cases.items() if theirs.alert.firing]
        falling = alert.falling is not None and case.telling.owed == alert.stage
        relapsing = owed < case.telling.heard and reading.stage > owed
        quiet = self.silenced(session.booking.id, name, now) and alert.firing
        return reading.state is State.UNKNOWN or falling or relapsing or quiet or inhibited(name, firing)

    def _notice(self, session: Session, case: Case, message: Message, now: float) -> Notify:
        notice = f"{session.booking.id}/{case.monitor.name}/{case.telling.count + 1}/{int(now)}"
        case.telling = telling.sent(case.telling, notice)
        wording, booking = self.policy.wording, session.booking
        return Notify(
            notice=notice,
            room=session.main.jid,
            audience=Audience.EVERYBODY if case.for_everybody else Audience.MODERATORS,
            name=wording.sender(booking.language),
            text=wording.text(message, booking.language, booking.utc_offset),
            since=case.telling.since,
        )


def _read(case: Case, session: Session, firing: int, now: float, blind: str) -> Reading:
    """What a monitor that looks at the room says is unknown while the room is; ``blind``: why it is."""
    if not case.rule.enabled:
        return clear("not watched for in this kind of session")
    return unknown(blind) if blind and case.monitor.needs_room else case.monitor.read(session, firing, now)


def _record(what: str, session: Session, case: Case) -> Record:
    about = (
        ("monitor", case.monitor.name),
        ("booking", session.booking.id),
        ("room", session.main.jid),
        ("stage", str(case.alert.stage)),
        ("reason", case.alert.reading.reason),
    )
    return Record(what, about)


def _over(kept: AlertRow | AlertEnded) -> bool:
    return not hasattr(kept, "stage")
