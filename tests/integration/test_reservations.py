"""Jitsi's own mod_reservations asks a real daemon before a room is opened; people read what comes of it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slixmpp import ComponentXMPP
from slixmpp.exceptions import IqError
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from supervisor.domain.reservations import NOT_BOOKED
from supervisor.i18n import translators
from supervisor.simulation import Focus, JoinRefusedError, Person, PrivateProsody
from supervisor.simulation.configuration import JITSI_MAIN, listed, quoted
from supervisor.simulation.loopback import spare_ports
from supervisor.simulation.stanzas import FOCUS
from tests.integration.conftest import Server
from tests.integration.daemon import CEST, Daemon, booking
from tests.jitsi_module import Denied, Module, Opened, form

PIN = "482915"
ASK = "{http://jitsi.org/protocol/focus}conference"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
SECRET = "focus-component"


class Jicofo(ComponentXMPP):
    """The focus component: opens the room and says that it is ready."""

    def __init__(self, prosody: PrivateProsody) -> None:
        super().__init__(f"focus.{prosody.domain}", SECRET, prosody.host, prosody.component_port)
        self._focus = Focus(prosody, "focus-reservations")
        self._prosody = prosody
        self._started = asyncio.Event()
        self._opening: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []
        self.register_handler(
            Callback("conference", MatchXPath(f"{{jabber:component:accept}}iq/{ASK}"), self._on_conference)
        )
        self.add_event_handler("session_start", lambda _: self._started.set())

    async def __aenter__(self) -> Self:
        await self._focus.open(self._prosody.c2s_port)
        self.connect()
        await asyncio.wait_for(self._started.wait(), 10)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._focus.close()
        await self.disconnect(wait=2.0)
        sender, self._run_out_filters = self._run_out_filters, None
        if sender is not None:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    def _on_conference(self, iq: Any) -> None:
        room = iq.xml.find(ASK).get("room")
        self.asked.append(room)
        task = asyncio.get_running_loop().create_task(self._open(iq, room))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, iq: Any, room: str) -> None:
        if room not in self._focus.conferences:
            await self._focus.open_room(room)
        reply = iq.reply()
        reply.append(ET.Element(ASK, {"ready": "true", "room": room}))
        reply.send()


async def ask_for_the_room(person: Person, room: str, domain: str) -> str:
    """What jitsi-meet does first. Returns the text of the refusal, empty where the room is ready."""
    iq = person.make_iq_set(ito=f"focus.{domain}")
    iq.append(ET.Element(f"{{{FOCUS}}}conference", {"room": room, "machine-uid": "6f2a"}))
    try:
        await iq.send(timeout=10)
    except IqError as refused:
        code = refused.iq.xml.find(f".//{{{FOCUS}}}reservation-error").get("error-code")
        return f"{code} {refused.iq.xml.findtext(f'.//{{{STANZAS}}}text')}"
    return ""


def refusing(folder: Path, port: int) -> dict[str, dict[str, Any]]:
    """A daemon on that port that refuses what nobody booked."""
    files = [str(folder / "bookings.toml")]
    return {"bookings": {"files": files, "unbooked": "refuse"}, "web": {"listen": f"127.0.0.1:{port}"}}


@pytest.fixture
def port() -> int:
    return spare_ports(1)[0]


@pytest.fixture
async def asking(server: Server, port: int) -> AsyncIterator[PrivateProsody]:
    """Prosody with mod_reservations, as docs/reservations.md says to configure it."""
    if server.jitsi is None:
        pytest.skip("Jitsi's own modules are not here: set JITSI_PLUGINS")
    options = {
        "meet.test": {
            "modules_enabled": listed([*JITSI_MAIN, "reservations", "persistent_lobby"]),
            "reservations_api_prefix": quoted(f"http://127.0.0.1:{port}"),
            "reservations_api_retry_delay": "1",
            "reservations_enable_max_occupants": "true",
            "reservations_enable_lobby_support": "true",
            "reservations_enable_password_support": "true",
        },
        "conference.meet.test": {"muc_max_occupants": "100"},
    }
    async with PrivateProsody(
        executable=server.executable,
        jitsi_plugins=server.jitsi,
        options=options,
        strangers={"focus.meet.test": SECRET},
    ) as running:
        yield running


@pytest.fixture
async def people(asking: PrivateProsody) -> AsyncIterator[list[Person]]:
    found = [Person(asking, name) for name in ("Aina", "Bernat")]
    for person in found:
        await person.open(asking.c2s_port)
    yield found
    for person in found:
        await person.close()


async def test_a_booked_room_opens_with_its_pin_and_an_unbooked_one_is_refused_with_a_text(
    asking: PrivateProsody, people: list[Person], port: int, tmp_path: Path
) -> None:
    one = booking(password=PIN, max_occupants=2)
    sections = refusing(tmp_path, port)
    aina, bernat = people
    async with Daemon(asking, tmp_path, one, sections=sections) as daemon, Jicofo(asking) as jicofo:
        text = await ask_for_the_room(aina, asking.room("qualsevol"), asking.domain)
        assert f"403 {translators()['ca'](NOT_BOOKED)}" == text
        assert not await asking.has_room(asking.room("qualsevol"))

        assert "" == await ask_for_the_room(aina, asking.room("sala1"), asking.domain)
        assert [asking.room("sala1")] == jicofo.asked
        with pytest.raises(JoinRefusedError) as refusal:
            await aina.join(asking.room("sala1"))
        assert "not-authorized" == refusal.value.condition
        await aina.join(asking.room("sala1"), PIN)
        await daemon.becomes(1.0, daemon.people)
        assert "" == await ask_for_the_room(bernat, asking.room("sala1"), asking.domain)
        assert 1 == (await daemon.metrics())['reservations_total{outcome="booked"}']

        # The room is destroyed when its last person leaves; the module says so, and it may be opened again.
        await aina.leave()
        await daemon.eventually(lambda: _gone(port), 10)
        assert "" == await ask_for_the_room(bernat, asking.room("sala1"), asking.domain)
        await bernat.join(asking.room("sala1"), PIN)
    assert asking.log_complaints() == []


async def _gone(port: int) -> bool:
    return (await Module(f"http://127.0.0.1:{port}").request("GET", "/conference/almatret-1"))[0] == 404


async def test_a_booked_lobby_is_there_before_the_first_guest(
    asking: PrivateProsody, people: list[Person], port: int, tmp_path: Path
) -> None:
    one = booking(kind="appointment", password=PIN, lobby=True)
    sections = refusing(tmp_path, port)
    aina, _ = people
    async with Daemon(asking, tmp_path, one, sections=sections), Jicofo(asking):
        assert "" == await ask_for_the_room(aina, asking.room("sala1"), asking.domain)
        with pytest.raises(JoinRefusedError) as refusal:
            await aina.join(asking.room("sala1"))
        assert "registration-required" == refusal.value.condition
        assert await asking.has_room(f"sala1@{asking.lobby}")


async def test_a_session_of_another_day_says_when_its_room_opens(
    asking: PrivateProsody, people: list[Person], port: int, tmp_path: Path
) -> None:
    start = dt.datetime.now(CEST).replace(microsecond=0) + dt.timedelta(hours=30)
    sections = refusing(tmp_path, port)
    async with Daemon(asking, tmp_path, booking(start=start), sections=sections), Jicofo(asking):
        text = await ask_for_the_room(people[0], asking.room("sala1"), asking.domain)
    assert f"403 The session in this room is booked for {start:%Y-%m-%d} at {start:%H:%M}" in text


async def test_the_stand_in_for_the_module_sends_what_the_module_sends(
    asking: PrivateProsody, people: list[Person], port: int
) -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.method, request.headers["Content-Type"], await request.read()))
        return web.json_response({"message": "no"}, status=403)

    app = web.Application()
    app.add_routes([web.post("/conference", take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        assert "403 no" == await ask_for_the_room(people[0], asking.room("sala1"), asking.domain)
    finally:
        await runner.cleanup()
    ((method, kind, body),) = seen
    owner = people[0].boundjid.bare
    asked = parse_qs(body.decode())["start_time"][0]
    ours = form("sala1", owner, asked)
    assert ("POST", "application/x-www-form-urlencoded") == (method, kind)
    assert sorted(ours.split(b"&")) == sorted(body.split(b"&"))


async def test_a_daemon_answers_the_recorded_module(prosody: PrivateProsody, tmp_path: Path) -> None:
    one = booking(password=PIN, lobby=True, max_occupants=40)
    sections = refusing(tmp_path, 0)
    async with Daemon(prosody, tmp_path, one, sections=sections) as daemon:
        module = Module(daemon.address)
        opened = await module.open("sala1")
        assert isinstance(opened, Opened)
        assert ("almatret-1", 40, True, PIN) == (opened.id, opened.max_occupants, opened.lobby, opened.password)
        assert dt.timedelta(hours=6).total_seconds() == opened.duration
        assert isinstance(await module.open("qualsevol"), Denied)
        assert 200 == await module.close("almatret-1")
        assert opened == await module.open("sala1")
