"""Bookings over HTTP: all can be seen, those that were made here can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote

from supervisor.domain.booking_desk import MADE, Desk, Done, ElsewhereError, NoBookingError, NotDoneError
from supervisor.domain.booking_rules import Weight
from supervisor.domain.booking_texts import shown
from supervisor.domain.records import BookingRemoved
from supervisor.ports import BookingsMovedError, BookingsUnavailableError
from supervisor.web.api.booking_shapes import (
    Booking,
    BookingChange,
    BookingDone,
    BookingList,
    BookingsWanted,
    BookingWords,
)
from supervisor.web.api.operation import BASE, Operation, Reply
from supervisor.web.api.paging import page
from supervisor.web.api.shapes import Broken
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from supervisor.domain import bookings as domain
    from supervisor.domain.booking_desk import House, Stock
    from supervisor.domain.booking_rules import Finding
    from supervisor.domain.records import BookingRow
    from supervisor.engine import Engine
    from supervisor.ports import BookingShelf
    from supervisor.web.api.operation import Call

    class Made(Protocol):
        """The bookings that were made here."""

        async def poll(self) -> Stock:
            """As they are now; the engine knows them when this is done."""
            ...


T = TypeVar("T")
TRIES = 20
"""How often a wish is considered anew because somebody was faster."""

READ, WRITE = "read", "write"
NO_BOOKING = "There is no booking of this id; see /api/v1/bookings."
UNAVAILABLE = "The bookings can't be read or stored at present ({reason}); try again in a moment."
BUSY = "Others change bookings all the time; try again in a moment."
NO_MATCH = "Say which state you have seen: send the header If-Match with the ETag of GET {path}, or * for any."
OLD = "Somebody has changed this booking since; read it again with GET {path}."
CONFLICT = "Another booking has what this one wants; see errors."
REFUSED = "The booking can't be taken as it is; see errors."


@dataclass(frozen=True, slots=True)
class Office:
    """Where bookings are made: what there is, where it is stored, and what it is measured by."""

    made: Made
    shelf: BookingShelf
    house: House


class Bookings:
    """Handles them. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float], office: Office) -> None:
        self._engine = engine
        self._clock = clock
        self._office = office

    async def listed(self, call: Call) -> BookingList:
        """The bookings of a room and a time, or all."""
        wanted = call.query
        assert isinstance(wanted, BookingsWanted)
        room = None if wanted.room is None else wanted.room.lower()
        begin = -inf if wanted.from_ is None else wanted.from_
        end = inf if wanted.to is None else wanted.to
        known = self._origins()
        found = [
            (booking, origin)
            for origin, booking in known.values()
            if room in {None, booking.room_node} and booking.end > begin and booking.start < end
        ]
        part = page(sorted(found, key=lambda each: (each[0].start, each[0].id)), call)
        bookings = [_shown(booking, origin) for booking, origin in part.items]
        return BookingList(bookings=bookings, total=part.total, next_offset=part.next)

    async def one(self, call: Call) -> Reply:
        """One of them."""
        stock = await self._stock()
        origin, booking = self._origins().get(call.id, ("", None))
        if booking is None:
            raise Problem(404, NO_BOOKING)
        return Reply(_shown(booking, origin), _tag(stock.rows.get(call.id)) if origin == MADE else {})

    async def make(self, call: Call) -> Reply:
        """Take in a new one."""
        assert isinstance(call.body, BookingWords)
        words = call.body.words
        done = await self._wish(call, lambda desk: desk.make(words), lambda done: done.change)
        assert not isinstance(done.change, BookingRemoved)
        return Reply(_done(done), {**_tag(done.change), "Location": _path(done.booking.id)})

    async def replace(self, call: Call) -> Reply:
        """Put others in the place of all its words."""
        assert isinstance(call.body, BookingWords)
        words = call.body.words
        return await self._change(call, lambda desk: desk.replace(call.id, words))

    async def patch(self, call: Call) -> Reply:
        """Change some of its words."""
        assert isinstance(call.body, BookingChange)
        words = call.body.words
        return await self._change(call, lambda desk: desk.patch(call.id, words))

    async def cancel(self, call: Call) -> None:
        """Withdraw it."""

        def wish(desk: Desk) -> BookingRemoved:
            order = desk.cancel(call.id)
            _heed(call, desk.stock.rows[call.id], needed=False)
            return order

        await self._wish(call, wish, lambda order: order)

    async def _change(self, call: Call, how: Callable[[Desk], Done]) -> Reply:
        def wish(desk: Desk) -> Done:
            desk.find(call.id)
            _heed(call, desk.stock.rows[call.id], needed=True)
            return how(desk)

        done = await self._wish(call, wish, lambda done: done.change)
        assert not isinstance(done.change, BookingRemoved)
        return Reply(_done(done), _tag(done.change))

    async def _wish(
        self, call: Call, wish: Callable[[Desk], T], change: Callable[[T], BookingRow | BookingRemoved]
    ) -> T:
        """Consider a wish, store what follows, and see to it that the engine knows; anew where somebody was faster."""
        for _ in range(TRIES):
            stock = await self._stock()
            try:
                granted = wish(self._desk(stock, call.by))
                await self._office.shelf.change([change(granted)], stock.revision)
            except BookingsMovedError:
                continue
            except (NotDoneError, NoBookingError, ElsewhereError, BookingsUnavailableError) as error:
                raise _problem(error) from None
            await self._stock()
            return granted
        raise Problem(503, BUSY, headers={"Retry-After": "1"})

    async def _stock(self) -> Stock:
        try:
            return await self._office.made.poll()
        except BookingsUnavailableError as error:
            raise _problem(error) from None

    def _desk(self, stock: Stock, by: str) -> Desk:
        others = {id_: found for id_, found in self._origins().items() if found[0] != MADE}
        return Desk(self._office.house, stock, others, self._clock(), by)

    def _origins(self) -> dict[str, tuple[str, domain.Booking]]:
        """Every booking that is in force, with where it is from."""
        return {booking.id: (origin, booking) for origin, booking in self._engine.diary.known()}


