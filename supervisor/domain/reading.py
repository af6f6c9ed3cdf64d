"""What a monitor is: a pure rule that reads a session and says ACTIVE, CLEAR or UNKNOWN, and why.

A monitor keeps no state: *since when* something is so is the alert lifecycle's business (``alerts/lifecycle.py``), and
what happened is the session's. Stages are counted from 1; stage 0 is calm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supervisor.domain.plant import Plant
    from supervisor.domain.session import Session


class Severity(StrEnum):
    """How bad a stage is, in Prometheus' usual words."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return tuple(Severity).index(self)


class State(StrEnum):
    """UNKNOWN holds what an alert was: blindness is neither trouble nor recovery."""

    ACTIVE = "active"
    CLEAR = "clear"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Message:
    """A text to be worded later: an English gettext ``msgid`` and what goes into its ``%(name)s`` places.

    A float is an instant and is written as the clock time of the session's place.
    """

    msgid: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a session. ``reason`` is for the log and the metric, ``message`` for the people in the room.

    ``outside``: what support staff read instead of the message; where both are missing they read the reason.
    """

    state: State
    stage: int = 0
    reason: str = ""
    message: Message | None = None
    outside: tuple[Message, ...] = ()

    @property
    def since(self) -> float | None:
        """Since when it has been so, as far as a text tells it."""
        texts = (*self.outside, *([] if self.message is None else [self.message]))
        told = (text.params.get("since") for text in texts)
        return next((since for since in told if isinstance(since, float)), None)


@dataclass(frozen=True, slots=True)
class Stage:
    """A degree of trouble.

    Attributes:
        name: As the log and the pages call it.
        severity: How bad it is.
        repeats: Whether it is told again while it lasts.
        everybody: Whether all in the room hear of it at once, not the moderators only.
        support: Whether the last routes, support staff's mailboxes, hear of it at once: those in the room could not do
            anything about it.
        room: Whether people in the room may be told. Where not, the mailboxes are not waited for either.
    """

    name: str
    severity: Severity
    repeats: bool = True
    everybody: bool = False
    support: bool = False
    room: bool = True

    @property
    def at_once(self) -> bool:
        """Whether the last routes are not the last this time."""
        return self.support or not self.room


class Monitor(Protocol):
    """One rule. ``stages`` from mild to bad; ``read`` gets the stage that is already firing, for hysteresis.

    ``needs_room``: it says nothing while the room is not seen. Those of the stream have other witnesses.
    """

    name: ClassVar[str]
    needs_room: ClassVar[bool]
    stages: ClassVar[tuple[Stage, ...]]

    def wakes(self, session: Session, now: float) -> float:
        """The instant after ``now`` at which time alone may change the reading; infinite if none."""
        ...

    def read(self, session: Session, firing: int, now: float) -> Reading:
        """Read a session; where ``needs_room``, only one whose rooms are known."""
        ...


class ServerMonitor(Protocol):
    """One rule about the server as a whole; what it finds belongs to no session and is told outside only."""

    name: ClassVar[str]
    stages: ClassVar[tuple[Stage, ...]]

    def read(self, plant: Plant, now: float) -> Reading:
        """Read what the server says of itself."""
        ...


def first_after(now: float, *instants: float) -> float:
    """The earliest of the instants that are still to come; infinite if none is."""
    return min([instant for instant in instants if instant > now], default=inf)


def clear(reason: str, message: Message | None = None) -> Reading:
    """A reading of calm; ``message`` is the all-clear for those who were told of trouble."""
    return _calm(reason) if message is None else Reading(State.CLEAR, 0, reason, message)


@lru_cache(maxsize=1024)
def _calm(reason: str) -> Reading:
    """The same reading for the same reason: almost every monitor says it at every event."""
    return Reading(State.CLEAR, 0, reason)


def active(stage: int, reason: str, message: Message) -> Reading:
    """A reading of trouble of that stage."""
    return Reading(State.ACTIVE, stage, reason, message)


def outside(stage: int, reason: str, *texts: Message) -> Reading:
    """A reading of trouble that is told to support staff only."""
    return Reading(State.ACTIVE, stage, reason, outside=texts)


def unknown(reason: str) -> Reading:
    """A reading that says nothing."""
    return Reading(State.UNKNOWN, 0, reason)
