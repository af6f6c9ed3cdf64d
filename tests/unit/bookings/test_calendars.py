from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from supervisor.bookings import calendars, download
from supervisor.bookings.calendars import AGAIN, CalendarFeed, Reader, interpret, named
from supervisor.bookings.repeat import Window
from supervisor.domain.events import BookingsRead, BookingsUnreadable, SourceLost, SourceSynced
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.settings.bookings import Calendar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

WINDOW = Window(dt.date(2026, 9, 1), "Europe/Madrid")
EVENT = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:20260903T{hour:02}0000Z\r\nDURATION:PT1H\r\nSUMMARY:Secret\r\n"
    "LOCATION:https://meet.example.org/{room}\r\nEND:VEVENT\r\n"
)


def feed(*rooms: str) -> bytes:
    events = "".join(EVENT.format(uid=f"secret{i}", hour=i % 24, room=room) for i, room in enumerate(rooms))
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


class Server:
    """A calendar's server; what it answers is in the test's hand."""

    def __init__(self) -> None:
        self.body = feed("plealmatret")
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.sent = 0
        self.endless = False
        self.address = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        if "redirect" in request.path:
            raise web.HTTPFound(request.query.get("to", "/redirect"))
        if self.endless:
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(800):
                await response.write(b"x" * 65_536)
                self.sent += 65_536
            return response
        tag = f'"{hash(self.body)}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(body=self.body, status=self.status, headers={"ETag": tag})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.address = f"http://127.0.0.1:{runner.addresses[0][1]}/s3cret/calendar.ics"
    yield found
    await runner.cleanup()


def watched(address: str, events: list[Any], **options: Any) -> CalendarFeed:
    calendar = Calendar(address=SecretStr(address))
    reader = Reader(DEFAULT_KINDS, ("meet.example.org",), lambda: WINDOW, 300.0)
    ((name, _),) = named([calendar])
    return CalendarFeed(name, calendar, reader, events.append, **options)


async def look(calendar: CalendarFeed, events: list[Any]) -> list[Any]:
    events.clear()
    await calendar.look()
    return list(events)


async def test_a_feed_is_read_once_and_asked_for_with_its_tag_from_then_on(server: Server) -> None:
    calendar = watched(server.address, events := [])
    (read,) = await look(calendar, events)
    assert isinstance(read, BookingsRead)
    assert (read.source, [b.room for b in read.bookings]) == ("calendar 127.0.0.1", ["plealmatret"])
    assert list(read.places.values()) == ["calendar 127.0.0.1: line 2"]
    assert await look(calendar, events) == []
    assert "If-None-Match" in server.asked[-1]
    server.body = feed("plealmatret", "plevallfogona")
    (read,) = await look(calendar, events)
    assert len(read.bookings) == 2


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (404, b"", "status 404; check the address"),
        (502, b"", "status 502; it is tried again"),
        (200, b"<html>Log in</html>", "is no calendar, it looks like a web page; check the address"),
        (200, feed("plealmatret")[:-30], "ends in the middle, without END:VCALENDAR; it will be fetched again"),
    ],
)
async def test_a_feed_that_is_lost_is_named_once_and_its_last_good_state_stays(
    server: Server, status: int, body: bytes, problem: str
) -> None:
    calendar = watched(server.address, events := [])
    await calendar.look()
    good, server.body, server.status = server.body, body, status
    assert await look(calendar, events) == [
        BookingsUnreadable("calendar 127.0.0.1", (f"calendar 127.0.0.1: {problem}",))
    ]
    assert await look(calendar, events) == [SourceLost("calendar 127.0.0.1", problem)]
    assert await look(calendar, events) == [SourceLost("calendar 127.0.0.1", problem)]
    server.body, server.status = good, 200
    read, synced = await look(calendar, events)
    assert isinstance(read, BookingsRead)
    assert synced == SourceSynced("calendar 127.0.0.1")
    assert await look(calendar, events) == []


async def test_nobody_there_is_no_secret_told(server: Server) -> None:
    calendar = watched("http://127.0.0.1:1/s3cret.ics", events := [])
    (problem,) = await look(calendar, events)
    assert "no connection" in problem.problems[0]
    assert "s3cret" not in repr(events)
    assert "s3cret" not in repr(watched(server.address, []))


async def test_what_is_too_large_is_refused_while_it_is_read(server: Server) -> None:
    server.endless = True
    (problem,) = await look(watched(server.address, events := []), events)
    assert "is larger than 10 MiB" in problem.problems[0]
    assert server.sent < 2 * download.LARGEST


