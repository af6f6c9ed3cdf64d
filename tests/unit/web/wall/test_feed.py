"""What walls hear, and when."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from supervisor.domain import events as ev
from supervisor.web.wall.feed import BEHIND, EARS
from tests.unit.builders import Play, booking, focus, people, person
from tests.unit.web.wall.house import Visitor, Wall, open_wall

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import aiohttp


def two() -> Play:
    return Play(booking(), booking(id="b2", room="sala2", organisation="Maials")).room(focus(), *people(3))


async def news(answer: aiohttp.ClientResponse, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The next message that is wanted."""
    async with asyncio.timeout(10):
        async for line in answer.content:
            if line.startswith(b"data: ") and wanted(found := json.loads(line[6:])):
                return dict(found)
    raise AssertionError("the stream has ended")


def listening(house: Wall, visitor: Visitor, path: str = "/events") -> Any:
    return visitor.http.get(house.web.address + path)


async def test_a_wall_hears_all_at_first_and_then_only_what_changed(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in("wall")
        async with listening(house, visitor) as answer:
            assert "text/event-stream" == answer.content_type
            assert "no" == answer.headers["X-Accel-Buffering"]
            whole = await news(answer, lambda found: found.get("all"))
            assert {"almatret-1", "b2"} == set(whole["cards"])
            house.runtime.emit(ev.OccupantSeen("sala1@conference.meet.test", person("p9")))
            fresh = await news(answer, lambda found: found.get("cards"))
            assert {"almatret-1"} == set(fresh["cards"])
            assert "4 people" in fresh["cards"]["almatret-1"][2]
            house.runtime.emit(ev.BookingsRead("file", (booking(),)))
            assert ["b2"] == (await news(answer, lambda found: found.get("gone")))["gone"]


async def test_a_page_that_is_up_to_date_is_not_told_everything_again(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in("wall")
        await visitor.get()
        await house.feed.look()
        async with listening(house, visitor, f"/events?rev={house.feed.revision}") as answer:
            house.runtime.emit(ev.OccupantSeen("sala1@conference.meet.test", person("p9")))
            first = await news(answer, lambda _: True)
            assert (False, {"almatret-1"}) == ("all" in first, set(first["cards"]))


async def test_a_page_is_as_of_now_though_nobody_has_listened(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in("wall")
        assert "3 people" in (await visitor.get())[1]
        await house.runtime.take(ev.OccupantSeen("sala1@conference.meet.test", person("p9")))
        assert "4 people" in (await visitor.get())[1]


async def test_who_comes_back_hears_of_a_source_that_was_lost_meanwhile(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor, Visitor(house) as other:
        for each in (visitor, other):
            await each.log_in("wall")
        async with listening(house, visitor) as staying:
            await news(staying, lambda found: found.get("all"))
            known = house.feed.revision
            house.runtime.emit(ev.SourceLost("youtube", "quotaExceeded"))
            await news(staying, lambda found: "blind" in found.get("frames", {}))
            async with listening(house, other, f"/events?rev={known}") as back:
                assert "youtube" in (await news(back, lambda found: found.get("all")))["frames"]["blind"]


async def test_many_changes_are_one_message(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in("wall")
        async with listening(house, visitor) as answer:
            await news(answer, lambda found: found.get("all"))
            for n in range(50):
                house.runtime.emit(ev.OccupantSeen("sala1@conference.meet.test", person(f"q{n}")))
            told = [await news(answer, lambda found: found.get("cards"))]
            while "53 people" not in told[-1]["cards"]["almatret-1"][2]:
                told.append(await news(answer, lambda found: found.get("cards")))
            assert len(told) <= 2


async def test_a_page_of_a_session_hears_its_parts_and_its_end(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        async with listening(house, visitor, "/events?session=almatret-1") as answer:
            first = await news(answer, lambda found: "frames" in found)
            assert {"card", "chart", "sorts", "evidence", "incidents", "actions"} == set(first["frames"])
            house.runtime.emit(ev.OccupantSeen("sala1@conference.meet.test", person("p9")))
            fresh = await news(answer, lambda found: "card" in found["frames"])
            assert ("4 people" in fresh["frames"]["card"], "evidence" in fresh["frames"]) == (True, False)
            house.runtime.emit(ev.BookingsRead("file", ()))
            assert (await news(answer, lambda found: found.get("over")))["over"]


async def test_listeners_are_bounded(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        ears = [house.feed.listen("en") for _ in range(EARS)]
        assert None not in ears
        assert 503 == (await visitor.get("/events"))[0]
        for ear in ears:
            house.feed.leave(ear)


async def test_a_listener_that_is_slow_is_dropped_and_the_others_are_not(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house:
        told = asyncio.Event()

        async def sleepy() -> None:
            house.feed.listen("en")
            told.set()
            await asyncio.Event().wait()

        slow = asyncio.ensure_future(sleepy())
        await told.wait()
        quick = house.feed.listen("en")
        assert quick is not None
        for n in range(BEHIND + 2):
            house.play.come(person(f"q{n}"))
            await house.feed.look()
            while not quick.queue.empty():
                quick.queue.get_nowait()
        house.feed.leave(quick)
        async with asyncio.timeout(5):
            await asyncio.wait([slow])
        assert slow.cancelled()


async def test_logging_out_ends_the_streams(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        async with listening(house, visitor) as answer:
            await news(answer, lambda found: found.get("all"))
            await visitor.post("/logout", {"csrf": await visitor.proof()})
            house.runtime.emit(ev.OccupantSeen("sala1@conference.meet.test", person("p9")))
            async with asyncio.timeout(10):
                rest = await answer.content.read()
    assert rest.count(b"data: ") <= 1


async def test_the_daemon_ends_at_once_though_walls_listen(tmp_path: Path) -> None:
    async with open_wall(tmp_path, two()) as house, Visitor(house) as visitor:
        await visitor.log_in()
        async with listening(house, visitor) as answer:
            await news(answer, lambda found: found.get("all"))
            house.feed.close()
            async with asyncio.timeout(5):
                await house.web.stop()
