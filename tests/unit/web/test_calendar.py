"""The bookings as calendar programs read them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from icalendar import Calendar
from prometheus_client import CollectorRegistry

from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.web.auth import Access, Guard
from supervisor.web.calendar import CalendarPage, written
from supervisor.web.ready import Readiness
from supervisor.web.server import WebServer
from tests.unit.builders import MUC, START, Play, booking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from supervisor.domain.bookings import Booking

DAY = 86_400.0
SECRETS = {
    "password": "482915",
    "contacts": ("canary@example.org", "+34600000000"),
    "attendance": True,
    "expected": ("Canary Planted",),
}


def events(*bookings: Booking, now: float = START, changed: Any = None) -> list[Any]:
    calendar = Calendar.from_ical(written(bookings, changed or {}, MUC, now))
    assert "2.0" == calendar["VERSION"]
    return list(calendar.walk("VEVENT"))


def test_a_booking_is_an_event_at_its_time_in_utc() -> None:
    one = booking(title="Ple, ordinari; de setembre\\", organisation="Ajuntament d'Almatret", tenant="vall")
    (event,) = events(one, changed={"almatret-1": (3, START - DAY)})
    assert (datetime(2026, 9, 3, 17, tzinfo=UTC), datetime(2026, 9, 3, 19, tzinfo=UTC)) == (
        event["DTSTART"].dt,
        event["DTEND"].dt,
    )
    assert f"almatret-1@{MUC}" == event["UID"]
    assert ("Ple, ordinari; de setembre\\", "[vall]sala1", "Ajuntament d'Almatret", "CONFIRMED") == tuple(
        str(event[key]) for key in ("SUMMARY", "LOCATION", "DESCRIPTION", "STATUS")
    )
    assert ["plenary"] == event["CATEGORIES"].cats
    last = datetime(2026, 9, 2, 17, tzinfo=UTC)
    assert (3, last, last) == (event["SEQUENCE"], event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt)


@pytest.mark.parametrize(("shown", "days"), [(0, -8), (1, -6), (1, 0), (1, 59), (0, 61)])
def test_what_is_near_is_shown(shown: int, days: float) -> None:
    assert shown == len(events(booking(start=START + days * DAY)))


def test_a_room_that_is_always_open_is_no_appointment() -> None:
    assert [] == events(booking(kind=DEFAULT_KINDS["permanent"], duration=None))


def test_nothing_that_opens_a_room_or_names_a_person_is_in_it() -> None:
    text = written([booking(**SECRETS)], {}, MUC, START).decode()
    assert "almatret-1" in text
    assert [] == [word for word in ("482915", "canary", "Canary", "34600000000") if word in text]


def test_the_same_bookings_are_the_same_bytes() -> None:
    one, two = booking(), booking(id="b", start=START + DAY)
    assert written([one, two], {}, MUC, START) == written([two, one], {}, MUC, START + 3600)


def test_long_and_foreign_titles_are_folded_and_come_back_whole() -> None:
    title = "Ple extraordinari de la Vall: àèéíòóúç " * 7
    raw = written([booking(title=title.strip())], {}, MUC, START)
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert title.strip() == event["SUMMARY"]


@asynccontextmanager
async def served(*bookings: Booking) -> AsyncIterator[str]:
    guard = Guard([Access("wall", "wall-secret", frozenset({"read"})), Access("bot", "bot-s", frozenset({"write"}))])
    known = {each.id: each for each in bookings}
    page = CalendarPage(lambda: known, dict, guard, MUC, lambda: START)
    server = WebServer("127.0.0.1", 0, CollectorRegistry(), Readiness(Play().engine, frozenset()), [page.route()])
    await server.start()
    try:
        yield f"{server.address}/bookings.ics"
    finally:
        await server.stop()


async def ask(address: str, **headers: str) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession(headers=headers) as http, http.get(address) as response:
        return response.status, await response.read(), response.headers


async def test_the_token_stands_in_the_address_or_in_the_header(capsys: pytest.CaptureFixture[str]) -> None:
    async with served(booking()) as address:
        assert 200 == (await ask(f"{address}?token=wall-secret"))[0]
        assert 200 == (await ask(address, Authorization="Bearer wall-secret"))[0]
        assert 401 == (await ask(address))[0]
        assert 401 == (await ask(f"{address}?token="))[0]
        assert 401 == (await ask(f"{address}?token=wall-secre"))[0]
        assert 403 == (await ask(f"{address}?token=bot-s"))[0]
        assert 401 == (await ask(f"{address}?token=wall-secret", Authorization="Bearer wrong"))[0]
    told = capsys.readouterr()
    assert "secre" not in told.out + told.err


async def test_who_has_it_already_is_told_so() -> None:
    async with served(booking()) as address:
        status, body, headers = await ask(f"{address}?token=wall-secret")
        assert (200, "text/calendar; charset=utf-8") == (status, headers["Content-Type"])
        assert body.startswith(b"BEGIN:VCALENDAR\r\n")
        seen = headers["ETag"]
        assert (304, b"") == (await ask(f"{address}?token=wall-secret", **{"If-None-Match": f'"x", W/{seen}'}))[:2]
        assert 200 == (await ask(f"{address}?token=wall-secret", **{"If-None-Match": '"x"'}))[0]
