"""The life of an alert: when a reading becomes an alert, when the alert rises, falls, ends.

An alert has a stage, 0 (inactive) up to the monitor's worst. Readings say the stage that holds *now*; what counts is
how long it has held, so the instants since when are kept (edges, not samples: readings come only when something
happens).

    reading               stage now fired   what happens
    --------------------  ---------------   ---------------------------------------------------------------
    ACTIVE, higher        any               each higher stage's clock runs from when the reading first reached it;
                                            after ``wait`` seconds without falling below, the alert ROSE to it
    ACTIVE, same          > 0               all clocks are stopped
    ACTIVE lower / CLEAR  > 0               the falling clock runs; after ``keep`` seconds without reaching the
                                            fired stage again, the alert FELL to the reading's stage (0: it ended)
    CLEAR                 0                 all clocks are stopped
    UNKNOWN               any               the stage is held, all clocks are stopped: after blindness they start anew

Invariants (tests/unit/alerts/test_lifecycle.py): a fall follows a rise; an episode is one unbroken time above 0 and has
one ``began``; UNKNOWN alone never changes the stage; with ``wait`` 0 a rise happens within the same call.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain.reading import Reading, State

if TYPE_CHECKING:
    from collections.abc import Mapping


NOTHING_YET = Reading(State.CLEAR)


@dataclass(frozen=True, slots=True)
class Rule:
    """The operator's patience, in seconds: ``wait`` is the option ``for``, ``keep`` is ``keep_firing_for``."""

    wait: float = 0.0
    keep: float = 0.0
    enabled: bool = True


class Change(StrEnum):
    """What a reading did to an alert."""

    NONE = "none"
    ROSE = "rose"
    FELL = "fell"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. ``began``: start of the episode; ``rising``: stage → since when; ``falling``: since when."""

    stage: int = 0
    began: float = 0.0
    rising: Mapping[int, float] = field(default_factory=dict)
    falling: float | None = None
    held: bool = False
    reading: Reading = NOTHING_YET

    @property
    def firing(self) -> bool:
        """Whether it counts as an alert now."""
        return self.stage > 0

    @property
    def moving(self) -> bool:
        """Whether a clock runs, so that time alone may change it."""
        return bool(self.rising) or self.falling is not None

    def deadline(self, rule: Rule) -> float:
        """The instant at which time alone changes it; infinite if it does not."""
        instants = [since + rule.wait for since in self.rising.values()]
        if self.falling is not None:
            instants.append(self.falling + rule.keep)
        return min(instants, default=inf)


def advance(alert: Alert, reading: Reading, rule: Rule, now: float) -> tuple[Alert, Change]:
    """Return the alert after a reading, and what happened to it."""
    if reading.state is State.UNKNOWN:
        return replace(alert, rising={}, falling=None, held=alert.firing, reading=reading), Change.NONE
    before = alert
    if reading is not before.reading or before.held:
        alert = Alert(before.stage, before.began, before.rising, before.falling, held=False, reading=reading)
    if reading.stage == alert.stage and not alert.moving:
        return alert, Change.NONE  # nothing moves: what almost every reading says
    rising = {n: alert.rising.get(n, now) for n in range(alert.stage + 1, reading.stage + 1)}
    ripe = max((n for n, since in rising.items() if now >= since + rule.wait), default=0)
    if ripe:
        return _to(alert, ripe, {n: since for n, since in rising.items() if n > ripe}, now), Change.ROSE
    if reading.stage >= alert.stage:
        return replace(alert, rising=rising, falling=None), Change.NONE
    since = now if alert.falling is None else alert.falling
    if now >= since + rule.keep:
        return _to(alert, reading.stage, {}, now), Change.FELL
    return replace(alert, rising={}, falling=since), Change.NONE


def over(alert: Alert, why: str) -> Alert:
    """The alert when nobody watches any more: neither trouble nor recovery was seen, but it no longer fires."""
    return replace(alert, stage=0, rising={}, falling=None, held=False, reading=Reading(State.CLEAR, 0, why))


def _to(alert: Alert, stage: int, rising: Mapping[int, float], now: float) -> Alert:
    began = alert.began if alert.firing else now
    return replace(alert, stage=stage, began=began, rising=rising, falling=None)
