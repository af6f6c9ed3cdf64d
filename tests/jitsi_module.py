"""What Jitsi's mod_reservations sends, byte for byte, and what it makes of the answer: its rules, not ours.

tests/integration/test_reservations.py compares it with what the real one sends.
"""

from __future__ import annotations

import calendar
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT = "Prosody (0.12.3; Linux)"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Opened:
    """The module lets people in, with this."""

    id: Any
    start: int
    duration: float
    max_occupants: float | None
    lobby: bool
    password: str | None


@dataclass(frozen=True, slots=True)
class Denied:
    """The person reads this text."""

    code: int
    text: str


OWNER = "1a2b3c4d-0000-4000-8000-000000000000@meet.test"


def form(room: str, owner: str = OWNER, asked: str = "2026-09-03T17:00:00.000Z") -> bytes:
    """The body, as Prosody's util.http writes it: fields in no order, hexadecimal digits in lower case."""
    fields = {"start_time": asked, "mail_owner": owner, "name": room}
    return "&".join(f"{name}={_escaped(value)}" for name, value in fields.items()).encode()


def _escaped(text: str) -> str:
    escaped = re.sub("%..", lambda found: found[0].lower(), quote(text, safe=""))
    return escaped.replace("%20", "+")


class Module:
    """mod_reservations with a prefix, as seen from the API's side."""

    def __init__(self, prefix: str, headers: Mapping[str, str] | None = None) -> None:
        self._prefix = prefix
        self._headers = {"User-Agent": AGENT, **(headers or {})}

    async def open(self, room: str) -> Opened | Denied:
        """Ask for a room that does not exist yet."""
        headers = {"Content-Type": FORM}
        code, body = await self.request("POST", "/conference", data=form(room), headers=headers)
        if code in {200, 201}:
            return self._read(room, body)
        if code != 409:
            return _denied(code, body)
        conflict = _decoded(body)
        if conflict is None or conflict.get("conflict_id") is None:
            return Denied(409, "Invalid response from reservation server")
        code, body = await self.request("GET", f"/conference/{conflict['conflict_id']}")
        return self._read(room, body) if code == 200 else _denied(code, body)

    async def close(self, id_: str) -> int:
        """Tell that the room was destroyed."""
        return (await self.request("DELETE", f"/conference/{id_}"))[0]

    async def request(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        """Status and body."""
        headers = {**self._headers, **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, self._prefix + path, headers=headers, **more) as response,
        ):
            return response.status, await response.read()

    def _read(self, room: str, body: bytes) -> Opened | Denied:
        invalid = Denied(500, "Invalid response from reservation server")
        data = _decoded(body)
        if data is None or not isinstance(data.get("name"), str) or data["name"].lower() != room:
            return invalid
        if data.get("id") is None or data.get("mail_owner") is None:
            return invalid
        duration, most = _number(data.get("duration")), _number(data.get("max_occupants"))
        if duration is None or ("max_occupants" in data and (most is None or most < 1)):
            return invalid
        password = data.get("password")
        start = _parsed(data.get("start_time"))
        if (password is not None and not isinstance(password, str)) or start is None:
            return invalid
        lobby = data.get("lobby") is True or data.get("lobby") == "true"
        return Opened(data["id"], start, duration, most, lobby, password)


def _decoded(body: bytes) -> dict[str, Any] | None:
    try:
        return dict(json.loads(body))
    except ValueError:
        return None


def _denied(code: int, body: bytes) -> Denied:
    data = _decoded(body)
    return Denied(code, data["message"] if data and data.get("message") else "Rejected by reservation server")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _parsed(value: Any) -> int | None:
    """As util.datetime of Prosody reads it: the fraction is lost, the zone is needed."""
    found = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z", value or "")
    return calendar.timegm(tuple(int(part) for part in found.groups())) if found else None
