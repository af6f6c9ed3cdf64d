"""Writes a session's sealed record while it is supervised: what was so, since when, and what was not known.

It looks when its session is judged anyway, and compares a few numbers. Head counts are written when they have changed,
at most one entry in ``EVERY`` seconds, with the most people since the last one, so that a peak is not lost. A sign of
life in ``SIGN`` seconds bounds what is unknown when the daemon is killed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isfinite
from typing import TYPE_CHECKING

from supervisor.domain import chronicle
from supervisor.domain.commands import Keep
from supervisor.domain.evidence import Phase
from supervisor.domain.records import ChronicleEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.bookings import Booking
    from supervisor.domain.evidence import Side
    from supervisor.domain.session import Session
    from supervisor.domain.verdict import Verdict

EVERY = 10.0
"""Seconds between two entries about head counts, at least."""
CROSSING = 1.0
"""The same where the limit was crossed, or the first one came, or the last one left."""
SIGN = 60.0
"""Seconds after which the head counts are written though nothing has changed."""

LOST = frozenset({Phase.STALLED, Phase.INTERRUPTED})


def sealed(booking: Booking) -> bool:
    """Whether a session gets a record of its own. A room that is always open is no session that could have minutes."""
    return isfinite(booking.end)


@dataclass(slots=True)
class Chronicler:
    """One session's. ``due``: when it wants to look again, if nothing happens before.

    Attributes:
        session: The booking's id.
        kept: Whether it writes at all.
        people: As last written; None while the room is not known.
        moderators: The same.
        most: The most people since the last entry.
        over: Whether they were more than recommended, as last written.
        written: When counts were last written.
        stream: The verdict's phase, and the side that failed, as last written.
        states: What the check before the start found, as last written.
    """

    session: str
    kept: bool
    due: float = inf
    people: int | None = None
    moderators: int = 0
    most: int = 0
    over: bool = False
    written: float = -inf
    stream: tuple[Phase, Side | None] = (Phase.SCHEDULED, None)
    states: dict[str, str] = field(default_factory=dict)

    def opened(self, booking: Booking, now: float) -> Iterator[Keep]:
        """The supervision begins, or goes on in a new process: then what came before it ended unseen."""
        yield from self._note(now, chronicle.OPENED, **facts(booking))

    def changed(self, booking: Booking, now: float) -> Iterator[Keep]:
        """The booking was changed."""
        yield from self._note(now, chronicle.CHANGED, **facts(booking))

    def checked(self, states: dict[str, str], now: float) -> Iterator[Keep]:
        """The check before the start found another state of something; item → state."""
        if states != self.states:
            self.states = states
            yield from self._note(now, chronicle.PREFLIGHT, **states)

    def closed(self, session: Session, why: str, now: float) -> Iterator[Keep]:
        """The supervision ends."""
        if self.people is not None and self.due < self.written + SIGN:  # counts have changed and were not written yet
            yield from self._write(session, now)
        yield from self._note(now, chronicle.CLOSED, reason=why)

    def look(self, session: Session, now: float) -> Iterator[Keep]:
        """Write what has changed since the last look, if it is time to."""
        if not self.kept:
            return
        why = session.unknown(now)
        if not why:
            yield from self._count(session, now)
        elif self.people is not None:
            self.people, self.due = None, inf
            yield from self._note(now, chronicle.UNKNOWN, reason=chronicle.clean(why))
        verdict = session.verdict
        shown = (verdict.phase, verdict.side if verdict.phase in LOST else None)
        if shown != self.stream:
            self.stream = shown
            yield from self._note(now, chronicle.STREAM, **_words(verdict))

    def _count(self, session: Session, now: float) -> Iterator[Keep]:
        people, moderators = session.people, session.moderators
        if people == self.people and moderators == self.moderators and now < self.due:
            return
        self.most = max(self.most, people)
        over = people > session.booking.limit
        crossed = over != self.over or bool(people) != bool(self.people)
        wait = CROSSING if crossed else EVERY
        if self.people is not None and now < self.written + wait:
            self.due = self.written + wait
        else:
            yield from self._write(session, now)

    def _write(self, session: Session, now: float) -> Iterator[Keep]:
        people, moderators, limit = session.people, session.moderators, session.booking.limit
        counts = {"people": people, "most": max(self.most, people), "moderators": moderators, "limit": limit}
        self.people, self.moderators, self.most, self.over = people, moderators, people, people > limit
        self.written, self.due = now, now + SIGN
        yield from self._note(now, chronicle.PEOPLE, **counts)

    def _note(self, now: float, what: str, **detail: str | int | bool | None) -> Iterator[Keep]:
        if self.kept:
            yield Keep(ChronicleEntry(self.session, now, what, detail))


def facts(booking: Booking) -> dict[str, str | int | bool | None]:
    """What anybody may know of a booking."""
    return {
        "organisation": chronicle.clean(booking.organisation),
        "title": chronicle.clean(booking.title),
        "room": booking.room_node,
        "kind": booking.kind.name,
        "start": chronicle.stamp(booking.start),
        "end": chronicle.stamp(booking.end) if isfinite(booking.end) else None,
        "language": booking.language.value,
        "utc_offset": int(booking.utc_offset),
        "limit": booking.limit,
        "must_stream": booking.must_stream,
    }


def _words(verdict: Verdict) -> dict[str, str]:
    words = {
        "phase": verdict.phase.value,
        "side": verdict.side.value if verdict.side is not None else "",
        "witnesses": ", ".join(verdict.witnesses),
        "reason": chronicle.clean(verdict.detail),
    }
    return {**words, "last_good": chronicle.stamp(verdict.broken_at)} if verdict.phase in LOST else words
