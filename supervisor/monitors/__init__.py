"""The rules, one file each. A new one is registered by its line here."""

from supervisor.monitors.moderator_absent import ModeratorAbsent
from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.quorum_lost import QuorumLost
from supervisor.monitors.room_collision import RoomCollision
from supervisor.monitors.session_not_started import SessionNotStarted
from supervisor.monitors.session_overrun import SessionOverrun
from supervisor.monitors.stream_blind import StreamBlind
from supervisor.monitors.stream_degraded import StreamDegraded
from supervisor.monitors.stream_interrupted import StreamInterrupted
from supervisor.monitors.stream_not_started import StreamNotStarted
from supervisor.monitors.stream_self_stop import StreamSelfStop
from supervisor.monitors.wrong_broadcast import WrongBroadcast

MONITORS = (
    ParticipantLimit,
    StreamNotStarted,
    StreamInterrupted,
    StreamDegraded,
    StreamSelfStop,
    WrongBroadcast,
    StreamBlind,
    ModeratorAbsent,
    SessionNotStarted,
    SessionOverrun,
    QuorumLost,
    RoomCollision,
)
