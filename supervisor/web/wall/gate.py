"""What the wall's pages are protected by: headers, the origin of a form, the pace of login attempts."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from supervisor.web.content import content_of
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it, browsers call the origin of a form "null".
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
FORM = "application/x-www-form-urlencoded"
FIELDS = 10

TRIES = 5
"""Wrong tokens of one address within `WINDOW` seconds; then it has to wait."""
WINDOW = 60.0
ADDRESSES = 1000
"""Addresses that are remembered; the one that failed first is forgotten first."""


def own(request: web.Request) -> bool:
    """Whether a request comes from a page of ours, by what the browser says of it and no page can forge.

    Whoever says neither is refused: every browser that can show the wall says one.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in {None, "same-origin"}:
        return False
    if origin is None:
        return site is not None
    try:
        return urlsplit(origin).netloc.lower() == request.host.lower() != ""
    except ValueError:
        return False


def secure(request: web.Request) -> bool:
    """Whether the browser speaks https with the web server before us, as that says from loopback."""
    return _loopback(request.remote) and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def source(request: web.Request) -> str:
    """The address of who asks: where a web server on loopback hands it on, the last one that it has written."""
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    given = forwarded if forwarded and _loopback(remote) else remote
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return remote
    # One subscriber has a whole /64.
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form, each given once.

    Raises:
        Problem: 408, 413, 415, 422.
    """
    if request.content_type != FORM:
        raise Problem(415, f"This takes a form; send the header Content-Type: {FORM}.")
    content = await content_of(request)
    try:
        fields = parse_qs(content.decode(), keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError:
        raise Problem(422, "The form cannot be read; load the page again and send it from there.") from None
    return {key: values[0] for key, values in fields.items() if len(values) == 1}


class Pace:
    """Slows down whoever tries tokens. ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed: dict[str, list[float]] = {}

    def wait(self, address: str) -> float:
        """Seconds until this address may try again; 0 for now."""
        recent = self._recent(address)
        return max(recent[-TRIES] + WINDOW - self._clock(), 0.0) if len(recent) >= TRIES else 0.0

    def failed(self, address: str) -> None:
        """Note a wrong token."""
        recent = self._recent(address)
        self._failed.pop(address, None)
        self._failed[address] = [*recent, self._clock()][-TRIES:]
        while len(self._failed) > ADDRESSES:
            del self._failed[next(iter(self._failed))]

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - WINDOW
        return [at for at in self._failed.get(address, ()) if at > since]


def _loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
