"""Bookings over HTTP: made, seen, changed, cancelled, and refused in the words that every other way uses."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from supervisor.domain.records import BookingRow
from tests.house import House, open_house
from tests.unit.builders import Play, booking

if TYPE_CHECKING:
    from pathlib import Path

WORDS: dict[str, Any] = {
    "id": "ple-1",
    "room": "plealmatret",
    "kind": "plenary",
    "title": "Ple",
    "start": "2026-09-17T19:00:00+02:00",
    "duration": "2h",
}
SECRETS = {
    "password": "482915",
    "contacts": ["canary@example.org"],
    "attendance": True,
    "expected": ["Canary Planted"],
    "stream": {"ingest": "canary-stream", "youtube": "abc"},
}


async def make(house: House, **changes: Any) -> tuple[int, Any, Any]:
    return await house.ask("POST", "/api/v1/bookings", json={**WORDS, **changes})


async def etag(house: House, id_: str = "ple-1") -> dict[str, str]:
    return {"If-Match": (await house.ask("GET", f"/api/v1/bookings/{id_}"))[2]["ETag"]}


async def test_what_is_made_is_there_for_the_engine_and_for_whoever_asks(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, made, headers = await make(house, limit=12)
        assert (201, "/api/v1/bookings/ple-1", []) == (status, headers["Location"], made["warnings"])
        assert ("made", "2026-09-17T17:00:00.000Z", "2026-09-17T19:00:00.000Z", "2h", 12) == tuple(
            made[key] for key in ("origin", "start", "end", "duration", "limit")
        )
        assert 12 == house.play.engine.diary.bookings["ple-1"].limit
        status, shown, again = await house.ask("GET", headers["Location"])
        assert (200, headers["ETag"]) == (status, again["ETag"])
        assert made == {**shown, "warnings": []}


async def test_a_booking_gets_an_id_if_it_has_none(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        words = {key: value for key, value in WORDS.items() if key != "id"}
        _, made, headers = await house.ask("POST", "/api/v1/bookings", json=words)
    assert ("plealmatret-2026-09-17", True) == (made["id"], headers["Location"].endswith(made["id"]))


async def test_nothing_that_opens_a_room_or_names_a_person_comes_out_again(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        answers = [await make(house, **SECRETS)]
        answers.append(await house.ask("GET", "/api/v1/bookings/ple-1"))
        answers.append(await house.ask("GET", "/api/v1/bookings"))
        answers.append(await make(house, **SECRETS, kind="party"))
        kept = house.play.engine.diary.bookings["ple-1"]
    told = "".join(json.dumps(body) + str(dict(headers)) for _, body, headers in answers)
    assert "ple-1" in told
    assert [] == [secret for secret in ("482915", "anary") if secret in told]
    assert ("482915", ("canary@example.org",), "canary-stream") == (kept.password, kept.contacts, kept.stream.ingest)


async def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, problem, headers = await make(house, room="sala gran", start="tomorrow", colour="red")
    assert (422, "application/problem+json") == (status, headers["Content-Type"].partition(";")[0])
    assert [("room", "words"), ("start", "words"), ("colour", "words")] == [
        (each["key"], each["rule"]) for each in problem["errors"]
    ]
    assert "2026-09-03T19:00:00+02:00" in problem["errors"][1]["text"]


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ((409, "overlap"), {"id": "other"}),
        ((409, "id"), {"room": "altrasala"}),
        ((409, "id"), {"id": "almatret-1", "room": "altrasala"}),
        ((422, "past"), {"id": "other", "start": "2020-09-03T19:00:00+02:00"}),
        ((422, "working_days"), {"id": "other", "start": "2026-09-19T19:00:00+02:00"}),
        ((422, "password"), {"id": "other", "kind": "appointment", "room": "altrasala"}),
    ],
)
async def test_a_refusal_names_its_rule_and_a_conflict_is_one(
    tmp_path: Path, expected: tuple[int, str], changes: dict[str, Any]
) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house)
        status, problem, _ = await make(house, **changes)
        assert 2 == (await house.get("/bookings"))["total"]
    assert expected == (status, problem["errors"][0]["rule"])


async def test_a_warning_comes_with_the_booking(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, made, _ = await make(house, room="prova")
    assert (201, [("room", "guessable")]) == (status, [(each["key"], each["rule"]) for each in made["warnings"]])


async def test_a_change_needs_the_state_that_was_seen(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house, **SECRETS)
        seen, path = await etag(house), "/api/v1/bookings/ple-1"
        status, problem, _ = await house.ask("PATCH", path, json={"title": "A"})
        assert (428, True) == (status, "If-Match" in problem["detail"])
        house.play.now += 1
        status, changed, headers = await house.ask("PATCH", path, json={"title": "A", "limit": 7}, headers=seen)
        assert (200, "A", 7, True) == (status, changed["title"], changed["limit"], changed["has_password"])
        status, problem, current = await house.ask("PATCH", path, json={"title": "B"}, headers=seen)
        assert (412, headers["ETag"]) == (status, current["ETag"])
        assert 412 == (await house.ask("DELETE", path, headers=seen))[0]
        status, changed, _ = await house.ask("PUT", path, json={**WORDS, "title": "C"}, headers={"If-Match": "*"})
        assert (200, "C", False, 30) == (status, changed["title"], changed["has_password"], changed["limit"])
        assert "C" == house.play.engine.diary.bookings["ple-1"].title


async def test_null_takes_a_word_back_in_a_patch_only(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house, password="482915")
        path, seen = "/api/v1/bookings/ple-1", {"If-Match": "*"}
        assert 422 == (await house.ask("PUT", path, json={**WORDS, "password": None}, headers=seen))[0]
        _, changed, _ = await house.ask("PATCH", path, json={"password": None}, headers=seen)
    assert not changed["has_password"]


async def test_a_cancelled_booking_is_gone_and_its_name_is_free_for_a_new_one(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house)
        seen = await etag(house)
        assert 204 == (await house.ask("DELETE", "/api/v1/bookings/ple-1", headers=seen))[0]
        assert 404 == (await house.ask("GET", "/api/v1/bookings/ple-1"))[0]
        assert 404 == (await house.ask("DELETE", "/api/v1/bookings/ple-1"))[0]
        assert "ple-1" not in house.play.engine.diary.bookings
        house.play.now += 1
        await make(house)
        assert 412 == (await house.ask("PATCH", "/api/v1/bookings/ple-1", json={}, headers=seen))[0]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_what_is_written_in_a_file_is_changed_there(tmp_path: Path, method: str) -> None:
    async with open_house(tmp_path, Play()) as house:
        assert "file" == (await house.get("/bookings/almatret-1"))["origin"]
        body = {} if method == "DELETE" else {"json": WORDS}
        status, problem, _ = await house.ask(method, "/api/v1/bookings/almatret-1", headers={"If-Match": "*"}, **body)
    assert (409, True) == (status, "from file; change it there" in problem["detail"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["almatret-1", "ple-1", "ple-2"]),
        ("?room=PLEalmatret", ["ple-1", "ple-2"]),
        ("?from=2026-09-03T19:00:00Z", ["ple-1", "ple-2"]),
        ("?from=2026-09-03T18:59:59Z&to=2026-09-17T17:00:00Z", ["almatret-1"]),
        ("?to=2026-09-17T17:00:01Z", ["almatret-1", "ple-1"]),
        ("?limit=1&offset=1", ["ple-1"]),
        ("?room=nobodys", []),
    ],
)
async def test_bookings_are_listed_by_room_and_time(tmp_path: Path, query: str, found: list[str]) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house)
        await make(house, id="ple-2", start="2026-09-18T19:00:00+02:00")
        assert found == [each["id"] for each in (await house.get(f"/bookings{query}"))["bookings"]]


async def test_a_wrong_parameter_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        status, problem, _ = await house.ask("GET", "/api/v1/bookings?since=2026-09-03T19:00:00Z")
    assert (422, True) == (status, "limit, offset, room, from, to" in problem["errors"][0]["detail"])


async def test_of_two_who_want_one_room_at_the_same_moment_one_gets_it(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        answers = await asyncio.gather(*(make(house, id=f"b{n}") for n in range(8)))
        assert [201] + [409] * 7 == sorted(status for status, _, _ in answers)
        assert 2 == (await house.get("/bookings"))["total"]


async def test_what_the_command_line_stores_is_seen_at_the_next_look(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house)
        revision, rows = await house.shelf.read()
        words = {**rows[0].words, "id": "cli-1", "start": "2026-09-24T19:00:00+02:00"}
        starts = booking().start + 21 * 86_400
        await house.shelf.change([BookingRow("cli-1", "plealmatret", starts, None, words)], revision)
        assert "cli-1" not in house.play.engine.diary.bookings
        await house.made.poll()
        assert "cli-1" in house.play.engine.diary.bookings


async def test_reading_needs_read_and_changing_needs_write(tmp_path: Path) -> None:
    async with open_house(tmp_path, Play()) as house:
        await make(house)
        path = "/api/v1/bookings/ple-1"
        assert 200 == (await house.ask("GET", path, by="wall"))[0]
        assert 403 == (await house.ask("GET", path, by="bot"))[0]
        for method in ("PUT", "PATCH", "DELETE"):
            assert 403 == (await house.ask(method, path, by="wall", json=WORDS))[0]
        assert 403 == (await house.ask("POST", "/api/v1/bookings", by="wall", json=WORDS))[0]
