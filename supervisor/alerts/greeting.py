"""The opening line: everybody is told once per meeting that the session is supervised, and what that means.

People come in crowds; those of ``GATHER`` seconds are told together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain.commands import Audience, Notify
from supervisor.domain.occupants import PEOPLE
from supervisor.domain.reading import Message
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.alerts.wording import Wording
    from supervisor.domain.session import Session

GATHER = 2.0

OPENING = N_(
    "This session is supervised by the service: it counts the people connected and watches whether the live stream "
    "runs. It keeps no sound, no picture and no chat."
)


@dataclass(slots=True)
class Greeter:
    """Remembers whom it has told in the present meeting."""

    wording: Wording
    meeting: str = ""
    told: set[str] = field(default_factory=set)
    due: float = inf
    count: int = 0

    def greet(self, session: Session, now: float) -> Iterator[Notify]:
        """Tell those who have come since."""
        room = session.main
        if session.unknown(now) or not room.meeting:
            return
        if room.meeting != self.meeting:
            self.meeting, self.told, self.due = room.meeting, set(), inf
        fresh = tuple(nick for nick, sort in room.sorts.items() if sort in PEOPLE and nick not in self.told)
        if not fresh:
            self.due = inf
        elif self.due == inf:
            self.due = now + GATHER
        elif now >= self.due:
            self.due = inf
            self.told.update(fresh)
            yield self._notice(session, fresh, now)

    def _notice(self, session: Session, nicks: tuple[str, ...], now: float) -> Notify:
        self.count += 1
        booking = session.booking
        return Notify(
            notice=f"{booking.id}/opening/{self.count}/{int(now)}",
            room=session.main.jid,
            audience=Audience.OCCUPANTS,
            name=self.wording.sender(booking.language),
            text=self.wording.text(Message(OPENING), booking.language, booking.utc_offset),
            since=now,
            nicks=nicks,
        )
