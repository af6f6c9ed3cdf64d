"""Who keeps an id or a room that two bookings of files and calendars want, and what else they break.

Rules are applied when a booking is made; what is written in a file is there. So a file's booking that breaks a rule is
said to, and supervised all the same: better a plenary session with too short a notice than one that nobody watches.
The exceptions are those that could not both be supervised: of two with one id, and (where the rule ``overlap`` refuses)
of two in one room at one time, only one is kept; all others stay.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain.agenda import Agenda, Good
from supervisor.domain.booking_rules import TIMELY, Finding, HouseRules, Weight, review_within
from supervisor.domain.commands import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from supervisor.domain.bookings import Booking
    from supervisor.domain.events import BookingsRead

_MOST_LINES = 100  # of a source in the log; a calendar may have thousands of events that are none of ours


@dataclass(frozen=True, slots=True)
class Claim:
    """A booking as a source tells it.

    Attributes:
        booking: The booking.
        source: Who tells it.
        place: Where it is written, e.g. ``FILE:LINE``; the source where nothing is closer.
    """

    booking: Booking
    source: str
    place: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a booking breaks.

    Attributes:
        claim: The booking and its place.
        finding: The rule and the words.
        kept: Whether the booking is supervised all the same.
    """

    claim: Claim
    finding: Finding
    kept: bool

    def __str__(self) -> str:
        outcome = "; it is supervised all the same" if self.kept else "; it is left out until then"
        if self.kept and self.finding.weight is Weight.WARNING:
            outcome = ""
        about = f'{self.claim.place}: booking "{self.claim.booking.id}": {self.finding.key}'
        return f"{about}: {self.finding.text}{outcome}"


@dataclass(slots=True)
class Settled:
    """The outcome: ``kept`` by id, and what was left out."""

    kept: dict[str, Claim] = field(default_factory=dict)
    refused: list[Complaint] = field(default_factory=list)
    agenda: Agenda = field(default_factory=Agenda)


def settle(claims: Sequence[Claim], before: Mapping[str, Booking], rules: HouseRules, since: float) -> Settled:
    """Decide who keeps what.

    Args:
        claims: In the order of precedence.
        before: The bookings that were kept until now, by id. Whose room was its own keeps it over newcomers, so that
            nothing that is added takes a room away from a session that may be in it.
        rules: The house's rules.
        since: Sessions that were over by then take no room from each other any more.
    """
    settled = Settled()
    first: dict[str, Claim] = {}
    for claim in claims:
        holder = first.setdefault(claim.booking.id, claim)
        if holder is not claim:
            text = f"also used at {holder.place}; give one of the two another id"
            settled.refused.append(Complaint(claim, Finding("id", "id", text, Weight.REFUSAL), kept=False))
    exclusive = rules.weight("overlap") is Weight.REFUSAL
    for claim in sorted(first.values(), key=lambda claim: not _had_its_room(claim.booking, before)):
        asks = exclusive and claim.booking.end > since
        holder_of_room = settled.agenda.holder(Good.ROOM, claim.booking) if asks else None
        if holder_of_room is None:
            settled.kept[claim.booking.id] = claim
            settled.agenda.add(claim.booking)
        else:
            settled.refused += _refusals(claim, first[holder_of_room.id], settled.agenda, rules)
    return settled


def complaints(claim: Claim, agenda: Agenda, rules: HouseRules, now: float, *, made_now: bool) -> Iterator[Complaint]:
    """What a kept booking breaks; the rules about when it is made only where that is now."""
    weights = rules.weights if made_now else {**rules.weights, **dict.fromkeys(TIMELY)}
    for finding in review_within(claim.booking, agenda, dataclasses.replace(rules, weights=weights), now):
        yield Complaint(claim, finding, kept=True)


def _had_its_room(booking: Booking, before: Mapping[str, Booking]) -> bool:
    known = before.get(booking.id)
    return known is not None and known.room_node == booking.room_node


def _refusals(claim: Claim, holder: Claim, agenda: Agenda, rules: HouseRules) -> Iterator[Complaint]:
    for finding in review_within(claim.booking, agenda, rules, claim.booking.start):
        if finding.rule == "overlap":
            placed = dataclasses.replace(finding, text=f"{finding.text}; the other one is at {holder.place}")
            yield Complaint(claim, placed, kept=False)


def bookings_told(event: BookingsRead, complaints: Sequence[Complaint]) -> Iterator[Record]:
    """What the log says of a source's bookings: what is left out, what breaks a rule; a bounded number of lines."""
    notes = [("bookings note", note) for note in event.notes]
    notes += [("booking breaks a rule" if each.kept else "booking refused", str(each)) for each in complaints]
    for what, problem in notes[:_MOST_LINES]:
        yield Record(what, (("source", event.source), ("problem", problem)))
    if len(notes) > _MOST_LINES:
        more = f"{len(notes) - _MOST_LINES} more; jitsi-supervisor check-config says them all"
        yield Record("bookings note", (("source", event.source), ("problem", more)))
