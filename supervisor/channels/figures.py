"""What became of the messages, as plain numbers for whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Figures:
    """One target since the start of the process.

    Attributes:
        channel: Name of the channel.
        target: Name of the target.
        sent: Messages that arrived.
        failed: Tries that failed for now.
        dead: Messages that were given up.
        waiting: Messages that are still to be sent.
        oldest: Instant of the oldest fact that still waits; None when nothing waits.
        trouble: Why the last try failed; empty after a success.
    """

    channel: str
    target: str
    sent: int = 0
    failed: int = 0
    dead: int = 0
    waiting: int = 0
    oldest: float | None = None
    trouble: str = ""

    def oldest_age(self, now: float) -> float:
        """Seconds for which the oldest fact has waited; 0 when nothing waits."""
        return 0.0 if self.oldest is None else max(now - self.oldest, 0.0)
