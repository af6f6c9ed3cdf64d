"""``/conference``: what Jitsi's ``mod_reservations`` asks before a room is opened; docs/reservations.md is its page.

Its errors are ``{"message": …}``, because the module shows that text to the person. A status of 500 or more makes it
ask again, any other one is final for up to 90 s.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import structlog
from aiohttp import web

from supervisor.domain.reading import Message
from supervisor.domain.reservations import NOT_READY, Conflict, Refusal, Request, Reservation, Reservations, Unbooked
from supervisor.web.content import content_of
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from supervisor.alerts.wording import Wording
    from supervisor.domain.bookings import Booking, Language
    from supervisor.web.auth import Guard

    Handler = Callable[[web.Request], Awaitable[web.Response]]

log = structlog.get_logger()

LARGEST = 16 * 1024
"""Bytes of a form: the module's are some hundreds."""
LONGEST_NAME = 1023
"""Bytes of a room's name, which XMPP allows."""
RETRY_AFTER = "3"

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via", "Origin")
"""Headers of what did not come from Prosody itself: a web server before us, or a browser."""

MALFORMED = "The form is wrong: {what}. Jitsi's mod_reservations sends name, start_time and mail_owner."
NO_FORM = "it is not application/x-www-form-urlencoded in UTF-8"
UNKNOWN = "No open room has this reservation."


@dataclass(frozen=True, slots=True)
class Hall:
    """What the answers rest on.

    Attributes:
        bookings: All bookings by id; another object whenever something has changed.
        ready: Whether every source of bookings has been read.
        wording: For what people read.
        language: Of what they read about a room that nobody booked.
        clock: Seconds since the epoch.
    """

    bookings: Callable[[], Mapping[str, Booking]]
    ready: Callable[[], bool]
    wording: Wording
    language: Language
    clock: Callable[[], float]


class Conferences:
    """Answers Prosody. ``outcomes``: what it was answered, counted."""

    def __init__(self, hall: Hall, rooms: Reservations, guard: Guard) -> None:
        self._hall = hall
        self._rooms = rooms
        self._guard = guard
        self.outcomes: Counter[str] = Counter()
        self._known: Mapping[str, Booking] = {}
        self._by_room: dict[str, list[Booking]] = {}

    def routes(self) -> list[web.RouteDef]:
        """The three addresses."""
        return [
            web.post("/conference", self._for_the_house(self._asked)),
            web.get("/conference/{id}", self._for_the_house(self._shown)),
            web.delete("/conference/{id}", self._for_the_house(self._closed)),
        ]

    def _for_the_house(self, handle: Handler) -> Handler:
        """From loopback nothing is needed; from elsewhere a token, since the answers hold passwords."""

        async def on_request(request: web.Request) -> web.Response:
            try:
                if not local(request):
                    self._guard.admit(request.headers.get("Authorization"), "read")
                return await handle(request)
            except Problem as problem:
                return _said(problem.status, problem.detail, problem.headers)

        return on_request

    async def _asked(self, request: web.Request) -> web.Response:
        if not self._hall.ready():
            self.outcomes["not ready"] += 1
            return _said(503, self._worded(Message(NOT_READY), None), {"Retry-After": RETRY_AFTER})
        try:
            name, owner = read_form(await content_of(request, LARGEST))
        except ValueError as error:
            self.outcomes["malformed"] += 1
            return _said(400, MALFORMED.format(what=error))
        wanted = Request(name, owner, f"unbooked-{secrets.token_hex(8)}")
        outcome = self._rooms.ask(wanted, self._of_room(name), self._hall.clock())
        match outcome:
            case Reservation():
                self._note_granted(outcome)
                return web.json_response(_body(outcome))
            case Conflict(held):
                self.outcomes["conflict"] += 1
                log.info("reservation conflict", room=name, booking=held.id)
                return web.json_response({"conflict_id": held.id}, status=409)
            case Refusal(message, booking):
                self.outcomes["refused"] += 1
                log.info("room refused", room=name, booking=booking.id if booking else "")
                return _said(403, self._worded(message, booking))

    async def _shown(self, request: web.Request) -> web.Response:
        found = self._rooms.find(request.match_info["id"], self._hall.clock())
        return _said(404, UNKNOWN) if found is None else web.json_response(_body(found))

    async def _closed(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        return web.json_response({"id": id_}) if self._rooms.drop(id_) else _said(404, UNKNOWN)

    def _note_granted(self, reservation: Reservation) -> None:
        if reservation.booking is not None:
            self.outcomes["booked"] += 1
            return
        self.outcomes["unbooked"] += 1
        if self._rooms.unbooked is Unbooked.WARN:
            log.warning("room opened without a booking", room=reservation.name)

    def _of_room(self, name: str) -> list[Booking]:
        known = self._hall.bookings()
        if known is not self._known:
            by_room: dict[str, list[Booking]] = {}
            for booking in known.values():
                by_room.setdefault(booking.room_node, []).append(booking)
            self._known, self._by_room = known, by_room
        return self._by_room.get(name, [])

    def _worded(self, message: Message, booking: Booking | None) -> str:
        if booking is None:
            return self._hall.wording.text(message, self._hall.language, 0.0)
        return self._hall.wording.text(message, booking.language, booking.utc_offset)


def local(request: web.Request) -> bool:
    """Whether the request was made on this machine, and not handed on for somebody else."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        peer = ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return False
    return (getattr(peer, "ipv4_mapped", None) or peer).is_loopback


def read_form(content: bytes) -> tuple[str, str]:
    """The room's name in lower case, and the owner as the module wrote it.

    Raises:
        ValueError: With what is wrong.
    """
    try:
        fields = parse_qs(
            content.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20
        )
    except ValueError:  # no ASCII, no pairs, no UTF-8 behind the percent signs
        raise ValueError(NO_FORM) from None
    names, owners = fields.get("name", []), fields.get("mail_owner", [""])
    if len(names) != 1 or not names[0]:
        raise ValueError("it needs one name")
    if len(owners) != 1:
        raise ValueError("mail_owner is there more than once")
    name = names[0].lower()
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"the name is longer than {LONGEST_NAME} bytes, or holds control characters")
    return name, owners[0]


def _body(reservation: Reservation) -> dict[str, Any]:
    booking = reservation.booking
    body: dict[str, Any] = {
        "id": reservation.id,
        "name": reservation.name,
        "mail_owner": reservation.owner,
        "start_time": f"{datetime.fromtimestamp(reservation.start, UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "duration": reservation.duration,
    }
    if booking is None:
        return body
    body["lobby"] = booking.lobby
    # What is absent leaves the room as it is; an empty password would be set, and null is no text to the module.
    if booking.max_occupants is not None:
        body["max_occupants"] = booking.max_occupants
    if booking.password is not None:
        body["password"] = booking.password
    return body


def _said(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"message": message}, status=status, headers=headers)
