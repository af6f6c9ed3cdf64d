"""The rules, one file each. A new one is registered by its line here."""

from supervisor.monitors.bridge_unhealthy import BridgeUnhealthy
from supervisor.monitors.jibri_unavailable import JibriUnavailable
from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.preflight import Preflight
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
)

SERVER_MONITORS = (BridgeUnhealthy,)
"""Those about the server as a whole."""
