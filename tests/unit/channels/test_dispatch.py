"""The outbox runner, with a clock that is turned by hand."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from supervisor.channels import lane
from supervisor.channels.dispatch import Dispatcher
from supervisor.channels.errors import Permanent, Temporary
from supervisor.channels.pace import Clock
from supervisor.domain.records import Deferred, Died, Outgoing, Sent
from supervisor.ports import Sender
from tests.clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from supervisor.domain.changes import Change

START = 1_000_000.0


class Notebook:
    """A keeper that remembers, and can be made to hang."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.hangs = False

    def write(self, batch: Sequence[Change]) -> asyncio.Future[frozenset[str]]:
        done: asyncio.Future[frozenset[str]] = asyncio.get_running_loop().create_future()
        self.changes += batch
        if not self.hangs:
            done.set_result(frozenset(change.id for change in batch if isinstance(change, Outgoing)))
        return done


class Receiver(Sender):
    """Fails as it was told to, message by message; then takes everything."""

    kinds = frozenset({"alert.firing"})

    def __init__(self, clock: Clock, *failures: Exception, channel: str = "webhook", target: str = "a") -> None:
        self.channel, self.target = channel, target
        self.got: list[tuple[str, float]] = []
        self.tries = 0
        self.failures = list(failures)
        self.refuses: Callable[[Outgoing], Exception | None] = lambda _: None
        self._clock = clock

    async def send(self, message: Outgoing) -> None:
        self.tries += 1
        failure = self.failures.pop(0) if self.failures else self.refuses(message)
        if failure is not None:
            raise failure
        self.got.append((message.id, self._clock.now() - START))

    async def close(self) -> None:
        pass

    @property
    def ids(self) -> list[str]:
        return [id_ for id_, _ in self.got]


def message(id_: str, subject: str = "", target: str = "a", expires: float | None = None) -> Outgoing:
    return Outgoing(id_, "webhook", target, subject or id_, "alert.firing", {}, START, expires=expires)


@asynccontextmanager
async def running(keeper: Notebook, clock: Clock, *receivers: Receiver, **more: float) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(receivers, keeper, clock, **more)  # type: ignore[arg-type]
    dispatcher.start()
    yield dispatcher
    await dispatcher.close()


async def settled(dispatcher: Dispatcher) -> None:
    """Wait until nothing waits any more."""
    async with asyncio.timeout(10):
        while any(figures.waiting for figures in dispatcher.figures()):
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)


@pytest.fixture
def keeper() -> Notebook:
    return Notebook()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


async def test_what_arrives_is_noted_last(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock)
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.post([message("m1")], keeper.write([message("m1")]))
        await asyncio.sleep(0.01)
        await settled(dispatcher)
    assert ["m1"] == receiver.ids
    assert [message("m1"), Sent("m1", START)] == keeper.changes


async def test_a_receiver_that_fails_for_ten_minutes_gets_everything_once_in_order(
    keeper: Notebook, clock: VirtualClock
) -> None:
    receiver = Receiver(clock)
    receiver.refuses = lambda _: Temporary("HTTP 500") if clock.now() < START + 600 else None
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("firing", "i"), message("other"), message("resolved", "i")])
        await settled(dispatcher)
        (figures,) = dispatcher.figures()
    assert sorted(receiver.ids) == ["firing", "other", "resolved"]
    assert receiver.ids.index("firing") < receiver.ids.index("resolved")
    # Soon after it is back, and without having been hammered.
    assert 600 <= receiver.got[0][1] <= 660
    assert receiver.got[-1][1] <= 661
    assert 10 <= receiver.tries <= 60
    assert (3, 0, receiver.tries - 3, "") == (figures.sent, figures.dead, figures.failed, figures.trouble)


async def test_each_failure_is_stored_with_the_next_try(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock, Temporary("HTTP 503"), Temporary("HTTP 503"))
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("m1")])
        await settled(dispatcher)
    first, second, sent = keeper.changes
    assert isinstance(first, Deferred)
    assert isinstance(second, Deferred)
    assert ((1, "HTTP 503"), 2) == ((first.attempts, first.reason), second.attempts)
    assert 0.5 <= first.not_before - START <= 1.0
    # The second try may itself have begun somewhat after it was due.
    assert 1.0 <= second.not_before - first.not_before <= 3.0
    assert isinstance(sent, Sent)


async def test_who_asks_for_a_pause_gets_it_but_not_for_ever(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock, Temporary("HTTP 429", 120.0), Temporary("HTTP 429", 1e9))
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("m1")])
        await settled(dispatcher)
    assert 120 + 3600 <= receiver.got[0][1] <= 120 + 3600 + 1


