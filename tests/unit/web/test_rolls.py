"""Roll calls over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from supervisor.domain import events as ev
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.plant import Endpoint
from tests.house import open_house
from tests.unit.builders import ROOM, Play, booking, focus, person

if TYPE_CHECKING:
    from pathlib import Path

TEST = booking(kind=DEFAULT_KINDS["test"])
NAMED = replace(TEST, attendance=True, expected=("Núria Puig", "Pere Roca"))
CALL = "/sessions/almatret-1/roll-call"


def called(*, named: bool = False) -> Play:
    play = Play(NAMED if named else TEST).room(
        focus(),
        person("aaaaaaaa", audio=True, video=True, name="NURIA PUIG"),
        person("bbbbbbbb", audio=False, video=True, name="Canary Planted"),
    )
    return play.at(60).go("bbbbbbbb")


async def test_a_roll_call_says_who_is_ready_and_who_is_not_and_why(tmp_path: Path) -> None:
    async with open_house(tmp_path, called()) as house:
        answer = await house.get(CALL, by="wall")
    assert ("almatret-1", False, []) == (answer["booking"], answer["over"], answer["missing"])
    ready, other = answer["people"]
    assert (["aaaaaaaa"], True, [], None) == tuple(ready[key] for key in ("ids", "ready", "why", "left"))
    assert (["bbbbbbbb"], False, ["microphone never on"]) == tuple(other[key] for key in ("ids", "ready", "why"))
    assert "2026-09-03T17:01:00.000Z" == other["left"]
    assert (None, None) == (ready["name"], other["name"])


async def test_it_says_the_region_and_what_a_bridge_told_of_the_line(tmp_path: Path) -> None:
    play = called().come(person("aaaaaaaa", region="eu-1"))
    play.feed(*[ev.EndpointsSeen("jvb main", ROOM, (Endpoint("aaaaaaaa", 412.4, 0.0712),))] * 3)
    async with open_house(tmp_path, play) as house:
        slow, other = (await house.get(CALL))["people"]
    keys = ("region", "rtt_ms", "loss", "ready", "why")
    assert ["eu-1", 412, 0.071, False, ["slow line", "lossy line"]] == [slow[key] for key in keys]
    assert [None, None, None] == [other[key] for key in keys[:3]]


async def test_with_attendance_it_says_names_and_who_is_missing(tmp_path: Path) -> None:
    async with open_house(tmp_path, called(named=True)) as house:
        answer = await house.get(CALL)
    assert ["NURIA PUIG", "Canary Planted"] == [each["name"] for each in answer["people"]]
    assert ["Pere Roca"] == answer["missing"]


@pytest.mark.parametrize("named", [False, True])
async def test_after_the_session_it_is_the_stored_one(tmp_path: Path, *, named: bool) -> None:
    play = called(named=named)
    async with open_house(tmp_path, play) as house:
        before = await house.get(CALL)
        play.at(7300).go("aaaaaaaa")
        await house.keep()
        after = await house.get(CALL)
    assert after["over"]
    assert before["missing"] == after["missing"]
    assert [{**each, "left": None} for each in before["people"]] == [{**each, "left": None} for each in after["people"]]
    assert "2026-09-03T19:01:40.000Z" == after["people"][0]["left"]


async def test_without_attendance_no_name_is_stored(tmp_path: Path) -> None:
    async with open_house(tmp_path, called()) as house:
        stored = await house.store.roll("almatret-1")
    assert [("aaaaaaaa", ""), ("bbbbbbbb", "")] == [(line.id, line.name) for line in stored]


@pytest.mark.parametrize("ident", ["other", "almatret-1", "a%00b", "%C3%A0", "a" * 200])
async def test_where_there_is_no_roll_call_that_is_said(tmp_path: Path, ident: str) -> None:
    async with open_house(tmp_path, Play(booking()).room(person("aaaaaaaa"))) as house:
        status, body, _ = await house.ask("GET", f"/api/v1/sessions/{ident}/roll-call")
    assert (404, True) == (status, "roll_call = true" in body["detail"])
