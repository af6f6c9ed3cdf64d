"""The desk where bookings are made, changed and cancelled: over HTTP and by command, in the same words.

A desk is what is known at one moment. It says what is to be stored, or why not; storing it is others' work, and so is
coming back with a new desk where somebody was faster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

from supervisor.domain.agenda import Agenda
from supervisor.domain.booking_rules import Finding, HouseRules, Weight, review_within
from supervisor.domain.booking_texts import from_json, to_json
from supervisor.domain.booking_words import BookingRefused, read_booking
from supervisor.domain.records import BookingRemoved, BookingRow
from supervisor.domain.room_names import parse_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from supervisor.domain.bookings import Booking
    from supervisor.domain.kinds import Kind

MADE = "made"
"""The origin of bookings that were made here; every other origin is the name of a file or a calendar."""
WORDS = "words"
"""The rule that words break which make no booking at all."""
CONFLICTS = frozenset({"overlap", "channel_clash", "video_clash", "id"})
"""Rules that say that another booking has what this one wants."""
MOST = 50_000
"""Bookings that may be made here and not be over."""
_MOST_OF_ONE_NAME = 1000

NO_BOOKING = 'there is no booking "{id}"; list them to see which there are'
ELSEWHERE = 'the booking "{id}" is from {origin}; change it there, and the daemon will see it'
TAKEN = 'the id "{id}" is used by a booking from {origin}; choose another'
SAME_ID = 'has to stay "{id}"; to give a booking another id, cancel it and make a new one'
FULL = f"there are {MOST} bookings already; cancel some"
TWICE = "is there twice in what is imported; give one of the two another id"


class NotDoneError(Exception):
    """A wish that can't be fulfilled. ``findings`` has every reason, at least one; the warnings stand at the end."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{finding.key}: {finding.text}" for finding in findings))
        self.findings = tuple(findings)

    @property
    def conflict(self) -> bool:
        """Whether nothing is wrong with the booking but that others have what it wants."""
        return all(each.rule in CONFLICTS for each in self.findings if each.weight is Weight.REFUSAL)

    @property
    def wrong_words(self) -> bool:
        """Whether it is no booking at all."""
        return any(each.rule == WORDS for each in self.findings)


class NoBookingError(Exception):
    """There is no booking of this id."""


class ElsewhereError(Exception):
    """The booking is written in a file or a calendar, and is changed there."""


@dataclass(frozen=True, slots=True)
class Done:
    """What is to be stored, and what to say of it."""

    change: BookingRow | BookingRemoved
    booking: Booking
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """The bookings that were made here, as they are stored.

    Attributes:
        revision: Which state it is, in the store's count.
        rows: What is stored, by id.
        bookings: The same as bookings; a row that makes none any more, as after a change of kinds, is left out.
        problems: What is wrong with those.
    """

    revision: int
    rows: Mapping[str, BookingRow]
    bookings: Mapping[str, Booking]
    problems: tuple[str, ...] = ()

    @classmethod
    def of(cls, revision: int, rows: Iterable[BookingRow], kinds: Mapping[str, Kind]) -> Stock:
        """Read the rows."""
        known = {row.id: row for row in rows}
        bookings: dict[str, Booking] = {}
        problems: list[str] = []
        for row in known.values():
            try:
                bookings[row.id] = read_booking(from_json(row.words), kinds)
            except BookingRefused as error:
                problems += [f'{MADE}: booking "{row.id}": {each.key}: {each.text}' for each in error.problems]
        return cls(revision, known, bookings, tuple(problems))


