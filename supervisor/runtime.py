"""The only loop that owns state: inbox → engine → commands. It reads the clock, and arms one timer.

Events are taken in batches as the loop comes to them. A failure in here is a bug in the core: it is not caught but
given to whoever waits in :meth:`Runtime.run`, and the daemon ends.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from math import inf, isinf
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from supervisor.domain.commands import (
    Command,
    Follow,
    Keep,
    LookCloser,
    Moderate,
    Notify,
    Record,
    Retitle,
    Unfollow,
    Unwatch,
    Watch,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supervisor.domain.changes import Change
    from supervisor.domain.events import Event
    from supervisor.engine import Engine
    from supervisor.ports import Channel, Rooms, Witness

log = structlog.get_logger()

T = TypeVar("T")

STORE_PATIENCE = 0.1
"""Seconds that what is told, in a room or to who asked over the API, waits for its record to be on disk."""

LONGEST_SLEEP = 3600.0
"""Seconds after which the clock is read again at the latest, so that a set clock or a suspended machine is noticed."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Who carries out which commands. ``keep`` stores changes, and hands on the messages among them when stored.

    ``changed`` is called after each batch of events and each tick: something may be otherwise than it was.
    """

    rooms: Rooms
    channel: Channel
    witnesses: Sequence[Witness] = ()
    keep: Callable[[Sequence[Change]], asyncio.Future[frozenset[str]] | None] = lambda _: None
    changed: Callable[[], None] = lambda: None


class Runtime:
    """Feeds the engine. ``clock`` gives seconds since the epoch. :meth:`connect` comes before the start.

    ``took`` gets the seconds from each batch's first event to its commands' having been handed on.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.time,
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self._took = took
        self._first = 0.0
        self._inbox: deque[Event] = deque()
        self._waiting: list[asyncio.Future[None]] = []
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = inf
        self._ended: asyncio.Future[None] | None = None

    def connect(self, ports: Ports) -> None:
        """Say who carries out the commands."""
        self._ports = ports

    def emit(self, event: Event) -> None:
        """Put an event into the inbox. From the loop's own thread only."""
        if not self._inbox:
            self._first = self.clock()
        self._inbox.append(event)
        self.look()

    def look(self) -> None:
        """Read the clock soon, in spite of the timer: an event came, or the clock was set."""
        if not self._scheduled and self._ended is not None:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._drain)

    @property
    def idle(self) -> bool:
        """Whether all that came was taken in and nothing is due."""
        return not (self._scheduled or self._inbox) and self.engine.next_deadline() > self.clock()

    async def take(self, event: Event) -> None:
        """Put an event into the inbox, and wait until the engine has taken it and what follows is on record."""
        taken = asyncio.get_running_loop().create_future()
        self._waiting.append(taken)
        self.emit(event)
        await taken

    async def run(self) -> None:
        """Work until cancelled. A failure of the core is raised here."""
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        self._scheduled = True
        loop.call_soon(self._drain)
        try:
            await self._ended
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def _drain(self) -> None:
        self._scheduled = False
        try:
            news = bool(self._inbox)
            commands: list[Command] = []
            while self._inbox:
                commands += self.engine.handle(self._inbox.popleft(), self.clock())
            now = self.clock()
            deadline = self.engine.next_deadline()
            if deadline <= now:
                commands += self.engine.tick(now)
                deadline = self.engine.next_deadline()
            self._carry_out(commands)
            if news:
                self._took(self.clock() - self._first)
            self._arm(deadline)
            self._ports.changed()
        except Exception as error:  # noqa: BLE001 - it is raised in run()
            if self._ended is not None and not self._ended.done():
                self._ended.set_exception(error)

    def _arm(self, deadline: float) -> None:
        """Have the timer ring at the deadline; one that will is left alone, since most events move none."""
        if self._timer is not None:
            if deadline == self._armed_for:
                return
            self._timer.cancel()
        wait = LONGEST_SLEEP if isinf(deadline) else min(max(deadline - self.clock(), 0.0), LONGEST_SLEEP)
        self._armed_for = deadline
        self._timer = asyncio.get_running_loop().call_later(wait, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._drain()

    def _carry_out(self, commands: list[Command]) -> None:  # noqa: C901 - a table: one line per command
        """Store what is to be kept, then do the rest: what is told is on record before it is told."""
        notices = []
        for command in commands:
            match command:
                case Record(what, about):
                    log.info(what, **dict(about))
                case Notify():
                    notices.append(command)
                case Watch(room, media, names):
                    self._ports.rooms.watch(room, media=media, names=names)
                case Unwatch(room):
                    self._ports.rooms.unwatch(room)
                case Moderate():
                    self._ports.rooms.moderate(command)
                case Retitle():
                    self._ports.rooms.retitle(command)
                case Follow() | Unfollow() | LookCloser():
                    for witness in self._ports.witnesses:
                        _direct(witness, command)
        changes = [command.change for command in commands if isinstance(command, Keep)]
        stored = self._ports.keep(changes) if changes else None
        waiting, self._waiting = self._waiting, []
        if stored is None:
            self._send(notices)
            _release(waiting)
        else:
            Held(notices, self._send).until(stored)
            Held(waiting, _release).until(stored)

    def _send(self, notices: Sequence[Notify]) -> None:
        for notice in notices:
            self._ports.channel.send(notice)


class Held(Generic[T]):
    """What waits for the store, but not for long: an alert that is told twice is better than one told late."""

    def __init__(self, held: Sequence[T], release: Callable[[Sequence[T]], None]) -> None:
        self._held = held
        self._release = release

    def until(self, stored: asyncio.Future[frozenset[str]]) -> None:
        """Release when all is stored, when it can't be, or after ``STORE_PATIENCE`` seconds."""
        if not self._held:
            return
        timer = asyncio.get_running_loop().call_later(STORE_PATIENCE, self._go)
        stored.add_done_callback(lambda _: timer.cancel())
        stored.add_done_callback(lambda _: self._go())

    def _go(self) -> None:
        held, self._held = self._held, ()
        self._release(held)


def _release(waiting: Sequence[asyncio.Future[None]]) -> None:
    for taken in waiting:
        if not taken.done():  # who waited may have hung up
            taken.set_result(None)


def _direct(witness: Witness, command: Follow | Unfollow | LookCloser) -> None:
    match command:
        case Follow(booking):
            witness.follow(booking)
        case Unfollow(id_):
            witness.unfollow(id_)
        case LookCloser(id_, doubt):
            witness.look_closer(id_, doubt=doubt)
