"""StreamSelfStop: everybody is muted, and Jibri will end the stream by itself.

Jibri's ``all-muted-timeout`` (10 minutes by default) stops a stream cleanly, without an error, when every participant's
audio and video are off: a recess with cameras off kills the broadcast. The mute states are in the presences.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.evidence import Phase
from supervisor.domain.reading import Message, Reading, Severity, Stage, active, clear, first_after
from supervisor.domain.text import N_

if TYPE_CHECKING:
    from supervisor.domain.session import Session

SOON = N_(
    "Everybody has been muted with the camera off since %(since)s. At %(until)s the recorder will end the live stream "
    "by itself. Please turn one camera or microphone on before then."
)
SAFE = N_("A camera or microphone is on again: the live stream goes on.")


@dataclass(frozen=True, slots=True)
class StreamSelfStop:
    """``after``: seconds of silence until it is told; ``timeout``: Jibri's all-muted-timeout, in seconds."""

    after: float = 480.0
    timeout: float = 600.0

    name: ClassVar[str] = "StreamSelfStop"
    needs_room: ClassVar[bool] = True
    stages: ClassVar[tuple[Stage, ...]] = (Stage("soon", Severity.WARNING, repeats=False),)

    def wakes(self, session: Session, now: float) -> float:
        """When the silence has lasted long enough."""
        since = self._silent_since(session)
        return inf if since is None else first_after(now, since + self.after)

    def read(self, session: Session, firing: int, now: float) -> Reading:  # noqa: ARG002 - it has one stage
        """Compare how long everybody has been muted with Jibri's patience."""
        if not session.booking.may_stream or session.jibri.phase is not Phase.LIVE:
            return clear("Jibri does not stream")
        since = self._silent_since(session)
        if since is None or now < since + self.after:
            return clear("somebody is heard or seen" if since is None else "muted for a short time", Message(SAFE))
        until = {"since": since, "until": since + self.timeout}
        return active(1, f"all muted for {now - since:.0f} s", Message(SOON, until))

    @staticmethod
    def _silent_since(session: Session) -> float | None:
        """Since when Jibri hears and sees nobody: its clock starts with its own start."""
        return None if session.muted_since is None else max(session.muted_since, session.jibri.since)