@dataclass(frozen=True, slots=True)
class House:
    """What bookings are measured by: ``kinds`` by name, and the house's ``rules``."""

    kinds: Mapping[str, Kind]
    rules: HouseRules


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known at one moment.

    Attributes:
        house: Kinds and rules.
        stock: What was made here.
        others: Every booking of files and calendars, with its origin.
        now: Seconds since the epoch.
        by: Who wishes: a token's name, or ``command line``.
    """

    house: House
    stock: Stock
    others: Mapping[str, tuple[str, Booking]]
    now: float
    by: str
    _agenda: Agenda = field(default_factory=Agenda)

    def __post_init__(self) -> None:
        """Keep everybody's bookings sorted."""
        for booking in self.known():
            self._agenda.add(booking)

    def known(self) -> Iterator[Booking]:
        """All bookings, each once."""
        yield from (booking for _, booking in self.others.values())
        yield from (booking for id_, booking in self.stock.bookings.items() if id_ not in self.others)

    def make(self, words: Mapping[str, object]) -> Done:
        """Take in a new booking.

        Args:
            words: As JSON has them; without an id it gets one.

        Raises:
            NotDoneError: With every reason at once.
        """
        said = from_json(words)
        if "id" not in said:
            said["id"] = fresh_id(said, {*self.stock.rows, *self.others})
        booking = self._read(said)
        origin = MADE if booking.id in self.stock.rows else self.others.get(booking.id, ("", None))[0]
        taken = [_refusal("id", "id", TAKEN.format(id=booking.id, origin=origin))] if origin else []
        if len(self.stock.rows) >= MOST:
            taken.append(_refusal("id", WORDS, FULL))
        return self._accept(booking, said, 1, taken)

    def make_all(self, many: Iterable[Mapping[str, object]]) -> list[Done]:
        """Take in several bookings, or none of them.

        Raises:
            NotDoneError: Each finding's key is ``id: word``.
        """
        done: list[Done] = []
        findings: list[Finding] = []
        for words in many:
            name = words.get("id", "?")
            if name in {each.booking.id for each in done}:
                findings.append(_refusal(f"{name}: id", "id", TWICE))
                continue
            try:
                one = self.make(words)
            except NotDoneError as error:
                findings += [Finding(f"{name}: {f.key}", f.rule, f.text, f.weight) for f in error.findings]
            else:
                done.append(one)
                self._agenda.add(one.booking)
        if findings:
            raise NotDoneError(sorted(findings, key=lambda finding: finding.weight is Weight.WARNING))
        return done

    def replace(self, id_: str, words: Mapping[str, object]) -> Done:
        """Put other words in the place of a booking's.

        Raises:
            NoBookingError, ElsewhereError: It is not there to be changed.
            NotDoneError: With every reason at once.
        """
        row = self.find(id_)
        said = {"id": id_, **from_json(words)}
        booking = self._read(said)
        other = [_refusal("id", WORDS, SAME_ID.format(id=id_))] if booking.id != id_ else []
        return self._accept(booking, said, row.revision + 1, other)

    def patch(self, id_: str, words: Mapping[str, object]) -> Done:
        """Change some of a booking's words: null removes one, as in RFC 7396. Fails as `replace` does."""
        return self.replace(id_, _merged(dict(self.find(id_).words), words))

    def cancel(self, id_: str) -> BookingRemoved:
        """Withdraw a booking.

        Raises:
            NoBookingError, ElsewhereError: It is not there to be withdrawn.
        """
        self.find(id_)
        return BookingRemoved(id_)

    def find(self, id_: str) -> BookingRow:
        """The row of a booking that can be changed here.

        Raises:
            NoBookingError, ElsewhereError: There is none.
        """
        row = self.stock.rows.get(id_)
        if row is not None:
            return row
        if id_ in self.others:
            raise ElsewhereError(ELSEWHERE.format(id=id_, origin=self.others[id_][0]))
        raise NoBookingError(NO_BOOKING.format(id=id_[:128]))

    def _read(self, said: Mapping[str, object]) -> Booking:
        try:
            return read_booking(said, self.house.kinds)
        except BookingRefused as error:
            raise NotDoneError([_refusal(each.key, WORDS, each.text) for each in error.problems]) from None

    def _accept(self, booking: Booking, said: Mapping[str, object], revision: int, wrong: list[Finding]) -> Done:
        found = (*wrong, *review_within(booking, self._agenda, self.house.rules, self.now))
        if any(finding.weight is Weight.REFUSAL for finding in found):
            raise NotDoneError(found)
        ends = booking.end if isfinite(booking.end) else None
        words = to_json(said)
        row = BookingRow(booking.id, booking.room_node, booking.start, ends, words, revision, self.now, self.by)
        return Done(row, booking, found)


def fresh_id(words: Mapping[str, object], taken: Iterable[str]) -> str:
    """An id for a booking that says none: its room and its day, as ``plealmatret-2026-09-03``."""
    try:
        room = parse_room(str(words.get("room", "")))[1][:100]
    except ValueError:
        room = "booking"  # it is refused for its room anyway
    start = words.get("start")
    day = f"{start:%Y-%m-%d}" if hasattr(start, "date") else "0000-00-00"
    known = set(taken)
    names = (f"{room}-{day}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, _MOST_OF_ONE_NAME))))
    return next((name for name in names if name not in known), f"{room}-{day}")


def _refusal(key: str, rule: str, text: str) -> Finding:
    return Finding(key, rule, text, Weight.REFUSAL)


def _merged(before: dict[str, object], change: Mapping[str, object]) -> dict[str, object]:
    for key, value in change.items():
        inner = before.get(key)
        if isinstance(value, dict) and isinstance(inner, dict):
            before[key] = _merged(dict(inner), value)
        elif value is None:
            before.pop(key, None)
        else:
            before[key] = value
    return before
