"""What the server says of itself: Jicofo and the bridges of the bridges, Jicofo and the brewery of the Jibris.

A word is good until the instant that it names, or until its source is lost; after that nothing is known. Who does not
answer is unknown, never broken: that a source is lost is told by SourceLost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.events import BridgesSeen, RecordersSeen

JICOFO = "jicofo"
BREWERY = "brewery"
MISSED_FOR = 900.0
"""Seconds for which a bridge that vanished is missed; then the server is as it is without it."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """One JVB.

    Attributes:
        name: How its source calls it.
        works: Whether it serves conferences.
        trouble: What is wrong with it, in a few words; empty if nothing is.
        stress: Its load, 1.0 for as much as it can take; None if it does not tell.
    """

    name: str
    works: bool = True
    trouble: str = ""
    stress: float | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A client as its bridge sees it. ``id`` is its resource in the room.

    ``rtt`` is in milliseconds to the client and back, ``loss`` the share of packets, 0 to 1, that were lost in the last
    minute on the worse of the two ways; None where the bridge can't tell.
    """

    id: str
    rtt: float | None = None
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A bridge was lost: so many were there before, until that instant it is missed."""

    bridges: int
    until: float


@dataclass(slots=True)
class Plant:
    """The last word of each source, and what Jicofo misses."""

    bridges: dict[str, BridgesSeen] = field(default_factory=dict)
    recorders: dict[str, RecordersSeen] = field(default_factory=dict)
    missed: Missed | None = None

    def hear_bridges(self, seen: BridgesSeen, now: float) -> None:
        """Take over what a source says of bridges."""
        before = self.bridges.get(seen.source)
        if before is not None and before.lost is not None and (seen.lost or 0) > before.lost:
            known = max(len(before.bridges), len(seen.bridges) + 1)
            self.missed = Missed(known, now + MISSED_FOR)
        if self.missed is not None and seen.source == JICOFO and len(seen.bridges) >= self.missed.bridges:
            self.missed = None
        self.bridges[seen.source] = seen

    def hear_recorders(self, seen: RecordersSeen) -> bool:
        """Take over what a source says of recorders; tell whether it is anything new."""
        before = self.recorders.get(seen.source)
        self.recorders[seen.source] = seen
        return before is None or (before.idle, before.busy, before.unhealthy) != (seen.idle, seen.busy, seen.unhealthy)

    def forget(self, source: str) -> None:
        """The source is lost: what it said is unknown from now on."""
        if source in self.bridges:
            self.bridges[source] = replace(self.bridges[source], until=-inf)
        if source in self.recorders:
            self.recorders[source] = replace(self.recorders[source], until=-inf)

    def words(self, now: float) -> list[BridgesSeen]:
        """What is freshly known of bridges."""
        return [seen for seen in self.bridges.values() if now < seen.until]

    def silent(self, now: float) -> bool:
        """Whether somebody who once told of bridges is not heard now."""
        return any(now >= seen.until for seen in self.bridges.values())

    def free(self, now: float) -> RecordersSeen | None:
        """What is freshly known of recorders; None if nothing is. Jicofo's word goes first: it chooses the recorder."""
        fresh = {seen.source: seen for seen in self.recorders.values() if now < seen.until}
        return fresh.get(JICOFO) or next(iter(fresh.values()), None)

    def deadline(self, now: float) -> float:
        """The instant after ``now`` at which time alone changes what is known; infinite if none."""
        return min((instant for instant in self._instants() if instant > now), default=inf)

    def _instants(self) -> Iterator[float]:
        yield from (seen.until for seen in self.bridges.values())
        yield from (seen.until for seen in self.recorders.values())
        if self.missed is not None:
            yield self.missed.until
