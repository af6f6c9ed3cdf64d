"""How long to leave a tier alone after a failure, and when to say that it is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.domain.events import SourceLost, SourceSynced
from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.quota import until_midnight
from supervisor.tasks import Backoff

if TYPE_CHECKING:
    from supervisor.ports import Emit

FIRST, LONGEST = 30.0, 900.0
"""Seconds of back-off after a failure that may pass, and the most that it grows to."""
IN_DOUBT = 60.0
"""Seconds that it grows to at the most while somebody doubts a stream: being blind for longer costs more than units."""
TOLD = 1800.0
"""Seconds until a credential that a person has to mend is tried again; each try is a unit."""
NEW_TOKEN = 60.0
"""Seconds until the token file is looked at again, which costs nothing."""
LEDGER = 300.0
"""Seconds until our own limit is looked at again; it also rises in the day's last hours."""
FAILURES = 2
"""Failures in a row, of those that may pass, that make a source lost. The first is the network's daily noise."""

_PASSING = frozenset({Fault.TRANSIENT, Fault.RATE, Fault.ROW})


@dataclass(slots=True)
class Hold:
    """While one stands, nothing is asked and every word is UNKNOWN for its reason.

    ``doubted``: it was for a doubt that the failed call was made, so the reserve was open already.
    """

    error: YoutubeError
    since: float
    seconds: float
    doubted: bool

    def until(self, *, doubt: bool) -> float:
        """The instant at which the tier may be asked again."""
        seconds = self.seconds
        if doubt and self.error.fault is Fault.SPENT and not self.doubted:
            seconds = 0.0  # doubt draws on the reserve, which the ledger may still grant
        elif doubt and self.error.fault is Fault.TRANSIENT:
            seconds = min(seconds, IN_DOUBT)
        return self.since + seconds


@dataclass(slots=True)
class Holds:
    """The present hold of one tier, if any, and the back-off behind it."""

    backoff: Backoff = field(default_factory=lambda: Backoff(FIRST, LONGEST))
    hold: Hold | None = None

    def standing(self, now: float, *, doubt: bool) -> YoutubeError | None:
        """Why nothing may be asked now; None if it may."""
        return None if self.hold is None or now >= self.hold.until(doubt=doubt) else self.hold.error

    def until(self, *, doubt: bool) -> float:
        """The instant at which the tier may be asked again; the distant past without a hold."""
        return self.hold.until(doubt=doubt) if self.hold else 0.0

    def failed(self, error: YoutubeError, now: float, *, doubt: bool) -> None:
        """Leave the tier alone for as long as this failure wants."""
        self.hold = Hold(error, now, self._seconds(error, now), doubt)

    def heard(self) -> None:
        """It answers again."""
        self.hold = None
        self.backoff.reset()

    def _seconds(self, error: YoutubeError, now: float) -> float:
        jittered = self.backoff.next()
        match error.fault:
            case Fault.QUOTA:
                return until_midnight(now) + jittered  # not all of the world's daemons in the same second
            case Fault.RATE if error.retry_after is not None:
                return error.retry_after + jittered / 10
            case Fault.CONFIG | Fault.DENIED | Fault.AUTH:
                return TOLD
            case Fault.DEAD:
                return NEW_TOKEN
            case Fault.SPENT:
                return LEDGER
            case _:
                return jittered


class Voice:
    """Says that a source is lost and heard again, each once."""

    def __init__(self, source: str, emit: Emit) -> None:
        self._source = source
        self._emit = emit
        self._failures = 0
        self._lost: Fault | None = None
        self._synced = False

    def failed(self, error: YoutubeError) -> None:
        """A call failed. A loss whose class changes is another loss: it may have another remedy."""
        self._failures += 1
        passing = error.fault in _PASSING
        if error.fault is not self._lost and (not passing or (self._failures >= FAILURES and self._lost is None)):
            self._lost, self._synced = error.fault, False
            self._emit(SourceLost(self._source, error.reason))

    def heard(self) -> None:
        """A call was answered."""
        self._failures, self._lost = 0, None
        if not self._synced:
            self._synced = True
            self._emit(SourceSynced(self._source))
