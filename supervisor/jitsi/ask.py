"""Asks one of Jitsi's private HTTP sides: bounded in time and size, no redirects. Its address is the operator's own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

TIMEOUT = 4.0
"""Seconds for an answer, from connecting to its last byte."""
LARGEST = 4 * 1024 * 1024
"""Bytes of an answer. A Jicofo with a thousand conferences says less than a tenth of that."""
TOLD = 100
"""Characters of a server's own words that are passed on."""

_HEADERS = {"Accept": "text/plain, application/json;q=0.9, */*;q=0.1", "Accept-Encoding": "identity"}


class AskError(Exception):
    """There is no usable answer; the text says why, and holds no address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes

    @property
    def text(self) -> str:
        """The body of an answer that succeeded; empty for any other."""
        return self.body.decode(errors="replace") if self.status == 200 else ""

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object of an answer that succeeded; empty for anything else."""
        try:
            found = json.loads(self.body) if self.status == 200 else None
        except (ValueError, RecursionError):
            found = None
        return found if isinstance(found, dict) else {}

    @property
    def failure(self) -> str:
        """What a health check complains of; empty where it is well or not there (it is off by default in Jicofo)."""
        if self.status < 500:
            return ""
        return f"health check failed ({self.status}{told(self.body.decode(errors='replace'))})"


def told(text: str) -> str:
    """A server's own words behind a colon, made fit for a log: printable and short. Empty if it has none."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * TOLD]).split())
    return f": {line[:TOLD]}" if line else ""


class Asker:
    """Asks below ``base``, e.g. ``http://127.0.0.1:8888``. To be entered before it is used."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str) -> Answer:
        """Fetch ``/path``. Raises AskError where no answer comes; a status of failure is an answer."""
        if self._session is None:
            raise RuntimeError("the asker is used before it is entered")
        try:
            async with self._session.get(f"{self._base}{path}", allow_redirects=False) as response:
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > LARGEST:
                        raise AskError(f"the answer to {path} is larger than {LARGEST} bytes")
                return Answer(response.status, bytes(body))
        except TimeoutError:
            raise AskError(f"no answer within {TIMEOUT:.0f} s") from None
        except aiohttp.ClientConnectorError as error:
            number = error.os_error.errno or 0  # its own text would hold the address; a failed look-up has no number
            cause = os.strerror(number) if number > 0 else "the name is not known"
            raise AskError(f"no connection ({cause})") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise AskError(f"no usable answer ({type(error).__name__})") from None
