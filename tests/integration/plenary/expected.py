"""What has to be in the report, worked out from the script alone: nothing of the supervisor's own reckoning is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.integration.plenary import script
from tests.integration.plenary.rows import EVERYBODY, INFO, Alert, Reads, Row, at

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


@dataclass(frozen=True)
class Due:
    """What has to follow, when, and when the cause of it was."""

    at: float
    cause: float
    what: Alert | Reads


def follows(rows: Sequence[Row]) -> list[Due]:
    """All that has to follow, in its order."""
    found = [Due(at(row.time, each.after), at(row.time), each) for row in rows for each in row.follows]
    return sorted(found, key=lambda one: one.at)


def alerts(rows: Sequence[Row]) -> list[tuple[float, Alert]]:
    return [(due.at, due.what) for due in follows(rows) if isinstance(due.what, Alert)]


def readings(rows: Sequence[Row]) -> list[tuple[float, str]]:
    """What the secretary has to read, while her client is there."""
    away = [at(clock) for clock in script.ABSENT]
    reads = [(due.at, due.what.words) for due in follows(rows) if isinstance(due.what, Reads)]
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
    """An incident lasts from the first rise that is more than an information until the alert is over.

    What is told while the session is still paused for it belongs to it, too.
    """
    now: dict[str, Trouble] = {}
    for due in follows(rows):
        if isinstance(due.what, Reads):
            trouble = now.get(due.what.about)
            if trouble is not None and (trouble.recovered is None or _paused_for(trouble, due.at)):
                people = people_at(rows, due.at) if due.what.whom == EVERYBODY else 1
                trouble.told.append((due.at, due.what.whom, people, due.what.stage))
        elif due.what.monitor not in NO_SESSION:
            yield from _change(now, due, due.what)


def _change(now: dict[str, Trouble], due: Due, change: Alert) -> Iterator[Trouble]:
    trouble = now.get(change.monitor)
    if trouble is not None and trouble.recovered is not None:
        trouble = None
    if change.what == "rose" and trouble is None and change.severity != INFO:
        began = at(change.since) if change.since else due.cause
        now[change.monitor] = trouble = Trouble(change.monitor, change.stage, began, due.at)
        yield trouble
    elif change.what == "rose" and trouble is not None:
        trouble.stage = change.stage
    elif change.what == "fell" and trouble is not None:
        trouble.end = trouble.end or _good_again(due, trouble)
        if not change.stage:
            trouble.recovered = due.at


def _paused_for(trouble: Trouble, instant: float) -> bool:
    return any(monitor == trouble.monitor and start <= instant < end for start, end, monitor in paused())


def _good_again(due: Due, trouble: Trouble) -> float:
    """When the cause was gone; for the stream: when the public saw it again."""
    if trouble.monitor != "StreamInterrupted":
        return due.cause
    return max(start for start, _, state in stream() if state == "up" and trouble.began < start <= due.at)
