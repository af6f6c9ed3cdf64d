"""What a session depends on when its supervision begins: all of the engine's state that its events do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.domain.bookings import Booking
    from supervisor.domain.events import RecordersSeen, SourceLost
    from supervisor.domain.occupants import Occupant
    from supervisor.domain.records import AlertRow, Incident, Silence, StreamRow


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """What the diary says of one session, in place of the diary, which holds other people's bookings.

    Attributes:
        booking: As it is in force; None where it was withdrawn.
        rival: Id of a booking of the same room whose time overlaps; empty for none.
        kin: As in `supervisor.domain.diary.Neighbours`.
        followed: The instant from which the room is another booking's.
    """

    booking: Booking | None = None
    rival: str = ""
    kin: bool = False
    followed: float = inf


@dataclass(frozen=True, slots=True)
class RoomBefore:
    """A room that was watched before, for an earlier session; as `supervisor.domain.room.Room`."""

    jid: str
    meeting: str = ""
    main: str = ""
    read_once: bool = False
    settling_until: float = 0.0
    occupants: tuple[Occupant, ...] = ()
    password: bool | None = None
    lobby: bool | None = None
    waiting: int = 0
    waiting_since: float | None = None
    transcribing: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """At the opening of one session.

    Attributes:
        page: What is booked.
        sources: Each source with the reason why it is lost, empty for one that is heard.
        recorders: The last word of each who tells of recorders.
        brewery: Who is in the brewery.
        rooms: Those of the session's that were known already.
        breakouts: Breakout rooms that were open.
        silences: Those that are set.
        alerts: What the store had of it: this and the next two only where the session goes on after a restart.
        incidents: The same.
        streams: The same.
    """

    page: DiaryPage
    sources: tuple[SourceLost, ...] = ()
    recorders: tuple[RecordersSeen, ...] = ()
    brewery: tuple[Occupant, ...] = ()
    rooms: tuple[RoomBefore, ...] = ()
    breakouts: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    alerts: tuple[AlertRow, ...] = ()
    incidents: tuple[Incident, ...] = ()
    streams: tuple[StreamRow, ...] = ()
