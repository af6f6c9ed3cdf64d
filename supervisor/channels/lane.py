"""One target's lane: one message at a time, so that a receiver that hangs delays nobody but itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.figures import Figures
from supervisor.channels.pace import LONGEST, backoff
from supervisor.channels.queue import Queue
from supervisor.domain.records import Deferred, Died, Sent

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from supervisor.channels.pace import Bucket, Clock
    from supervisor.domain.records import Outgoing
    from supervisor.ports import Keeper, Sender

log = structlog.get_logger()

DEADLINE = 30.0
"""Seconds that one try may take."""

PATIENCE = 2.0
"""Seconds to wait for the store to note what happened. Then the lane goes on: a store in trouble stops no alert."""


class Lane:
    """Sends what waits for one sender.

    A success is on record before the next message goes out, so that a process that is killed repeats one message at
    most.

    Args:
        sender: Of this target.
        keeper: Gets the outcomes.
        bucket: Of this channel, shared with its other targets.
        clock: Gives and passes the time.
        deadline: See `DEADLINE`.
    """

    def __init__(
        self, sender: Sender, keeper: Keeper, bucket: Bucket, clock: Clock, deadline: float = DEADLINE
    ) -> None:
        self._sender = sender
        self._keeper = keeper
        self._bucket = bucket
        self._clock = clock
        self._deadline = deadline
        self._queue = Queue()
        self._news = asyncio.Event()
        self._noting: asyncio.Future[frozenset[str]] | None = None
        self._failures = 0
        self._rest_until = 0.0
        self._repeat_at = 0.0
        self._stopping = False
        self._figures = Figures(sender.channel, sender.target)

    def put(self, message: Outgoing) -> None:
        """Send it when its time has come."""
        self._queue.put(message)
        self._news.set()

    def figures(self) -> Figures:
        """The numbers as they are now."""
        self._figures.waiting, self._figures.oldest = len(self._queue), self._queue.oldest
        return self._figures

    def stop(self) -> None:
        """End `run` after the try that is under way."""
        self._stopping = True
        self._news.set()

    async def run(self) -> None:
        """Work until stopped or cancelled."""
        while not self._stopping:
            await self._clock.wait(self._news, self._pause())
            self._news.clear()
            if not self._stopping:
                await self._step()

    def _pause(self) -> float | None:
        """Seconds until something is to be done; None while there is nothing."""
        now = self._clock.now()
        instants = [self._repeat_at] if self._sender.repeat is not None else []
        due = self._queue.due()
        if due is not None:
            instants.append(now if self._queue.ready(now) else due)
        return max(min(instants) - now, self._rest(now), 0.0) if instants else None

    def _rest(self, now: float) -> float:
        """Seconds for which this target is left alone; more than LONGEST comes of a clock that was set back."""
        left = self._rest_until - now
        return left if 0.0 < left <= LONGEST else 0.0

    async def _step(self) -> None:
        now = self._clock.now()
        if self._rest(now) > 0:
            return
        if self._queue.ready(now):
            wait = self._bucket.take(now)
            if wait > 0:
                self._rest_until = now + wait
            else:
                await self._try(self._queue.take())
        elif self._sender.repeat is not None and now >= self._repeat_at:
            self._repeat_at = now + self._sender.repeat
            failure = await self._failure(self._sender.again())
            if failure is not None:
                self._failed(failure)

    async def _try(self, message: Outgoing) -> None:
        now = self._clock.now()
        if message.expires is not None and now >= message.expires:
            await self._died(message, f"expired; {self._figures.trouble}".rstrip("; "))
            return
        failure = await self._failure(self._sender.send(message))
        if failure is None:
            await self._arrived(message)
        elif isinstance(failure, Permanent):
            await self._died(message, failure.reason)
        else:
            self._failed(failure)
            await self._put_off(message, failure)

    async def _failure(self, work: Coroutine[None, None, None]) -> Permanent | Temporary | None:
        """Have the sender do something within the deadline, and say how it failed."""
        try:
            async with asyncio.timeout(self._deadline):
                await work
        except (Permanent, Temporary) as error:
            return error
        except TimeoutError:
            return Temporary(f"no answer within {self._deadline:g} s")
        except Exception as error:
            # A bug in a channel, perhaps woken by an odd answer: it must end neither the daemon nor this message.
            log.exception("channel broke", channel=self._sender.channel, target=self._sender.target)
            return Temporary(type(error).__name__)
        return None

    async def _arrived(self, message: Outgoing) -> None:
        self._queue.settled(message)
        self._figures.sent += 1
        if self._figures.trouble:
            log.info("channel works again", channel=self._sender.channel, target=self._sender.target)
        self._failures, self._rest_until, self._figures.trouble = 0, 0.0, ""
        await self._note(Sent(message.id, self._clock.now()))

    def _failed(self, failure: Permanent | Temporary) -> None:
        """Rest for longer and longer: it may be the whole target that is ill."""
        self._failures += 1
        self._figures.failed += 1
        if not self._figures.trouble:
            about = {"channel": self._sender.channel, "target": self._sender.target}
            log.warning("channel fails", reason=failure.reason, **about)
        self._figures.trouble = failure.reason
        self._rest_until = self._clock.now() + backoff(self._failures, getattr(failure, "delay", None))

    async def _put_off(self, message: Outgoing, failure: Temporary) -> None:
        failures = message.attempts + 1
        until = self._clock.now() + backoff(failures, failure.delay)
        self._queue.put_off(replace(message, attempts=failures), until)
        await self._note(Deferred(message.id, failures, until, failure.reason))

    async def _died(self, message: Outgoing, reason: str) -> None:
        self._queue.settled(message)
        self._figures.dead += 1
        about = {"channel": self._sender.channel, "target": self._sender.target, "message": message.id}
        log.error("message given up", reason=reason, **about)
        await self._note(Died(message.id, self._clock.now(), reason))

    async def _note(self, outcome: Sent | Deferred | Died) -> None:
        """Put it on record. While an earlier outcome still is not, nobody waits: the store is in trouble."""
        behind = self._noting is not None and not self._noting.done()
        self._noting = self._keeper.write([outcome])
        self._noting.add_done_callback(lambda done: _complain(outcome.id, done))
        if not behind:
            await asyncio.wait({self._noting}, timeout=PATIENCE)


def _complain(message: str, done: asyncio.Future[frozenset[str]]) -> None:
    if not done.cancelled() and done.exception() is not None:
        log.error("outcome not stored", message=message, reason=str(done.exception()))
