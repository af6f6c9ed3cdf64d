"""A session under supervision, and who minds it: the desk its alerts, the chair its pauses, others the rest."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts.chair import Chair
from supervisor.alerts.chronicler import Chronicler, sealed
from supervisor.alerts.desk import Desk
from supervisor.alerts.greeting import Greeter
from supervisor.alerts.postbox import Postbox
from supervisor.alerts.rows import restore
from supervisor.domain import preflight
from supervisor.domain.commands import Command, Keep, LookCloser, Record
from supervisor.domain.events import RoomRead
from supervisor.domain.evidence import Phase
from supervisor.domain.letters import not_ready
from supervisor.domain.minutes import Minutes
from supervisor.domain.records import AlertRow, Incident, RollEnded, RollLine, StreamRow
from supervisor.domain.roll_call import RollCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supervisor.alerts.chair import Pause
    from supervisor.alerts.desk import Policy
    from supervisor.alerts.open_alert import OpenAlert
    from supervisor.domain.bookings import Booking
    from supervisor.domain.events import Event
    from supervisor.domain.evidence import Evidence
    from supervisor.domain.preflight import Item
    from supervisor.domain.session import Session
    from supervisor.domain.verdict import Verdict

AT_EASE = frozenset({Phase.SCHEDULED, Phase.LIVE, Phase.ENDED})
"""The verdicts at which a slow witness may poll at leisure."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as it is shown: ``people``, ``moderators`` and ``visitors`` are None while unknown.

    ``heard``: the witnesses' words about the stream that are fresh and say anything.
    """

    booking: Booking
    room: str
    people: int | None
    moderators: int | None
    visitors: int | None
    stream: Phase
    alerts: tuple[OpenAlert, ...]
    verdict: Verdict
    paused: Pause | None
    roll: RollCall
    preflight: tuple[Item, ...] = ()
    heard: tuple[Evidence, ...] = ()


@dataclass(slots=True)
class Supervised:
    """``due``: when it wants to be looked at again, if nothing happens before; ``stream``: the row that is kept.

    ``warned``: the booking's contacts were written what is not ready.
    """

    session: Session
    desk: Desk
    chair: Chair
    chronicler: Chronicler
    postbox: Postbox
    roll: RollCall
    greeter: Greeter | None = None
    due: float = inf
    stream: StreamRow | None = None
    preflight: tuple[Item, ...] = ()
    warned: bool = False

    @classmethod
    def begin(cls, session: Session, policy: Policy, silenced: Callable[[str, str, float], bool]) -> Supervised:
        """Take a session under supervision."""
        booking, kept = session.booking, sealed(session.booking)
        minutes = Minutes(booking.id, session.main.jid, sealed=kept)
        desk = Desk(policy, minutes, silenced, booking.kind.name)
        greeter = Greeter(policy.wording) if policy.opening_line else None
        chronicler, postbox = Chronicler(booking.id, kept), Postbox(policy.wording, desk.minutes)
        roll = RollCall(booking.id, session.main.site, booking.attendance)
        return cls(session, desk, Chair(desk), chronicler, postbox, roll, greeter)

    def restore(self, saved: AlertRow | Incident | StreamRow | RollLine) -> None:
        """Take over a row of the session's last supervision: an open incident, a pause, an alert and what was told."""
        if isinstance(saved, StreamRow):
            self.session.restore(saved)
            self.stream = saved
        elif isinstance(saved, RollLine):
            self.roll.lines[saved.id] = saved
        elif isinstance(saved, Incident):
            self.desk.minutes.open[saved.monitor] = saved
            self.desk.minutes.last[saved.monitor] = saved.id
            self.chair.restore(self.session, saved)
        elif saved.monitor in self.desk.cases:
            restore(self.desk.cases[saved.monitor], saved)

    def note(self, event: Event, now: float) -> Iterator[Command]:
        """Take an event of one of the session's rooms into the roll call, where its kind has one."""
        booking = self.session.booking
        if not booking.kind.roll_call or getattr(event, "room", "") != self.session.main.jid:
            return
        changed = [] if self.roll.names == booking.attendance else self.roll.allow_names(names=booking.attendance)
        yield from map(Keep, changed + self.roll.take(event, now))

    @property
    def calling(self) -> bool:
        """Whether a roll call goes on, and somebody is there whose line may be asked for."""
        return self.session.booking.kind.roll_call and self.roll.present

    def note_present(self, now: float) -> Iterator[Command]:
        """Take those into the roll call who were in the room before the session had its supervision."""
        room = self.session.main
        if room.read_once:
            yield from self.note(RoomRead(room.jid, room.meeting, tuple(room.occupants.values())), now)

    def end(self, now: float) -> Iterator[Command]:
        """The session is no longer supervised."""
        booking = self.session.booking
        if booking.kind.roll_call:
            yield from map(Keep, self.roll.end(booking.expected, booking.start))
            yield Keep(RollEnded(booking.id, now))

    def judge(self, now: float) -> Iterator[Command]:
        """Take in the facts, look at everything, and work out when to look again."""
        before, kind = self.session.verdict, self.session.booking.kind.name
        if kind != self.desk.kind:
            self.desk.watch_as(kind)
        self.session.advance(self.desk.grace, now)
        yield from self._verdict(before)
        yield from self.chronicler.look(self.session, now)
        yield from self._preflight(now)
        row = self.session.row()
        if row != self.stream and (self.stream is not None or row.phase != Phase.SCHEDULED):
            self.stream = row
            yield Keep(row)
        yield from self.desk.judge(self.session, now)
        yield from self._warn_contacts(now)
        if self.greeter is not None:
            yield from self.greeter.greet(self.session, now)
        self.rearm(now)

    def closed(self, now: float, *, moved: bool) -> Iterator[Command]:
        """The supervision ends; ``moved``: since the booking was withdrawn or moved, not since the session is over."""
        session = self.session
        yield from self.desk.close(session, "the booking was withdrawn" if moved else "the session is over", now)
        yield from self.chronicler.closed(session, "withdrawn" if moved else "over", now)
        if self.chronicler.kept and session.booking.kind.report and not moved:
            yield from self.desk.policy.outside.report(session.booking, now)

    def answered(self, notice: str, nicks: tuple[str, ...], now: float) -> Iterator[Command] | None:
        """Note what became of a notice; None if it is none of this session's."""
        if self.postbox.answered(notice, nicks):
            return iter(())
        return self.desk.answered(self.session, notice, nicks, now)

    def rearm(self, now: float) -> None:
        """Work out when to look again."""
        session, desk = self.session, self.desk
        self.due = min(session.deadline(desk.grace, now), desk.deadline(session, now))
        self.due = min(self.due, self.chronicler.due, preflight.wakes(session.booking, now))
        if self.greeter is not None and not session.unknown(now):
            self.due = min(self.due, self.greeter.due)

    def view(self, now: float) -> SessionView:
        """The session as it is known now."""
        session = self.session
        known = not session.unknown(now)
        return SessionView(
            booking=session.booking,
            room=session.main.jid,
            people=session.people if known else None,
            moderators=session.moderators if known else None,
            visitors=session.main.visitors if known else None,
            stream=session.verdict.phase,
            alerts=tuple(self.desk.firing(session)),
            verdict=session.verdict,
            paused=self.chair.pause,
            roll=self.roll,
            preflight=self.preflight,
            heard=tuple(session.heard(now)),
        )

    def _preflight(self, now: float) -> Iterator[Command]:
        """Check what is needed to stream, while it is time to; how it stood last stays to be seen."""
        if preflight.due(self.session.booking, now):
            before, self.preflight = self.preflight, preflight.check(self.session, now)
            yield from self.chronicler.checked(preflight.states(self.preflight), now)
            words = preflight.in_words(self.preflight)
            if not before or words != preflight.in_words(before):
                yield Record("preflight", (("booking", self.session.booking.id), ("found", words)))

    def _warn_contacts(self, now: float) -> Iterator[Command]:
        """Write to the booking's contacts, once, what is not ready, where their kind wants it and the alert is on."""
        booking, desk = self.session.booking, self.desk
        case = desk.cases.get(preflight.MONITOR)
        if case is None or not case.alert.firing:
            self.warned = False
        elif booking.kind.preflight_notice and not self.warned:
            self.warned = True
            why = desk.policy.wording.line(case.alert.reading.outside, booking.language, booking.utc_offset)
            yield from map(Keep, not_ready(booking, why, desk.policy.outside.ways, now))

    def _verdict(self, before: Verdict) -> Iterator[Command]:
        """Let slow witnesses look closer while the verdict is not simply good; put a new verdict on record."""
        booking, verdict = self.session.booking.id, self.session.verdict
        now_doubted, doubted = (each.phase not in AT_EASE for each in (verdict, before))
        if now_doubted != doubted:
            yield LookCloser(booking, doubt=now_doubted)
        if (verdict.phase, verdict.witnesses) != (before.phase, before.witnesses):
            about = (
                ("booking", booking),
                ("phase", verdict.phase),
                ("side", verdict.side or ""),
                ("witnesses", ", ".join(verdict.witnesses)),
                ("detail", verdict.detail),
            )
            yield Record("stream verdict", about)
