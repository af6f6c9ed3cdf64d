"""The monitors' settings: one model each, whose name in the file is the monitor's."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from supervisor.domain.bookings import SUPERVISED_BEFORE
from supervisor.settings.values import Seconds, Section, SomeSeconds

_FOR = Field(alias="for")


class MonitorSettings(Section):
    """What every monitor has.

    Attributes:
        enabled: Whether it watches at all.
        for_: Seconds for which its condition must hold before it fires; ``for`` in the file.
        keep_firing_for: Seconds for which its condition must be gone before it resolves.
    """

    enabled: bool = True
    for_: Annotated[Seconds, _FOR] = 0.0
    keep_firing_for: Seconds = 0.0

    def thresholds(self) -> dict[str, Any]:
        """The monitor's own options, by name."""
        return self.model_dump(exclude=set(MonitorSettings.model_fields))


class ParticipantLimit(MonitorSettings):
    """More people in the room than recommended.

    Attributes:
        approaching: Share of the limit, 0 to 1, from which it is approached.
        margin: People below a threshold before it counts as left; one who comes and goes is not an alert each time.
    """

    # A dropped client lingers for up to 60 seconds as an occupant, and so do both ends of a reload.
    for_: Annotated[Seconds, _FOR] = 60.0
    keep_firing_for: Seconds = 60.0
    approaching: float = Field(default=0.8, gt=0, le=1)
    margin: int = Field(default=2, ge=0, le=1000)


class StreamInterrupted(MonitorSettings):
    """The stream stopped or stalled without a planned end.

    Attributes:
        recorder_grace: Seconds for which the recorder may be gone while Jicofo still says on.
    """

    keep_firing_for: Seconds = 5.0
    recorder_grace: Seconds = 8.0


class StreamNotStarted(MonitorSettings):
    """A session that must be streamed is not.

    Attributes:
        after: Seconds from its start, or from when a person ended the stream.
    """

    after: SomeSeconds = 300.0


class StreamDegraded(MonitorSettings):
    """The stream runs, but badly."""

    for_: Annotated[Seconds, _FOR] = 20.0
    keep_firing_for: Seconds = 20.0


class StreamSelfStop(MonitorSettings):
    """Everybody is muted, and Jibri is about to end the stream by itself.

    Attributes:
        after: Seconds of silence until it is told.
        timeout: Jibri's ``all-muted-timeout``, in seconds.
    """

    after: SomeSeconds = 480.0
    timeout: SomeSeconds = 600.0


class WrongBroadcast(MonitorSettings):
    """The public page does not show this session live.

    Attributes:
        after: Seconds from the booked start from which the page has to be right.
    """

    for_: Annotated[Seconds, _FOR] = 30.0
    after: SomeSeconds = 300.0


class StreamBlind(MonitorSettings):
    """Nothing fresh is known about a stream that must run."""

    for_: Annotated[Seconds, _FOR] = 60.0


class ModeratorAbsent(MonitorSettings):
    """People are in the session and none of them is a moderator.

    Attributes:
        after: Seconds without one until the people in the room are told; `for_` comes on top.
        people: Fewest people that need one.
    """

    for_: Annotated[Seconds, _FOR] = 60.0
    keep_firing_for: Seconds = 10.0
    after: Seconds = 240.0
    people: int = Field(default=1, ge=1, le=1000)


class SessionNotStarted(MonitorSettings):
    """A session is booked for now and nobody has come.

    Attributes:
        after: Seconds from its booked start.
        people: Fewest people that make a session.
    """

    after: SomeSeconds = 600.0
    people: int = Field(default=2, ge=1, le=1000)


class SessionOverrun(MonitorSettings):
    """A session goes on after its booked end, or is about to be cut there.

    Attributes:
        after: Seconds over its end.
        cut: Whether the server destroys the room at the booked end, as with Jitsi's reservations.
    """

    after: Seconds = 900.0
    cut: bool = False


class QuorumLost(MonitorSettings):
    """Fewer people than the booking's quorum, after there had been enough."""

    for_: Annotated[Seconds, _FOR] = 30.0
    keep_firing_for: Seconds = 15.0


class RoomCollision(MonitorSettings):
    """Somebody else has the room at the booked time.

    Attributes:
        early: Who was there so many seconds before the start, and stays, may belong to another meeting. The room is
            watched for half an hour before.
        people: Fewest of those that matter.
    """

    early: Annotated[SomeSeconds, Field(le=1800)] = 1500.0
    people: int = Field(default=2, ge=2, le=1000)


class JibriUnavailable(MonitorSettings):
    """No recorder is free for a session that must be streamed by one.

    Attributes:
        before: Seconds before the start from which one has to be free; a session is watched from 30 minutes before.
    """

    for_: Annotated[Seconds, _FOR] = 20.0
    before: Annotated[Seconds, Field(le=SUPERVISED_BEFORE)] = 900.0


