"""The only loop that owns state: inbox → engine → commands. It reads the clock, and arms one timer.

Events are taken in batches as the loop comes to them. A failure in here is a bug in the core: it is not caught but
given to whoever waits in :meth:`Runtime.run`, and the daemon ends.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING

import structlog

from supervisor.domain.commands import Command, Follow, LookCloser, Notify, Record, Unfollow, Unwatch, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supervisor.domain.events import Event
    from supervisor.engine import Engine
    from supervisor.ports import Channel, Rooms, Witness

log = structlog.get_logger()

LONGEST_SLEEP = 3600.0
"""Seconds after which the clock is read again at the latest, so that a set clock or a suspended machine is noticed."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Who carries out which commands."""

    rooms: Rooms
    channel: Channel
    witnesses: Sequence[Witness] = ()


class Runtime:
    """Feeds the engine. ``clock`` gives seconds since the epoch. :meth:`connect` comes before the start."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.clock = clock
        self._inbox: deque[Event] = deque()
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self._ended: asyncio.Future[None] | None = None

    def connect(self, ports: Ports) -> None:
        """Say who carries out the commands."""
        self._ports = ports

    def emit(self, event: Event) -> None:
        """Put an event into the inbox. From the loop's own thread only."""
        self._inbox.append(event)
        if not self._scheduled and self._ended is not None:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._drain)

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
            while self._inbox:
                self._carry_out(self.engine.handle(self._inbox.popleft(), self.clock()))
            now = self.clock()
            if self.engine.next_deadline() <= now:
                self._carry_out(self.engine.tick(now))
            self._arm()
        except Exception as error:  # noqa: BLE001 - it is raised in run()
            if self._ended is not None and not self._ended.done():
                self._ended.set_exception(error)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        deadline = self.engine.next_deadline()
        wait = LONGEST_SLEEP if isinf(deadline) else min(max(deadline - self.clock(), 0.0), LONGEST_SLEEP)
        self._timer = asyncio.get_running_loop().call_later(wait, self._drain)

    def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Record(what, about):
                    log.info(what, **dict(about))
                case Notify():
                    self._ports.channel.send(command)
                case Watch(room, media):
                    self._ports.rooms.watch(room, media=media)
                case Unwatch(room):
                    self._ports.rooms.unwatch(room)
                case Follow() | Unfollow() | LookCloser():
                    for witness in self._ports.witnesses:
                        _direct(witness, command)


def _direct(witness: Witness, command: Follow | Unfollow | LookCloser) -> None:
    match command:
        case Follow(booking):
            witness.follow(booking)
        case Unfollow(id_):
            witness.unfollow(id_)
        case LookCloser(id_, doubt):
            witness.look_closer(id_, doubt=doubt)
