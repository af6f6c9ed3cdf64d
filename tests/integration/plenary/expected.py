"""What has to be in the report, worked out from the script alone: nothing of the supervisor's own reckoning is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.integration.plenary import script
from tests.integration.plenary.script import EVERYBODY, HER, INFO, Alert, Reads, Row, at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAUSED = "SessionPaused"
NO_SESSION = frozenset({"SourceLost"})
"""Belongs to no session: its report has a gap instead."""


@dataclass
class Trouble:
    """One incident as the report has to tell it; ``told`` is (instant, whom, how many people, stage)."""

    monitor: str
    stage: str
    began: float
    detected: float
    end: float | None = None
    recovered: float | None = None
    told: list[tuple[float, str, int, int]] = field(default_factory=list)
    acknowledged: float | None = None
    pauses: list[tuple[float, float]] = field(default_factory=list)

    @property
    def interruption(self) -> bool:
        return (self.monitor, self.stage) == ("StreamInterrupted", "interrupted")


def follows(rows: Sequence[Row]) -> list[tuple[float, Alert | Reads]]:
    """All that has to follow, with its instant, in its order."""
    found = [(at(row.time, each.after), each) for row in rows for each in row.follows]
    return sorted(found, key=lambda one: one[0])


def alerts(rows: Sequence[Row]) -> list[tuple[float, Alert]]:
    return [(instant, each) for instant, each in follows(rows) if isinstance(each, Alert)]


def readings(rows: Sequence[Row]) -> list[tuple[float, str]]:
    """What the secretary has to read, while her client is there."""
    away = [at(clock) for clock in script.ABSENT]
    reads = [(instant, each.words) for instant, each in follows(rows) if isinstance(each, Reads)]
    return [(instant, words) for instant, words in reads if not away[0] <= instant < away[1]]


def crowd(rows: Sequence[Row]) -> list[tuple[float, int]]:
    """How many are in the room from when on."""
    found, people = [(at(rows[0].time), 0)], 0
    for row in rows:
        if row.people:
            people += row.people
            found.append((at(row.time), people))
    return found


def people_at(rows: Sequence[Row], instant: float) -> int:
    return [people for since, people in crowd(rows) if since <= instant][-1]


def over_limit(rows: Sequence[Row]) -> float:
    return sum(end - start for (start, people), (end, _) in pairwise(crowd(rows)) if people > script.LIMIT)


def peak(rows: Sequence[Row]) -> tuple[float, int]:
    """When it was reached first, and how many they were."""
    instant, people = max(crowd(rows), key=lambda one: one[1])
    return instant, people


def stream() -> list[tuple[float, float, str]]:
    return [(at(start), at(end), state) for (start, state), (end, _) in pairwise(script.PUBLIC)]


def stream_seconds() -> dict[str, float]:
    states = ("off", "up", "bad", "doubt", "down", "unknown")
    return {state: sum(end - start for start, end, what in stream() if what == state) for state in states}


def paused() -> list[tuple[float, float, str]]:
    return [(at(start), at(end), monitor) for start, end, monitor in script.PAUSES]


def troubles(rows: Sequence[Row]) -> list[Trouble]:
    """The incidents, by their beginning."""
    found = [*_incidents(rows)]
    for start, end, monitor in paused():
        if monitor == PAUSED:
            found.append(Trouble(PAUSED, "paused", start, start, end, end, pauses=[(start, end)]))
            continue
        (trouble,) = [one for one in found if one.monitor == monitor and one.began <= start <= (one.end or start)]
        trouble.pauses.append((start, end))
    for trouble in found:
        answered = [start for start, _, monitor in paused() if _fires(trouble, start) and monitor != trouble.monitor]
        own = [start for start, _ in trouble.pauses if trouble.monitor != PAUSED]
        trouble.acknowledged = min([*answered, *own], default=None)
    return sorted(found, key=lambda one: (one.began, one.detected, one.monitor))


def _fires(trouble: Trouble, instant: float) -> bool:
    return trouble.detected <= instant < (trouble.recovered or instant + 1)


def _incidents(rows: Sequence[Row]) -> Iterator[Trouble]:
    """An incident lasts from the first rise that is more than an information until the alert is over."""
    now: dict[str, Trouble] = {}
    for instant, each in follows(rows):
        if isinstance(each, Reads):
            if each.about in now and each.whom != HER:
                people = people_at(rows, instant) if each.whom == EVERYBODY else 1
                now[each.about].told.append((instant, each.whom, people, each.stage))
        elif each.monitor not in NO_SESSION:
            yield from _change(now, instant, each)


def _change(now: dict[str, Trouble], instant: float, change: Alert) -> Iterator[Trouble]:
    trouble = now.get(change.monitor)
    if change.what == "rose" and trouble is None and change.severity != INFO:
        began = _since(instant, change)
        now[change.monitor] = trouble = Trouble(change.monitor, change.stage, began, instant)
        yield trouble
    elif change.what == "rose" and trouble is not None:
        trouble.stage = change.stage
    elif change.what == "fell" and trouble is not None:
        trouble.end = trouble.end or _good_again(instant, trouble)
        if not change.stage:
            trouble.recovered = instant
            del now[change.monitor]


def _since(instant: float, change: Alert) -> float:
    return at(change.since) if change.since else instant


def _good_again(instant: float, trouble: Trouble) -> float:
    """For the stream: when the public saw it again."""
    if trouble.monitor != "StreamInterrupted":
        return instant
    return max(start for start, _, state in stream() if state == "up" and trouble.began < start <= instant)
