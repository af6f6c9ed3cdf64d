"""Apprise: a hundred more ways to tell somebody, by its own addresses. It is an extra: ``jitsi-supervisor[apprise]``.

The library blocks, so it works in a thread of its own. One that hangs is given up and replaced, a few times.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from supervisor.channels.email import mail
from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.http import target_of
from supervisor.domain.news import Kind
from supervisor.ports import Sender
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supervisor.domain.records import Outgoing
    from supervisor.settings.model import Alerts, Receiver

MOST_STUCK = 3
"""Threads that may hang before no more are started."""


class AppriseMissingError(Exception):
    """The extra is configured but not installed. The text has the remedy."""


class AppriseSender(Sender):
    """One of Apprise's addresses, which is a secret as a whole. ``notify`` blocks and says whether it worked."""

    channel = "apprise"
    kinds = frozenset(Kind)

    def __init__(self, url: str, notify: Callable[[str, str, str], bool]) -> None:
        self.target = f"{url.partition(':')[0]}/{target_of(url).rpartition('/')[2]}"
        self._url = url
        self._notify = notify
        self._worker = Worker("apprise")
        self._stuck: list[Worker] = []

    async def send(self, message: Outgoing) -> None:
        """Have the library send it. The idempotency key stands in its last line."""
        self._replace_if_stuck()
        content = mail(message, "supervisor@localhost", "support@localhost")
        text = f"{content.get_content()}{message.id}"
        work = self._worker.do(lambda: self._notify(self._url, str(content["Subject"]), text))
        try:
            arrived = await work
        except TypeError:
            raise Permanent("Apprise does not understand the address") from None
        except Exception as error:  # noqa: BLE001 - a hundred services raise what they like
            raise Temporary(type(error).__name__) from None
        if not arrived:
            raise Temporary("Apprise could not deliver it")

    async def close(self) -> None:
        """End the thread, unless it hangs."""
        self._worker.close(0.1)

    def _replace_if_stuck(self) -> None:
        """Leave a thread alone whose last work was given up and goes on."""
        self._stuck = [worker for worker in self._stuck if worker.busy]
        if not self._worker.busy:
            return
        if len(self._stuck) >= MOST_STUCK - 1:
            raise Temporary(f"{MOST_STUCK} deliveries hang")
        self._stuck.append(self._worker)
        self._worker = Worker("apprise")


def senders(alerts: Alerts, _: Callable[[], float]) -> Iterator[tuple[Sender, Receiver]]:
    """One for each ``[[alerts.apprise]]``.

    Raises:
        AppriseMissingError: It is configured, but not installed.
    """
    for service in alerts.apprise:
        yield AppriseSender(service.url.get_secret_value(), _library()), service


def _library() -> Callable[[str, str, str], bool]:
    try:
        apprise: Any = importlib.import_module("apprise")
    except ModuleNotFoundError:
        raise AppriseMissingError(
            "alerts.apprise: needs a package; pip install 'jitsi-supervisor[apprise]', or remove it"
        ) from None

    def notify(url: str, title: str, text: str) -> bool:
        service = apprise.Apprise()
        if not service.add(url):
            raise TypeError("not an address of Apprise")
        return bool(service.notify(title=title, body=text))

    return notify
