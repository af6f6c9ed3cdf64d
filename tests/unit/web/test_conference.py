"""What Prosody is answered about a room, by the rules of Jitsi's own module."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from supervisor.alerts.wording import Wording
from supervisor.domain.bookings import Booking, Language
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.reservations import Reservations, Unbooked
from supervisor.i18n import translators
from supervisor.web.auth import Access, Guard
from supervisor.web.metrics import ReservationCollector
from supervisor.web.ready import Readiness
from supervisor.web.reservations import Conferences, Hall, local, read_form
from supervisor.web.server import WebServer
from tests.jitsi_module import FORM, Denied, Module, Opened, form
from tests.unit.builders import START, Play, booking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TRANSLATORS = translators()


@dataclass
class Site:
    """A daemon's /conference with the clock in the test's hand."""

    bookings: dict[str, Booking]
    now: float = START
    ready: bool = True
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    prefix: str = ""

    @property
    def module(self) -> Module:
        return Module(self.prefix)

    def counted(self, outcome: str) -> float | None:
        return self.registry.get_sample_value("jitsi_supervisor_reservations_total", {"outcome": outcome})


@asynccontextmanager
async def served(*bookings: Booking, unbooked: Unbooked = Unbooked.REFUSE) -> AsyncIterator[Site]:
    site = Site({each.id: each for each in bookings})
    wording = Wording(TRANSLATORS)
    hall = Hall(lambda: site.bookings, lambda: site.ready, wording, Language.CATALAN, lambda: site.now)
    guard = Guard([Access("prosody", "prosody-secret", frozenset({"read"})), Access("bot", "b", frozenset({"write"}))])
    conferences = Conferences(hall, Reservations(unbooked), guard)
    site.registry.register(ReservationCollector(lambda: conferences.outcomes))
    readiness = Readiness(Play().engine, frozenset())
    server = WebServer("127.0.0.1", 0, CollectorRegistry(), readiness, conferences.routes())
    await server.start()
    site.prefix = server.address
    try:
        yield site
    finally:
        await server.stop()


async def test_a_booked_room_opens_with_its_pin_its_lobby_and_its_limit() -> None:
    one = booking(password="482915", lobby=True, max_occupants=40)
    async with served(one) as site:
        assert Opened("almatret-1", int(START), 6 * 3600, 40, lobby=True, password="482915") == await site.module.open(
            "sala1"
        )
        assert 1 == site.counted("booked")


async def test_a_booking_without_these_leaves_them_out() -> None:
    async with served(booking()) as site:
        opened = await site.module.open("sala1")
    assert Opened("almatret-1", int(START), 6 * 3600, None, lobby=False, password=None) == opened


async def test_a_tenants_room_and_any_spelling_are_found() -> None:
    async with served(booking(tenant="vall-fogona")) as site:
        assert isinstance(await site.module.open("[vall-fogona]sala1"), Opened)
        assert isinstance(await site.module.open("sala1"), Denied)
        status, body = await site.module.request(
            "POST", "/conference", data=form("[Vall-Fogona]SALA1"), headers={"Content-Type": FORM}
        )
        assert (200, True) == (status, b'"name": "[vall-fogona]sala1"' in body)


async def test_an_unbooked_room_is_refused_in_the_language_of_the_site() -> None:
    async with served() as site:
        denied = await site.module.open("qualsevol")
    assert Denied(403, TRANSLATORS["ca"](next(iter(_texts("no booking"))))) == denied
    assert 1 == site.counted("refused")


def _texts(words: str) -> list[str]:
    from supervisor.domain import reservations  # noqa: PLC0415

    return [text for text in vars(reservations).values() if isinstance(text, str) and words in text]


async def test_a_room_that_is_booked_for_later_says_when_it_opens() -> None:
    async with served(booking(language=Language.SPANISH)) as site:
        site.now = START - 3 * 3600
        denied = await site.module.open("sala1")
    assert isinstance(denied, Denied)
    assert ("a las 19:00" in denied.text, "a las 18:30" in denied.text) == (True, True)


@pytest.mark.parametrize(("policy", "lines"), [(Unbooked.ALLOW, 0), (Unbooked.WARN, 1)])
async def test_an_unbooked_room_opens_where_that_is_allowed_and_is_noted_where_it_is_to_be(
    policy: Unbooked, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served(unbooked=policy) as site:
        opened = await site.module.open("qualsevol")
        assert isinstance(opened, Opened)
        assert (int(START), True) == (opened.start, opened.duration >= 72 * 3600)
        assert 1 == site.counted("unbooked")
    told = capsys.readouterr()
    assert lines == (told.out + told.err).count("room opened without a booking")


async def test_a_conflict_leads_to_the_reservation_that_is_open() -> None:
    long = booking(id="long", duration=4 * 3600.0, password="1")
    inside = booking(id="inside", start=START + 3600, duration=3600.0, password="2")
    async with served(long, inside) as site:
        first = await site.module.open("sala1")
        site.now = START + 3600
        status, body = await site.module.request(
            "POST", "/conference", data=form("sala1"), headers={"Content-Type": FORM}
        )
        assert (409, b'{"conflict_id": "long"}') == (status, body)
        assert first == await site.module.open("sala1")
        assert 200 == await site.module.close("long")
        assert 404 == await site.module.close("long")
        reopened = await site.module.open("sala1")
    assert isinstance(reopened, Opened)
    assert ("inside", "2") == (reopened.id, reopened.password)


async def test_a_reservation_can_be_read_while_its_room_is_open_only() -> None:
    async with served(booking()) as site:
        assert 404 == (await site.module.request("GET", "/conference/almatret-1"))[0]
        _, posted = await site.module.request("POST", "/conference", data=form("sala1"), headers={"Content-Type": FORM})
        assert (200, posted) == await site.module.request("GET", "/conference/almatret-1")
        await site.module.close("almatret-1")
        assert 404 == (await site.module.request("GET", "/conference/almatret-1"))[0]
        assert isinstance(await site.module.open("sala1"), Opened)


async def test_a_changed_booking_is_answered_as_it_is_now() -> None:
    async with served(booking(password="old")) as site:
        await site.module.open("sala1")
        site.bookings = {"almatret-1": booking(password="new")}
        opened = await site.module.open("sala1")
    assert isinstance(opened, Opened)
    assert "new" == opened.password


async def test_before_the_bookings_are_read_the_module_is_told_to_ask_again() -> None:
    async with served(booking()) as site:
        site.ready = False
        denied = await site.module.open("sala1")
        assert isinstance(denied, Denied)
        assert (503, True) == (denied.code, "minut" in denied.text)
        site.ready = True
        assert isinstance(await site.module.open("sala1"), Opened)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name=",
        b"start_time=2026-09-03T17%3a00%3a00.000Z",
        b"name=a&name=b",
        b"name=a&mail_owner=b&mail_owner=c",
        b"name=%ff",
        b"name=" + b"a" * 1024,
        b"name=a%0ab",
        b'{"name": "a"}',
        b"\xff\x00",
        b"name=a" + b"&x=y" * 100,
    ],
)
async def test_what_is_no_form_is_refused_with_a_message(body: bytes) -> None:
    async with served(unbooked=Unbooked.ALLOW) as site:
        status, answer = await site.module.request("POST", "/conference", data=body, headers={"Content-Type": FORM})
        assert (400, True) == (status, b'"message"' in answer)
        assert 1 == site.counted("malformed")


async def test_a_form_without_bounds_is_not_read() -> None:
    async with served() as site:
        status, answer = await site.module.request("POST", "/conference", data=b"name=" + b"a" * 20_000)
    assert (413, True) == (status, b'"message"' in answer)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Origin"])
async def test_who_does_not_come_from_this_machine_needs_a_token(header: str) -> None:
    async with served(booking()) as site:
        foreign = {header: "192.0.2.7"}
        assert 401 == (await Module(site.prefix, foreign).request("GET", "/conference/almatret-1"))[0]
        denied = await Module(site.prefix, foreign).open("sala1")
        assert isinstance(denied, Denied)
        assert (401, True) == (denied.code, "Authorization: Bearer" in denied.text)
        assert (
            403
            == (await Module(site.prefix, {**foreign, "Authorization": "Bearer b"}).request("DELETE", "/conference/x"))[
                0
            ]
        )
        assert isinstance(
            await Module(site.prefix, {**foreign, "Authorization": "Bearer prosody-secret"}).open("sala1"), Opened
        )


class _From:
    def __init__(self, remote: str | None) -> None:
        self.remote, self.headers = remote, {}


@pytest.mark.parametrize(
    ("expected", "remote"),
    [
        (True, "127.0.0.1"),
        (True, "127.8.0.1"),
        (True, "::1"),
        (True, "::ffff:127.0.0.1"),
        (False, "192.0.2.7"),
        (False, "::ffff:192.0.2.7"),
        (False, "fe80::1%eth0"),
        (False, None),
    ],
)
def test_loopback_is_this_machine_and_nothing_else(*, expected: bool, remote: str | None) -> None:
    assert expected == local(_From(remote))  # type: ignore[arg-type]


def test_a_form_is_read_as_the_module_writes_it() -> None:
    assert ("[t]sala1", "a b@meet.test") == read_form(form("[t]sala1", "a b@meet.test"))


async def test_permanent_rooms_are_open_at_any_time() -> None:
    one = booking(kind=DEFAULT_KINDS["permanent"], duration=None, start=START + 1e6)
    async with served(one) as site:
        opened = await site.module.open("sala1")
    assert isinstance(opened, Opened)
    assert opened.start + opened.duration > START + 72 * 3600
