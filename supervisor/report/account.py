"""What the record says, put together: pure. The same record gives the same account, on any machine and at any time.

Instants are seconds since the epoch, durations seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from supervisor.domain import chronicle
from supervisor.domain.chronicle import Link, UnreadableChronicleError, seconds
from supervisor.report.band import Segment, band
from supervisor.report.crowd import Count, counts
from supervisor.report.gaps import Gap, gaps
from supervisor.report.readiness import Checked, checked
from supervisor.report.troubles import BY_HAND, Pause, Trouble, troubles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WORTH_A_LINE = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The booking, as it was last; ``end`` is None where none was booked."""

    organisation: str
    title: str
    room: str
    kind: str
    start: float
    end: float | None
    language: str
    utc_offset: float
    limit: int
    must_stream: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures.

    Attributes:
        first_in: When the first person was seen; None if nobody was.
        last_out: When nobody was left, or when the record ends; None if nobody was.
        peak: The most people at once; None if they were never known.
        peak_at: When that was written, at most ten seconds after it was so.
        over_limit: Seconds with more people than recommended.
        people_unknown: Seconds in which the room was not seen.
        stream: Seconds in each state of `supervisor.report.band`.
        on_air: Whether the public ever had a picture.
        interruptions: How often the stream was interrupted.
        pauses: How often the session was paused.
        paused: Seconds for which it was.
    """

    first_in: float | None
    last_out: float | None
    peak: int | None
    peak_at: float | None
    over_limit: float
    people_unknown: float
    stream: Mapping[str, float]
    on_air: bool
    interruptions: int
    pauses: int
    paused: float


@dataclass(frozen=True, slots=True)
class Account:
    """All of a session. ``closed`` is None while it is supervised; ``until`` is the last entry's instant."""

    session: str
    facts: Facts
    opened: float
    closed: float | None
    until: float
    counts: tuple[Count, ...]
    stream: tuple[Segment, ...]
    troubles: tuple[Trouble, ...]
    pauses: tuple[Pause, ...]
    gaps: tuple[Gap, ...]
    checked: tuple[Checked, ...]
    summary: Summary
    links: tuple[Link, ...] = field(repr=False)

    @property
    def interruptions(self) -> list[Trouble]:
        """The troubles in which the public could not see the session."""
        return [trouble for trouble in self.troubles if trouble.interruption]

    @property
    def others(self) -> list[Trouble]:
        """All other troubles; a session that was paused without any is no trouble."""
        return [trouble for trouble in self.troubles if not trouble.interruption and trouble.monitor != BY_HAND]

    @property
    def loose_pauses(self) -> list[Pause]:
        """Those that were for no interruption."""
        tied = [pause for trouble in self.interruptions for pause in trouble.pauses]
        return [pause for pause in self.pauses if pause not in tied]

    @property
    def long_gaps(self) -> list[Gap]:
        """Those that are worth a line; the shorter ones are how long it takes to read a room."""
        return [gap for gap in self.gaps if gap.end - gap.start >= WORTH_A_LINE]


def account(session: str, links: Sequence[Link]) -> Account:
    """Put the record together.

    Raises:
        UnreadableChronicleError: It is empty, damaged beyond reading, or does not name its booking.
    """
    try:
        return _account(session, tuple(links))
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        # A record that was tampered with may hold anything; one of ours never gets here.
        raise UnreadableChronicleError(f"the record cannot be read ({type(error).__name__})") from None


def _account(session: str, links: tuple[Link, ...]) -> Account:
    facts = _facts(links)
    until = links[-1].instant
    seen, stream, found = counts(links), band(links), troubles(links)
    paused = tuple(pause for trouble in found for pause in trouble.pauses)
    return Account(
        session=session,
        facts=facts,
        opened=links[0].instant,
        closed=until if links[-1].what == chronicle.CLOSED else None,
        until=until,
        counts=seen,
        stream=stream,
        troubles=found,
        pauses=tuple(sorted(paused, key=lambda pause: pause.start)),
        gaps=gaps(links, stream),
        checked=checked(links),
        summary=_summary(seen, stream, found, paused, until),
        links=links,
    )


def _facts(links: Sequence[Link]) -> Facts:
    named = [link for link in links if link.what in {chronicle.OPENED, chronicle.CHANGED}]
    told: dict[str, Any] = named[-1].told
    if abs(told["utc_offset"]) >= 86_400:
        raise ValueError("no place is so far from UTC")
    return Facts(
        organisation=str(told["organisation"]),
        title=str(told["title"]),
        room=str(told["room"]),
        kind=str(told["kind"]),
        start=seconds(told["start"]),
        end=None if told["end"] is None else seconds(told["end"]),
        language=str(told["language"]),
        utc_offset=float(told["utc_offset"]),
        limit=int(told["limit"]),
        must_stream=bool(told["must_stream"]),
    )


def _summary(
    seen: tuple[Count, ...],
    stream: tuple[Segment, ...],
    found: tuple[Trouble, ...],
    paused: tuple[Pause, ...],
    until: float,
) -> Summary:
    known = [count for count in seen if count.people is not None]
    there = [count for count in known if count.most]
    peak = max(known, key=lambda count: count.most, default=None)
    lengths: dict[str, float] = {}
    for segment in stream:
        lengths[segment.state] = lengths.get(segment.state, 0.0) + segment.end - segment.start
    return Summary(
        first_in=there[0].at if there else None,
        last_out=_last_out(seen, until) if there else None,
        peak=peak.most if peak is not None else None,
        peak_at=peak.at if peak is not None else None,
        over_limit=sum(_lengths(seen, until, over=True)),
        people_unknown=sum(_lengths(seen, until, over=False)),
        stream=lengths,
        on_air=bool(lengths.keys() & {"up", "bad", "doubt", "down"}),
        interruptions=sum(trouble.interruption for trouble in found),
        pauses=len(paused),
        paused=sum((until if pause.end is None else pause.end) - pause.start for pause in paused),
    )


def _last_out(seen: tuple[Count, ...], until: float) -> float:
    """When the last person left; whoever was there before the room went out of sight may have left unseen."""
    left = [after.at for before, after in pairwise(seen) if before.people and after.people == 0]
    ended = seen[-1].people in {0, None}
    return left[-1] if left and ended else until


def _lengths(seen: tuple[Count, ...], until: float, *, over: bool) -> Iterator[float]:
    ends = [count.at for count in seen[1:]] + [until]
    for count, end in zip(seen, ends, strict=True):
        if (count.people is not None and count.people > count.limit) if over else count.people is None:
            yield max(end - count.at, 0.0)
