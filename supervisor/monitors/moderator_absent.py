"""ModeratorAbsent: people are in the session and none of them is a moderator.

Whatever else goes wrong is told to the moderators, so without one nobody would hear of it. People come early: nothing
is expected before the booked start, and nothing after the booked end. A room that is always open has no start; there a
moderator is missed only where the present meeting has had one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after, outside
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

ABSENT = N_("The session has been without a moderator since %(since)s; people in it: %(people)d.")
STILL = N_(
    "This session has been without a moderator since %(since)s: nobody here can be told if something breaks. "
    "Whoever is to moderate it, please come back or log in."
)
BACK = N_("A moderator is here again.")


@dataclass(frozen=True, slots=True)
class ModeratorAbsent:
    """``after``: seconds without a moderator until everybody in the room is told; ``people``: fewest that need one."""

    after: float = 240.0
    people: int = 1

    name: ClassVar[str] = "ModeratorAbsent"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("absent", Severity.WARNING, repeats=False),
        Stage("still absent", Severity.WARNING, repeats=False, everybody=True, support=True),
    )

    def wakes(self, session: Session, now: float) -> float:
        """The session's start and end, and when the people there are to be told."""
        booking, since = session.booking, self._since(session)
        return first_after(now, booking.start, booking.end, inf if since is None else since + self.after)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Look for people without a moderator. Once the room was told, one who only looks in changes nothing."""
        booking, since = session.booking, self._since(session)
        if not booking.start <= now < booking.end:
            return clear("not in the session's time")
        if since is None:
            there = bool(session.people)
            return clear("a moderator is there" if there else "nobody is there", Message(BACK) if there else None)
        if session.people < self.people:
            return clear("too few people to need one")
        if booking.kind.always_open and not session.turnout.moderated:
            return clear("this meeting has had no moderator")
        reason, params = f"{session.people} people, no moderator", {"people": session.people, "since": since}
        if firing < 2 and now < since + self.after:
            return outside(1, reason, Message(ABSENT, params))
        return active(2, reason, Message(STILL, params))

    @staticmethod
    def _since(session: Session) -> float | None:
        since = session.turnout.unmoderated_since
        return None if since is None else max(since, session.booking.start)
