"""Who is let in, and what is done with requests that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from supervisor.web.auth import Access, Guard
from supervisor.web.problems import Problem
from tests.house import interrupted, open_house
from tests.unit.builders import Play

if TYPE_CHECKING:
    from pathlib import Path

PAUSE = "/api/v1/sessions/almatret-1/pause"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic desk-secret", "desk-secret", "Bearer desk-secre"])
async def test_without_a_known_token_nothing_is_told(tmp_path: Path, header: str) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, problem, headers = await house.ask("GET", "/api/v1/sessions", headers={"Authorization": header})
    assert 401 == status
    assert headers["WWW-Authenticate"].startswith('Bearer realm="jitsi-supervisor"')
    assert "[web.tokens]" in problem["detail"]


async def test_a_token_may_only_do_what_its_scopes_say(tmp_path: Path) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        status, problem, headers = await house.ask("POST", PAUSE, by="wall")
        assert (403, True) == (status, 'scope="write"' in headers["WWW-Authenticate"])
        assert "[web.tokens.wall]" in problem["detail"]
        assert 200 == (await house.ask("GET", "/api/v1/sessions", by="wall"))[0]
        assert 403 == (await house.ask("GET", "/api/v1/sessions", by="bot"))[0]
        assert 200 == (await house.ask("POST", PAUSE, by="bot"))[0]


async def test_where_no_token_is_configured_the_answer_says_how_to_add_one(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play(), tokens={}) as house:
        status, problem, _ = await house.ask("GET", "/api/v1/sessions")
    assert 401 == status
    assert "[web.tokens.NAME]" in problem["detail"]


def test_every_token_is_compared_whatever_the_first_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    guard = Guard(Access(name, name * 8, frozenset({"read"})) for name in ("a", "b", "c"))
    monkeypatch.setattr("hmac.compare_digest", lambda known, given: seen.append(len(given)) or known == given)
    assert "a" == guard.admit("Bearer aaaaaaaa", "read")
    with pytest.raises(Problem):
        guard.admit("bearer short", "read")
    assert [32] * 6 == seen


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/api/v1/openapi.json"])
async def test_some_addresses_need_no_token(tmp_path: Path, path: str) -> None:
    async with (
        open_house(tmp_path, Play()) as house,
        aiohttp.ClientSession() as http,
        http.get(house.web.address + path) as response,
    ):
        assert 200 == response.status
        assert ("no-store", "nosniff") == tuple(
            response.headers[name] for name in ("Cache-Control", "X-Content-Type-Options")
        )


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("expected", "request_"),
    [
        (413, {"data": b"{" + b" " * 65_536 + b"}", "headers": JSON}),
        (415, {"data": b"{}", "headers": {"Content-Type": "text/plain"}}),
        (415, {"data": {"a": "b"}}),
        (422, {"data": b"{", "headers": JSON}),
        (422, {"data": b"[]", "headers": JSON}),
        (422, {"data": b"\xff", "headers": JSON}),
        (422, {"data": b"[" * 60_000, "headers": JSON}),
        (422, {"data": b'{"force": true}', "headers": JSON}),
        (400, {"data": b"{}", "headers": {**JSON, "Content-Encoding": "gzip"}}),
    ],
)
async def test_a_body_that_is_none_is_refused_and_does_nothing(
    tmp_path: Path, expected: int, request_: dict[str, Any]
) -> None:
    async with open_house(tmp_path, interrupted()) as house:
        status, problem, headers = await house.ask("POST", PAUSE, **request_)
        assert (await house.get("/sessions/almatret-1"))["paused"] is None
    assert (expected, expected) == (status, problem["status"])
    assert "application/problem+json" == headers["Content-Type"].split(";")[0]


async def test_a_word_that_no_text_can_hold_is_refused(tmp_path: Path) -> None:
    body = b'{"booking": "b", "duration": "1h", "comment": "\\ud800"}'
    async with open_house(tmp_path, Play()) as house:
        status, _, _ = await house.ask("POST", "/api/v1/silences", data=body, headers=JSON)
    assert 422 == status


async def test_a_method_that_is_not_there_is_told_which_are(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, problem, headers = await house.ask("PUT", "/api/v1/silences")
    assert (405, 405) == (status, problem["status"])
    assert {"GET", "HEAD", "POST"} == set(headers["Allow"].split(","))


async def test_a_failure_of_ours_tells_nothing_of_the_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house(tmp_path, Play()) as house:

        def broken(_: float) -> None:
            raise RuntimeError("inside")

        monkeypatch.setattr(house.play.engine, "sessions", broken)
        status, problem, _ = await house.ask("GET", "/api/v1/sessions")
    assert 500 == status
    assert "inside" not in json.dumps(problem)
