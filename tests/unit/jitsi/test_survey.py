"""Asking a bridge about people's lines over real HTTP: only while somebody wants to know, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supervisor.domain.events import EndpointsSeen, Event
from supervisor.domain.plant import Endpoint
from supervisor.jitsi import ask, survey
from supervisor.jitsi.ask import Asker
from supervisor.jitsi.survey import Survey
from supervisor.simulation.servers import FakeConference, FakeEndpoint, FakeJvb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOM = "sala1@conference.meet.test"
SEEN = EndpointsSeen("jvb main", ROOM, (Endpoint("a", 20.0, 0.0),))


class Asked:
    """A bridge with a conference of ours, who asks it, and what came of it since the last look."""

    def __init__(self, bridge: FakeJvb) -> None:
        self.bridge = bridge
        bridge.conferences = {"c1": FakeConference(ROOM, "m1", {"a": FakeEndpoint()}), "c2": FakeConference("x@y")}
        self.called = [(ROOM, "m1")]
        self.events: list[Event] = []
        self.asker = Asker(bridge.url)
        self._survey = Survey("jvb main", self.asker, lambda: self.called, self.events.append)

    async def look(self) -> list[Event]:
        self.events.clear()
        await self._survey.look()
        return list(self.events)


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    async with FakeJvb() as bridge:
        one = Asked(bridge)
        async with one.asker:
            yield one


async def test_the_endpoints_of_the_called_room_are_told_and_no_other_conference_is_asked_for(asked: Asked) -> None:
    assert [SEEN] == await asked.look()
    assert {"/debug": 1, "/debug/c1": 1} == asked.bridge.asked


async def test_where_nobody_is_called_nothing_is_asked(asked: Asked) -> None:
    asked.called = []
    assert ([], {}) == (await asked.look(), asked.bridge.asked)


async def test_a_bridge_without_the_conference_says_nothing(asked: Asked) -> None:
    asked.bridge.conferences = {"c2": FakeConference(ROOM, "m2", {"a": FakeEndpoint()})}
    assert ([], {"/debug": 1}) == (await asked.look(), asked.bridge.asked)


async def test_a_bridge_that_is_gone_says_nothing_and_its_return_is_noticed(asked: Asked) -> None:
    await asked.bridge.stop()
    assert [] == await asked.look()
    await asked.bridge.start()
    assert [SEEN] == await asked.look()


async def test_a_bridge_whose_debug_is_switched_off_is_not_asked_at_every_look(asked: Asked) -> None:
    asked.bridge.absent = {"/debug"}
    for _ in range(survey.NOT_THERE):
        assert [] == await asked.look()
    assert {"/debug": 1} == asked.bridge.asked
    asked.bridge.absent = set()
    assert [[], [SEEN]] == [await asked.look(), await asked.look()]


async def test_no_more_conferences_are_asked_for_than_allowed(asked: Asked) -> None:
    rooms = [f"r{n}@conference.meet.test" for n in range(survey.MOST_ROOMS + 3)]
    asked.bridge.conferences = {f"c{n}": FakeConference(room) for n, room in enumerate(rooms)}
    asked.called = [(room, "") for room in rooms]
    await asked.look()
    assert survey.MOST_ROOMS + 1 == sum(asked.bridge.asked.values())


async def test_an_answer_without_end_is_cut_off(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "LARGEST", 400)
    asked.bridge.conferences["c1"].endpoints = {f"p{n}": FakeEndpoint() for n in range(50)}
    asked.bridge.conferences.pop("c2")
    assert [] == await asked.look()
