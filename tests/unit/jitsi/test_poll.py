"""Asking Jicofo and a bridge over real HTTP: what is told once, what is bounded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from supervisor.domain.events import BridgesSeen, Event, RecordersSeen, SourceLost, SourceSynced
from supervisor.jitsi import ask, jicofo, jvb
from supervisor.jitsi.ask import Asker
from supervisor.jitsi.poll import FRESH, Poller
from supervisor.simulation.servers import FakeJicofo, FakeJvb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = 1000.0


class Watched:
    """A server, who asks it, and what came of it since the last look."""

    def __init__(self, server: FakeJicofo | FakeJvb) -> None:
        self.server = server
        self.events: list[Event] = []
        known = isinstance(server, FakeJicofo)
        read = jicofo.events if known else partial(jvb.events, "jvb main")
        source, paths = ("jicofo", jicofo.PATHS) if known else ("jvb main", jvb.PATHS)
        self.asker = Asker(server.url + "/")
        self._poller = Poller(source, self.asker, paths, read=read, emit=self.events.append, clock=lambda: NOW)

    async def look(self) -> list[Event]:
        self.events.clear()
        await self._poller.look()
        return list(self.events)


@pytest.fixture
async def focus() -> AsyncIterator[Watched]:
    async with FakeJicofo() as server:
        watched = Watched(server)
        async with watched.asker:
            yield watched


@pytest.fixture
async def bridge() -> AsyncIterator[Watched]:
    async with FakeJvb() as server:
        watched = Watched(server)
        async with watched.asker:
            yield watched


async def test_the_first_look_tells_everything_and_then_that_it_is_heard(focus: Watched) -> None:
    first, second = await focus.look(), await focus.look()
    assert [BridgesSeen, RecordersSeen, SourceSynced] == [type(event) for event in first]
    assert [BridgesSeen, RecordersSeen] == [type(event) for event in second]
    assert isinstance(first[0], BridgesSeen)
    assert ("jicofo", NOW + FRESH, 0) == (first[0].source, first[0].until, first[0].lost)


async def test_a_server_that_dies_is_told_once_and_its_return_once(focus: Watched) -> None:
    await focus.look()
    await focus.server.stop()
    assert [SourceLost("jicofo", "no connection (Connection refused)")] == await focus.look()
    assert [] == await focus.look()
    await focus.server.start()
    assert SourceSynced("jicofo") == (await focus.look())[-1]


async def test_a_server_that_hangs_is_lost_after_the_time_for_an_answer(
    bridge: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "TIMEOUT", 0.1)
    bridge.server.slow = True
    slow = Watched(bridge.server)
    async with slow.asker:
        assert [SourceLost("jvb main", "no answer within 0 s")] == await slow.look()


async def test_an_answer_without_end_is_cut_off(focus: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "LARGEST", 100)
    (lost,) = await focus.look()
    assert lost == SourceLost("jicofo", "the answer to /debug is larger than 100 bytes")


async def test_what_is_not_there_is_not_asked_for_at_every_look(bridge: Watched) -> None:
    bridge.server.absent = {"/colibri/stats"}
    for _ in range(10):
        await bridge.look()
    assert {"/about/health": 10, "/metrics": 10, "/colibri/stats": 1} == bridge.server.asked


async def test_a_sick_bridge_is_heard_and_says_why(bridge: Watched) -> None:
    assert isinstance(bridge.server, FakeJvb)
    bridge.server.complaint = "No valid IP addresses available for harvesting."
    seen = (await bridge.look())[0]
    assert isinstance(seen, BridgesSeen)
    expected = "health check failed (500: No valid IP addresses available for harvesting.)"
    assert (False, expected) == (seen.bridges[0].works, seen.bridges[0].trouble)


async def test_the_numbers_do_where_debug_is_switched_off(focus: Watched) -> None:
    focus.server.absent = {"/debug", "/about/health"}
    assert [BridgesSeen, RecordersSeen, SourceSynced] == [type(event) for event in await focus.look()]
