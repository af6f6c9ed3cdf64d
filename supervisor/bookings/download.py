"""Fetches a calendar: bounded in size, time and redirects, and asked for only if it changed.

The operator wrote its address, so it may be a private one; the errors never say it.
"""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from yarl import URL

LARGEST = 10 * 1024 * 1024
"""Bytes; ten years of a busy town are 5 MiB."""
TIMEOUT = 20.0
"""Seconds for everything, redirects included."""
REDIRECTS = 5

_HEADERS = {"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "identity", "User-Agent": "jitsi-supervisor"}
_MOVED = frozenset({301, 302, 303, 307, 308})


class DownloadError(Exception):
    """There is no knowing; the message says why and what to do, without the address."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What the server said last.

    Attributes:
        body: The whole body.
        etag: What to ask with the next time.
        modified: The same, by date.
    """

    body: bytes
    etag: str = ""
    modified: str = ""


async def download(address: str, known: Downloaded | None) -> Downloaded:
    """Fetch an address, or learn that it is what we know.

    Raises:
        DownloadError: There is no usable answer.
    """
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with aiohttp.ClientSession(
            headers=_HEADERS, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session:
            return await _follow(session, URL(address), known)
    except TimeoutError:
        raise DownloadError(f"no answer within {TIMEOUT:.0f} s; it is tried again") from None
    except aiohttp.ClientConnectorError as error:
        reason = error.os_error.strerror if (error.os_error.errno or 0) > 0 else "the name is not known"
        raise DownloadError(f"no connection ({reason}); it is tried again") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise DownloadError(f"no usable answer ({type(error).__name__}); it is tried again") from None


async def _follow(session: aiohttp.ClientSession, url: URL, known: Downloaded | None) -> Downloaded:
    for _ in range(REDIRECTS + 1):
        async with session.get(url, headers=_conditions(known), allow_redirects=False) as response:
            target = response.headers.get("Location")
            if response.status not in _MOVED or target is None:
                return await _answer(response, known)
        following = url.join(URL(target))
        if following.scheme not in {"http", "https"} or (url.scheme == "https" and following.scheme == "http"):
            raise DownloadError("leads to an address without https; correct the address")
        url = following
    raise DownloadError(f"leads on more than {REDIRECTS} times; correct the address")


def _conditions(known: Downloaded | None) -> dict[str, str]:
    if known is None:
        return {}
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.modified} if known.modified else {}


async def _answer(response: aiohttp.ClientResponse, known: Downloaded | None) -> Downloaded:
    if response.status == 304 and known is not None:
        return known
    if response.status != 200:
        remedy = "check the address" if response.status in {401, 403, 404, 410} else "it is tried again"
        raise DownloadError(f"status {response.status}; {remedy}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise DownloadError("is compressed, although that was not asked for; have its server send it as it is")
    if (response.content_length or 0) > LARGEST:
        raise DownloadError(_too_large())
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise DownloadError(_too_large())
    return Downloaded(bytes(body), response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))


def _too_large() -> str:
    return f"is larger than {LARGEST // 2**20} MiB; publish a smaller calendar"