async def test_redirects_are_followed_but_not_for_ever(server: Server) -> None:
    base = server.address.partition("/s3cret")[0]
    (read,) = await look(watched(f"{base}/redirect?to=/calendar", events := []), events)
    assert len(read.bookings) == 1
    (problem,) = await look(watched(f"{base}/redirect", events), events)
    assert "leads on more than 5 times" in problem.problems[0]
    (problem,) = await look(watched(f"{base}/redirect?to=file:///etc/passwd", events), events)
    assert "without https" in problem.problems[0]


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 0.2)

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    (problem,) = await look(watched(f"http://127.0.0.1:{port}/", events := []), events)
    assert "no answer within" in problem.problems[0]
    silent.close()
    await asyncio.wait_for(silent.wait_closed(), 5)


async def test_a_file_is_a_calendar_too_and_its_absence_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "towns.ics"
    calendar = watched(str(path), events := [])
    (problem,) = await look(calendar, events)
    assert problem == BookingsUnreadable(
        str(path), (f"{path}: cannot be read: No such file or directory; check the path and its permissions",)
    )
    path.write_bytes(feed("plealmatret"))
    read, synced = await look(calendar, events)
    assert [b.room for b in read.bookings] == ["plealmatret"]
    assert synced == SourceSynced(str(path))


async def test_an_event_that_is_no_booking_is_named_by_its_line_and_the_others_stay(server: Server) -> None:
    server.body = feed("Ple%20d%27Almatret", "plevallfogona")
    (read,) = await look(watched(server.address, events := []), events)
    assert [b.room for b in read.bookings] == ["plevallfogona"]
    (note,) = read.notes
    assert note.startswith("calendar 127.0.0.1: line 2: event: room: ")
    assert note.endswith("; it is left out")
    assert "ecret" not in note


async def test_tomorrow_the_same_feed_has_other_occurrences(server: Server) -> None:
    server.body = server.body.replace(b"DURATION", b"RRULE:FREQ=DAILY\r\nDURATION")
    events: list[Any] = []
    days = [WINDOW, Window(dt.date(2026, 9, 20), "Europe/Madrid")]
    calendar = Calendar(address=SecretStr(server.address))
    reader = Reader(DEFAULT_KINDS, (), lambda: days[0], 300.0)
    subject = CalendarFeed("c", calendar, reader, events.append)
    (today,) = await look(subject, events)
    days.pop(0)
    (later,) = await look(subject, events)
    assert {b.id for b in later.bookings} - {b.id for b in today.bookings}


async def test_a_first_failure_is_tried_again_soon_and_the_rest_at_leisure(server: Server) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        server.status = 200 if len(slept) == 3 else 500
        if len(slept) == 4:
            raise asyncio.CancelledError

    server.status = 500
    with pytest.raises(asyncio.CancelledError):
        await watched(server.address, [], sleep=sleep).run()
    assert slept[0] <= AGAIN * 1.1
    assert all(270 <= seconds <= 330 for seconds in slept[1:])


def test_names_differ_and_hold_no_secret() -> None:
    texts = ["https://u:p4ss@cloud.example.org/a", "webcal://cloud.example.org/b", "/srv/towns.ics"]
    found = [name for name, _ in named(Calendar(address=SecretStr(text)) for text in texts)]
    assert found == ["calendar cloud.example.org", "calendar cloud.example.org 2", "/srv/towns.ics"]
    assert Calendar(address=SecretStr(texts[1])).url == "https://cloud.example.org/b"


async def made_of(content: bytes) -> BookingsRead:
    reader = Reader(DEFAULT_KINDS, (), lambda: WINDOW, 300.0)
    return await interpret("c", Calendar(address=SecretStr("/c.ics")), reader, content)


async def test_a_hundred_thousand_events_do_not_halt_the_loop() -> None:
    content = feed(*(f"ple{i:06}" for i in range(100_000)))
    halts: list[float] = []

    async def beat() -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            halts.append(loop.time() - before)

    pulse = asyncio.ensure_future(beat())
    read = await asyncio.wait_for(made_of(content), 60)
    pulse.cancel()
    assert len(read.bookings) <= 20_000
    assert any("more than 20000 events" in note for note in read.notes)
    # It all takes some ten seconds of work; on a busy machine the loop itself may have to wait for its turn.
    assert max(halts) < 2.0


async def test_a_recurrence_that_never_comes_is_given_up_and_the_others_stay() -> None:
    # dateutil would look through eight thousand years for it.
    never = EVENT.format(uid="n", hour=1, room="ple1234").replace(
        "DURATION", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nDURATION"
    )
    content = feed("plealmatret").replace(b"END:VCALENDAR", never.encode() + b"END:VCALENDAR")
    read = await asyncio.wait_for(made_of(content), 60)
    assert [b.room for b in read.bookings] == ["plealmatret"]


async def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "PATIENCE", 0.05)
    with pytest.raises(calendars.CalendarError, match="takes longer than"):
        await made_of(feed("plealmatret"))
