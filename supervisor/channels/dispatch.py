"""The outbox runner: hands each stored message to its target's lane, and the outcomes to the store.

At least once: a message is sent when it is stored, and noted as sent when it has arrived. Its key goes with it, so
that a receiver can tell a repetition from news.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from supervisor.channels.lane import DEADLINE, PATIENCE, Lane
from supervisor.channels.pace import Bucket, Clock
from supervisor.domain.records import Died
from supervisor.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from supervisor.channels.figures import Figures
    from supervisor.domain.records import Outgoing
    from supervisor.ports import Keeper, Sender

log = structlog.get_logger()

RATES: Mapping[str, tuple[float, float]] = {
    "email": (1.0, 20.0),
    "webhook": (10.0, 50.0),
    "alertmanager": (10.0, 50.0),
    "apprise": (1.0, 10.0),
    "contact mail": (5.0, 50.0),
    "contact sms": (5.0, 50.0),
}
"""Messages a second in the long run, and at once, by channel: as many as a person or a mail server can bear."""

UNLIMITED = (1e9, 1e9)


class Dispatcher:
    """Sends what leaves the house.

    Args:
        senders: One for each target.
        keeper: Where the messages are stored and their outcomes noted.
        clock: Gives and passes the time.
        rates: As `RATES`; a channel that is not there has no limit.
        deadline: Seconds that one try may take.
    """

    def __init__(
        self,
        senders: Iterable[Sender],
        keeper: Keeper,
        clock: Clock | None = None,
        rates: Mapping[str, tuple[float, float]] = RATES,
        deadline: float = DEADLINE,
    ) -> None:
        self._keeper = keeper
        self._clock = clock or Clock()
        self._senders = tuple(senders)
        buckets = {sender.channel: Bucket(*rates.get(sender.channel, UNLIMITED)) for sender in self._senders}
        self._lanes = {
            (sender.channel, sender.target): Lane(sender, keeper, buckets[sender.channel], self._clock, deadline)
            for sender in self._senders
        }
        self._tasks = Tasks()
        self._running: list[asyncio.Task[None]] = []
        self._homeless = 0

    @property
    def dead_without_target(self) -> int:
        """Messages given up because the configuration does not know their target any more."""
        return self._homeless

    def targets(self, kind: str) -> Iterator[tuple[str, str]]:
        """The channel and the target of everybody who understands messages of that kind."""
        return (key for key, sender in zip(self._lanes, self._senders, strict=True) if kind in sender.kinds)

    def start(self) -> None:
        """Start sending."""
        for (channel, target), lane in self._lanes.items():
            self._running.append(self._tasks.start(f"{channel} {target}", lane.run()))

    def restore(self, messages: Iterable[Outgoing]) -> None:
        """Go on with what the last process left."""
        for message in messages:
            self._put(message)

    def post(self, messages: Sequence[Outgoing], stored: asyncio.Future[frozenset[str]]) -> None:
        """Send messages once they are stored.

        If the store does not manage within `PATIENCE` seconds, or not at all, they are sent nevertheless: an alert
        twice is better than never. Never blocks, never raises.

        Args:
            messages: Of one batch.
            stored: The keeper's answer for that batch; messages whose key it does not name were sent before.
        """
        posting = _Posting(self, tuple(messages))
        timer = asyncio.get_running_loop().call_later(PATIENCE, posting.late)
        stored.add_done_callback(lambda done: posting.stored(done, timer))

    def figures(self) -> list[Figures]:
        """The numbers of each target."""
        return [lane.figures() for lane in self._lanes.values()]

    async def wait(self) -> None:
        """Wait for a failure, which is a bug and is raised."""
        await self._tasks.wait()

    async def close(self, deadline: float = 5.0) -> None:
        """Let the tries that are under way end, within ``deadline`` seconds; what is left waits for the next start."""
        for lane in self._lanes.values():
            lane.stop()
        if self._running:
            await asyncio.wait(self._running, timeout=deadline)
        await self._tasks.close()
        for sender in self._senders:
            await sender.close()

    def _put(self, message: Outgoing) -> None:
        lane = self._lanes.get((message.channel, message.target))
        if lane is not None:
            lane.put(message)
            return
        self._homeless += 1
        reason = "its target is no longer in the configuration"
        log.error("message given up", channel=message.channel, target=message.target, reason=reason)
        self._keeper.write([Died(message.id, self._clock.now(), reason)])


class _Posting:
    """Messages whose storing is awaited, until they are handed over once."""

    def __init__(self, dispatcher: Dispatcher, messages: tuple[Outgoing, ...]) -> None:
        self._dispatcher = dispatcher
        self._messages = messages

    def late(self) -> None:
        """The store takes too long."""
        self._hand_over(frozenset(message.id for message in self._messages))

    def stored(self, done: asyncio.Future[frozenset[str]], timer: asyncio.TimerHandle) -> None:
        """The store has answered."""
        timer.cancel()
        if done.cancelled() or done.exception() is not None:
            self.late()
        else:
            self._hand_over(done.result())

    def _hand_over(self, keys: frozenset[str]) -> None:
        messages, self._messages = self._messages, ()
        self._dispatcher.restore(message for message in messages if message.id in keys)
