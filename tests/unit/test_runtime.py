"""Whoever waits for an event to be taken is answered when it is on record, or soon when it can't be."""

import asyncio
import time
from collections.abc import Sequence

from supervisor.domain import events as ev
from supervisor.domain.changes import Change
from supervisor.domain.wishes import Wish
from supervisor.runtime import STORE_PATIENCE, Ports, Runtime
from supervisor.tasks import Tasks
from tests.house import Outside, interrupted

PAUSE = ev.WishMade("almatret-1", Wish.PAUSE, "desk")


class Slow:
    """A store that stores when the test says so."""

    def __init__(self) -> None:
        self.batches: list[asyncio.Future[frozenset[str]]] = []

    def write(self, _: Sequence[Change]) -> asyncio.Future[frozenset[str]]:
        self.batches.append(asyncio.get_running_loop().create_future())
        return self.batches[-1]


async def started(slow: Slow) -> tuple[Runtime, Tasks]:
    play, tasks, outside = interrupted(), Tasks(), Outside()
    runtime = Runtime(play.engine, lambda: play.now)
    runtime.connect(Ports(outside, outside, keep=slow.write))
    tasks.start("runtime", runtime.run())
    await asyncio.sleep(0)
    return runtime, tasks


async def test_who_waits_is_answered_when_it_is_stored() -> None:
    slow = Slow()
    runtime, tasks = await started(slow)
    waiting = tasks.start("waiting", runtime.take(PAUSE))
    while not slow.batches:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    slow.batches[-1].set_result(frozenset())
    await waiting
    assert next(runtime.engine.sessions(0.0)).paused is not None
    await tasks.close()


async def test_who_waits_is_not_left_waiting_for_a_store_that_hangs() -> None:
    runtime, tasks = await started(Slow())
    began = time.monotonic()
    await runtime.take(PAUSE)
    assert STORE_PATIENCE * 0.9 < time.monotonic() - began < 2.0
    await tasks.close()


async def test_an_event_that_changes_nothing_is_taken_at_once() -> None:
    slow = Slow()
    runtime, tasks = await started(slow)
    await runtime.take(ev.WishMade("unknown", Wish.PAUSE, "desk"))
    assert slow.batches == []
    await tasks.close()


async def test_who_hangs_up_does_no_harm_to_the_others() -> None:
    slow = Slow()
    runtime, tasks = await started(slow)
    gone, stays = (tasks.start(name, runtime.take(PAUSE)) for name in ("gone", "stays"))
    while not slow.batches:
        await asyncio.sleep(0)
    gone.cancel()
    slow.batches[-1].set_result(frozenset())
    await stays
    await tasks.close()


async def test_a_clock_that_was_set_is_read_when_somebody_says_so() -> None:
    play, tasks, outside = interrupted(), Tasks(), Outside()
    runtime = Runtime(play.engine, lambda: play.now)
    runtime.connect(Ports(outside, outside))
    tasks.start("runtime", runtime.run())
    while not runtime.idle:
        await asyncio.sleep(0)
    due = play.engine.next_deadline()
    play.now = due
    assert not runtime.idle
    runtime.look()
    while not runtime.idle:
        await asyncio.sleep(0)
    assert due < play.engine.next_deadline()
    await tasks.close()
