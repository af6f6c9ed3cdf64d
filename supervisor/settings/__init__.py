"""The configuration: one TOML file, and the environment above it."""

from supervisor.settings.load import load_settings
from supervisor.settings.model import Settings
from supervisor.settings.monitors import Monitors, ParticipantLimit, SourceLost, StreamInterrupted
from supervisor.settings.notices import notices
from supervisor.settings.problems import ConfigurationError

__all__ = [
    "ConfigurationError",
    "Monitors",
    "ParticipantLimit",
    "Settings",
    "SourceLost",
    "StreamInterrupted",
    "load_settings",
    "notices",
]
