"""How a room is protected, as its server tells: password, lobby, who waits there. No names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomState:
    """What was told of a room at one moment.

    Attributes:
        password: Whether one is set.
        lobby: Whether others than members have to wait to be let in.
        waiting: How many wait now.
        waited: Seconds for which the first of them had been waiting then; 0 where nobody waits.
        transcribing: Whether the server itself has the sound written down.
    """

    password: bool
    lobby: bool
    waiting: int = 0
    waited: float = 0.0
    transcribing: bool = False
