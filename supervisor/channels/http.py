"""What the channels over HTTP share: no redirects, and answers sorted into the two kinds of failure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.retry_after import seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PASSING = {408, 425, 429}
_MOST_READ = 4096


def target_of(address: str) -> str:
    """A name for a receiver that tells its host and not the rest, which may be a secret: ``example.org/3f9a2c1b``."""
    host = urlsplit(address).hostname or address.rpartition("@")[2]
    return f"{host}/{hashlib.sha256(address.encode()).hexdigest()[:8]}"


class Http:
    """Posts JSON to one address. ``now`` reads the clock, for dates in Retry-After."""

    def __init__(self, address: str, now: Callable[[], float]) -> None:
        self._address = address
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post, and expect an answer of success.

        Raises:
            Temporary: 408, 425, 429, 5xx, or no answer at all.
            Permanent: Every other answer, a redirect too: following it would hand the message to somebody else.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        try:
            async with self._session.post(
                self._address,
                data=body,
                headers={"Content-Type": "application/json", "User-Agent": "jitsi-supervisor", **headers},
                allow_redirects=False,
            ) as answer:
                # Read a little, so that the connection can serve again; a receiver may send as much as it likes.
                await answer.content.read(_MOST_READ)
                status, wait = answer.status, answer.headers.get("Retry-After")
        except (aiohttp.ClientError, OSError) as error:
            raise Temporary(_why(error)) from None
        except ValueError as error:
            raise Permanent(type(error).__name__) from None
        if status in _PASSING or status >= 500:
            raise Temporary(f"HTTP {status}", None if wait is None else seconds(wait, self._now()))
        if not 200 <= status < 300:
            raise Permanent(f"HTTP {status}")

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()


def _why(error: Exception) -> str:
    """Without the address, whose path may be a secret."""
    inner = getattr(error, "os_error", error)
    return getattr(inner, "strerror", None) or type(error).__name__
