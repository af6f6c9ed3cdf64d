"""The engine with all that goes in and comes out noted, so that it can be looked at and played again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from supervisor.domain.commands import Command, Notify, Record, Retitle
from supervisor.domain.events import Event, NotTold, Retitled, Told
from supervisor.engine import Engine

CHANGES = ("alert rose", "alert fell", "alert escalated")


@dataclass(frozen=True, slots=True)
class Turn:
    """What went in at an instant, nothing for a tick of the clock, and what came out."""

    at: float
    event: Event | None
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class AlertChange:
    """A line of the engine's own record. ``monitor`` and ``stage`` as it writes them."""

    at: float
    what: str
    monitor: str
    stage: int

    def __str__(self) -> str:
        return f"{self.monitor} {self.what} {self.stage}"


@dataclass
class Tape:
    """Stands where the engine stands and changes nothing.

    Attributes:
        unanswered: Orders whose outcome is not known yet.
        told: How often the server was seen to tell something to each occupant, by nick.
    """

    engine: Engine
    turns: list[Turn] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)

    def handle(self, event: Event, now: float) -> list[Command]:
        match event:
            case Told(notice, nicks):
                self.unanswered.discard(notice)
                self.told.update(nicks)
            case NotTold(notice):
                self.unanswered.discard(notice)
            case Retitled():
                self.unanswered.discard("title")
        return self._note(event, self.engine.handle(event, now), now)

    def tick(self, now: float) -> list[Command]:
        return self._note(None, self.engine.tick(now), now)

    def next_deadline(self) -> float:
        return self.engine.next_deadline()

    def _note(self, event: Event | None, commands: list[Command], now: float) -> list[Command]:
        self.turns.append(Turn(now, event, tuple(commands)))
        for command in commands:
            if isinstance(command, Notify):
                self.unanswered.add(command.notice)
            elif isinstance(command, Retitle):
                self.unanswered.add("title")
        return commands

    def commands(self) -> Iterator[tuple[float, Command]]:
        return ((turn.at, command) for turn in self.turns for command in turn.commands)

    def changes(self) -> list[AlertChange]:
        """Every change of an alert, in its order."""
        return list(changes(self.turns))


def changes(turns: list[Turn]) -> Iterator[AlertChange]:
    for turn in turns:
        for command in turn.commands:
            if isinstance(command, Record) and command.what in CHANGES:
                about = dict(command.about)
                what = command.what.removeprefix("alert ")
                yield AlertChange(turn.at, what, about["monitor"], int(about["stage"]))


def again(engine: Engine, turns: list[Turn]) -> list[Turn]:
    """What another engine makes of the same events at the same instants."""
    played = []
    for turn in turns:
        commands = engine.tick(turn.at) if turn.event is None else engine.handle(turn.event, turn.at)
        played.append(Turn(turn.at, turn.event, tuple(commands)))
    return played
