"""The picture of a session over time: where its lines and bands run. Pure geometry; the template draws it.

Coordinates are those of a box of `WIDTH` × `HEIGHT`. The count runs as a stair, because a count is so until it changes;
while it is unknown there is no line. Below it is a band for the stream, and one for pauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.domain.evidence import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from supervisor.web.wall.history import Point

WIDTH, HEIGHT = 960.0, 300.0
LEFT, RIGHT, TOP, BASE = 44.0, 948.0, 14.0, 216.0
SPACES = (60, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
"""Seconds between two marks on the time's axis."""
MARKS = 8
SHORTEST = 60.0
"""Seconds that the picture shows at least."""

KIND = {
    **dict.fromkeys((Phase.LIVE, Phase.STARTING), "on"),
    **dict.fromkeys((Phase.STALLED, Phase.DEGRADED), "doubt"),
    Phase.INTERRUPTED: "off",
    Phase.UNKNOWN: "unknown",
}
"""How the stream's band is filled; phases without a kind leave it empty."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a band."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn. ``paths`` are SVG paths; ``over`` shades what is above the limit."""

    paths: tuple[str, ...]
    limit_y: float
    bands: tuple[Bar, ...]
    pauses: tuple[Bar, ...]
    levels: tuple[tuple[float, int], ...]
    ticks: tuple[tuple[float, float], ...]
    start: float
    end: float
    most: int


def chart(points: Sequence[Point], limit: int, now: float, utc_offset: float) -> Chart | None:
    """Lay it out; None where there is nothing to draw. ``ticks`` are x and instant, ``levels`` y and count."""
    if not points:
        return None
    start, end = points[0].at, max(now, points[0].at + SHORTEST)
    most = max((point.people or 0 for point in points), default=0)
    top = max(most, limit) * 1.1 + 1

    def x(at: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (at - start) / (end - start), 1)

    def y(people: float) -> float:
        return round(BASE - (BASE - TOP) * people / top, 1)

    return Chart(
        paths=tuple(_paths(points, now, x, y)),
        limit_y=y(limit),
        bands=tuple(_bars(points, now, x, lambda point: KIND.get(Phase(point.phase), ""))),
        pauses=tuple(_bars(points, now, x, lambda point: "paused" if point.paused else "")),
        levels=tuple((y(count), count) for count in _levels(int(top))),
        ticks=tuple((x(at), at) for at in _ticks(start, end, utc_offset)),
        start=start,
        end=now,
        most=most,
    )


def _stretches(points: Sequence[Point], now: float) -> Iterator[tuple[Point, float]]:
    """Each point, and until when it held."""
    ends = [point.at for point in points[1:]]
    return zip(points, [*ends, now], strict=True)


def _paths(
    points: Sequence[Point], now: float, x: Callable[[float], float], y: Callable[[float], float]
) -> Iterator[str]:
    path = ""
    for point, until in _stretches(points, now):
        if point.people is None:
            if path:
                yield path
            path = ""
            continue
        height = y(point.people)
        path += f"V{height}" if path else f"M{x(point.at)} {height}"
        path += f"H{x(until)}"
    if path:
        yield path


def _bars(
    points: Sequence[Point], now: float, x: Callable[[float], float], kind: Callable[[Point], str]
) -> Iterator[Bar]:
    """Neighbours of one kind are one bar."""
    begun: tuple[float, str] | None = None
    for point, until in _stretches(points, now):
        here = kind(point)
        if begun is not None and begun[1] != here:
            yield Bar(x(begun[0]), round(x(point.at) - x(begun[0]), 1), begun[1])
            begun = None
        if here and begun is None:
            begun = (point.at, here)
        if begun is not None and until == now:
            yield Bar(x(begun[0]), max(round(x(now) - x(begun[0]), 1), 1.0), begun[1])
            return


def _levels(top: int) -> range:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if top / step <= 6)
    return range(0, top + 1, step)


def _ticks(start: float, end: float, utc_offset: float) -> Iterator[float]:
    space = next((space for space in SPACES if (end - start) / space <= MARKS), SPACES[-1])
    at = (start + utc_offset) // space * space + space - utc_offset
    while at <= end:
        yield at
        at += space
