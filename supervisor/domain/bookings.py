"""A booking: one session that is to be supervised, with everything about it resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain.kinds import StreamPolicy
from supervisor.domain.room_names import room_node

if TYPE_CHECKING:
    from supervisor.domain.kinds import Kind

# Seconds before the start from which a room is watched. Technicians open the room early to try cameras and the stream;
# half an hour covers that and the preflight at 15 minutes, and seldom reaches into whoever used the room before.
SUPERVISED_BEFORE = 30 * 60.0


class Language(StrEnum):
    """A language that the people of a session can be addressed in."""

    CATALAN = "ca"
    SPANISH = "es"
    ENGLISH = "en"
    ITALIAN = "it"


@dataclass(frozen=True, slots=True)
class StreamSource:
    """Where the stream can be observed; several at once are several witnesses.

    Attributes:
        youtube: The video's id.
        hls: Address of an HLS playlist.
        jibri: The booking counts on a Jibri of the server itself.
        ingest: Name under which the encoder publishes to an ingest server that reports to us. Whoever knows it may
            publish under it, so it is never shown.
        obs: Name of an OBS of the configuration, ``[streams.obs.NAME]``.
    """

    youtube: str | None = None
    hls: str | None = None
    jibri: bool = False
    ingest: str | None = field(default=None, repr=False)
    obs: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One booked session.

    Attributes:
        id: Unique among all bookings.
        room: Name in lower case, without the tenant.
        tenant: Tenant in lower case, or None.
        kind: The kind, resolved, with what the booking changes of it.
        title: What the session is called; may be empty.
        organisation: Whose session it is; may be empty.
        start: Seconds since the epoch.
        duration: Seconds, or None where the kind needs none.
        language: How its people are addressed.
        limit: Recommended most people: the booking's own, else the kind's.
        stream: Where the stream can be observed.
        utc_offset: Seconds east of UTC of the place, as its start was written: for clock times in texts.
        password: The room's password (a PIN), set where Jitsi asks us about the room; never shown.
        lobby: The room opens with a lobby, where Jitsi asks us about it.
        max_occupants: Most occupants that the server lets in, a hard limit; None for none.
        channel: Name of a shared broadcast channel that the session goes out on; empty for the town's own.
        contacts: Mail addresses and telephone numbers (``+34…``) that get confirmation and reminder; never shown.
        reminder: Seconds before the start at which they are reminded; 0 for never.
        quorum: Fewest people with whom the session may decide; None where that is not watched.
        attendance: Whether names may be noted, for the roll call and the report.
        expected: Names of those who should come; only with attendance, never shown elsewhere.
    """

    id: str
    room: str
    tenant: str | None
    kind: Kind
    title: str
    organisation: str
    start: float
    duration: float | None
    language: Language
    limit: int
    stream: StreamSource
    utc_offset: float = 0.0
    password: str | None = field(default=None, repr=False)
    lobby: bool = False
    max_occupants: int | None = None
    channel: str = ""
    contacts: tuple[str, ...] = field(default=(), repr=False)
    reminder: float = 0.0
    quorum: int | None = None
    attendance: bool = False
    expected: tuple[str, ...] = field(default=(), repr=False)

    @property
    def end(self) -> float:
        """Seconds since the epoch; infinite for a room that is always open."""
        return inf if self.kind.always_open or self.duration is None else self.start + self.duration

    @property
    def supervised_from(self) -> float:
        """Seconds since the epoch from which the room is watched."""
        return self.start - SUPERVISED_BEFORE

    @property
    def room_node(self) -> str:
        """The room in the form that Prosody stores, e.g. ``[tenant]plealmatret``."""
        return room_node(self.tenant, self.room)

    @property
    def must_stream(self) -> bool:
        """Whether the session has to be public while it lasts."""
        return self.kind.stream is StreamPolicy.REQUIRED

    @property
    def may_stream(self) -> bool:
        """Whether a stream of this session is anybody's business."""
        return self.kind.stream is not StreamPolicy.FORBIDDEN

    @property
    def wants_media(self) -> bool:
        """Whether it matters who can be heard and seen.

        It does for a roll call, and where a Jibri may stream: when all are muted, that ends the stream by itself.
        """
        return self.kind.roll_call or (self.may_stream and (self.must_stream or self.stream.jibri))

    def room_jid(self, muc_host: str) -> str:
        """The room's internal bare JID on that MUC host."""
        return f"{self.room_node}@{muc_host}"
