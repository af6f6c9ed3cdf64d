"""The owner's access: a refresh token in a file, and the short-lived access tokens that are got with it.

A refresh token dies: after 7 days while the Google project's publishing status is "Testing", when the person takes the
consent back, after 6 months without use, when the client's secret is changed. Then it is said once, with the remedy,
and nothing is asked again before the file has changed.

Source: the identity platform's documentation of OAuth 2.0 and its error responses.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from supervisor.streams.youtube.client import Credential, exchange, open_session
from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.token_file import Grant, TokenFileError, read_grant, write_grant

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = structlog.get_logger()

EARLY = 300.0
"""Seconds before its end at which an access token is no longer used."""
OLD = 6 * 86_400.0
"""Seconds of age from which a refresh token is warned about: in "Testing" it has a day left."""

LOGIN = "run: jitsi-supervisor youtube login --config FILE"
_DEAD = {
    "invalid_grant": f"the token was revoked or has expired (invalid_grant); {LOGIN}",
    "invalid_client": "youtube.client_id or client_secret is wrong or was replaced (invalid_client); correct it",
    "unauthorized_client": f"the token belongs to another client (unauthorized_client); {LOGIN}",
    "admin_policy_enforced": "the organisation's administrator forbids it (admin_policy_enforced); ask there",
    "deleted_client": "the OAuth client was deleted (deleted_client); create another and log in again",
}


@dataclass(frozen=True, slots=True)
class Client:
    """The OAuth client of the Google project, and where it asks.

    Attributes:
        id: Its id, no secret.
        secret: Its secret.
        token_url: The token endpoint's address.
    """

    id: str
    secret: str
    token_url: str

    def __repr__(self) -> str:
        return f"Client({self.id!r})"


class Access:
    """Gives access tokens. ``clock``: seconds since the epoch."""

    def __init__(self, client: Client, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._path = path
        self._clock = clock
        self._token = ""
        self._until = 0.0
        self._dead = ""
        self._version: object = None
        self._warned = False

    async def credential(self, *, force: bool = False) -> Credential:
        """An access token that lives for minutes yet.

        Args:
            force: The present one was refused: get another.

        Raises:
            YoutubeError: DEAD where only a person can help, else TRANSIENT or RATE.
        """
        if self._file_version() != self._version:
            self._dead, self._token = "", ""
        if self._dead:
            raise YoutubeError(Fault.DEAD, self._dead)
        if force or not self._token or self._clock() >= self._until:
            await self._refresh()
        return Credential(token=self._token)

    async def _refresh(self) -> None:
        self._version = self._file_version()
        grant = self._grant()
        self._warn_of_age(grant)
        status, body = await ask(
            self._client.token_url,
            {
                "client_id": self._client.id,
                "client_secret": self._client.secret,
                "refresh_token": grant.refresh_token,
                "grant_type": "refresh_token",
            },
        )
        if status != 200:
            raise self._refused(status, body)
        self._take(grant, body)

    def _grant(self) -> Grant:
        try:
            return read_grant(self._path)
        except TokenFileError as error:
            raise self._died(str(error)) from None

    def _take(self, grant: Grant, body: dict[str, Any]) -> None:
        token, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, (int, float)):
            raise YoutubeError(Fault.TRANSIENT, "the token endpoint gave no access token")
        self._token = token
        self._until = self._clock() + max(seconds - EARLY, seconds / 2)
        rotated = body.get("refresh_token")
        if isinstance(rotated, str) and rotated and rotated != grant.refresh_token:
            self._store(replace(grant, refresh_token=rotated))

    def _store(self, grant: Grant) -> None:
        try:
            write_grant(self._path, grant)
        except OSError as error:
            log.warning("youtube: a new refresh token could not be stored", file=str(self._path), why=error.strerror)
        self._version = self._file_version()

    def _refused(self, status: int, body: dict[str, Any]) -> YoutubeError:
        word = body.get("error")
        if isinstance(word, str) and word in _DEAD:
            return self._died(_DEAD[word])
        if status == 429:
            return YoutubeError(Fault.RATE, "the token endpoint asks for patience")
        if 400 <= status < 500:
            return self._died(f"the token endpoint refuses (HTTP status {status}); {LOGIN}")
        return YoutubeError(Fault.TRANSIENT, f"the token endpoint answers HTTP status {status}")

    def _died(self, why: str) -> YoutubeError:
        self._dead, self._token = why, ""
        return YoutubeError(Fault.DEAD, why)

    def _warn_of_age(self, grant: Grant) -> None:
        age = 0.0 if grant.obtained_at is None else self._clock() - grant.obtained_at
        if age >= OLD and not self._warned:
            self._warned = True
            log.warning(
                "youtube: the token is older than 6 days",
                days=round(age / 86_400, 1),
                remedy='while the Google project is in "Testing" a token dies after 7 days; publish the app',
            )

    def _file_version(self) -> object:
        try:
            about = self._path.stat()
        except OSError:
            return None
        return about.st_mtime_ns, about.st_ino, about.st_mode


async def ask(url: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Post a form to one of the OAuth endpoints.

    Returns:
        The HTTP status and the JSON object, empty if the answer was none.

    Raises:
        YoutubeError: TRANSIENT.
    """
    async with open_session(lambda: None) as session:
        status, _, body = await exchange(session.post(url, data=form, allow_redirects=False))
    return status, body if isinstance(body, dict) else {}
