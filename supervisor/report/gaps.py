"""What is not known: the times in which the supervisor saw nothing. A report that hides them would be a lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from supervisor.domain import chronicle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from supervisor.domain.chronicle import Link
    from supervisor.report.band import Segment

What = Literal["supervisor", "room", "stream"]
ABSENT_REASON = "supervisor did not run"


@dataclass(frozen=True, slots=True)
class Gap:
    """``what`` was not seen: the ``room``, the ``stream``, or nothing at all since the ``supervisor`` did not run."""

    start: float
    end: float
    what: What
    reason: str


def gaps(links: Sequence[Link], stream: Sequence[Segment]) -> tuple[Gap, ...]:
    """All of them, by their start."""
    blind = [
        Gap(segment.start, segment.end, "stream", segment.reason or "no witness was heard")
        for segment in stream
        if segment.state == "unknown" and segment.reason != ABSENT_REASON
    ]
    return tuple(sorted([*_room(links), *blind], key=lambda gap: (gap.start, gap.what)))


def _room(links: Sequence[Link]) -> Iterator[Gap]:
    since: float | None = None
    reason = ""
    before: Link | None = None
    for link in links:
        if link.what in {chronicle.PEOPLE, chronicle.OPENED, chronicle.CLOSED} and since is not None:
            yield from _gap(since, link.instant, "room", reason)
            since = None
        if link.what == chronicle.OPENED:
            if before is not None and before.what != chronicle.CLOSED:
                yield from _gap(before.instant, link.instant, "supervisor", ABSENT_REASON)
            since, reason = link.instant, "room not read yet"
        elif link.what == chronicle.UNKNOWN:
            since, reason = link.instant, str(link.told["reason"])
        before = link
    if since is not None and before is not None:
        yield from _gap(since, before.instant, "room", reason)


def _gap(start: float, end: float, what: What, reason: str) -> Iterator[Gap]:
    if end > start:
        yield Gap(start, end, what, reason)
