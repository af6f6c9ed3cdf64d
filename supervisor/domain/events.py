"""What happened, in the past tense. Adapters make these, the engine reads them; nothing else goes up.

A room is its internal bare JID (``[tenant]name@muc-host``), an occupant its resource there. ``meeting`` is Jitsi's
meeting id, empty while the room has none yet. What the room events carry is what deploy/prosody/PROTOCOL.md mirrors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supervisor.domain.bookings import Booking
    from supervisor.domain.evidence import Evidence
    from supervisor.domain.occupants import Occupant
    from supervisor.domain.plant import Bridge, Endpoint
    from supervisor.domain.records import Silence
    from supervisor.domain.room_state import RoomState
    from supervisor.domain.wishes import Wish


@dataclass(frozen=True, slots=True)
class SourceLost:
    """A source of evidence fell silent: all that it fed is unknown from now on, until it is synced again."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceSynced:
    """A source is heard again and has told its whole present state."""

    source: str


@dataclass(frozen=True, slots=True)
class RoomOpened:
    """A room exists on the server. ``main`` is its main room's JID for a breakout room, else empty."""

    room: str
    main: str = ""


@dataclass(frozen=True, slots=True)
class RoomClosed:
    """A room is gone from the server."""

    room: str


@dataclass(frozen=True, slots=True)
class RoomRead:
    """The whole of a joined room, as the answer to our join. Without a meeting id and occupants the room is absent."""

    room: str
    meeting: str
    occupants: tuple[Occupant, ...]
    main: str = ""


@dataclass(frozen=True, slots=True)
class MeetingBegan:
    """The room of this name got its meeting id: it was created, or created anew."""

    room: str
    meeting: str
    main: str = ""


@dataclass(frozen=True, slots=True)
class OccupantSeen:
    """An occupant came in, or something relevant about it changed."""

    room: str
    occupant: Occupant


@dataclass(frozen=True, slots=True)
class OccupantLeft:
    """An occupant left. ``codes`` are XEP-0045 status codes: 307 kicked, 333 error, and so on.

    ``dropped``: its client did not say so, its connection ended.
    """

    room: str
    nick: str
    codes: frozenset[str] = frozenset()
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class MeetingEnded:
    """The room was destroyed; ``reason`` is the server's word for it, empty where the last one simply left."""

    room: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoomStateSeen:
    """The server told how the room is protected: after each RoomRead, unless the module there is an old one."""

    room: str
    state: RoomState


@dataclass(frozen=True, slots=True)
class SubjectChanged:
    """The room's title changed."""

    room: str
    subject: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice was handed to the server for these occupants of the room (nicks); it may have been nobody."""

    notice: str
    nicks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotTold:
    """A notice could not be handed over; ``reason`` is the error's condition or what our side says."""

    notice: str
    reason: str


@dataclass(frozen=True, slots=True)
class BookingsRead:
    """A source of bookings told all it has; what it no longer has is gone.

    ``notes`` is what was left out or cut, each with its place; ``places`` says where each booking is written, by id.
    """

    source: str
    bookings: tuple[Booking, ...]
    notes: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class BookingsUnreadable:
    """A source of bookings can't be read; what it last told stays. Each problem names its place and the remedy."""

    source: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceSeen:
    """A witness said something about a session's stream."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """A moderator wrote one of our words in the open chat; the module has checked the role and swallowed the line."""

    room: str
    nick: str
    word: str


@dataclass(frozen=True, slots=True)
class WishMade:
    """Somebody asked over the API: ``by`` is the token's name, ``monitor`` narrows an acknowledgement, or is empty.

    ``force``: to be resumed though the stream is not verified.
    """

    booking: str
    wish: Wish
    by: str
    monitor: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True)
class MessageWritten:
    """Support staff wrote to the moderators of a booking's room: ``by`` is the token's name, ``text`` one line."""

    booking: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Retitled:
    """A title was set, or not (``changed`` false: somebody else had set another). ``text`` and ``by`` were before."""

    room: str
    changed: bool
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Moderated:
    """Audio moderation was switched, or not, for that reason."""

    room: str
    changed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SilenceSet:
    """Nothing is to be told of what the silence matches; one of the same id replaces it."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class SilenceLifted:
    """The silence of this id ends now; ``by`` is the name of the token that lifted it."""

    id: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class SessionErased:
    """All that was stored of a booking's session was deleted at that instant, because somebody wished so."""

    booking: str
    at: float


@dataclass(frozen=True, slots=True)
class BridgesSeen:
    """A source told of all bridges that it knows; that is good until then, in seconds since the epoch.

    ``lost`` counts the bridges that went without a good-bye, None if it does not tell; ``complaint`` is what the source
    says is wrong with itself.
    """

    source: str
    bridges: tuple[Bridge, ...]
    until: float
    lost: int | None = None
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class RecordersSeen:
    """A source told how many Jibris there are, in which state; that is good until then, in seconds since the epoch."""

    source: str
    idle: int
    busy: int
    unhealthy: int
    until: float

    @property
    def words(self) -> str:
        """The same in one line, for a reason."""
        if not self.idle + self.busy + self.unhealthy:
            return f"the brewery is empty: {self.source} knows no Jibri"
        return f"{self.idle} idle, {self.busy} busy, {self.unhealthy} unhealthy ({self.source})"


@dataclass(frozen=True, slots=True)
class EndpointsSeen:
    """A bridge told of those of a room's occupants whose media it carries; of others it knows nothing."""

    source: str
    room: str
    endpoints: tuple[Endpoint, ...]


Event = (
    SourceLost
    | SourceSynced
    | RoomOpened
    | RoomClosed
    | RoomRead
    | MeetingBegan
    | OccupantSeen
    | OccupantLeft
    | MeetingEnded
    | RoomStateSeen
    | SubjectChanged
    | Told
    | NotTold
    | BookingsRead
    | BookingsUnreadable
    | EvidenceSeen
    | CommandGiven
    | WishMade
    | MessageWritten
    | Retitled
    | Moderated
    | SilenceSet
    | SilenceLifted
    | SessionErased
    | BridgesSeen
    | RecordersSeen
    | EndpointsSeen
)
