"""Erasing a session over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.domain.records import ChronicleEntry, SupervisionEnded
from tests.house import interrupted, open_house
from tests.unit.builders import Play

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "/api/v1/sessions/almatret-1/record"
REPORT = "/api/v1/sessions/almatret-1/report"


async def test_a_session_that_is_over_is_erased_and_says_so_from_then_on(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        status, body, _ = await house.ask("DELETE", RECORD)
        assert (409, True) == (status, "It is under supervision at present" in body["detail"])
        await house.store.write([SupervisionEnded("almatret-1")])
        assert 403 == (await house.ask("DELETE", RECORD, by="wall"))[0]
        status, body, _ = await house.ask("DELETE", RECORD)
        assert (200, "almatret-1", "desk") == (status, body["booking"], body["by"])
        assert {"records", "states"} == {each["kind"] for each in body["erased"]}
        for method, path in (("DELETE", RECORD), ("GET", REPORT)):
            status, problem, _ = await house.ask(method, path)
            assert (410, f"The record was erased at {body['at']}, by desk.") == (status, problem["detail"])


async def test_where_there_is_nothing_that_is_said(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        for ident in ("other", "a%00b", "%C3%A0", "a" * 200):
            status, problem, _ = await house.ask("DELETE", f"/api/v1/sessions/{ident}/record")
            assert (404, "Nothing is stored of a session of this booking.") == (status, problem["detail"])


async def test_a_record_whose_period_is_over_is_gone_and_not_unknown(tmp_path: Path) -> None:
    facts = {"room": "ple", "start": "2020-01-01T00:00:00.000Z"}
    async with open_house(tmp_path, Play()) as house:
        await house.store.write([ChronicleEntry("old", 1000.0, "opened", facts)])
        house.janitor._house.periods["records"] = 86_400.0  # type: ignore[index]
        await house.janitor.sweep()
        status, problem, _ = await house.ask("GET", "/api/v1/sessions/old/report")
    assert (410, True) == (status, "its retention was over" in problem["detail"])
