"""What the public could see, as a band of segments without a hole between them.

off       nothing was to be seen, and nothing was lost: not begun, starting, ended on purpose
up        the live stream ran
bad       it ran badly
doubt     one witness said that it was lost, and it was not so, or never became sure
down      it was interrupted; begins at the last instant at which it was seen well
unknown   no witness was heard, or the supervisor did not run
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from supervisor.domain import chronicle
from supervisor.domain.chronicle import seconds
from supervisor.domain.evidence import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supervisor.domain.chronicle import Link

State = Literal["off", "up", "bad", "doubt", "down", "unknown"]

STATES: dict[Phase, State] = {
    Phase.SCHEDULED: "off",
    Phase.STARTING: "off",
    Phase.ENDED: "off",
    Phase.LIVE: "up",
    Phase.DEGRADED: "bad",
    Phase.STALLED: "doubt",
    Phase.INTERRUPTED: "down",
    Phase.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A time in one state. ``side`` and ``reason`` as the verdict said at its beginning."""

    start: float
    end: float
    state: State
    side: str = ""
    reason: str = ""


class _Band:
    """The segments so far, and the one that lasts."""

    def __init__(self) -> None:
        self.done: list[Segment] = []
        self.now: Segment | None = None

    def turn(self, at: float, state: State, side: str = "", reason: str = "") -> None:
        """From ``at`` on another state."""
        if self.now is not None:
            at = max(at, self.now.start)
            if self.now.state == state:
                return
            if self.now.state == "doubt" and state == "down":
                at = self.now.start  # it was true
            self._finish(at)
        self.now = Segment(at, at, state, side, reason)

    def end(self, at: float) -> tuple[Segment, ...]:
        """All of them."""
        if self.now is not None:
            self._finish(max(at, self.now.start))
        return tuple(self.done)

    def _finish(self, at: float) -> None:
        now = self.now
        if now is not None and at > now.start:
            self.done.append(Segment(now.start, at, now.state, now.side, now.reason))


def band(links: Sequence[Link]) -> tuple[Segment, ...]:
    """The segments, oldest first."""
    found, before = _Band(), None
    for link in links:
        if link.what == chronicle.OPENED:
            if before is not None and before.what != chronicle.CLOSED:
                found.turn(before.instant, "unknown", reason="supervisor did not run")
            found.turn(link.instant, "off")
        elif link.what == chronicle.STREAM:
            told = link.told
            since = seconds(told["last_good"]) if "last_good" in told else link.instant
            found.turn(since, STATES[Phase(told["phase"])], str(told["side"]), str(told["reason"]))
        elif link.what == chronicle.CLOSED:
            found.turn(link.instant, "off")
        before = link
    return found.end(links[-1].instant)
