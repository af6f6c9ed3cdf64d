"""What became of each session over time: head counts, the stream's phases, pauses.

The wall draws whatever implements `History`. `Seen` is what this process has seen with its own eyes since it started;
a stored record of sessions takes its place by answering the same question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from supervisor.web.wall.card import Card

STEP = 5.0
"""Seconds between two points at least; a change in between is taken at the step's end."""
MOST = 720
"""Points of a session: an hour by steps. When it is full every second count goes, so a long session gets coarser."""


@dataclass(frozen=True, slots=True)
class Point:
    """How a session stood from this instant on. ``people`` is None while unknown; ``phase`` is the stream's."""

    at: float
    people: int | None
    phase: str
    paused: bool


class History(Protocol):
    """Tells what became of a session."""

    def points(self, booking: str) -> Awaitable[Sequence[Point]]:
        """The points of a session, oldest first; none where nothing is known of it."""
        ...


@dataclass(slots=True)
class Track:
    """One session's points. ``step`` grows as the track is thinned."""

    points: list[Point] = field(default_factory=list)
    step: float = STEP

    def add(self, point: Point) -> None:
        """Note how it stands now, unless it is as before or too soon after the last change."""
        last = self.points[-1] if self.points else None
        if last is not None and (point.people, point.phase, point.paused) == (last.people, last.phase, last.paused):
            return
        told = last is None or (point.phase, point.paused) != (last.phase, last.paused)
        if last is not None and not told and point.at < last.at + self.step:
            return  # the count is taken when the step is over: it is asked for again then
        self.points.append(point)
        if len(self.points) > MOST:
            self._thin()

    def _thin(self) -> None:
        """Let every second count go, but no change of the stream or the pause, unless there are too many of those."""
        first, *others, last = self.points
        kept = [first]
        for number, point in enumerate(others):
            if number % 2 or (point.phase, point.paused) != (kept[-1].phase, kept[-1].paused):
                kept.append(point)
        self.points = [*(kept if len(kept) < 0.9 * MOST else kept[::2]), last]
        self.step *= 2


class Seen:
    """Implements `History` with what is seen from now on, of the sessions that are under supervision."""

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}

    def note(self, cards: dict[str, Card], now: float) -> None:
        """Take in how all sessions stand; what is known of others is forgotten."""
        self._tracks = {id_: track for id_, track in self._tracks.items() if id_ in cards}
        for id_, card in cards.items():
            view = card.view
            point = Point(now, view.people, str(view.stream), view.paused is not None)
            self._tracks.setdefault(id_, Track()).add(point)

    async def points(self, booking: str) -> Sequence[Point]:
        """The points of a session."""
        track = self._tracks.get(booking)
        return tuple(track.points) if track is not None else ()
