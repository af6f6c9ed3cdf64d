"""What happens to the broadcasts of the fake YouTube, as a function of the instant at which somebody looks.

A broadcast is a script: steps with their instants. What the API reports about the ingest is what was true ``lag``
seconds ago, as with the real one; the life cycle is reported at once.
"""

from dataclasses import dataclass, field
from enum import StrEnum

AUTO_STOP_AFTER = 60.0
"""Seconds without data after which a broadcast with enableAutoStop ends."""


class Step(StrEnum):
    """What can happen to a broadcast."""

    START = "the encoder starts and the broadcast goes live"
    DROP = "the encoder's data stop"
    RESUME = "they come again"
    NO_DATA = "YouTube has no health information"
    STARVE = "videoIngestionStarved, though everything arrives"
    SPOIL = "videoCodec is wrong: an error for everybody"
    SILENCE = "noAudioStream"
    HEAL = "the health is good again"
    HIDE_VIEWERS = "the owner hides the number of viewers"
    MAKE_PRIVATE = "it is set to private"
    MAKE_UNLISTED = "it is set to unlisted"
    DELETE = "it is deleted"
    END = "its owner ends it"
    REVOKE = "YouTube takes it down"


_HEALTH = {
    Step.NO_DATA: ("noData", ()),
    Step.STARVE: ("bad", ("videoIngestionStarved",)),
    Step.SPOIL: ("bad", ("videoCodec",)),
    Step.SILENCE: ("bad", ("noAudioStream",)),
    Step.HEAL: ("good", ()),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """A broadcast at one instant. ``ended`` and ``started`` are seconds since the epoch."""

    started: float | None
    ended: float | None
    receiving: bool
    health: str
    issues: tuple[str, ...]
    health_at: float
    privacy: str
    viewers: bool
    deleted: bool
    revoked: bool

    @property
    def live(self) -> bool:
        """Whether it has begun and not ended."""
        return self.started is not None and self.ended is None


@dataclass
class FakeBroadcast:
    """One broadcast with its script.

    Attributes:
        id: The video's.
        stream: Id of the bound stream.
        scheduled: Seconds since the epoch.
        auto_stop: ``enableAutoStop``.
        lag: Seconds by which reports about the ingest are late.
        completed: ``liveBroadcastContent`` of an ended one is ``completed`` instead of ``none``.
        health_stuck_at: The instant of the last health report, where reports have stopped; else None.
        script: Instants and steps, in order.
    """

    id: str
    stream: str
    scheduled: float
    auto_stop: bool = False
    lag: float = 0.0
    completed: bool = False
    health_stuck_at: float | None = None
    script: list[tuple[float, Step]] = field(default_factory=list)

    def then(self, at: float, step: Step) -> "FakeBroadcast":
        """Add a step at an instant; returns itself."""
        self.script.append((at, step))
        self.script.sort(key=lambda entry: entry[0])
        return self

    def situation(self, now: float) -> Situation:
        """What the API would report at that instant."""
        past = [(at, step) for at, step in self.script if at <= now]
        steps = {step for _, step in past}
        health, issues = self._health(now - self.lag)
        return Situation(
            started=next((at for at, step in past if step is Step.START), None),
            ended=self._ended(past, now),
            receiving=self._receiving_since(now - self.lag) is not None,
            health=health,
            issues=issues,
            health_at=now - 5.0 if self.health_stuck_at is None else self.health_stuck_at,
            privacy=next((_PRIVACY[step] for _, step in reversed(past) if step in _PRIVACY), "public"),
            viewers=Step.HIDE_VIEWERS not in steps,
            deleted=Step.DELETE in steps,
            revoked=Step.REVOKE in steps,
        )

    def _receiving_since(self, now: float) -> float | None:
        since = None
        for at, step in self.script:
            if at > now or step in {Step.DROP, Step.END}:
                since = None if at <= now else since
            elif step in {Step.START, Step.RESUME}:
                since = at
        return since

    def _health(self, now: float) -> tuple[str, tuple[str, ...]]:
        health: tuple[str, tuple[str, ...]] = ("good", ())
        for at, step in self.script:
            if at <= now:
                health = _HEALTH.get(step, health)
        return health if self._receiving_since(now) is not None else ("noData", ())

    def _ended(self, past: list[tuple[float, Step]], now: float) -> float | None:
        ended = next((at for at, step in past if step is Step.END), None)
        if ended is not None or not self.auto_stop:
            return ended
        dropped = None
        for at, step in [*past, (now, Step.HEAL)]:
            if dropped is not None and at >= dropped + AUTO_STOP_AFTER:
                return dropped + AUTO_STOP_AFTER  # for good: what resumes later reaches nobody
            dropped = at if step is Step.DROP else None if step is Step.RESUME else dropped
        return None


_PRIVACY = {Step.MAKE_PRIVATE: "private", Step.MAKE_UNLISTED: "unlisted"}
