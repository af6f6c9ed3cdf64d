"""RoomUnprotected: neither password nor lobby in a kind that asks for one.

Rooms are open: whoever knows or guesses the name walks in. Where protection is recommended the moderators read once
how to add it; where it is required they are warned until it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.kinds import PasswordPolicy
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after, unknown
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

ADVISED = N_(
    "This room is open: anybody who knows its name can come in. A password is recommended: choose Security "
    "options (the shield) and add a password, or enable the lobby to let people in one by one."
)
NEEDED = N_(
    "THIS ROOM IS OPEN and must not be: anybody who knows its name can come in. Please choose Security options "
    "(the shield) now and add a password, or enable the lobby."
)
SAFE = N_("The room is protected now. Thank you.")


@dataclass(frozen=True, slots=True)
class RoomUnprotected:
    """Has no thresholds but ``for``."""

    name: ClassVar[str] = "RoomUnprotected"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("advised", Severity.INFO, repeats=False),
        Stage("needed", Severity.WARNING),
    )

    def wakes(self, session: Session, now: float) -> float:
        """The session's start: from then on the room has to be protected also where nobody is there yet."""
        return first_after(now, session.booking.start)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Look at the door, where there is a room and the kind asks for one."""
        policy, room = session.booking.kind.password, session.main
        needed = policy is PasswordPolicy.REQUIRED
        if policy is PasswordPolicy.OPTIONAL:
            return clear("no protection is asked for")
        if room.password or room.lobby:
            return clear("password" if room.password else "lobby", Message(SAFE) if firing > 1 else None)
        if not room.meeting:
            return clear("there is no room")
        if room.password is None or room.lobby is None:
            return unknown("the server does not tell")
        if not room.people and not (needed and now >= session.booking.start):
            return clear("nobody is there yet")
        stage = 2 if needed else 1
        return active(stage, f"open, protection is {policy}", Message(NEEDED if needed else ADVISED))
