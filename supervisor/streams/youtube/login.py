"""``jitsi-supervisor youtube login``: a person agrees in any browser, and the token lands in the file.

The flow for devices with limited input (RFC 8628): no browser and no open port are needed where the daemon runs.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.oauth import ask
from supervisor.streams.youtube.token_file import Grant, write_grant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from supervisor.streams.youtube.oauth import Client

SCOPE = "https://www.googleapis.com/auth/youtube.readonly"
_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER = 5.0


class LoginError(Exception):
    """It came to nothing; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the person is asked. ``device_code`` is ours alone; times are in seconds."""

    url: str
    user_code: str
    device_code: str
    interval: float
    lifetime: float

    def __repr__(self) -> str:
        return f"Question({self.url!r})"


@dataclass(slots=True)
class Login:
    """One login.

    Attributes:
        client: On whose behalf.
        device_url: Address of the device authorisation endpoint.
        path: Where the token goes.
        show: Gets each line that the person has to see.
        sleep: Waits that many seconds.
    """

    client: Client
    device_url: str
    path: Path
    show: Callable[[str], None]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self) -> None:
        """Ask, wait for the person, write the file. Raises LoginError."""
        try:
            question = await self._begin()
            self.show(f"Open {question.url} in a browser, as the owner of the YouTube channel,")
            self.show(f"and enter this code: {question.user_code}")
            token = await self._wait(question)
        except YoutubeError as error:
            raise LoginError(f"{error}; check the network and try again") from None
        try:
            write_grant(self.path, Grant(token, time.time(), {}))
        except OSError as error:
            raise LoginError(f"{self.path} cannot be written: {error.strerror}; check youtube.token_file") from None
        self.show(f"The token is in {self.path}. A running daemon takes it up by itself.")

    async def _begin(self) -> Question:
        status, body = await ask(self.device_url, {"client_id": self.client.id, "scope": SCOPE})
        question = _question(body) if status == 200 else None
        if question is None:
            raise LoginError(f"no code was given (HTTP status {status}{_word(body)}); check youtube.client_id")
        return question

    async def _wait(self, question: Question) -> str:
        """Ask as often as allowed until the person has decided; returns the refresh token."""
        interval, waited = question.interval, 0.0
        while waited < question.lifetime:
            await self.sleep(interval)
            waited += interval
            try:
                status, body = await ask(self.client.token_url, self._form(question))
            except YoutubeError as error:
                if error.fault is not Fault.TRANSIENT:
                    raise
                continue  # the person may be in the middle of it: a lost packet must not end it
            if status == 200:
                return _refresh_token(body)
            interval += _patience(status, body)
        raise LoginError("nobody entered the code in time; start again")

    def _form(self, question: Question) -> dict[str, str]:
        return {
            "client_id": self.client.id,
            "client_secret": self.client.secret,
            "device_code": question.device_code,
            "grant_type": _GRANT_TYPE,
        }


def _patience(status: int, body: dict[str, Any]) -> float:
    """Seconds to add to the interval. Raises LoginError where the answer is a no."""
    word = body.get("error")
    if word == "authorization_pending" or status >= 500:
        return 0.0
    if word == "slow_down":
        return _SLOWER
    if word == "access_denied":
        raise LoginError("the person refused; start again if that was a mistake")
    if word == "expired_token":
        raise LoginError("nobody entered the code in time; start again")
    raise LoginError(f"refused (HTTP status {status}{_word(body)}); check youtube.client_id and client_secret")


def _refresh_token(body: dict[str, Any]) -> str:
    token = body.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise LoginError('no refresh token was given; the client must be of the type "TVs and Limited Input devices"')
    return token


def _question(body: dict[str, Any]) -> Question | None:
    url = body.get("verification_url") or body.get("verification_uri")  # Google's word, and the RFC's
    texts = (url, body.get("user_code"), body.get("device_code"))
    numbers = (body.get("interval", 5), body.get("expires_in", 1800))
    if all(isinstance(text, str) and text for text in texts) and all(isinstance(n, (int, float)) for n in numbers):
        (address, user_code, device_code), (interval, lifetime) = map(str, texts), map(float, numbers)
        return Question(address, user_code, device_code, interval, lifetime)
    return None


def _word(body: dict[str, Any]) -> str:
    """The protocol's own word for an error, if it is one that a person can look up."""
    word = body.get("error")
    known = {"invalid_client", "invalid_scope", "unauthorized_client", "invalid_request", "unsupported_grant_type"}
    return f", {word}" if isinstance(word, str) and word in known else ""
