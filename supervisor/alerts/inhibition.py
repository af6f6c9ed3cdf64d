"""Which alert silences which in the same session: the bigger trouble is told, the smaller one is only shown.

Blindness needs no line for alerts that read UNKNOWN meanwhile (they are held), but it has one so that none of them is
told on the strength of what was known before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

INHIBITS: Mapping[str, frozenset[str]] = {
    "StreamBlind": frozenset(
        {"StreamNotStarted", "StreamInterrupted", "StreamDegraded", "StreamSelfStop", "WrongBroadcast"}
    ),
    "StreamInterrupted": frozenset({"StreamDegraded", "StreamSelfStop", "WrongBroadcast"}),
    "FocusMissing": frozenset({"LobbyUnattended", "RecordingMissing", "RoomUnprotected"}),
    "WrongBroadcast": frozenset({"StreamNotStarted"}),
    # Whoever waits alone for a session to begin need not be told that its moderator is one of those who are missing.
    "SessionNotStarted": frozenset({"ModeratorAbsent"}),
}


def inhibited(monitor: str, firing: Collection[str]) -> bool:
    """Whether an alert of ``monitor`` is silenced by one of those that fire."""
    return any(monitor in INHIBITS.get(other, ()) for other in firing if other != monitor)
