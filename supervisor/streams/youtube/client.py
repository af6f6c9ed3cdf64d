"""The three calls that are made, each one GET and one unit. What leaves here is decoded JSON or a YoutubeError.

The key travels in the address, because the API wants it there; so no address, and no exception of the HTTP library,
which may carry one, leaves this file. Part ``cdn`` is never asked for: it holds the stream's secret name.
"""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp

from supervisor import __version__
from supervisor.streams.youtube.faults import Fault, YoutubeError, classify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace, TracebackType
    from typing import Self

    from supervisor.streams.youtube.quota import Ledger

TIMEOUT = aiohttp.ClientTimeout(total=10.0, connect=5.0)
"""Seconds for a whole call. An answer that takes longer is worth little, and the next poll is near."""
LARGEST = 4 * 2**20
"""Bytes of a decompressed answer; one with 50 rows has about 25 kB."""

# Google compresses for those who ask twice: in Accept-Encoding, and in User-Agent with the word gzip.
_HEADERS = {"Accept-Encoding": "gzip", "User-Agent": f"jitsi-supervisor/{__version__} (gzip)"}


class Credential:
    """What a call is allowed with: an API key or an access token. It never shows itself."""

    __slots__ = ("_key", "_token")

    def __init__(self, *, key: str = "", token: str = "") -> None:
        self._key = key
        self._token = token

    def __repr__(self) -> str:
        return f"Credential({'token' if self._token else 'key'} hidden)"

    @property
    def query(self) -> dict[str, str]:
        """What goes into the address."""
        return {"key": self._key} if self._key else {}

    @property
    def headers(self) -> dict[str, str]:
        """What goes into the header."""
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}


class YoutubeApi:
    """The API below ``base``, e.g. ``https://www.googleapis.com/youtube/v3``. To be entered before it is used.

    Args:
        base: The address without a slash at its end.
        tier: Under which name its units are counted.
        ledger: Where each unit is written down before it is spent.
    """

    def __init__(self, base: str, tier: str, ledger: Ledger) -> None:
        self._base = base.rstrip("/")
        self._tier = tier
        self._ledger = ledger
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        with suppress(YoutubeError):  # it says so again with the first call; here only what is left is to be shown
            await self._ledger.open()
        self._session = open_session(lambda: self._ledger.note_sent(self._tier))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def videos(self, ids: Sequence[str], credential: Credential, *, doubt: bool) -> Any:
        """videos.list of at most 50 ids. Raises YoutubeError."""
        query = {"part": "snippet,status,liveStreamingDetails", "id": ",".join(ids)}
        return await self._get("videos", query, credential, doubt=doubt)

    async def broadcasts(self, ids: Sequence[str], credential: Credential, *, doubt: bool) -> Any:
        """liveBroadcasts.list of at most 50 ids, of whatever type (the default leaves out persistent ones)."""
        parts = "id,snippet,contentDetails,status"
        query = {"part": parts, "id": ",".join(ids), "broadcastType": "all", "maxResults": "50"}
        return await self._get("liveBroadcasts", query, credential, doubt=doubt)

    async def streams(self, ids: Sequence[str], credential: Credential, *, doubt: bool) -> Any:
        """liveStreams.list of at most 50 ids."""
        query = {"part": "id,status", "id": ",".join(ids), "maxResults": "50"}
        return await self._get("liveStreams", query, credential, doubt=doubt)

    async def _get(self, method: str, query: dict[str, str], credential: Credential, *, doubt: bool) -> Any:
        if self._session is None:
            raise RuntimeError("the API is used before it is entered")
        await self._ledger.spend(doubt=doubt)
        request = self._session.get(
            f"{self._base}/{method}",
            params={**query, **credential.query, "prettyPrint": "false"},
            headers=credential.headers,
            allow_redirects=False,
        )
        status, headers, body = await exchange(request)
        if status == 200:
            if not isinstance(body, dict):
                raise YoutubeError(Fault.TRANSIENT, "the answer is not JSON, or was cut short")
            return body
        error = classify(status, body, _retry_after(headers))
        if error.fault is Fault.QUOTA:
            await self._ledger.break_until_midnight()
        raise error


def open_session(note_sent: Callable[[], None]) -> aiohttp.ClientSession:
    """A session without cookies, proxies of the environment or memory of connections.

    A connection is used once: on one that the server closed meanwhile the library would send the request a second time
    by itself, which is a unit that nobody wrote down.

    Args:
        note_sent: Called each time a request goes out.
    """

    async def sent(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestHeadersSentParams) -> None:
        note_sent()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(sent)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_HEADERS,
        timeout=TIMEOUT,
        trace_configs=[trace],
    )


async def exchange(request: Any) -> tuple[int, dict[str, str], Any]:
    """Send a request and read its answer within bounds.

    Args:
        request: What a session's get or post returned.

    Returns:
        Status, the headers in lower case, and the decoded JSON (None if it is none).

    Raises:
        YoutubeError: TRANSIENT, without a trace of the address.
    """
    try:
        async with request as response:
            text = await _read(response.content)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return response.status, headers, _json(text)
    except TimeoutError:
        reason = "no answer in time"
    except (aiohttp.ClientPayloadError, zlib.error):
        reason = "the answer was cut short"
    except (aiohttp.ClientError, OSError, ValueError):
        reason = "no connection"
    # Outside of the handlers, so that the library's exception is not even the context of ours.
    raise YoutubeError(Fault.TRANSIENT, reason)


async def _read(content: aiohttp.StreamReader) -> bytes:
    whole = bytearray()
    async for chunk in content.iter_any():
        whole += chunk
        if len(whole) > LARGEST:
            raise YoutubeError(Fault.TRANSIENT, "the answer is far too long")
    return bytes(whole)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _retry_after(headers: dict[str, str]) -> float | None:
    """Seconds; a date, which the API does not send, is not understood."""
    value = headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None
