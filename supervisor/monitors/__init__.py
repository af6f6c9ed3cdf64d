"""The rules, one file each. A new one is registered by its line here."""

from supervisor.monitors.participant_limit import ParticipantLimit
from supervisor.monitors.stream_interrupted import StreamInterrupted

MONITORS = (
    ParticipantLimit,
    StreamInterrupted,
)
