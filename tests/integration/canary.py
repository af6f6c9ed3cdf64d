"""Canaries: what a person brings along and nobody may find again, and the search for them in whatever spelling."""

import asyncio
import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote, quote_plus

import aiohttp
from slixmpp.xmlstream import ET

from supervisor.simulation import Meeting, Person, stanzas

NAME = "Zimbèlina Quaxwort"
TITLE = "Ple amb la Quaxtitolina"
CHAT = "el meu vot és quaxvotum"
ADDRESS = "203.0.113.77"

CANARIES: Mapping[str, str] = {
    "display name": NAME,
    "first name": "Zimbèlina",
    "family name": "Quaxwort",
    "mail": "zimb.quaxmail@planted.example",
    "avatar": "quaxavatar",
    "stats id": "Quaxstats-7hk",
    "resource": "quaxresource",
    "nick": "Quaxnick",
    "account": "quaxaccount",
    "address": ADDRESS,
    "chat": "quaxvotum",
}
"""What is never to be found, by what it is."""


class PlantedState(stanzas.PersonState):
    """A presence as Jitsi's, with everything in it that could name a person."""

    def children(self) -> list[ET.Element]:
        """The presence's children."""
        usual = [child for child in super().children() if not child.tag.endswith("stats-id")]
        user = stanzas.with_children(
            stanzas.element("user"),
            [
                stanzas.element("id", stanzas.CLIENT, CANARIES["account"]),
                stanzas.element("name", stanzas.CLIENT, NAME),
                stanzas.element("email", stanzas.CLIENT, CANARIES["mail"]),
            ],
        )
        return [
            *usual,
            stanzas.element("stats-id", stanzas.CLIENT, CANARIES["stats id"]),
            stanzas.element("display-name", stanzas.DISPLAY_NAME, NAME),
            stanzas.with_children(stanzas.element("identity"), [user]),
            stanzas.element("candidate", stanzas.CLIENT, ip=ADDRESS),
            stanzas.element("status", stanzas.CLIENT, NAME),
        ]


class Planted(Person):
    """Somebody who brings all canaries along; its client has its person's name for a nick, too."""

    @property
    def nick(self) -> str:
        """No eight digits: not every client is Jitsi's."""
        return CANARIES["nick"]


async def planted(meeting: Meeting) -> Planted:
    """Let that person join."""
    person = Planted(meeting.prosody, NAME, keep=True)
    person.state = PlantedState("", NAME, CANARIES["mail"], f"https://pictures.example/{CANARIES['avatar']}.png")
    person.requested_jid.resource = CANARIES["resource"]
    await person.open(meeting.prosody.c2s_port)
    await person.join(meeting.room)
    meeting.persons.append(person)
    assert person.real_jid.endswith("/" + CANARIES["resource"])
    return person


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """The ways in which a text may be written into a file or an answer, each with its name."""
    raw = text.encode()
    yield "as it is", raw.lower()
    yield "small", text.lower().encode()
    for code in ("utf-16-le", "utf-16-be", "latin-1"):
        yield code, text.lower().encode(code)
    yield "JSON", json.dumps(text)[1:-1].lower().encode()
    yield "HTML", html.escape(text).lower().encode()
    yield "URL", quote(text).lower().encode()
    yield "form", quote_plus(text).lower().encode()
    yield "hexadecimal", raw.hex().encode()


