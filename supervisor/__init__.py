"""jitsi-supervisor: watches the Jitsi sessions that must not fail in public."""

__version__ = "0.1.0"
