"""The webhook, signed as https://www.standardwebhooks.com says, so that a receiver can check it with a library.

``webhook-id`` is the idempotency key, the same at each try; ``webhook-timestamp`` is the try's own; the signature is
HMAC-SHA256 over ``id.timestamp.body`` with the secret that ``whsec_`` precedes in base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from supervisor.channels.http import Http, target_of
from supervisor.domain.news import Kind, timestamp
from supervisor.ports import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supervisor.domain.records import Outgoing
    from supervisor.settings.model import Alerts, Receiver

PREFIX = "whsec_"


class WebhookSender(Sender):
    """One address. ``secret`` with or without `PREFIX`; a 410 and other refusals are final, see `Http.post`."""

    channel = "webhook"
    kinds = frozenset(Kind)

    def __init__(self, url: str, secret: str, now: Callable[[], float]) -> None:
        self.target = target_of(url)
        self._http = Http(url, now)
        self._key = key(secret)
        self._now = now

    async def send(self, message: Outgoing) -> None:
        """Post it, signed."""
        content = body(message)
        at = str(int(self._now()))
        await self._http.post(
            content,
            {
                "webhook-id": message.id,
                "webhook-timestamp": at,
                "webhook-signature": signature(self._key, message.id, at, content),
            },
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


def senders(alerts: Alerts, now: Callable[[], float]) -> Iterator[tuple[Sender, Receiver]]:
    """One for each ``[[alerts.webhooks]]``."""
    for webhook in alerts.webhooks:
        yield WebhookSender(webhook.url, webhook.secret.get_secret_value(), now), webhook


def body(message: Outgoing) -> bytes:
    """The body; the same for each try, so that a receiver may compare."""
    content = {"type": message.kind, "timestamp": timestamp(message.created), "data": dict(message.payload)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def signature(key: bytes, id_: str, at: str, content: bytes) -> str:
    """The header's value: the scheme's version and the MAC."""
    mac = hmac.digest(key, f"{id_}.{at}.".encode() + content, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}"


def key(secret: str) -> bytes:
    """The key in a secret, whose form the settings have checked."""
    return base64.b64decode(secret.removeprefix(PREFIX))
