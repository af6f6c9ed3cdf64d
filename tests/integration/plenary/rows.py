"""What a row of the script is made of: an act at an instant, and what has to follow from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.integration.plenary.stage import Stage

SUMMER = dt.timezone(dt.timedelta(hours=2))
INFO, WARNING, CRITICAL = "info", "warning", "critical"
MODERATORS, EVERYBODY, HER = "moderators", "everybody", "her"


def at(clock: str, seconds: float = 0.0) -> float:
    """The instant of a clock time on that evening, so many seconds later."""
    day = dt.datetime(2026, 9, 3, tzinfo=SUMMER)
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), SUMMER).timestamp() + seconds


@dataclass(frozen=True)
class Alert:
    """An alert rises to a stage, falls to one (empty: it ends), or escalates; ``after``: seconds from the row's time.

    ``since``: when the trouble really began, where that is not at the row's own time.
    """

    monitor: str
    what: str
    stage: str
    severity: str
    after: float
    since: str = ""


@dataclass(frozen=True)
class Reads:
    """People in the room read something; the secretary is among them, if she is there.

    ``about``: the monitor whose trouble it tells, with the stage that is told; empty for what is no alert.
    """

    words: str
    after: float
    whom: str = MODERATORS
    about: str = ""
    stage: int = 0


@dataclass(frozen=True)
class Row:
    """``people``: how many more are in the room afterwards; ``follows`` in the order of the instants."""

    time: str
    what: str
    does: Callable[[Stage], Awaitable[None]]
    follows: tuple[Alert | Reads, ...] = ()
    people: int = 0


def rises(monitor: str, stage: str, severity: str, after: float = 0.0, since: str = "") -> Alert:
    return Alert(monitor, "rose", stage, severity, after, since)


def falls(monitor: str, after: float = 0.0, to: str = "", severity: str = "") -> Alert:
    return Alert(monitor, "fell", to, severity, after)


def escalates(monitor: str, stage: str, severity: str, after: float) -> Alert:
    return Alert(monitor, "escalated", stage, severity, after)


def tells(monitor: str, stage: int, words: str, after: float = 0.0, whom: str = MODERATORS) -> Reads:
    return Reads(words, after, whom, monitor, stage)


def answers(words: str, after: float = 0.0, whom: str = HER) -> Reads:
    return Reads(words, after, whom)
