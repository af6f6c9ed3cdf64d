"""Supervises live Jitsi sessions that must not fail in public."""

__version__ = "0.1.0"
