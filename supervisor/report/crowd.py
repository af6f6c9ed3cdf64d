"""How many people there were: a step line, with holes where the room was not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.domain import chronicle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from supervisor.domain.chronicle import Link


@dataclass(frozen=True, slots=True)
class Count:
    """From ``at`` on so many; None while it is not known. ``most`` is the peak since the last count."""

    at: float
    people: int | None
    most: int = 0
    moderators: int | None = None
    limit: int = 0


def counts(links: Sequence[Link]) -> tuple[Count, ...]:
    """The counts, oldest first."""
    return tuple(_counts(links))


def _counts(links: Sequence[Link]) -> Iterator[Count]:
    before: Link | None = None
    for link in links:
        if link.what == chronicle.OPENED:
            # Without a closing before it, the process died at some instant after its last entry.
            died = before is not None and before.what != chronicle.CLOSED
            yield Count(before.instant if before is not None and died else link.instant, None)
        elif link.what == chronicle.UNKNOWN:
            yield Count(link.instant, None)
        elif link.what == chronicle.PEOPLE:
            told = link.told
            numbers = (int(told[key]) for key in ("people", "most", "moderators", "limit"))
            yield Count(link.instant, *numbers)
        before = link
