"""What support staff write to a room's moderators: handed to the room as every notice is, and what became of it.

The text itself is kept nowhere: it may name a person. On record is that somebody wrote, under the token's name.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from supervisor.domain.commands import Audience, Command, Notify, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.alerts.wording import Wording
    from supervisor.domain.minutes import Minutes
    from supervisor.domain.session import Session

MOST = 5
"""Messages whose fate is remembered."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message. ``readers``: how many moderators it was handed to, None until the server has answered."""

    notice: str
    at: float
    by: str
    readers: int | None = None


@dataclass(slots=True)
class Postbox:
    """One session's messages, the last ones only."""

    wording: Wording
    minutes: Minutes
    written: deque[Written] = field(default_factory=lambda: deque(maxlen=MOST))
    count: int = 0

    def post(self, session: Session, text: str, by: str, now: float) -> Iterator[Command]:
        """Tell the moderators, in the words given."""
        self.count += 1
        booking, room = session.booking, session.main.jid
        notice = f"{booking.id}/message/{self.count}/{int(now)}"
        self.written.append(Written(notice, now, by))
        yield Record("message to moderators", (("booking", booking.id), ("room", room), ("by", by)))
        yield from self.minutes.messaged(by, now)
        yield Notify(notice, room, Audience.MODERATORS, self.wording.sender(booking.language), text, now)

    def answered(self, notice: str, nicks: tuple[str, ...]) -> bool:
        """Note what became of a message; False if it is none of ours. It is not sent again: its writer sees it."""
        for number, each in enumerate(self.written):
            if each.notice == notice:
                self.written[number] = replace(each, readers=len(nicks))
                return True
        return False
