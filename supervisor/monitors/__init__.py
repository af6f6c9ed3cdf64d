"""The rules, one file each. A new one is registered by its line here."""

from supervisor.monitors.bridge_unhealthy import BridgeUnhealthy
from supervisor.monitors.focus_missing import FocusMissing
from supervisor.monitors.jibri_unavailable import JibriUnavailable
from supervisor.monitors.lobby_unattended import LobbyUnattended
from supervisor.monitors.moderator_absent import ModeratorAbsent
from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.preflight import Preflight
from supervisor.monitors.quorum_lost import QuorumLost
from supervisor.monitors.recording_forbidden import RecordingForbidden
from supervisor.monitors.recording_missing import RecordingMissing
from supervisor.monitors.room_collision import RoomCollision
from supervisor.monitors.room_unprotected import RoomUnprotected
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
    JibriUnavailable,
    Preflight,
    FocusMissing,
    RoomUnprotected,
    LobbyUnattended,
    RecordingForbidden,
    RecordingMissing,
    ModeratorAbsent,
    SessionNotStarted,
    SessionOverrun,
    QuorumLost,
    RoomCollision,
)

SERVER_MONITORS = (BridgeUnhealthy,)
"""Those about the server as a whole."""
