"""Where each kind of what is stored lies, and which rows of it are over: one line for each table.

To keep one more kind of thing: its table in `supervisor.store.schema`, its period in `supervisor.domain.retention`
(or the name of a kind that is there), a line here. Then it goes in its time, and when its session is erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, false, func, literal, or_, select

from supervisor.domain.chronicle import stamp
from supervisor.store.schema import (
    WAITING,
    alerts,
    bookings,
    chronicle,
    chronicle_heads,
    erasures,
    event_log,
    incidents,
    outbox,
    quota,
    roll,
    silences,
    streams,
    supervised,
    timeline,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Table

    Rows = ColumnElement[bool]

UNDER_SUPERVISION = select(supervised.c.booking)
ENDING = select(supervised.c.booking).where(supervised.c.endless == 0)
"""Those that will end. A room that is always open would else keep for ever whatever was ever noted of it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A table, and what may be deleted of it.

    Attributes:
        kind: As in `supervisor.domain.retention.KINDS`.
        table: It.
        old: The rows that are over, and were so before an instant (seconds since the epoch).
        of: The rows of a booking's session, at an instant; None where the table knows no sessions.
        whole: Its rows, and those of ``beside``, belong to sessions (column ``session``) and go together or not at all.
        beside: Tables that go with it.
    """

    kind: str
    table: Table
    old: Callable[[float], Rows]
    of: Callable[[str, float], Rows] | None = None
    whole: bool = False
    beside: tuple[Table, ...] = ()


def _of(column: Any) -> Callable[[str, float], Rows]:
    return lambda booking, _: column == booking


def _old_incidents(before: float) -> Rows:
    table = incidents.c
    halted = and_(table.paused_at.is_not(None), table.resumed_at.is_(None))
    closed = and_(table.closed < before, ~halted)
    # Nobody minds it any more: its session was over before its trouble was.
    left = and_(table.opened < before, table.booking.not_in(UNDER_SUPERVISION))
    firing = select(alerts.c.incident)
    return and_(or_(closed, left), table.id.not_in(firing), table.booking.not_in(ENDING))


def _old_timeline(before: float) -> Rows:
    return timeline.c.incident.in_(select(incidents.c.id).where(_old_incidents(before)))


def _timeline_of(booking: str, _: float) -> Rows:
    return timeline.c.incident.in_(select(incidents.c.id).where(incidents.c.booking == booking))


def _old_records(before: float) -> Rows:
    heads = select(chronicle_heads.c.session)
    later = chronicle.alias()
    goes_on = exists().where(later.c.session == chronicle.c.session, later.c.at >= stamp(before))
    # Somebody took its head away: its entries say themselves how old they are.
    headless = and_(chronicle.c.session.not_in(heads), ~goes_on)
    over = chronicle.c.session.in_(heads.where(chronicle_heads.c.until < before))
    return and_(or_(over, headless), chronicle.c.session.not_in(ENDING))


def _old_logs(before: float) -> Rows:
    # It goes as a whole: a part of it could not be played.
    played = select(event_log.c.session).group_by(event_log.c.session).having(func.max(event_log.c.at) < before)
    return and_(event_log.c.session.in_(played), event_log.c.session.not_in(UNDER_SUPERVISION))


def _old_roll(before: float) -> Rows:
    table = roll.c
    over = or_(table.ended.is_not(None), table.left.is_not(None), table.booking.not_in(UNDER_SUPERVISION))
    last = func.coalesce(table.ended, table.left, table.came)
    return and_(last < before, over, table.booking.not_in(ENDING))


def _old_messages(before: float) -> Rows:
    table = outbox.c
    # The key of a letter about a session to come has to stay, or it would be written again.
    of_use = func.coalesce(table.expires, 0.0) >= before
    going_on = exists().where(supervised.c.endless == 0, _about(supervised.c.booking))
    return and_(table.state != WAITING, table.settled < before, ~of_use, ~going_on)


def messages_of(booking: str, _: float = 0.0) -> Rows:
    """The messages about a booking: every payload names it."""
    return _about(literal(booking))


def _about(booking: Any) -> Rows:
    # As `supervisor.store.apply.text` writes it; LIKE would not tell capitals from small letters.
    named = literal('"booking":"') + booking + '"'
    return func.replace(outbox.c.payload, named, "") != outbox.c.payload


def _old_quota(before: float) -> Rows:
    # The quota's calendar may be a day behind UTC's; a day too long kept is no harm.
    return quota.c.day < (datetime.fromtimestamp(before, UTC) - timedelta(days=1)).date().isoformat()


HOLDINGS = (
    # The lines first: a row that takes thousands of others with it would not be a small change.
    Holding("records", timeline, _old_timeline, _timeline_of),
    Holding("records", incidents, _old_incidents, _of(incidents.c.booking)),
    Holding("records", chronicle, _old_records, _of(chronicle.c.session), whole=True, beside=(chronicle_heads,)),
    Holding("records", chronicle_heads, lambda _: false(), _of(chronicle_heads.c.session)),
    Holding("event_log", event_log, _old_logs, _of(event_log.c.session), whole=True),
    Holding("roll_call", roll, _old_roll, _of(roll.c.booking)),
    Holding(
        "bookings",
        bookings,
        # By their end: a room that is always open has none, and stays until it is withdrawn.
        lambda before: and_(bookings.c.ends < before, bookings.c.id.not_in(UNDER_SUPERVISION)),
        lambda booking, now: and_(bookings.c.id == booking, bookings.c.ends <= now),
    ),
    Holding("messages", outbox, _old_messages, messages_of),
    Holding("silences", silences, lambda before: silences.c.until < before, _of(silences.c.booking)),
    Holding(
        "states",
        alerts,
        lambda before: and_(alerts.c.since < before, alerts.c.booking.not_in(UNDER_SUPERVISION)),
        _of(alerts.c.booking),
    ),
    Holding(
        "states",
        streams,
        lambda before: and_(streams.c.since < before, streams.c.booking.not_in(UNDER_SUPERVISION)),
        _of(streams.c.booking),
    ),
    Holding("quota", quota, _old_quota),
    Holding("proofs", erasures, lambda before: erasures.c.at < before),
)
"""In the order in which they are deleted."""
