"""The whole daemon in this process: its own wiring, a clock in the test's hand, and the outside as it really is.

Time stands still while something really happens. Then it goes on from one instant to the next at which the engine or a
witness wants something, so that nothing is skipped; each time all that follows is waited for, also what people read.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from supervisor.app import App
from supervisor.domain.events import EvidenceSeen
from supervisor.engine import XMPP, Engine
from supervisor.settings import load_settings
from supervisor.simulation import Person
from supervisor.simulation.rooms import Message
from tests.integration.plenary.tape import Tape
from tests.integration.plenary.witnesses import Scripted

WITHIN = 60.0
"""Real seconds for whatever has to happen: all of it takes some milliseconds on a machine that is idle."""


@dataclass
class Clock:
    now: float

    def __call__(self) -> float:
        return self.now


@dataclass
class Listener:
    """A person's client, with the instants at which it read what the room itself told."""

    person: Person
    messages: list[Message] = field(init=False)
    read: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.messages = self.person.messages  # the client forgets them when it leaves

    def told(self) -> list[str]:
        return [message.body for message in self.messages if not message.who and not message.delayed]


@dataclass
class Hall:
    """``frozen``: the script has taken the server away. Else it has to be heard before time may go on."""

    app: App
    clock: Clock
    tape: Tape
    witnesses: dict[str, Scripted]
    ended: asyncio.Task[None]
    listeners: list[Listener] = field(default_factory=list)
    frozen: bool = False

    @property
    def engine(self) -> Engine:
        return self.app.engine

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        """Wait, while time stands still."""
        try:
            async with asyncio.timeout(WITHIN):
                while not condition():
                    if self.ended.done():
                        self.ended.result()
                    await asyncio.sleep(0.002)
        except TimeoutError:
            raise AssertionError(f"not within {WITHIN} s: {what}") from None

    async def quiet(self) -> None:
        """Wait until all that follows from what has happened is done, and note who has read what."""
        if not self._quiet():
            for _ in range(20):  # most steps end within the loop
                await asyncio.sleep(0)
                if self._quiet():
                    break
            else:
                await self.until(self._quiet, f"{self.tape.unanswered or 'all is taken in, stored and read'}")
        for listener in self.listeners:
            for text in listener.told()[len(listener.read) :]:
                listener.read.append((self.clock.now, text))

    def _quiet(self) -> bool:
        runtime, store = self.app._runtime, self.app._kept.store
        heard = all(len(each.told()) >= self.tape.told[each.person.nick] for each in self.listeners)
        seen = self.frozen or self.engine.sources().get(XMPP, False)  # a busy machine is late with its heartbeats
        return bool(runtime.idle and not store.pending and not self.tape.unanswered and heard and seen)

    async def forward(self, until: float) -> None:
        """Let time pass up to an instant, with all that is due on the way."""
        await self.quiet()
        while self.clock.now < until or self._due() <= until:
            self.clock.now = min(max(self._due(), self.clock.now), until)
            self._look()
            self.app._runtime.look()
            await self.quiet()

    def _due(self) -> float:
        return min([self.engine.next_deadline(), *(witness.due for witness in self.witnesses.values())])

    def _look(self) -> None:
        for witness in self.witnesses.values():
            if witness.due <= self.clock.now:
                self.app._runtime.emit(EvidenceSeen(witness.look(self.clock.now)))


@asynccontextmanager
async def open_hall(configuration: Path, now: float, witnesses: dict[str, Scripted]) -> AsyncIterator[Hall]:
    """Run the daemon of a configuration file at a standing clock."""
    clock = Clock(now)
    app = App(load_settings(configuration, {}), clock)
    runtime = app._runtime
    tape = Tape(app.engine)
    runtime.engine = cast("Engine", tape)
    runtime.connect(replace(runtime._ports, witnesses=tuple(witnesses.values())))
    await app.start()
    ended = asyncio.create_task(app.wait())
    try:
        yield Hall(app, clock, tape, witnesses, ended)
    finally:
        ended.cancel()
        await app.stop()
