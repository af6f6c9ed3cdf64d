"""Who is logged in at the wall: a random id in the browser's cookie, known here by its digest only.

The logins are kept in a small file, so that a restart of the daemon does not leave a wall in the dark. Whoever may act
is logged out after half a day without use, whoever may only look after a month: that one hangs on a wall.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from supervisor.web.auth import Guard, Holder

log = structlog.get_logger()

LOOKS_FOR = 30 * 86_400.0
ACTS_FOR = 12 * 3600.0
MOST = 256
"""Logins at one time. One more ends the one that would end first."""
LARGEST = 256 * 1024
"""Bytes of the file."""
RENEW = 0.1
"""Share of a login's life after which its end is moved, and written."""


@dataclass(frozen=True, slots=True)
class Login:
    """``name`` and ``mark`` are the token's, see `supervisor.web.auth.Holder`; ``until`` seconds since the epoch."""

    name: str
    mark: str
    until: float


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in. ``key`` names the login, ``csrf`` proves that a form is ours, ``lasts`` in seconds."""

    name: str
    may_act: bool
    key: str
    csrf: str
    lasts: float


class Logins:
    """All of them. ``clock`` gives seconds since the epoch; ``path`` is the file."""

    def __init__(self, guard: Guard, clock: Callable[[], float], path: Path) -> None:
        self._guard = guard
        self._clock = clock
        self._path = path
        self._logins = _read(path)
        self._complained = False

    def enter(self, holder: Holder) -> str:
        """Log somebody in. Returns the id for the cookie."""
        ident = secrets.token_urlsafe(32)
        self._purge()
        while len(self._logins) >= MOST:
            del self._logins[min(self._logins, key=lambda key: self._logins[key].until)]
        self._logins[_key(ident)] = Login(holder.name, holder.mark, self._clock() + lasts(holder))
        self._write()
        return ident

    def find(self, ident: str | None) -> Visitor | None:
        """Who comes with this cookie; None for nobody. To be seen prolongs the login."""
        if not ident or len(ident) > 128:
            return None
        key, now = _key(ident), self._clock()
        login = self._logins.get(key)
        holder = None if login is None or login.until <= now else self._guard.again(login.name, login.mark)
        if login is None or holder is None:
            return None
        life = lasts(holder)
        if now + life > login.until + RENEW * life:
            self._logins[key] = replace(login, until=now + life)
            self._write()
        return Visitor(holder.name, "write" in holder.scopes, key, proof(ident), life)

    def holds(self, key: str) -> bool:
        """Whether this login still is one."""
        login = self._logins.get(key)
        return login is not None and self._clock() < login.until

    def leave(self, key: str) -> None:
        """Log somebody out."""
        if self._logins.pop(key, None) is not None:
            self._write()

    def _purge(self) -> None:
        now = self._clock()
        self._logins = {key: login for key, login in self._logins.items() if now < login.until}

    def _write(self) -> None:
        """Write the file anew. Where that fails, the logins hold until the next restart only."""
        text = json.dumps({key: asdict(login) for key, login in self._logins.items()})
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
            fresh.replace(self._path)
            self._complained = False
        except OSError as error:
            if not self._complained:
                log.warning("logins not written", file=str(self._path), error=error.strerror)
            self._complained = True


def lasts(holder: Holder) -> float:
    """Seconds of a login without use."""
    return ACTS_FOR if "write" in holder.scopes else LOOKS_FOR


def proof(ident: str) -> str:
    """What a form has to carry so that it is known to come from a page that was served to this id."""
    return hmac.new(ident.encode(), b"form", hashlib.sha256).hexdigest()


def _key(ident: str) -> str:
    return hashlib.sha256(ident.encode("utf-8", "surrogateescape")).hexdigest()


def _read(path: Path) -> dict[str, Login]:
    try:
        with path.open() as file:
            table = json.loads(file.read(LARGEST))
        logins = {
            str(key): Login(str(each["name"]), str(each["mark"]), float(each["until"])) for key, each in table.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("logins not read, everybody has to log in anew", file=str(path), error=type(error).__name__)
        return {}
    return dict(list(logins.items())[:MOST])