def _heed(call: Call, row: BookingRow, *, needed: bool) -> None:
    """Refuse who has seen another state, or does not say which."""
    path = _path(row.id)
    if not call.if_match:
        if needed:
            raise Problem(428, NO_MATCH.format(path=path))
        return
    tags = {tag.strip() for tag in call.if_match.split(",")}
    if "*" not in tags and _tag(row)["ETag"] not in tags:
        raise Problem(412, OLD.format(path=path), headers=_tag(row))


def _tag(row: BookingRow | None) -> dict[str, str]:
    # With the instant, so that a booking that was cancelled and made anew is another one; never of the words, which
    # may hold a PIN.
    return {} if row is None else {"ETag": f'"{row.revision}-{row.changed * 1000:.0f}"'}


def _path(id_: str) -> str:
    return f"{BASE}/bookings/{quote(id_)}"


def _shown(booking: domain.Booking, origin: str) -> Booking:
    words: dict[str, Any] = shown(booking, origin)
    return Booking(**words)


def _done(done: Done) -> BookingDone:
    words: dict[str, Any] = shown(done.booking, MADE)
    return BookingDone(**words, warnings=[Broken(**each) for each in _errors(done.warnings)])


def _errors(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [{"key": each.key, "text": each.text, "rule": each.rule} for each in findings]


def _problem(error: Exception) -> Problem:
    match error:
        case NotDoneError():
            refusals = [each for each in error.findings if each.weight is Weight.REFUSAL]
            status, detail = (409, CONFLICT) if error.conflict else (422, REFUSED)
            return Problem(status, detail, errors=_errors(refusals))
        case ElsewhereError():
            return Problem(409, f"{str(error)[0].upper()}{str(error)[1:]}.")
        case BookingsUnavailableError():
            return Problem(503, UNAVAILABLE.format(reason=error), headers={"Retry-After": "5"})
        case _:
            return Problem(404, NO_BOOKING)


def booking_operations(bookings: Bookings) -> list[Operation]:
    """The operations, for routes and description."""
    id_ = "The booking's id."
    unknown = {404: "There is no such booking."}
    away = {503: "The store can't be read or written at present."}
    taken = {
        409: "It is changed in a file or a calendar; or another booking has the room, the channel, the video, the id."
    }
    seen = {412: "It has been changed since you have read it.", 428: "`If-Match` is missing."}
    return [
        Operation(
            "GET",
            "/bookings",
            READ,
            "List the bookings",
            "All bookings that are in force, from files, from calendars and made here, by their start.",
            bookings.listed,
            BookingList,
            query=BookingsWanted,
        ),
        Operation(
            "POST",
            "/bookings",
            WRITE,
            "Make a booking",
            "It is reviewed by the house's rules: refused with every reason at once, or taken with warnings. "
            "`Location` says where it is.",
            bookings.make,
            BookingDone,
            status=201,
            body=BookingWords,
            body_needed=True,
            refusals={**taken, **away},
        ),
        Operation(
            "GET",
            "/bookings/{id}",
            READ,
            "Show a booking",
            "One booking. `ETag` is its state, where it was made here.",
            bookings.one,
            Booking,
            id=id_,
            refusals={**unknown, **away},
        ),
        Operation(
            "PUT",
            "/bookings/{id}",
            WRITE,
            "Replace a booking",
            "All its words are put anew: a word that is not given is gone, also those that are never shown.",
            bookings.replace,
            BookingDone,
            body=BookingWords,
            body_needed=True,
            id=id_,
            refusals={**unknown, **taken, **seen, **away},
            if_match=True,
        ),
        Operation(
            "PATCH",
            "/bookings/{id}",
            WRITE,
            "Change a booking",
            "The words that are given are changed, null removes one, all others stay (RFC 7396, sent as JSON).",
            bookings.patch,
            BookingDone,
            body=BookingChange,
            body_needed=True,
            id=id_,
            refusals={**unknown, **taken, **seen, **away},
            if_match=True,
        ),
        Operation(
            "DELETE",
            "/bookings/{id}",
            WRITE,
            "Cancel a booking",
            "It is withdrawn, and its session is no longer supervised. `If-Match` may be given.",
            bookings.cancel,
            None,
            status=204,
            id=id_,
            refusals={**unknown, **taken, 412: seen[412], **away},
            if_match=True,
        ),
    ]
