"""Values as operators write them, for the sections to be made of. Each error says what is wrong and what to do."""

from __future__ import annotations

import base64
import json
import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from supervisor.domain.durations import parse_duration, some

# Light on purpose: the server is the judge of JIDs, this catches slips of the hand.
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]")
_BARE_JID = re.compile(r"(?:[^\s\"&'/:<>@]+@)?[A-Za-z0-9._-]{1,253}")
_HIGHEST_PORT = 65_535


class Section(BaseModel):
    """A table of the file: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _bare_jid(value: str) -> str:
    if not _BARE_JID.fullmatch(value):
        raise ValueError('is not a bare JID; write for example "supervisor.example.org" or "focus@auth.example.org"')
    return value.lower()


def _room_jid(value: str) -> str:
    if not _BARE_JID.fullmatch(value) or "@" not in value:
        raise ValueError('is not the address of a room; write for example "jibribrewery@internal.auth.example.org"')
    return value.lower()


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError('is not a host name; write for example "conference.example.org"')
    return value.lower()


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not _HOST.fullmatch(host) or not re.fullmatch("[0-9]{1,5}", port) or int(port) > _HIGHEST_PORT:
        raise ValueError('is not HOST:PORT; write for example "127.0.0.1:8870", port 0 takes a free one')
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or half an IPv6 address
        whole = False
    if not whole or re.search(r"\s", value):
        raise ValueError('is not a web address; write it whole, as "https://example.org/path"')
    return value


def _socket_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in {"ws", "wss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # as above
        whole = False
    if not whole or parts.username is not None or re.search(r"\s", value):
        raise ValueError(
            'is not the address of a websocket; write it whole, as "ws://192.0.2.7:4455", no password in it'
        )
    return value


def _listed(value: Any) -> Any:
    """A list as the environment has it: JSON, or one or more values with commas between."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError('is not a list; write ["first", "second"]') from None
    return [part.strip() for part in value.split(",") if part.strip()]


def _unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    for position, value in enumerate(values):
        if value in values[:position]:
            raise ValueError(f'has "{value}" twice; remove one')
    return values


def _not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("is empty; name at least one")
    return values


def _signing(value: SecretStr) -> SecretStr:
    try:
        right = bool(base64.b64decode(value.get_secret_value().removeprefix("whsec_"), validate=True))
    except ValueError:
        right = False
    if not right:
        raise ValueError('is not "whsec_" and a key in base64; make one with: openssl rand -base64 32')
    return value


BareJid = Annotated[str, AfterValidator(_bare_jid)]
RoomJid = Annotated[str, AfterValidator(_room_jid)]
Secret = Annotated[SecretStr, Field(min_length=1)]
SigningSecret = Annotated[Secret, AfterValidator(_signing)]
Host = Annotated[str, AfterValidator(_host)]
Listen = Annotated[str, AfterValidator(_listen)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SocketAddress = Annotated[str, AfterValidator(_socket_address)]
Seconds = Annotated[float, BeforeValidator(parse_duration)]
SomeSeconds = Annotated[float, BeforeValidator(parse_duration), AfterValidator(some)]
Listed = BeforeValidator(_listed)
Unique = AfterValidator(_unique)
NotEmpty = AfterValidator(_not_empty)
