"""The channels that leave the house. A new one is a file with ``senders``, and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.channels import alertmanager, apprise, email, webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.ports import Sender
    from supervisor.settings.model import Alerts

CHANNELS = (email.senders, webhook.senders, alertmanager.senders, apprise.senders)
"""Each makes the senders that the configuration asks for."""


def senders(alerts: Alerts, now: Callable[[], float]) -> list[Sender]:
    """All receivers of ``[alerts]``.

    Args:
        alerts: The section.
        now: Reads the clock.

    Raises:
        AppriseMissingError: An extra is configured but not installed.
    """
    return [sender for channel in CHANNELS for sender in channel(alerts, now)]
