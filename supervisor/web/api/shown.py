"""From what the engine and the store know to what the API answers."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from supervisor.domain.roll_call import answers
from supervisor.web.api import shapes
from supervisor.web.api.values import instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.alerts.open_alert import OpenAlert
    from supervisor.alerts.supervised import SessionView
    from supervisor.domain.records import DeadLetter, Incident, RollLine, Silence, TimelineEntry

DETAILS = frozenset({"reason", "whom", "stage", "by"})
"""What is shown of a line's details."""
TITLED = "titled"
"""The line that keeps the room's own title: people write anything into it, and it names its author. It is not shown."""


def state(view: SessionView, now: float) -> shapes.State:
    """How the session stands, see `shapes.Session`."""
    if view.paused is not None:
        return "paused"
    if view.people is None:
        return "unknown"
    if view.people == 0:
        return "scheduled" if now < view.booking.start else "waiting"
    return "open" if now < view.booking.end else "overrun"


def session(view: SessionView, now: float) -> shapes.Session:
    """A session."""
    booking, verdict = view.booking, view.verdict
    stream = shapes.Stream(
        phase=verdict.phase,
        side=verdict.side,
        since=instant(verdict.since or None),
        witnesses=list(verdict.witnesses),
        detail=verdict.detail,
    )
    paused = view.paused
    return shapes.Session(
        id=booking.id,
        booking=booking.id,
        title=booking.title,
        organisation=booking.organisation,
        kind=booking.kind.name,
        room=view.room,
        start=_at(booking.start),
        end=instant(booking.end) if isfinite(booking.end) else None,
        limit=booking.limit,
        state=state(view, now),
        people=view.people,
        moderators=view.moderators,
        visitors=view.visitors,
        stream=stream,
        paused=None if paused is None else shapes.Paused(since=_at(paused.since), by=paused.by),
        preflight=[shapes.Preflight(item=i.name, check=i.check, reason=i.reason) for i in view.preflight],
        alerts=[alert(each) for each in view.alerts],
    )


def roll_call(booking: str, lines: Iterable[RollLine], missing: Iterable[str], *, over: bool) -> shapes.RollCall:
    """A roll call."""
    people = [
        shapes.Participant(
            ids=list(each.ids),
            name=each.name or None,
            via=each.via,
            came=_at(each.came),
            left=instant(each.left),
            visits=each.visits,
            drops=each.drops,
            microphone=each.audio,
            camera=each.video,
            region=each.region,
            rtt_ms=each.rtt_ms,
            loss=each.loss,
            ready=each.ready,
            why=list(each.why),
        )
        for each in answers(lines)
    ]
    return shapes.RollCall(booking=booking, over=over, people=people, missing=list(missing))


def alert(given: OpenAlert) -> shapes.Alert:
    """An open alert."""
    return shapes.Alert(
        id=given.id,
        monitor=given.monitor,
        booking=given.booking or None,
        room=given.room or None,
        source=given.source or None,
        severity=given.severity,
        stage=given.stage.name,
        since=_at(given.began),
        reason=given.reason,
        held=given.held,
        told=bool(given.told),
        incident=incident_id(given.incident) if given.incident else None,
        acknowledged_by=given.acknowledged_by or None,
        acknowledged_at=instant(given.acknowledged_at),
    )


def incident(given: Incident) -> shapes.Incident:
    """An incident."""
    return shapes.Incident(**_incident(given))


def record(given: Incident, timeline: list[TimelineEntry]) -> shapes.IncidentRecord:
    """An incident with its lines."""
    lines = [
        shapes.Line(
            at=_at(entry.at),
            what=entry.what,
            # A ``by`` is an occupant id or a token's name; should a line ever hold an address instead, it stays inside.
            detail={k: v for k, v in entry.detail.items() if k in DETAILS and not (k == "by" and "@" in v)},
        )
        for entry in timeline
        if entry.what != TITLED
    ]
    return shapes.IncidentRecord(**_incident(given), timeline=lines)


def _incident(given: Incident) -> dict[str, str | None]:
    return {
        "id": incident_id(given.id),
        "booking": given.booking,
        "room": given.room,
        "monitor": given.monitor,
        "detected": instant(given.opened),
        "from": instant(given.opened if given.began is None else given.began),
        "to": instant(given.closed),
        "told": instant(given.told),
        "acknowledged_by": given.acknowledged_by or None,
        "acknowledged_at": instant(given.acknowledged_at),
        "paused_by": given.paused_by or None,
        "paused_at": instant(given.paused_at),
        "resumed_by": given.resumed_by or None,
        "resumed_at": instant(given.resumed_at),
    }


def silence(given: Silence) -> shapes.Silence:
    """A silence."""
    return shapes.Silence(
        id=given.id,
        booking=given.booking or None,
        monitor=given.monitor or None,
        until=_at(given.until),
        by=given.by,
        comment=given.comment,
    )


def dead_letter(given: DeadLetter) -> shapes.DeadLetter:
    """A dead letter, without what it said."""
    message = given.message
    return shapes.DeadLetter(
        id=message.id,
        channel=message.channel,
        target=message.target,
        kind=message.kind,
        subject=message.subject,
        created=_at(message.created),
        died=_at(given.died),
        attempts=message.attempts,
        reason=given.reason,
    )


def incident_id(stored: str) -> str:
    """An incident's id as it stands in an address: the slashes would part it."""
    return stored.replace("/", ":")


def _at(seconds: float) -> str:
    return instant(seconds) or ""
