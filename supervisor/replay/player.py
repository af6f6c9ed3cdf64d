"""Plays an event log through the engine, and compares what becomes of the alerts with what became of them then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.replay import steps
from supervisor.replay.engines import ReplayedEngine
from supervisor.replay.files import Head, Reader
from supervisor.replay.happened import happened

if TYPE_CHECKING:
    from pathlib import Path

    from supervisor.domain.bookings import Booking
    from supervisor.replay.happened import Happened
    from supervisor.replay.steps import Ending, Opening, Step


@dataclass(frozen=True, slots=True)
class Played:
    """One thing that became of the alerts, at an instant; or a word of the log itself, where ``what`` is a text."""

    at: float
    what: Happened | str


@dataclass(frozen=True, slots=True)
class Difference:
    """The first one. ``line`` is the file's; of what was recorded and replayed in that step only what differs."""

    line: int
    at: float
    recorded: tuple[Happened, ...]
    replayed: tuple[Happened, ...]


@dataclass(slots=True)
class Outcome:
    """What came of it.

    Attributes:
        head: The file's.
        booking: The session's, as first recorded; None where nothing is recorded at all.
        played: In the order of time.
        events: How many events were played.
        ticks: How often time alone passed.
        difference: The first one; None if it is the same.
        failed: What the engine died of, and at which line; empty if it did not.
        cut: Why the log is not whole; empty if it is.
    """

    head: Head
    booking: Booking | None = None
    played: list[Played] = field(default_factory=list)
    events: int = 0
    ticks: int = 0
    difference: Difference | None = None
    failed: str = ""
    cut: str = ""

    @property
    def same(self) -> bool:
        """Whether all went as it was recorded."""
        return self.difference is None and not self.failed


def replay(path: Path) -> Outcome:
    """Replay a file.

    Raises:
        BadFileError: It is no event log, or not whole.
        OSError: It can't be read.
    """
    with path.open("rb") as file:
        return play(Reader(file, str(path)))


def play(reader: Reader) -> Outcome:
    """Replay what a reader reads. Raises BadFileError."""
    outcome, engine, last = Outcome(reader.head), None, 0.0
    for line in reader:
        if isinstance(line, steps.Opening):
            engine = _open(line, outcome)
        elif isinstance(line, steps.Ending):
            _end(line, outcome)
            engine = None
        elif engine is None:
            raise reader.bad("a step without an opening before it; export it again")
        elif not outcome.failed:
            _step(line, engine, outcome, reader.line)
        last = line.at
    if not reader.whole:
        raise reader.bad("the file ends here, before its end; fetch it whole")
    if engine is not None:
        outcome.played.append(Played(last, "the log ends here: the session goes on, or the daemon was killed"))
    return outcome


def _open(opening: Opening, outcome: Outcome) -> ReplayedEngine:
    if outcome.booking is None:
        outcome.booking = opening.given.page.booking
    elif outcome.played:
        outcome.played.append(Played(opening.at, f"under supervision again, by version {opening.program}"))
    return ReplayedEngine(opening.site, opening.policy, opening.given)


def _end(ending: Ending, outcome: Outcome) -> None:
    if ending.why == steps.STOPPED:
        outcome.played.append(Played(ending.at, "the daemon was stopped"))
    if ending.why.startswith(steps.CUT):
        outcome.cut = ending.why.removeprefix(f"{steps.CUT}: ")
        outcome.played.append(Played(ending.at, f"the log was cut: {outcome.cut}"))


def _step(step: Step, engine: ReplayedEngine, outcome: Outcome, line: int) -> None:
    if step.event is None:
        outcome.ticks += 1
    else:
        outcome.events += 1
    if step.page is not None:
        engine.turn_to(step.page)
    try:
        commands = (
            engine.tick_as(step.at, paged=step.paged) if step.event is None else engine.handle(step.event, step.at)
        )
    except Exception as error:  # noqa: BLE001 - that the engine dies of it is what was to be found out
        outcome.failed = f"line {line}: {type(error).__name__}: {error}"
        return
    found = tuple(happened(commands, outcome.head.session, step.at))
    outcome.played += [Played(step.at, each) for each in found]
    if found != step.then and outcome.difference is None:
        outcome.difference = Difference(line, step.at, step.then, found)
