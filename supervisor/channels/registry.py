"""The channels that leave the house. A new one is a file with ``senders``, and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.channels import alertmanager, apprise, email, webhook
from supervisor.domain.news import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.ports import Sender
    from supervisor.settings.model import Alerts, Receiver

CHANNELS = (email.senders, webhook.senders, alertmanager.senders, apprise.senders)
"""Each makes the senders that the configuration asks for, each with its section."""


def senders(alerts: Alerts, now: Callable[[], float]) -> list[Sender]:
    """All receivers of ``[alerts]``.

    Args:
        alerts: The section.
        now: Reads the clock.

    Raises:
        AppriseMissingError: An extra is configured but not installed.
    """
    return [_for(sender, section) for channel in CHANNELS for sender, section in channel(alerts, now)]


def _for(sender: Sender, section: Receiver) -> Sender:
    sender.selection = Selection(frozenset(section.severities), frozenset(section.kinds))
    return sender
