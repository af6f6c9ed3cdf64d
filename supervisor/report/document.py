"""From the account to the JSON document, and from a document back to the chain that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.domain.chronicle import FORMAT, SEAL, Chronicle, Head, Link, canonical, genesis, head_after, stamp
from supervisor.report import shape

if TYPE_CHECKING:
    from supervisor.report.account import Account, Summary
    from supervisor.report.troubles import Trouble


def document(account: Account) -> shape.Report:
    """Make it. The same account gives the same document."""
    return shape.Report(
        format=FORMAT,
        session=_session(account),
        summary=_summary(account.summary),
        preflight=[
            shape.ReportChecked(item=one.item, state=one.state, since=stamp(one.since), was_wrong=one.was_wrong)
            for one in account.checked
        ],
        incidents=[_incident(trouble) for trouble in account.troubles],
        people=[
            shape.ReportCount(
                at=stamp(count.at),
                people=count.people,
                most=None if count.people is None else count.most,
                moderators=count.moderators,
                limit=None if count.people is None else count.limit,
            )
            for count in account.counts
        ],
        stream=[
            shape.ReportSegment(
                from_=stamp(part.start),
                to=stamp(part.end),
                state=part.state,
                side=part.side or None,
                reason=part.reason,
            )
            for part in account.stream
        ],
        unknown=[
            shape.ReportUnknown(
                from_=stamp(gap.start),
                to=stamp(gap.end),
                what=gap.what,
                reason=gap.reason,
            )
            for gap in account.gaps
        ],
        seal=shape.ReportSeal(
            algorithm=SEAL,
            genesis=genesis(account.session, account.links[0].detail),
            entries=len(account.links),
            head=account.links[-1].hash,
        ),
        record=[
            shape.ReportEntry(seq=link.seq, at=link.at, what=link.what, detail=link.told, hash=link.hash)
            for link in account.links
        ],
    )


def chain(report: shape.Report) -> Chronicle:
    """The chain that a document holds, with the head that it names. Raises ValueError, KeyError for one of nonsense."""
    session = report.session.id
    links = tuple(
        Link(session, entry.seq, entry.at, entry.what, canonical(entry.detail), entry.hash) for entry in report.record
    )
    head: Head | None = None
    for link in links:
        head = head_after(head, link)
    if head is not None:
        head = Head(session, report.seal.entries, report.seal.head, head.room, head.starts, head.until)
    return Chronicle(session, links, head)


def _session(account: Account) -> shape.ReportSession:
    facts = account.facts
    return shape.ReportSession(
        id=account.session,
        organisation=facts.organisation,
        title=facts.title,
        room=facts.room,
        kind=facts.kind,
        start=stamp(facts.start),
        end=_at(facts.end),
        language=facts.language,
        utc_offset=int(facts.utc_offset),
        limit=facts.limit,
        must_stream=facts.must_stream,
        opened=stamp(account.opened),
        closed=_at(account.closed),
        until=stamp(account.until),
    )


def _summary(summary: Summary) -> shape.ReportSummary:
    states = shape.ReportStream.model_fields
    return shape.ReportSummary(
        first_in=_at(summary.first_in),
        last_out=_at(summary.last_out),
        peak_people=summary.peak,
        peak_at=_at(summary.peak_at),
        over_limit_seconds=_whole(summary.over_limit),
        people_unknown_seconds=_whole(summary.people_unknown),
        stream_seconds=shape.ReportStream(**{state: _whole(summary.stream.get(state, 0.0)) for state in states}),
        interruptions=summary.interruptions,
        pauses=summary.pauses,
        paused_seconds=_whole(summary.paused),
    )


def _incident(trouble: Trouble) -> shape.ReportIncident:
    return shape.ReportIncident(
        id=trouble.id,
        monitor=trouble.monitor,
        stage=trouble.stage,
        interruption=trouble.interruption,
        reason=trouble.reason,
        side=trouble.side or None,
        from_=stamp(trouble.start),
        to=_at(trouble.end),
        detected=stamp(trouble.detected),
        recovered=_at(trouble.recovered),
        told=[
            shape.ReportTelling(at=stamp(each.at), whom=each.whom, people=each.people, stage=each.stage)
            for each in trouble.tellings
        ],
        acknowledged_at=_at(trouble.acknowledged_at),
        acknowledged_by=trouble.acknowledged_by or None,
        pauses=[
            shape.ReportPause(
                paused_at=stamp(pause.start),
                paused_by=pause.by,
                resumed_at=_at(pause.end),
                resumed_by=pause.resumed_by or None,
            )
            for pause in trouble.pauses
        ],
    )


def _at(instant: float | None) -> str | None:
    return None if instant is None else stamp(instant)


def _whole(seconds: float) -> float:
    """Without the dust that subtracting leaves."""
    return round(max(seconds, 0.0), 3)
