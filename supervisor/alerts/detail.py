"""All that is known of one session now, for those who look at it closely."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.alerts.chair import verified

if TYPE_CHECKING:
    from supervisor.alerts.postbox import Written
    from supervisor.alerts.supervised import SessionView, Supervised
    from supervisor.domain.evidence import Evidence
    from supervisor.domain.occupants import Sort


@dataclass(frozen=True, slots=True)
class Detail:
    """A session's view, and what stands behind it.

    Attributes:
        view: The same as in the list of sessions.
        blind: Why the rooms are not seen; empty while they are.
        sorts: How many occupants of each sort are in the main room and its breakout rooms; empty while not seen.
        breakouts: How many breakout rooms there are.
        evidence: The last word of each witness; it is good until its ``fresh_until``.
        written: The last messages to the moderators.
        verified: Whether the public sees the session, as far as that is owed: else resuming has to be forced.
    """

    view: SessionView
    blind: str
    sorts: dict[Sort, int]
    breakouts: int
    evidence: tuple[Evidence, ...]
    written: tuple[Written, ...]
    verified: bool


def detail(supervised: Supervised, now: float) -> Detail:
    """Look at a session closely."""
    session = supervised.session
    blind = session.unknown(now)
    tally: Counter[Sort] = Counter()
    for room in () if blind else session.rooms:
        tally.update(room.sorts.values())
    return Detail(
        view=supervised.view(now),
        blind=blind,
        sorts=dict(tally),
        breakouts=len(session.rooms) - 1,
        evidence=tuple(session.evidence.values()),
        written=tuple(supervised.postbox.written),
        verified=verified(session),
    )
