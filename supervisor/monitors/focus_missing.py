"""FocusMissing: people are in the room, and Jicofo is not.

Without focus nobody who comes gets a call, nobody is made moderator, and a stream has nobody who watches over it.
Only support staff can help, so they hear of it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.reading import Message, Reading, Severity, Stage, State, active, clear, first_after
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

GONE = N_(
    "Since %(since)s the conference service has been out of order in this room: some may not hear or see the "
    "others. Please halt the session, reload the page, and call the support staff if that does not help."
)
BACK = N_("The conference service is working in this room again. Whoever does not hear or see should reload the page.")


@dataclass(frozen=True, slots=True)
class FocusMissing:
    """``after``: seconds without focus until support staff hear of it; ``room_after``: until the moderators do."""

    after: float = 10.0
    room_after: float = 60.0

    name: ClassVar[str] = "FocusMissing"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (
        Stage("missing", Severity.WARNING, repeats=False, support=True),
        Stage("still missing", Severity.CRITICAL, support=True),
    )

    def wakes(self, session: Session, now: float) -> float:
        """When either patience ends."""
        since = session.unfocused_since
        return inf if since is None else first_after(now, since + self.after, since + self.room_after)

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Look for how long people have been without focus."""
        since = session.unfocused_since
        if since is None:
            return clear("focus is there, or nobody is", Message(BACK) if firing > 1 and session.people else None)
        reason = f"no focus for {now - since:.0f} s"
        if now >= since + self.room_after:
            return active(2, reason, Message(GONE, {"since": since}))
        return Reading(State.ACTIVE, 1, reason) if now >= since + self.after else clear(reason)
