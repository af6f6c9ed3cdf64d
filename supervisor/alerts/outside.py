"""What leaves the house, and to whom: the routes, read from top to bottom.

Support staff's systems (webhooks, Alertmanager) hear of everything at once. People's mailboxes are the last step of an
escalation: they are written to when an alert was not answered for in time, or when nobody in the room could do anything
about it; and then also of its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain.commands import Keep
from supervisor.domain.news import REPORT, Selection
from supervisor.domain.records import Outgoing, idempotency_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.bookings import Booking
    from supervisor.domain.letters import Way
    from supervisor.domain.news import Kind, News


USEFUL_FOR = 86_400.0
"""Seconds after which a message that could not be delivered is given up: what happened is in the record."""


REPORT_USEFUL_FOR = 7 * 86_400.0
"""The same for a report: it is wanted for the minutes, not at once."""


@dataclass(frozen=True, slots=True)
class Route:
    """One receiver outside. ``last``: only when an alert escalates; ``selection``: of those, only these."""

    channel: str
    target: str
    kinds: frozenset[str]
    last: bool = False
    selection: Selection = field(default_factory=Selection)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody is told.

    Attributes:
        turn: Tells apart messages of one kind and incident.
        escalated: The alert was not answered for, or there is nobody else to tell.
        session: Name of the session's kind; empty where it is about no session.
        worst: The worst severity so far.
    """

    turn: str = ""
    escalated: bool = False
    session: str = ""
    worst: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """All receivers. ``ways``: how a booking's own contacts can be reached."""

    routes: tuple[Route, ...] = ()
    ways: frozenset[Way] = frozenset()

    def tell(self, kind: Kind, news: News, now: float, occasion: Occasion) -> Iterator[Keep]:
        """Yield a message for each receiver that is to hear it."""
        for route in self.routes:
            due = kind in route.kinds and (occasion.escalated or not route.last)
            if due and route.selection.takes(occasion.worst or news.severity, occasion.session):
                yield Keep(
                    Outgoing(
                        id=idempotency_key(news.incident, kind, occasion.turn, route.channel, route.target),
                        channel=route.channel,
                        target=route.target,
                        subject=news.incident,
                        kind=kind,
                        payload=news.payload(),
                        created=now,
                        expires=now + USEFUL_FOR,
                    )
                )

    def report(self, booking: Booking, now: float) -> Iterator[Keep]:
        """Have the report of a session that is over made; once for each receiver, whatever happens meanwhile."""
        for route in self.routes:
            if REPORT in route.kinds:
                start = f"{booking.start:.0f}"
                yield Keep(
                    Outgoing(
                        id=idempotency_key(booking.id, start, REPORT, route.channel, route.target),
                        channel=route.channel,
                        target=route.target,
                        subject=f"{booking.id}/report",
                        kind=REPORT,
                        payload={"booking": booking.id},
                        created=now,
                        expires=now + REPORT_USEFUL_FOR,
                    )
                )
