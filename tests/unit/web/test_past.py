"""Incidents, dead letters and silences over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.domain import events as ev
from supervisor.domain.occupants import written
from supervisor.domain.records import Died, Outgoing
from tests.house import back, interrupted, open_house
from tests.unit.builders import ROOM, Play, focus, people

if TYPE_CHECKING:
    from pathlib import Path

INCIDENT = "almatret-1:StreamInterrupted:1788454860.000"

P0 = f"{written('p0')} (moderator)"


async def test_an_incident_says_who_did_what_and_when(tmp_path: Path) -> None:
    play = interrupted().feed(ev.CommandGiven(ROOM, "p0", "!pausa"))
    play.feed(ev.Retitled(ROOM, changed=True, text="Ple de la Canary Planted", by=f"{ROOM}/p1"))
    back(play)
    async with open_house(tmp_path, play) as house:
        await house.post("/sessions/almatret-1/resume")
        incident = await house.get(f"/incidents/{INCIDENT}")
    assert (P0, "desk") == (incident["paused_by"], incident["resumed_by"])
    assert "2026-09-03T17:01:00.000Z" == incident["detected"] == incident["from"] == incident["told"]
    assert "2026-09-03T17:03:20.000Z" == incident["to"] == incident["resumed_at"]
    lines = [line["what"] for line in incident["timeline"]]
    assert {"interrupted", "told", "acknowledged", "paused", "recovered", "resumed"} == set(lines)
    assert {"whom": "moderators", "stage": "2"} in [line["detail"] for line in incident["timeline"]]


async def test_a_title_that_somebody_wrote_and_its_author_are_not_shown(tmp_path: Path) -> None:
    play = interrupted().feed(ev.CommandGiven(ROOM, "p0", "!pausa"))
    play.feed(ev.Retitled(ROOM, changed=True, text="Ple de la Canary Planted", by=f"{ROOM}/p1"))
    async with open_house(tmp_path, play) as house:
        shown = json.dumps([await house.get(path) for path in ("/sessions", "/incidents", f"/incidents/{INCIDENT}")])
    assert "Canary" not in shown
    assert "/p1" not in shown
    assert P0 in shown


async def test_an_open_incident_is_shown_as_it_is_now_whatever_the_store_has(tmp_path: Path) -> None:
    play = interrupted()
    async with open_house(tmp_path, play) as house:
        play.at(70.0).feed(ev.CommandGiven(ROOM, "p0", "!ok"))
        (incident,) = (await house.get("/incidents"))["incidents"]
    assert P0 == incident["acknowledged_by"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("?booking=almatret-1", 1),
        ("?booking=other", 0),
        ("?since=2026-09-03T19:01:00%2B02:00", 1),
        ("?since=2026-09-03T17:01:00.001Z", 0),
        ("?until=2026-09-03T17:01:00Z", 0),
        ("?until=2026-09-03T17:02:00Z&limit=1", 1),
        ("?offset=1", 0),
    ],
)
async def test_incidents_are_filtered(tmp_path: Path, query: str, found: int) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        assert found == len((await house.get(f"/incidents{query}"))["incidents"])


@pytest.mark.parametrize(
    ("query", "field", "remedy"),
    [
        ("limit=501", "query.limit", "less than or equal to 500"),
        ("limit=many", "query.limit", "write digits only"),
        ("limit=1&limit=2", "query.limit", "give it once"),
        ("sinse=2026-09-03T17:01:00Z", "query.sinse", "the keys here are: limit, offset, booking, since, until"),
        ("since=2026-09-03T19:01:00+02:00", "query.since", "%2B"),
        ("since=2026-02-30T00:00:00Z", "query.since", "not a day"),
        ("since=0", "query.since", "2026-09-03T17:00:00Z"),
        ("booking=a/b", "query.booking", "pattern"),
    ],
)
async def test_a_parameter_that_is_wrong_is_named_with_the_remedy(
    tmp_path: Path, query: str, field: str, remedy: str
) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        status, problem, _ = await house.ask("GET", f"/api/v1/incidents?{query}")
    (error,) = problem["errors"]
    assert (422, field) == (status, error["field"])
    assert remedy in error["detail"]


async def test_a_store_that_can_not_be_read_is_said_and_is_no_failure_of_ours(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        with house.store._writing.begin() as connection:
            connection.exec_driver_sql("DROP TABLE timeline")
            connection.exec_driver_sql("DROP TABLE incidents")
        status, problem, headers = await house.ask("GET", "/api/v1/incidents")
    assert (503, "5") == (status, headers["Retry-After"])
    assert "log" in problem["detail"]
    assert "incidents" not in problem["detail"]


async def test_dead_letters_are_shown_without_what_they_said(tmp_path: Path) -> None:
    letters = [Outgoing(f"msg_{n}", "email", "support", "x", "alert.firing", {"summary": "s"}, 1.0) for n in range(3)]
    async with open_house(tmp_path, interrupted()) as house:
        await house.store.write([*letters, *(Died(letter.id, 2.0 + n, "550 no") for n, letter in enumerate(letters))])
        first = await house.get("/dead-letters?limit=2")
        second = await house.get("/dead-letters?limit=2&offset=2")
    assert (["msg_2", "msg_1"], 2) == ([each["id"] for each in first["dead_letters"]], first["next_offset"])
    assert (["msg_0"], None) == ([each["id"] for each in second["dead_letters"]], second["next_offset"])
    assert "summary" not in json.dumps(first)


async def test_a_silence_is_set_listed_kept_and_lifted(tmp_path: Path) -> None:
    play = Play().at(0.0)
    async with open_house(tmp_path, play) as house:
        status, silence = await house.post("/silences", {"booking": "almatret-1", "duration": "1h30m", "comment": "ok"})
        assert (201, "2026-09-03T18:30:00.000Z", "desk", None) == (
            status,
            *(silence[key] for key in ("until", "by", "monitor")),
        )
        assert [silence] == (await house.get("/silences"))["silences"]
        assert [silence["id"]] == [kept.id for kept in house.store.load().silences]
        play.room(focus(), *people(31)).at(30.0)
        assert [] == play.heard()
        status, _, _ = await house.ask("DELETE", f"/api/v1/silences/{silence['id']}")
        assert (204, []) == (status, (await house.get("/silences"))["silences"])
        assert () == house.store.load().silences
        assert 1 == len(play.at(120.0).heard())


async def test_a_silence_whose_time_is_over_is_not_listed(tmp_path: Path) -> None:
    play = Play()
    async with open_house(tmp_path, play) as house:
        _, silence = await house.post("/silences", {"monitor": "StreamInterrupted", "until": "2026-09-03T17:10:00Z"})
        play.at(601.0)
        assert [] == (await house.get("/silences"))["silences"]
        assert 404 == (await house.ask("DELETE", f"/api/v1/silences/{silence['id']}"))[0]


@pytest.mark.parametrize(
    ("body", "field", "remedy"),
    [
        ({}, "body", "give booking or monitor"),
        ({"booking": "b"}, "body", "either until or duration"),
        ({"booking": "b", "duration": "1h", "until": "2026-09-03T17:10:00Z"}, "body", "either until or duration"),
        ({"booking": "b", "duration": "721h"}, "body.duration", "30 days"),
        ({"booking": "b", "duration": "0s"}, "body.duration", "ahead"),
        ({"booking": "b", "duration": 60}, "body.duration", '"90m"'),
        ({"booking": "b", "until": "2026-09-03T16:59:59Z"}, "body.until", "ahead"),
        ({"booking": "b", "until": "2026-11-01T00:00:00Z"}, "body.until", "30 days"),
        ({"monitor": "StreamInterupted", "duration": "1h"}, "body.monitor", "StreamInterrupted"),
        ({"booking": "b", "duration": "1h", "comment": "a\nb"}, "body.comment", "pattern"),
        ({"booking": "b", "duration": "1h", "coment": "a"}, "body.coment", "comment"),
    ],
)
async def test_a_silence_that_makes_no_sense_is_refused_field_by_field(
    tmp_path: Path, body: dict[str, Any], field: str, remedy: str
) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, problem = await house.post("/silences", body)
    (error,) = problem["errors"]
    assert (422, field) == (status, error["field"])
    assert remedy in error["detail"]
