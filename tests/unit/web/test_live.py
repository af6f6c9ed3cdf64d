"""Sessions and alerts over HTTP, and what support staff wish."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from supervisor.domain import events as ev
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import written
from supervisor.engine import XMPP
from tests.house import back, interrupted, open_house
from tests.unit.builders import ROOM, Play, booking, focus, people, person

if TYPE_CHECKING:
    from pathlib import Path

STREAM = "almatret-1:StreamInterrupted"

P0 = f"{written('p0')} (moderator)"


async def test_a_session_is_shown_with_its_counts_its_stream_and_its_alerts(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        (session,) = (await house.get("/sessions"))["sessions"]
        assert session == await house.get("/sessions/almatret-1")
    assert ("almatret-1", "almatret-1", "plenary", 30) == tuple(session[k] for k in ("id", "booking", "kind", "limit"))
    assert ("open", 3, 1, None) == tuple(session[k] for k in ("state", "people", "moderators", "paused"))
    assert ("2026-09-03T17:00:00.000Z", "2026-09-03T19:00:00.000Z") == (session["start"], session["end"])
    assert ("interrupted", "encoder", ["jibri"]) == tuple(session["stream"][k] for k in ("phase", "side", "witnesses"))
    (alert,) = session["alerts"]
    assert (STREAM, "critical", True, None) == tuple(alert[k] for k in ("id", "severity", "told", "acknowledged_by"))


async def test_the_preflight_is_shown_item_by_item(tmp_path: Path) -> None:
    play = Play(began=-600.0).room(focus())
    async with open_house(tmp_path, play) as house:
        shown = (await house.get("/sessions/almatret-1"))["preflight"]
    assert [("recorder", "unknown"), ("people", "wrong")] == [(item["item"], item["check"]) for item in shown]
    assert "no moderator in the room, and no contacts in the booking" == shown[1]["reason"]


async def test_what_is_unknown_is_null_and_never_nought(tmp_path: Path) -> None:
    play = Play().room(focus(), *people(3)).feed(ev.SourceLost(XMPP, "killed"))
    async with open_house(tmp_path, play) as house:
        session = await house.get("/sessions/almatret-1")
    assert ["unknown", None, None, None] == [session[k] for k in ("state", "people", "moderators", "visitors")]
    assert "scheduled" == session["stream"]["phase"]


async def test_the_state_follows_people_and_time(tmp_path: Path) -> None:
    play = Play()
    async with open_house(tmp_path, play) as house:

        async def state() -> str:
            return str((await house.get("/sessions/almatret-1"))["state"])

        assert "unknown" == await state()
        play.at(-60.0).room()
        assert "scheduled" == await state()
        play.now += 120.0
        assert "waiting" == await state()
        play.come(person("p0"))
        assert "open" == await state()
        play.now += 7200.0
        assert "overrun" == await state()


async def test_a_room_without_an_end_has_none(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play(booking(kind=DEFAULT_KINDS["permanent"]))) as house:
        assert (await house.get("/sessions/almatret-1"))["end"] is None


async def test_a_list_comes_in_pages(tmp_path: Path) -> None:
    bookings = [booking(id=f"b{n}", room=f"sala{n}") for n in range(5)]
    async with open_house(tmp_path, Play(*bookings)) as house:
        first = await house.get("/sessions?limit=2")
        last = await house.get("/sessions?limit=2&offset=4")
    assert (["b0", "b1"], 5, 2) == ([s["id"] for s in first["sessions"]], first["total"], first["next_offset"])
    assert (["b4"], 5, None) == ([s["id"] for s in last["sessions"]], last["total"], last["next_offset"])


async def test_a_pause_is_in_force_and_on_record_when_it_is_answered(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted().at(90.0)) as house:
        status, session = await house.post("/sessions/almatret-1/pause")
        (title,) = house.outside.titles
        (notice,) = house.outside.notices
        (incident,) = await house.store.incidents(0.0, 1e11)
    assert (200, "paused", "desk") == (status, session["state"], session["paused"]["by"])
    assert (ROOM, "everybody", "desk") == (title.room, notice.audience, incident.paused_by)
    assert "desk" == session["alerts"][0]["acknowledged_by"]


async def test_a_pause_needs_no_body(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        status, _, _ = await house.ask("POST", "/api/v1/sessions/almatret-1/pause")
    assert 200 == status


async def test_what_is_paused_can_not_be_paused_again(tmp_path: Path) -> None:
    play = interrupted().feed(ev.CommandGiven(ROOM, "p0", "!pausa"))
    async with open_house(tmp_path, play) as house:
        status, problem = await house.post("/sessions/almatret-1/pause")
    assert 409 == status
    assert "since 2026-09-03T17:01:00.000Z by " + P0 in problem["detail"]


async def test_of_two_pauses_at_one_time_one_is_refused(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        answers = await asyncio.gather(*(house.post("/sessions/almatret-1/pause") for _ in range(2)))
    assert [200, 409] == sorted(status for status, _ in answers)


async def test_what_is_not_paused_can_not_be_resumed(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        assert (409, "The session is not paused.") == detail(await house.post("/sessions/almatret-1/resume"))


def detail(answer: tuple[int, dict[str, str]]) -> tuple[int, str]:
    return answer[0], answer[1]["detail"]


async def test_a_client_that_tries_again_has_not_insisted(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        await house.post("/sessions/almatret-1/pause")
        for body in ({}, {}, {"force": False}):
            status, text = detail(await house.post("/sessions/almatret-1/resume", body))
            assert (409, "The live stream is interrupted") == (status, text[:30])
        status, session = await house.post("/sessions/almatret-1/resume", {"force": True})
    assert (200, "open", None) == (status, session["state"], session["paused"])


async def test_a_verified_stream_needs_no_force(tmp_path: Path) -> None:
    play = interrupted()
    async with open_house(tmp_path, play) as house:
        await house.post("/sessions/almatret-1/pause")
        back(play)
        await house.keep()
        status, _ = await house.post("/sessions/almatret-1/resume")
        (incident,) = (await house.get("/incidents"))["incidents"]
    assert (200, "desk", "desk") == (status, incident["paused_by"], incident["resumed_by"])


async def test_an_acknowledged_alert_has_the_tokens_name_and_the_first_stands(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        first = await house.post(f"/alerts/{STREAM}/ack")
        second = await house.post(f"/alerts/{STREAM}/ack", by="bot")
    assert [(200, "desk")] * 2 == [(status, alert["acknowledged_by"]) for status, alert in (first, second)]


async def test_a_lost_source_is_an_open_alert_of_no_booking(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play().feed(ev.SourceLost(XMPP, "killed"))) as house:
        (alert,) = (await house.get("/alerts"))["alerts"]
        assert 409 == (await house.post(f"/alerts/{alert['id']}/ack"))[0]
    assert ("SourceLost:xmpp", None, "xmpp", "killed") == tuple(alert[k] for k in ("id", "booking", "source", "reason"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sessions/other"),
        ("POST", "/sessions/other/pause"),
        ("POST", "/sessions/other/resume"),
        ("POST", "/alerts/almatret-1:ParticipantLimit/ack"),
        ("GET", "/incidents/other"),
        ("GET", "/incidents/almatret-1:StreamInterrupted:1.000"),
        ("DELETE", "/silences/other"),
        ("GET", "/nothing"),
    ],
)
async def test_what_is_not_there_is_a_problem_that_says_where_to_look(tmp_path: Path, method: str, path: str) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        status, problem, headers = await house.ask(method, f"/api/v1{path}")
    assert (404, 404, "application/problem+json") == (status, problem["status"], headers["Content-Type"].split(";")[0])
    assert "/api/v1/" in problem["detail"]


async def test_a_message_goes_to_the_moderators_and_one_that_nobody_can_read_is_refused(tmp_path: Path) -> None:
    play = Play().room(focus(), *people(3))
    async with open_house(tmp_path, play) as house:
        status, session = await house.post("/sessions/almatret-1/message", {"text": "One moment, please."})
        assert (202, "almatret-1") == (status, session["id"])
        assert ["One moment, please."] == [notice.text for notice in house.outside.notices]
        play.go("p0")
        assert 409 == (await house.post("/sessions/almatret-1/message", {"text": "x"}))[0]
        play.feed(ev.SourceLost(XMPP, "killed"))
        assert 409 == (await house.post("/sessions/almatret-1/message", {"text": "x"}))[0]
        assert 404 == (await house.post("/sessions/none/message", {"text": "x"}))[0]
        for text in ("", "  ", "a\nb", "\x07", "x" * 501, None, "\ufffe"):
            assert 422 == (await house.post("/sessions/almatret-1/message", {"text": text}))[0]
        assert 403 == (await house.post("/sessions/almatret-1/message", {"text": "x"}, by="wall"))[0]
    assert 1 == len(house.outside.notices)
