"""Who is let in, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from supervisor.web.wall.logins import ACTS_FOR, LOOKS_FOR, MOST
from tests.house import TOKENS, interrupted
from tests.unit.builders import Play, focus, people
from tests.unit.web.wall.house import Visitor, open_wall

if TYPE_CHECKING:
    from pathlib import Path

SESSION = "/sessions/almatret-1"


async def test_without_a_login_no_page_tells_anything(tmp_path: Path) -> None:
    async with open_wall(tmp_path, interrupted()) as house, Visitor(house) as visitor:
        for path in ("/", SESSION):
            status, text, _ = await visitor.get(path)
            assert (200, True, False) == (status, 'type="password"' in text, "Ajuntament" in text)
        assert 401 == (await visitor.get("/events"))[0]
        assert 401 == (await visitor.get("/alive"))[0]


async def test_without_a_token_in_the_configuration_the_page_says_how_to_write_one(tmp_path: Path) -> None:
    async with open_wall(tmp_path, interrupted(), tokens={}) as house, Visitor(house) as visitor:
        status, text, _ = await visitor.get()
        assert (200, True, False) == (status, "[web.tokens.wall]" in text, "Ajuntament" in text)


async def test_every_page_carries_its_protection(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        for path in ("/", SESSION, "/sessions/none", "/wall/wall.js"):
            headers = (await visitor.get(path))[2]
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert ("nosniff", "same-origin") == (headers["X-Content-Type-Options"], headers["Referrer-Policy"])


async def test_the_cookie_is_for_the_browser_alone_and_secure_behind_https(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play()) as house, Visitor(house) as visitor:
        plain = (await visitor.log_in())[2]["Set-Cookie"]
        secure = (await visitor.log_in(**{"X-Forwarded-Proto": "https"}))[2].getall("Set-Cookie")[0]
    assert ["HttpOnly", "SameSite=Strict"] == [
        word for word in ("HttpOnly", "SameSite=Strict", "Secure") if word in plain
    ]
    assert "Secure" in secure


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "", "Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://[bad"},
    ],
    ids=str,
)
async def test_a_form_of_another_site_does_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    async with open_wall(tmp_path, interrupted()) as house, Visitor(house) as visitor:
        assert 403 == (await visitor.log_in(**headers))[0]
        await visitor.log_in()
        proof = await visitor.proof(SESSION)
        for path in (f"{SESSION}/pause", "/logout"):
            assert 403 == (await visitor.post(path, {"csrf": proof}, **headers))[0]
        assert None is next(house.play.engine.sessions(house.play.now)).paused
        assert 204 == (await visitor.get("/alive"))[0]


@pytest.mark.parametrize("proof", ["", "0" * 64, "ñ"])
async def test_a_form_without_its_proof_does_nothing(tmp_path: Path, proof: str) -> None:
    async with open_wall(tmp_path, interrupted()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        assert 403 == (await visitor.post(f"{SESSION}/pause", {"csrf": proof}))[0]
        assert 403 == (await visitor.post("/logout", {"csrf": proof}))[0]
        assert None is next(house.play.engine.sessions(house.play.now)).paused


async def test_a_token_that_may_only_look_cannot_act(tmp_path: Path) -> None:
    async with open_wall(tmp_path, interrupted()) as house, Visitor(house) as visitor:
        await visitor.log_in("wall")
        text = (await visitor.get(SESSION))[1]
        assert (False, True) == (f"{SESSION}/pause" in text, "may look, but not act" in text)
        assert 403 == (await visitor.post(f"{SESSION}/pause", {"csrf": await visitor.proof(SESSION)}))[0]
        assert None is next(house.play.engine.sessions(house.play.now)).paused


async def test_a_token_that_may_not_look_is_not_let_in(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play()) as house, Visitor(house) as visitor:
        assert 403 == (await visitor.log_in("bot"))[0]
        assert 401 == (await visitor.get("/alive"))[0]


async def test_whoever_guesses_tokens_has_to_wait_and_others_do_not(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play()) as house, Visitor(house) as visitor:
        assert [401] * 5 == [(await visitor.log_in(f"guess{n}"))[0] for n in range(5)]
        status, _, headers = await visitor.log_in()
        assert (429, "60") == (status, headers["Retry-After"])
        assert 303 == (await visitor.log_in(**{"X-Forwarded-For": "192.0.2.7"}))[0]
        house.play.now += 61.0
        assert 303 == (await visitor.log_in())[0]


async def test_a_login_outlives_the_daemon_and_ends_with_its_token(tmp_path: Path) -> None:
    play = Play()
    async with open_wall(tmp_path, play) as house, Visitor(house) as visitor:
        await visitor.log_in("wall")
        jar = visitor.http.cookie_jar
        kept = (tmp_path / "wall-logins.json").read_text()
    (cookie,) = [each for each in jar if each.key == "jitsi_supervisor"]
    assert [] == [secret for secret in (cookie.value, "wall-secret") if secret in kept]
    assert 0o600 == (tmp_path / "wall-logins.json").stat().st_mode & 0o777
    header = {"Cookie": f"jitsi_supervisor={cookie.value}"}
    async with open_wall(tmp_path, play) as house, Visitor(house, **header) as visitor:
        assert 204 == (await visitor.get("/alive"))[0]
    changed = {**TOKENS, "wall": ("another-secret", ["read"])}
    async with open_wall(tmp_path, play, tokens=changed) as house, Visitor(house, **header) as visitor:
        assert 401 == (await visitor.get("/alive"))[0]


@pytest.mark.parametrize(("by", "lasts"), [("desk", ACTS_FOR), ("wall", LOOKS_FOR)])
async def test_a_login_ends_when_it_was_not_used_for_long(tmp_path: Path, by: str, lasts: float) -> None:
    play = Play()
    async with open_wall(tmp_path, play) as house, Visitor(house) as visitor:
        await visitor.log_in(by)
        for _ in range(3):
            play.now += 0.9 * lasts
            assert 204 == (await visitor.get("/alive"))[0]
        play.now += 1.1 * lasts
        assert 401 == (await visitor.get("/alive"))[0]


async def test_logins_are_bounded(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play()) as house, Visitor(house) as first, Visitor(house) as other:
        await first.log_in("wall")
        house.play.now += 1.0
        for _ in range(MOST):
            await other.log_in("wall")
        assert MOST == len(json.loads((tmp_path / "wall-logins.json").read_text()))
        assert 401 == (await first.get("/alive"))[0]


async def test_a_broken_file_of_logins_lets_nobody_in_and_stops_nobody(tmp_path: Path) -> None:
    for text in ("", "[1]", '{"a": 1}', "\x00"):
        (tmp_path / "wall-logins.json").write_text(text)
        async with open_wall(tmp_path, Play()) as house, Visitor(house, Cookie="jitsi_supervisor=a") as visitor:
            assert 401 == (await visitor.get("/alive"))[0]


async def test_the_way_after_the_login_leads_nowhere_else(tmp_path: Path) -> None:
    async with open_wall(tmp_path, Play().room(focus(), *people(2))) as house, Visitor(house) as visitor:
        expected = {"/sessions/a": "/sessions/a", "//evil.test": "/", "https://evil.test": "/", "/sessions/\\e": "/"}
        for to, path in expected.items():
            fields = {"token": "desk-secret", "csrf": await visitor.proof(), "to": to}
            assert path == (await visitor.post("/login", fields))[2]["Location"]
            await visitor.post("/logout", {"csrf": await visitor.proof()})