class Preflight(MonitorSettings):
    """Something is not ready for a session that must be streamed."""

    for_: Annotated[Seconds, _FOR] = 20.0


class BridgeUnhealthy(MonitorSettings):
    """The bridges are sick, or none works.

    Attributes:
        stress: Load of a bridge from which it counts as sick, 1.0 for as much as it can take.
    """

    for_: Annotated[Seconds, _FOR] = 30.0
    keep_firing_for: Seconds = 30.0
    stress: float = Field(default=0.9, gt=0, le=10)


class FocusMissing(MonitorSettings):
    """People are in the room without Jicofo.

    Attributes:
        after: Seconds until support staff hear of it.
        room_after: Seconds until the moderators do.
    """

    after: Seconds = 10.0
    room_after: SomeSeconds = 60.0


class RoomUnprotected(MonitorSettings):
    """Neither password nor lobby where the kind asks for it."""

    for_: Annotated[Seconds, _FOR] = 30.0


class LobbyUnattended(MonitorSettings):
    """Somebody waits in the lobby and nobody lets them in.

    Attributes:
        after: Seconds for which the first of them may wait.
    """

    after: SomeSeconds = 90.0


class RecordingForbidden(MonitorSettings):
    """Something records where nothing may."""

    keep_firing_for: Seconds = 5.0


class RecordingMissing(MonitorSettings):
    """A session that must be recorded is not.

    Attributes:
        after: Seconds from its start.
    """

    for_: Annotated[Seconds, _FOR] = 30.0
    after: SomeSeconds = 300.0


class SourceLost(MonitorSettings):
    """A source of what we know is gone: we are blind."""

    for_: Annotated[Seconds, _FOR] = 10.0


class SessionMonitors(Section):
    """``[kinds.NAME.monitors.MONITOR]``: those that look at a session. What a kind does not set is as for all."""

    participant_limit: ParticipantLimit = Field(default=ParticipantLimit(), alias="ParticipantLimit")
    stream_interrupted: StreamInterrupted = Field(default=StreamInterrupted(), alias="StreamInterrupted")
    stream_not_started: StreamNotStarted = Field(default=StreamNotStarted(), alias="StreamNotStarted")
    stream_degraded: StreamDegraded = Field(default=StreamDegraded(), alias="StreamDegraded")
    stream_self_stop: StreamSelfStop = Field(default=StreamSelfStop(), alias="StreamSelfStop")
    wrong_broadcast: WrongBroadcast = Field(default=WrongBroadcast(), alias="WrongBroadcast")
    stream_blind: StreamBlind = Field(default=StreamBlind(), alias="StreamBlind")
    moderator_absent: ModeratorAbsent = Field(default=ModeratorAbsent(), alias="ModeratorAbsent")
    session_not_started: SessionNotStarted = Field(default=SessionNotStarted(), alias="SessionNotStarted")
    session_overrun: SessionOverrun = Field(default=SessionOverrun(), alias="SessionOverrun")
    quorum_lost: QuorumLost = Field(default=QuorumLost(), alias="QuorumLost")
    room_collision: RoomCollision = Field(default=RoomCollision(), alias="RoomCollision")
    jibri_unavailable: JibriUnavailable = Field(default=JibriUnavailable(), alias="JibriUnavailable")
    preflight: Preflight = Field(default=Preflight(), alias="Preflight")
    focus_missing: FocusMissing = Field(default=FocusMissing(), alias="FocusMissing")
    room_unprotected: RoomUnprotected = Field(default=RoomUnprotected(), alias="RoomUnprotected")
    lobby_unattended: LobbyUnattended = Field(default=LobbyUnattended(), alias="LobbyUnattended")
    recording_forbidden: RecordingForbidden = Field(default=RecordingForbidden(), alias="RecordingForbidden")
    recording_missing: RecordingMissing = Field(default=RecordingMissing(), alias="RecordingMissing")

    def named(self, name: str) -> MonitorSettings:
        """The settings of the monitor of that name."""
        field = next(field for field, info in type(self).model_fields.items() if info.alias == name)
        settings: MonitorSettings = getattr(self, field)
        return settings

    def over(self, usual: SessionMonitors, name: str) -> MonitorSettings:
        """The settings of the monitor of that name: what is set here, else the usual ones."""
        mine = self.named(name)
        return usual.named(name).model_copy(update={key: getattr(mine, key) for key in mine.model_fields_set})


class Monitors(SessionMonitors):
    """``[monitors.NAME]``: those, and the ones that look at the server as a whole and at our sources."""

    bridge_unhealthy: BridgeUnhealthy = Field(default=BridgeUnhealthy(), alias="BridgeUnhealthy")
    source_lost: SourceLost = Field(default=SourceLost(), alias="SourceLost")
