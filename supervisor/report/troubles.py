"""The troubles of a session, each with all that was done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain import chronicle
from supervisor.domain.chronicle import seconds
from supervisor.domain.evidence import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supervisor.domain.chronicle import Link

BY_HAND = "SessionPaused"
INTERRUPTED = "StreamInterrupted"
LOST = "interrupted"
"""The stage at which the public surely sees nothing; before it, that was being checked."""
LOSSES = frozenset({Phase.STALLED, Phase.INTERRUPTED})
GOOD = frozenset({Phase.LIVE, Phase.DEGRADED, Phase.ENDED})


@dataclass(frozen=True, slots=True)
class Telling:
    """So many people of that sort were told."""

    at: float
    whom: str
    people: int
    stage: int


@dataclass(slots=True)
class Told:
    """The same people were told, so many times, first at ``at``."""

    at: float
    whom: str
    people: int
    times: int = 0


@dataclass(slots=True)
class Pause:
    """A time for which the session was halted; ``end`` is None while it is."""

    start: float
    by: str
    end: float | None = None
    resumed_by: str = ""


@dataclass(slots=True)
class Trouble:
    """One incident.

    Attributes:
        id: The incident's.
        monitor: The rule that fired.
        stage: The worst it came to.
        reason: Why, at that stage, in the log's words.
        side: The side that failed, for the stream; empty where that was not said.
        start: Last good instant where a witness could tell, else ``detected``.
        detected: When the alert rose.
        end: When its worst stage was over, for the stream when it was seen again; None if that was not seen.
        recovered: When the alert was over: some seconds later, to be sure, or when its milder stages were over too.
        tellings: In their order.
        acknowledged_by: Who answered for it; empty for nobody.
        acknowledged_at: When.
        pauses: The halts for it.
        interruption: Whether the public surely saw nothing.
    """

    id: str
    monitor: str
    stage: str
    reason: str
    start: float
    detected: float
    side: str = ""
    end: float | None = None
    recovered: float | None = None
    tellings: list[Telling] = field(default_factory=list)
    acknowledged_by: str = ""
    acknowledged_at: float | None = None
    pauses: list[Pause] = field(default_factory=list)
    interruption: bool = False

    @property
    def summed(self) -> list[Told]:
        """The tellings of trouble, not of its end; repetitions to the same people are one, with its first instant."""
        found: dict[tuple[str, int], Told] = {}
        for each in (each for each in self.tellings if each.stage):
            told = found.setdefault((each.whom, each.people), Told(each.at, each.whom, each.people))
            told.times += 1
        return list(found.values())


@dataclass(slots=True)
class _Reader:
    """Goes through the entries; ``phase`` is the stream's, since ``since``, and ``side`` the one that last failed."""

    found: dict[str, Trouble] = field(default_factory=dict)
    phase: Phase = Phase.SCHEDULED
    since: float = 0.0
    side: str = ""

    def read(self, link: Link) -> None:
        told = link.told
        if link.what == chronicle.STREAM:
            self.phase, self.since = Phase(told["phase"]), link.instant
            if self.phase in LOSSES:
                self.side = str(told["side"])
        elif link.what == chronicle.RISEN:
            self._risen(link)
        elif "incident" in told and told["incident"] in self.found:
            self._followed(link, self.found[told["incident"]])

    def _risen(self, link: Link) -> None:
        told, at = link.told, link.instant
        began = seconds(told["last_good"]) if "last_good" in told else at
        new = Trouble(str(told["incident"]), str(told["monitor"]), str(told["stage"]), str(told["reason"]), began, at)
        trouble = self.found.setdefault(new.id, new)
        trouble.start = min(trouble.start, began)  # a worse stage may know better
        trouble.recovered = trouble.end = None
        trouble.stage, trouble.reason = new.stage, new.reason
        if trouble.monitor == INTERRUPTED:
            trouble.interruption = trouble.interruption or new.stage == LOST
            trouble.side = self.side

    def _followed(self, link: Link, trouble: Trouble) -> None:
        told, at = link.told, link.instant
        by = str(told.get("by", ""))
        calm = seconds(told["since"]) if "since" in told else at
        match link.what:
            case chronicle.EASED:
                trouble.end = calm if trouble.end is None else trouble.end
            case chronicle.RECOVERED:
                trouble.recovered = at
                trouble.end = calm if trouble.end is None else trouble.end
                if trouble.monitor == INTERRUPTED and self.phase in GOOD and self.since >= trouble.start:
                    trouble.end = self.since
            case chronicle.TOLD:
                trouble.tellings.append(Telling(at, str(told["whom"]), int(told["people"]), int(told["stage"])))
            case chronicle.ACKNOWLEDGED if trouble.acknowledged_at is None:
                trouble.acknowledged_by, trouble.acknowledged_at = by, at
            case chronicle.PAUSED:
                trouble.pauses.append(Pause(at, by))
            case chronicle.RESUMED if trouble.pauses:
                trouble.pauses[-1].end, trouble.pauses[-1].resumed_by = at, by
                if trouble.monitor == BY_HAND:
                    trouble.end = trouble.recovered = at


def troubles(links: Sequence[Link]) -> tuple[Trouble, ...]:
    """All troubles, by their start."""
    reader = _Reader()
    for link in links:
        reader.read(link)
    return tuple(sorted(reader.found.values(), key=lambda trouble: (trouble.start, trouble.detected, trouble.id)))
