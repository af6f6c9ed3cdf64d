"""Fetches small bodies through the guard: bounded in size, time and redirects, and asked for only if they changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from supervisor.streams.hls.guard import AddressRefusedError, Rules, VettedResolver, system_look_up, vet

if TYPE_CHECKING:
    from supervisor.streams.hls.guard import LookUp

TIMEOUT = 4.0
"""Seconds for a whole look, redirects included: a server that drips bytes gets no more."""
REDIRECTS = 3
PER_HOST = 16
"""Connections to one host and port: with 50 ms of travel time that is 320 looks a second."""
CONNECTIONS = 64
LARGEST = 4 * 1024 * 1024
"""Bytes of a playlist."""

# Bodies are asked for as they are: a compressed one could unfold to any size, and playlists are small.
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "jitsi-supervisor"}
_MOVED = frozenset({301, 302, 303, 307, 308})


class FetchError(Exception):
    """There is no knowing; the message is short and names neither address nor host."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: 200, 304, 404 or 410.
        url: Where the body came from, after redirects: relative addresses in it start from there.
        body: The body; empty unless the status is 200.
        etag: What to ask with the next time.
        modified: The same, by date.
    """

    status: int
    url: URL
    body: bytes = b""
    etag: str = ""
    modified: str = ""


class Fetcher:
    """One connection pool for all playlists. Make it inside a running loop, and `close` it."""

    def __init__(self, rules: Rules, look_up: LookUp = system_look_up) -> None:
        self._rules = rules
        connector = aiohttp.TCPConnector(
            resolver=VettedResolver(rules, look_up), limit=CONNECTIONS, limit_per_host=PER_HOST, ttl_dns_cache=30
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def get(self, url: URL, known: Answer | None = None, largest: int = LARGEST) -> Answer:
        """Fetch an address, or learn that it is what we know.

        Args:
            url: The address.
            known: The last answer from it.
            largest: Bytes that the body may have.

        Raises:
            AddressRefusedError: The guard refuses it, or one that it redirects to.
            FetchError: There is no usable answer.
        """
        try:
            return await self._follow(url, known, largest)
        except TimeoutError:
            raise FetchError(f"no answer within {TIMEOUT:.0f} s") from None
        except aiohttp.ClientConnectorError as error:
            cause = error.os_error
            if isinstance(cause, AddressRefusedError):
                raise cause from None
            raise FetchError(f"no connection ({_cause(cause)})") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, AddressRefusedError):
                raise
            raise FetchError(f"no usable answer ({type(error).__name__})") from None

    async def _follow(self, url: URL, known: Answer | None, largest: int) -> Answer:
        headers = _conditions(known)
        vet(url, self._rules)
        for _ in range(REDIRECTS + 1):
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                target = response.headers.get("Location")
                if response.status not in _MOVED or target is None:
                    return await _answer(response, largest)
            following = url.join(URL(target))
            vet(following, self._rules, after=url)
            url = following
        raise FetchError(f"more than {REDIRECTS} redirects")


def _cause(error: OSError) -> str:
    """What went wrong, without the address that asyncio writes into it. A failed look-up has no positive number."""
    number = error.errno or 0
    return os.strerror(number) if number > 0 else "the name is not known"


def _conditions(known: Answer | None) -> dict[str, str]:
    if known is None:
        return {}
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.modified} if known.modified else {}


async def _answer(response: aiohttp.ClientResponse, largest: int) -> Answer:
    if response.status in {304, 404, 410}:
        return Answer(response.status, response.url)
    if response.status != 200:
        raise FetchError(f"status {response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError("compressed, although that was not asked for")
    if (response.content_length or 0) > largest:
        raise FetchError(f"larger than {largest} bytes")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > largest:
            raise FetchError(f"larger than {largest} bytes")
    return Answer(
        200,
        response.url,
        bytes(body),
        response.headers.get("ETag", ""),
        response.headers.get("Last-Modified", ""),
    )
