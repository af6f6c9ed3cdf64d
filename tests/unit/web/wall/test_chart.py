"""What is remembered of a session, and where its picture's lines run."""

from __future__ import annotations

from typing import Any

from supervisor.web.wall.card import card
from supervisor.web.wall.chart import BASE, LEFT, RIGHT, chart
from supervisor.web.wall.history import MOST, STEP, Point, Seen, Track
from tests.unit.builders import START, Play, focus, people, person


def point(at: float, people: int | None, phase: str = "live", *, paused: bool = False) -> Point:
    return Point(START + at, people, phase, paused)


def test_counts_are_kept_by_steps_and_phases_at_once() -> None:
    track = Track()
    for each in (point(0, 1), point(1, 2), point(2, 2, "interrupted"), point(3, 3, "interrupted"), point(9, 4, "live")):
        track.add(each)
    assert [point(0, 1), point(2, 2, "interrupted"), point(9, 4, "live")] == track.points


def test_a_long_session_gets_coarser_and_keeps_its_ends() -> None:
    track = Track()
    for n in range(10 * MOST):
        track.add(point(n * STEP, n % 7))
    assert len(track.points) <= MOST
    assert START == track.points[0].at
    assert track.points[-1].at >= START + 10 * MOST * STEP - 2 * track.step
    assert [] == [1 for a, b in zip(track.points, track.points[1:], strict=False) if a.at >= b.at]


def test_a_short_interruption_outlives_the_thinning() -> None:
    track = Track()
    for n in range(4 * MOST):
        track.add(point(n * STEP, n % 7, "interrupted" if n == 101 else "live"))
    assert [point(101 * STEP, 3, "interrupted")] == [each for each in track.points if each.phase == "interrupted"]


def test_flapping_does_not_make_it_grow() -> None:
    track = Track()
    for n in range(4 * MOST):
        track.add(point(n, 1, ("live", "stalled")[n % 2]))
        assert len(track.points) <= MOST


async def test_what_is_over_is_forgotten() -> None:
    seen, play = Seen(), Play().room(focus(), *people(3))
    view = next(play.engine.sessions(play.now))
    seen.note({"almatret-1": card(view, (), play.now)}, play.now)
    assert [3] == [each.people for each in await seen.points("almatret-1")]
    seen.note({}, play.now)
    assert [] == list(await seen.points("almatret-1"))


def drawn(*points: Point, now: float = 600.0, limit: int = 30) -> Any:
    return chart(points, limit, START + now, 7200.0)


def test_nothing_known_is_no_picture() -> None:
    assert drawn() is None


def test_the_count_runs_as_a_stair_and_stops_where_it_is_unknown() -> None:
    picture = drawn(point(0, 0), point(100, 10), point(200, None), point(300, 31))
    assert 2 == len(picture.paths)
    assert picture.paths[0].startswith(f"M{LEFT} {BASE}H")
    assert picture.paths[1].endswith(f"H{RIGHT}")
    assert (31, True) == (picture.most, picture.limit_y < BASE)


def test_neighbours_of_one_kind_are_one_bar() -> None:
    picture = drawn(
        point(0, 1, "scheduled"),
        point(100, 1),
        point(200, 2),
        point(300, 2, "interrupted"),
        point(400, 2, "interrupted", paused=True),
        point(500, 2),
    )
    assert ["on", "off", "on"] == [bar.kind for bar in picture.bands]
    assert [(picture.bands[1].x + 150.7, "paused")] == [(round(bar.x, 1), bar.kind) for bar in picture.pauses]
    assert RIGHT == round(picture.bands[-1].x + picture.bands[-1].width, 1)


def test_hours_are_marked_by_the_clock_of_the_place() -> None:
    ticks = [at for _, at in drawn(point(7, 1), now=3600.0).ticks]
    assert 0 < len(ticks) <= 8
    assert [] == [at for at in ticks if (at + 7200) % 600]


def test_a_session_of_one_instant_can_be_drawn() -> None:
    assert [f"M{LEFT}"] == [path[:5] for path in drawn(Point(START, 1, "live", paused=False), now=0.0).paths]
    play = Play().room(person("p0"))
    assert next(play.engine.sessions(play.now)).people == 1