def in_base64(text: str) -> Iterator[bytes]:
    """What of a text is sure to be in base64 of anything that holds it, wherever it begins there."""
    raw = text.encode()
    for offset, head in enumerate((0, 2, 3)):
        whole = offset + len(raw) - (offset + len(raw)) % 3
        yield base64.b64encode(b"\0" * offset + raw)[head : whole * 4 // 3]
        yield base64.urlsafe_b64encode(b"\0" * offset + raw)[head : whole * 4 // 3]


def found(places: Mapping[str, bytes], canaries: Mapping[str, str] = CANARIES) -> list[str]:
    """Every place where a canary is, with its sort and its spelling."""
    hits = []
    for place, content in places.items():
        small = content.lower() + b"\0" + content.decode("utf-8", "replace").lower().encode()
        joined = re.sub(rb"\r?\n", b"", content)
        for sort, text in canaries.items():
            hits += [f"{place}: {sort}, {how}" for how, form in spellings(text) if form in small]
            hits += [f"{place}: {sort}, base64" for form in set(in_base64(text)) if form in joined]
    return hits


def files(folder: Path) -> dict[str, bytes]:
    """All that the daemon has written, but for what the test wrote."""
    own = {"supervisor.toml", "bookings.toml"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in own
    }


def mail(content: bytes) -> bytes:
    """A mail as it came, and all its parts as they are read."""
    read = message_from_bytes(content, policy=policy.default)
    parts = [part.get_payload(decode=True) or b"" for part in read.walk() if not part.is_multipart()]
    return b"\n".join([content, *(str(value).encode() for value in read.values()), *filter(_bytes, parts)])


def _bytes(part: object) -> bool:
    return isinstance(part, bytes)


class Visitor:
    """Reads every page and every answer that there is, from behind a web server that tells the visitor's address."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._token = token

    async def all(self, booking: str, *, shown: bool = True) -> dict[str, bytes]:
        """What was answered, by address. ``shown``: once the wall shows the session."""
        headers = {"X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "Origin": self._address}
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(headers=headers, cookie_jar=jar) as http:
            seen = await self._api(http, booking)
            await self._login(http, "wrong")
            await self._login(http, self._token)
            async with asyncio.timeout(30):  # the wall is as of its last look
                while shown and booking.encode() not in await self._get(http, "/"):
                    await asyncio.sleep(0.1)
            for path in ("/", f"/sessions/{booking}"):
                seen[f"wall {path}"] = await self._get(http, path)
            for path in ("/events", f"/events?session={booking}"):
                seen[f"wall {path}"] = await self._feed(http, path)
        return seen

    async def _api(self, http: aiohttp.ClientSession, booking: str) -> dict[str, bytes]:
        paths = [
            "/metrics", "/healthz", "/readyz", "/api/v1/openapi.json", f"/bookings.ics?token={self._token}",
            "/hooks/nothing", f"/conference/{booking}",
        ]  # fmt: skip
        api = ["sessions", "alerts", "incidents", "silences", "dead-letters", "bookings"]
        api += [f"sessions/{booking}{part}" for part in ("", "/roll-call", "/report?format=html", "/report?format=csv")]
        seen = {path: await self._get(http, path) for path in paths}
        bearer = {"Authorization": f"Bearer {self._token}"}
        for path in (*api, f"sessions/{booking}/report?format=json", f"bookings/{booking}"):
            seen[path] = await self._get(http, f"/api/v1/{path}", **bearer)
        for incident in json.loads(seen["incidents"])["incidents"]:
            path = f"incidents/{incident['id']}"
            seen[path] = await self._get(http, f"/api/v1/{path}", **bearer)
        # Those that other programs ask, which say who it was.
        owner = {"name": "sala1", "start_time": "2026-09-03T17:00:00.000Z", "mail_owner": CANARIES["mail"]}
        for room in ("sala1", "nobodybooked"):
            async with http.post(f"{self._address}/conference", data={**owner, "name": room}) as response:
                seen[f"conference of {room}"] = await response.read()
        notification = {"call": "publish", "name": "ple", "addr": ADDRESS, "clientid": "1", "app": "live"}
        async with http.post(f"{self._address}/hooks/nginx-rtmp", data=notification) as response:
            seen["hook"] = await response.read()
        return seen

    async def _get(self, http: aiohttp.ClientSession, path: str, **headers: str) -> bytes:
        async with http.get(self._address + path, headers=headers) as response:
            content = f"{response.status}\n{response.headers}\n".encode() + await response.read()
        return content.partition(b"\n")[2].partition(b"\n")[2] if "incidents" == path.rpartition("/")[2] else content

    async def _login(self, http: aiohttp.ClientSession, token: str) -> None:
        page = (await self._get(http, "/")).decode()
        proof = re.search(r'name="csrf" value="([^"]*)"', page)
        assert proof is not None, page[:500]
        async with http.post(f"{self._address}/login", data={"csrf": proof[1], "token": token}) as response:
            assert response.status == (401 if token == "wrong" else 200), await response.text()

    async def _feed(self, http: aiohttp.ClientSession, path: str) -> bytes:
        """What a stream of events says at first: all that its page shows."""
        content = b""
        async with http.get(self._address + path) as response:
            assert response.status == 200, path
            async with asyncio.timeout(30):
                while b"\n\n" not in content:
                    content += await response.content.readany()
        return content
