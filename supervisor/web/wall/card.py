"""A session as the wall shows it: how bad it is, and in which group it stands. Pure; no words, no markup.

level     when (the first that fits)                                             group
--------  ---------------------------------------------------------------------  -------
alarm     a critical alert that nobody has answered for                          trouble
paused    the session is paused                                                  trouble
handled   a critical alert that somebody has answered for                        trouble
warning   a warning, or a stream that may be on stalls or is degraded            trouble
blind     its room is not seen, or a stream that has to run is not               trouble
calm      anything else; a mild alert is shown, and disturbs nobody              calm
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from supervisor.domain.evidence import Phase
from supervisor.domain.reading import Severity
from supervisor.web.api.shown import state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.alerts.supervised import SessionView
    from supervisor.domain.records import Silence


class Level(StrEnum):
    """How much a session wants to be looked at."""

    ALARM = "alarm"
    PAUSED = "paused"
    HANDLED = "handled"
    WARNING = "warning"
    BLIND = "blind"
    CALM = "calm"


RANK = {level: number for number, level in enumerate(Level)}
SHAKY = frozenset({Phase.STALLED, Phase.DEGRADED, Phase.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Card:
    """Two cards that are equal look the same. ``silenced``: monitor (or "" for all) and until when."""

    view: SessionView
    level: Level
    state: str
    paused: tuple[float, str] | None
    silenced: tuple[tuple[str, float], ...]

    @property
    def id(self) -> str:
        """The booking's."""
        return self.view.booking.id

    @property
    def group(self) -> str:
        """``trouble`` or ``calm``."""
        return "calm" if self.level is Level.CALM else "trouble"

    @property
    def order(self) -> str:
        """Cards are sorted by this: trouble first, then by start."""
        booking = self.view.booking
        return f"{RANK[self.level]}:{booking.start:013.0f}:{booking.id}"

    def silent_until(self, monitor: str) -> float | None:
        """Until when a monitor's alerts are told to nobody; None where they are told."""
        ends = [until for silenced, until in self.silenced if silenced in {"", monitor}]
        return max(ends, default=None)


def card(view: SessionView, silences: Iterable[Silence], now: float) -> Card:
    """Make the card of a session."""
    quiet = [(each.monitor, each.until) for each in silences if each.booking in {"", view.booking.id}]
    paused = None if view.paused is None else (view.paused.since, view.paused.by)
    return Card(view, level(view), state(view, now), paused, tuple(each for each in quiet if now < each[1]))


def level(view: SessionView) -> Level:
    """How bad a session is, by the table above."""
    critical = [alert for alert in view.alerts if alert.severity is Severity.CRITICAL]
    if any(alert.acknowledged_at is None for alert in critical):
        return Level.ALARM
    if view.paused is not None:
        return Level.PAUSED
    if critical:
        return Level.HANDLED
    shaky = view.booking.may_stream and view.stream in SHAKY
    if shaky or any(alert.severity is Severity.WARNING for alert in view.alerts):
        return Level.WARNING
    unseen = view.booking.must_stream and view.stream is Phase.UNKNOWN
    return Level.BLIND if view.people is None or unseen else Level.CALM
