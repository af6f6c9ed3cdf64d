"""Who may use the API: bearer tokens of the configuration, each with a name and scopes."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

REALM = 'Bearer realm="jitsi-supervisor"'

NONE_CONFIGURED = (
    "No token is configured, so nobody may use the API; add a section [web.tokens.NAME] with token and scopes to the "
    "configuration and restart the daemon."
)
NONE_SENT = "This needs a token; send the header Authorization: Bearer TOKEN with one of [web.tokens]."
WRONG = "This token is none of [web.tokens]; check it for cut off characters."


@dataclass(frozen=True, slots=True)
class Access:
    """A token as the configuration has it."""

    name: str
    token: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a token. ``mark`` changes with the token, and does not tell what it is."""

    name: str
    scopes: frozenset[str]
    mark: str


class Guard:
    """Knows tokens by their digests only. Every one is compared at each request, in a time that tells nothing."""

    def __init__(self, accesses: Iterable[Access]) -> None:
        self._known = [(_digest(access.token), access.name, access.scopes) for access in accesses]

    @property
    def open(self) -> bool:
        """Whether anybody may come in at all."""
        return bool(self._known)

    def holder(self, token: str) -> Holder | None:
        """Who holds this token; None for nobody."""
        given = _digest(token)
        found = [known for known in self._known if hmac.compare_digest(known[0], given)]
        return _holder(*found[0]) if found else None

    def again(self, name: str, mark: str) -> Holder | None:
        """Who held a token of this name and mark; None where it was changed or taken away since."""
        holders = (_holder(*known) for known in self._known)
        return next((each for each in holders if (each.name, each.mark) == (name, mark)), None)

    def admit(self, authorization: str | None, scope: str) -> str:
        """Check the header ``Authorization``.

        Returns:
            The token's name.

        Raises:
            Problem: 401 without a token that is known, 403 where it lacks the scope.
        """
        name, scopes = self._holder(authorization)
        if scope not in scopes:
            header = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'}
            detail = (
                f'The token "{name}" lacks the scope "{scope}"; use another, or add it to [web.tokens.{name}] scopes.'
            )
            raise Problem(403, detail, headers=header)
        return name

    def admit_token(self, token: str, scope: str) -> str:
        """The same for a token that came otherwise, as in an address."""
        return self.admit(f"Bearer {token}", scope)

    def _holder(self, authorization: str | None) -> tuple[str, frozenset[str]]:
        if not self._known:
            raise Problem(401, NONE_CONFIGURED, headers={"WWW-Authenticate": REALM})
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Problem(401, NONE_SENT, headers={"WWW-Authenticate": REALM})
        found = self.holder(token.strip())
        if found is None:
            raise Problem(401, WRONG, headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
        return found.name, found.scopes


def _holder(digest: bytes, name: str, scopes: frozenset[str]) -> Holder:
    return Holder(name, scopes, hashlib.sha256(digest).hexdigest()[:32])


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
