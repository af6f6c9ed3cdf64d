"""What a booking's contacts are written, and when: a confirmation, a reminder with the link, and the PIN apart from it.

Where its kind says so they are also written what is not ready before the start.

A letter names its booking and a digest of its reader: the address itself stays in the booking. Each has a key that says
what it is, to whom, and about which start. The store takes a key once, so that a restart writes nothing again and a
session that was moved is told anew. Whoever sends it looks the booking up at that moment: of one that was withdrawn
nobody is written to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from supervisor.domain.records import Outgoing, idempotency_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supervisor.domain.bookings import Booking

LATE = 300.0
"""Seconds after the start until which a reminder is still of use: who was not reached in time may come late."""

TARGET = "contacts"


class Way(StrEnum):
    """How a contact is reached; also the channel's name."""

    MAIL = "contact mail"
    SMS = "contact sms"


class Letter(StrEnum):
    """What is written, also the ``type`` of the webhook that sends an SMS."""

    CONFIRMATION = "booking.confirmed"
    REMINDER = "booking.reminder"
    PIN = "booking.pin"
    NOT_READY = "booking.not_ready"


@dataclass(slots=True)
class Letters:
    """``ways``: those that the configuration offers. Who can be reached by none of them is not written to."""

    ways: frozenset[Way] = frozenset()
    _bookings: tuple[Booking, ...] = ()
    _written: dict[tuple[str, str, float, tuple[str, ...]], float] = field(default_factory=dict)

    def read(self, bookings: Iterable[Booking]) -> None:
        """Take over all bookings that are known now."""
        self._bookings = tuple(b for b in bookings if b.contacts) if self.ways else ()

    def due(self, now: float) -> Iterator[Outgoing]:
        """The letters whose time has come and that were not written since this process began."""
        self._written = {mark: useful for mark, useful in self._written.items() if useful > now}
        for booking in self._bookings:
            for letter, useful in _letters(booking, now):
                mark = booking.id, letter, booking.start, booking.contacts
                if mark not in self._written:
                    self._written[mark] = useful
                    for way, contact in self._readers(booking, letter):
                        yield _message(booking, letter, way, contact, (now, useful))

    def deadline(self, now: float) -> float:
        """The next instant at which a letter becomes due; infinite without one."""
        instants = (b.start - b.reminder for b in self._bookings if b.reminder)
        return min((instant for instant in instants if instant > now), default=inf)

    def _readers(self, booking: Booking, letter: Letter) -> list[tuple[Way, str]]:
        reached = [(way, contact) for contact in booking.contacts if (way := way_of(contact)) in self.ways]
        by_sms = [reader for reader in reached if reader[0] is Way.SMS]
        # The PIN goes another way than the link where there is one: who reads somebody's mail has not the telephone.
        return by_sms if letter is Letter.PIN and by_sms else reached


def not_ready(booking: Booking, why: str, ways: frozenset[Way], now: float) -> Iterator[Outgoing]:
    """What is not ready for the session's stream, in the booking's language; of use until the start."""
    for contact in booking.contacts:
        if (way := way_of(contact)) in ways:
            message = _message(booking, Letter.NOT_READY, way, contact, (now, booking.start))
            yield replace(message, payload={**message.payload, "why": why})


def way_of(contact: str) -> Way:
    """How that contact is reached."""
    return Way.SMS if contact.startswith("+") else Way.MAIL


def digest(contact: str) -> str:
    """What stands for a contact in records: eight characters, which tell its booking's contacts apart."""
    return hashlib.sha256(contact.encode()).hexdigest()[:8]


def key_of(booking: Booking, letter: Letter, contact: str) -> str:
    """The letter's key: the same letter to the same reader about the same start has the same one."""
    return idempotency_key("letter", booking.id, letter, repr(booking.start), digest(contact))


def _letters(booking: Booking, now: float) -> Iterator[tuple[Letter, float]]:
    """What is due of this booking now, each with the instant until which it is of use."""
    reminded = booking.start - booking.reminder if booking.reminder else booking.start
    if booking.kind.confirmation and now < reminded:
        yield Letter.CONFIRMATION, booking.start
    if booking.reminder and reminded <= now < booking.start + LATE:
        yield Letter.REMINDER, booking.start + LATE
        if booking.password is not None:
            yield Letter.PIN, booking.start + LATE


def _message(booking: Booking, letter: Letter, way: Way, contact: str, span: tuple[float, float]) -> Outgoing:
    return Outgoing(
        id=key_of(booking, letter, contact),
        channel=way,
        target=TARGET,
        subject=f"{booking.id} {letter}",
        kind=letter,
        payload={"booking": booking.id, "contact": digest(contact)},
        created=span[0],
        expires=span[1],
    )
