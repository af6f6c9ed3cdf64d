"""The fake Google account: device flow, refresh tokens and access tokens."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
Answer = tuple[int, dict[str, Any]]


@dataclass
class FakeAccounts:
    """What the endpoints know. ``clock`` gives seconds since the epoch.

    Attributes:
        client_id: The only client there is.
        client_secret: Its secret.
        refresh_token: The one that is good now.
        revoked: Whether it was taken back.
        rotate: Whether each refresh gives another one.
        polls: Answers to the coming polls of the device flow, ``ok`` being consent; afterwards it is consent.
        interval: Seconds between polls that the device flow asks for.
        expires_in: Lifetime of an access token, seconds.
        refreshes: How many there have been.
    """

    clock: Callable[[], float]
    client_id: str = "client.apps.fake"
    client_secret: str = field(default_factory=lambda: f"secret-{secrets.token_hex(8)}")
    refresh_token: str = field(default_factory=lambda: f"refresh-{secrets.token_hex(8)}")
    revoked: bool = False
    rotate: bool = False
    polls: list[str] = field(default_factory=list)
    interval: int = 5
    expires_in: int = 3599
    refreshes: int = 0
    _access: dict[str, float] = field(default_factory=dict)
    _devices: dict[str, float] = field(default_factory=dict)

    @property
    def access_tokens(self) -> frozenset[str]:
        """All that were given out, but those forgotten."""
        return frozenset(self._access)

    def knows(self, token: str) -> bool:
        """Whether an access token is good."""
        return self._access.get(token, 0.0) > self.clock()

    def forget_access(self) -> None:
        """Make all access tokens invalid, as a security event does."""
        self._access.clear()

    def device(self, form: Mapping[str, str]) -> Answer:
        """The device authorisation endpoint."""
        if form.get("client_id") != self.client_id:
            return 401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        if form.get("scope") != "https://www.googleapis.com/auth/youtube.readonly":
            return 400, {"error": "invalid_scope"}
        code = f"device-{secrets.token_hex(8)}"
        self._devices[code] = -1.0
        return 200, {
            "device_code": code,
            "user_code": "ABCD-EFGH",
            "verification_url": "https://www.google.com/device",
            "expires_in": 1800,
            "interval": self.interval,
        }

    def token(self, form: Mapping[str, str]) -> Answer:
        """The token endpoint."""
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return 401, {"error": "invalid_client", "error_description": "Unauthorized"}
        if form.get("grant_type") == _DEVICE_GRANT:
            return self._device_token(form.get("device_code", ""))
        if form.get("grant_type") != "refresh_token":
            return 400, {"error": "unsupported_grant_type"}
        if self.revoked or form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        self.refreshes += 1
        rotated = {}
        if self.rotate:
            self.refresh_token = f"refresh-{secrets.token_hex(8)}"
            rotated = {"refresh_token": self.refresh_token}
        return 200, {**self._grant(), **rotated}

    def _device_token(self, code: str) -> Answer:
        if code not in self._devices:
            return 400, {"error": "invalid_grant"}
        early = self.clock() < self._devices[code] + self.interval
        self._devices[code] = self.clock()
        word = "slow_down" if early else self.polls.pop(0) if self.polls else "ok"
        if word == "ok":
            del self._devices[code]
            return 200, {**self._grant(), "refresh_token": self.refresh_token}
        return {"authorization_pending": 428, "expired_token": 400}.get(word, 403), {"error": word}

    def _grant(self) -> dict[str, Any]:
        token = f"access-{secrets.token_hex(8)}"
        self._access[token] = self.clock() + self.expires_in
        scope = "https://www.googleapis.com/auth/youtube.readonly"
        return {"access_token": token, "expires_in": self.expires_in, "scope": scope, "token_type": "Bearer"}
