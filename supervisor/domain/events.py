"""What happened, in the past tense. Adapters make these; the engine reads them; nothing else goes up.

Instants are seconds since the epoch (UTC). A room is its internal bare JID (``[tenant]name@muc-host``), an occupant
its resource there. ``facts``: deploy/prosody/PROTOCOL.md says what the module mirrors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking


@dataclass(frozen=True, slots=True)
class BookingsRead:
    """A source of bookings was read; its bookings replace all that it had said before.

    Attributes:
        source: Which one, e.g. the file's path.
        bookings: All of its bookings; their ids are in no other source that reads well.
    """

    source: str
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class BookingsUnreadable:
    """A source of bookings could not be used as it is now; what it had said before still stands.

    Attributes:
        source: Which one, e.g. the file's path.
        problems: Lines for people, each with place, reason and remedy; at least one.
    """

    source: str
    problems: tuple[str, ...]
