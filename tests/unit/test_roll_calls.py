"""The roll call through the engine: what is asked of the room, what is kept, and what a restart knows."""

from __future__ import annotations

from dataclasses import replace

from supervisor.domain import events as ev
from supervisor.domain.commands import Keep, Watch
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.plant import Endpoint
from supervisor.domain.records import RollEnded, RollLine, Saved
from tests.unit.builders import ROOM, START, Play, booking, focus, person

TEST = booking(kind=DEFAULT_KINDS["test"])
NAMED = replace(TEST, attendance=True, expected=("Ana", "Pere"))


def kept(play: Play) -> list[RollLine]:
    return [c.change for c in play.commands if isinstance(c, Keep) and isinstance(c.change, RollLine)]


def lines(play: Play) -> dict[str, RollLine]:
    return next(play.engine.sessions(play.now)).roll.lines


def watches(play: Play) -> list[Watch]:
    return [command for command in play.commands if isinstance(command, Watch)]


def test_a_roll_call_asks_for_media_and_for_names_only_with_attendance() -> None:
    assert [Watch(ROOM, media=True)] == watches(Play(TEST))
    assert [Watch(ROOM, media=True, names=True)] == watches(Play(NAMED))
    assert [Watch(ROOM, media=True)] == watches(Play(booking()))


def test_every_change_is_kept_and_nothing_else() -> None:
    play = Play(TEST).room(focus(), person("aaaaaaaa", audio=False, video=True))
    play.come(person("aaaaaaaa", audio=True, video=True)).come(person("aaaaaaaa", audio=False, video=True)).at(9).go(
        "aaaaaaaa"
    )
    assert [(None, False), (None, True), (START + 9, True)] == [(line.left, line.audio) for line in kept(play)]


def test_a_kind_without_a_roll_call_keeps_nothing() -> None:
    play = Play(booking()).room(focus(), person("aaaaaaaa"))
    assert ([], {}) == (kept(play), lines(play))


def test_a_booking_that_allows_no_names_notes_none_even_where_the_room_tells_them() -> None:
    play = Play(TEST).room(person("aaaaaaaa", name="Canary Planted"))
    assert "" == lines(play)["aaaaaaaa"].name
    assert "Canary" not in repr(play.commands)


def test_a_booking_that_no_longer_allows_names_forgets_them() -> None:
    play = Play(NAMED).room(person("aaaaaaaa", name="Ana"))
    assert "Ana" == lines(play)["aaaaaaaa"].name
    play.feed(ev.BookingsRead("file", (replace(NAMED, attendance=False, expected=()),))).come(
        person("bbbbbbbb", name="Pere")
    )
    assert {"aaaaaaaa": "", "bbbbbbbb": ""} == {id_: line.name for id_, line in lines(play).items()}
    assert "" == [line for line in kept(play) if line.id == "aaaaaaaa"][-1].name


def test_at_the_session_s_end_the_absent_are_kept_and_the_roll_is_closed() -> None:
    play = Play(NAMED).room(person("aaaaaaaa", name="Ana")).at(7300).go("aaaaaaaa")
    assert [("absent 0", "Pere", 0)] == [(line.id, line.name, line.visits) for line in kept(play)[-1:]]
    assert Keep(RollEnded("almatret-1", START + 7300)) in play.commands


def test_a_restart_goes_on_with_what_was_kept() -> None:
    saved = Saved(roll=(RollLine("almatret-1", "aaaaaaaa", "person", START - 60, audio=True, video=True),))
    play = Play(TEST, saved=saved).at(5).room(person("aaaaaaaa", audio=False, video=False))
    assert (START - 60, 1, True) == (
        lines(play)["aaaaaaaa"].came,
        lines(play)["aaaaaaaa"].visits,
        lines(play)["aaaaaaaa"].audio,
    )
    assert [] == kept(play)


def test_who_was_in_the_room_before_the_session_s_supervision_is_in_the_roll() -> None:
    before = booking(id="before", start=START - 5400, duration=5400.0)
    play = Play(before, TEST, began=-2000.0).room(person("aaaaaaaa")).at(-1790)
    rolls = {view.booking.id: set(view.roll.lines) for view in play.engine.sessions(play.now)}
    assert {"before": set(), "almatret-1": {"aaaaaaaa"}} == rolls


def test_a_breakout_room_is_not_called() -> None:
    play = Play(TEST).room(person("aaaaaaaa"))
    play.feed(ev.RoomOpened("b1@breakout", ROOM), ev.RoomRead("b1@breakout", "bbbbbbbb", (person("z"),), ROOM))
    assert {"aaaaaaaa"} == set(lines(play))


def test_lines_are_asked_for_only_while_a_roll_call_has_somebody_there() -> None:
    play = Play(TEST)
    asked = [list(play.engine.called())]
    for change in (lambda: play.room(person("aaaaaaaa")), lambda: play.at(9).go("aaaaaaaa")):
        change()
        asked.append(list(play.engine.called()))
    assert [[], [(ROOM, "m1")], []] == asked
    assert [] == list(Play(booking()).room(person("aaaaaaaa")).engine.called())


def test_what_a_bridge_says_is_kept_of_the_booked_room_s_people() -> None:
    play = Play(TEST).room(person("aaaaaaaa"))
    for room in (ROOM, "other@conference.meet.test"):
        play.feed(*[ev.EndpointsSeen("jvb main", room, (Endpoint("aaaaaaaa", 400.0, 0.0),))] * 3)
    assert [(None, None), (400, 0.0)] == [(line.rtt_ms, line.loss) for line in kept(play)]
    plain = Play(booking()).room(person("aaaaaaaa"))
    plain.feed(*[ev.EndpointsSeen("jvb main", ROOM, (Endpoint("aaaaaaaa", 400.0, 0.0),))] * 3)
    assert [] == kept(plain)
