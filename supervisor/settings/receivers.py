"""What concerns all receivers of ``[alerts]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.settings.model import Alerts, Receiver, Settings


def strange_kinds(settings: Settings) -> list[str]:
    """A problem for each kind that a receiver names and that does not exist."""
    known = settings.all_kinds
    return [
        f'alerts.{place}.kinds: there is no kind "{kind[:60]}"; choose of {", ".join(known)}, or leave the key out'
        for place, receiver in _receivers(settings.alerts)
        for kind in receiver.kinds
        if kind not in known
    ]


def _receivers(alerts: Alerts) -> Iterator[tuple[str, Receiver]]:
    yield from ((f"webhooks[{number}]", webhook) for number, webhook in enumerate(alerts.webhooks))
    yield from ((f"apprise[{number}]", service) for number, service in enumerate(alerts.apprise))
    if alerts.email is not None:
        yield "email", alerts.email
    if alerts.alertmanager is not None:
        yield "alertmanager", alerts.alertmanager