async def test_a_refusal_is_final_and_holds_up_nobody(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock, Permanent("HTTP 410"))
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("m1"), message("m2")])
        await settled(dispatcher)
        (figures,) = dispatcher.figures()
    assert ["m2"] == receiver.ids
    assert Died("m1", START, "HTTP 410") in keeper.changes
    assert (1, 1) == (figures.dead, figures.sent)


async def test_one_message_that_never_works_delays_its_own_subject_only(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock)
    receiver.refuses = lambda message: Temporary("HTTP 500") if message.id == "bad" else None
    others = [message(f"m{n}") for n in range(20)]
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("bad", "i", expires=START + 900), message("next", "i"), *others])
        await settled(dispatcher)
    assert [other.id for other in others] == receiver.ids[:-1]
    assert ("next", True) == (receiver.ids[-1], receiver.got[-1][1] >= 900)
    assert receiver.got[-2][1] < 60
    assert any(isinstance(change, Died) and change.reason == "expired; HTTP 500" for change in keeper.changes)


async def test_a_bug_in_a_channel_ends_neither_the_daemon_nor_the_message(
    keeper: Notebook, clock: VirtualClock
) -> None:
    receiver = Receiver(clock, KeyError("odd answer"))
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("m1")])
        await settled(dispatcher)
    assert ["m1"] == receiver.ids


async def test_a_message_without_a_target_is_a_dead_letter(keeper: Notebook, clock: VirtualClock) -> None:
    async with running(keeper, clock, Receiver(clock)) as dispatcher:
        dispatcher.restore([message("m1", target="gone")])
        assert 1 == dispatcher.dead_without_target
    assert [Died("m1", START, "its target is no longer in the configuration")] == keeper.changes


async def test_a_receiver_that_hangs_delays_nobody_else_and_is_given_up_in_time(keeper: Notebook) -> None:
    clock = Clock()
    hanging, quick = Receiver(clock), Receiver(clock, target="b")
    never = asyncio.Event()

    async def hang(_: Outgoing) -> None:
        await never.wait()

    hanging.send = hang  # type: ignore[method-assign]
    async with running(keeper, clock, hanging, quick, deadline=0.2) as dispatcher:
        dispatcher.restore([message("m1"), message("m2", target="b")])
        await asyncio.sleep(0.1)
        assert ["m2"] == quick.ids
        await asyncio.sleep(0.2)
        assert "no answer within 0.2 s" == dispatcher.figures()[0].trouble
        assert dispatcher.figures()[0].oldest_age(START + 5) == 5


async def test_a_clock_that_is_set_back_holds_nothing_up(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock, Temporary("HTTP 500"))
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.restore([message("m1")])
        while not receiver.tries:
            await asyncio.sleep(0)
        clock.at -= 86_400
        await settled(dispatcher)
    assert ["m1"] == receiver.ids
    assert receiver.got[0][1] < 0


async def test_a_store_in_trouble_holds_no_alert_back(
    keeper: Notebook, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supervisor.channels.dispatch.PATIENCE", 0.05)
    monkeypatch.setattr(lane, "PATIENCE", 0.05)
    keeper.hangs = True
    receiver = Receiver(clock)
    async with running(keeper, clock, receiver) as dispatcher:
        for number in range(30):
            dispatcher.post([message(f"m{number}")], keeper.write([message(f"m{number}")]))
        await asyncio.sleep(0.3)
        await settled(dispatcher)
    assert 30 == len(receiver.ids)


async def test_what_was_stored_before_is_not_sent_again(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock)
    known: asyncio.Future[frozenset[str]] = asyncio.get_running_loop().create_future()
    async with running(keeper, clock, receiver) as dispatcher:
        dispatcher.post([message("m1"), message("m2")], known)
        known.set_result(frozenset({"m2"}))
        await asyncio.sleep(0.01)
        await settled(dispatcher)
    assert ["m2"] == receiver.ids


async def test_a_channel_sends_no_faster_than_its_rate(keeper: Notebook, clock: VirtualClock) -> None:
    receiver = Receiver(clock)
    dispatcher = Dispatcher([receiver], keeper, clock, rates={"webhook": (2.0, 5.0)})
    dispatcher.start()
    dispatcher.restore([message(f"m{n}") for n in range(25)])
    await settled(dispatcher)
    await dispatcher.close()
    assert 5 == sum(at == 0 for _, at in receiver.got)
    assert pytest.approx(10.0) == receiver.got[-1][1]


async def test_who_understands_a_kind_is_asked_for_by_kind(keeper: Notebook, clock: VirtualClock) -> None:
    dispatcher = Dispatcher([Receiver(clock)], keeper, clock)
    assert [("webhook", "a")] == list(dispatcher.targets("alert.firing"))
    assert [] == list(dispatcher.targets("session.paused"))
    await dispatcher.close()
