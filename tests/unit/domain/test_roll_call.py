"""Who came, how often, and whose microphone and camera were seen to work."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain import events as ev
from supervisor.domain import roll_call
from supervisor.domain.line_quality import LEAST
from supervisor.domain.occupants import JIGASI, Occupant
from supervisor.domain.plant import Endpoint
from supervisor.domain.records import RollLine
from supervisor.domain.roll_call import RollCall, answers, folded, missing
from tests.unit.builders import ROOM, SITE, focus, person, recorder


def call(*, names: bool = False) -> RollCall:
    return RollCall("b1", SITE, names)


def seen(roll: RollCall, occupant: Occupant, now: float = 10.0) -> None:
    roll.take(ev.OccupantSeen(ROOM, occupant), now)


def left(roll: RollCall, nick: str, now: float, *codes: str, dropped: bool = False) -> None:
    roll.take(ev.OccupantLeft(ROOM, nick, frozenset(codes), dropped), now)


def looked(roll: RollCall, *endpoints: Endpoint, times: int = LEAST) -> list[RollLine]:
    """Several looks of a bridge. Returns what the last one changed."""
    return [roll.take(ev.EndpointsSeen("jvb main", ROOM, endpoints), 15.0) for _ in range(times)][-1]


def test_people_are_noted_and_nobody_else() -> None:
    roll = call()
    changed = roll.take(ev.RoomRead(ROOM, "m1", (focus(), recorder(), person("aaaaaaaa"))), 10.0)
    assert [RollLine("b1", "aaaaaaaa", "person", 10.0)] == changed == list(roll.lines.values())


def test_a_microphone_that_was_open_once_works_whatever_follows() -> None:
    roll = call()
    for audio in (None, False, True, False, None):
        seen(roll, person("aaaaaaaa", audio=audio, video=False))
    assert (True, False) == (roll.lines["aaaaaaaa"].audio, roll.lines["aaaaaaaa"].video)


def test_what_changes_nothing_is_no_change() -> None:
    roll = call()
    seen(roll, person("aaaaaaaa", audio=True))
    assert [] == roll.take(ev.OccupantSeen(ROOM, person("aaaaaaaa", "moderator", audio=False)), 20.0)


@pytest.mark.parametrize(
    ("how", "drops", "codes", "dropped"),
    [
        ("left", 0, (), False),
        ("dropped", 1, (), True),
        ("dropped", 1, ("333",), False),
        ("dropped", 1, ("332",), False),
        ("removed", 0, ("307",), False),
    ],
)
def test_how_somebody_left_is_noted(how: str, drops: int, codes: tuple[str, ...], dropped: bool) -> None:  # noqa: FBT001 - a table
    roll = call()
    seen(roll, person("aaaaaaaa"))
    left(roll, "aaaaaaaa", 20.0, *codes, dropped=dropped)
    assert (20.0, how, drops) == (roll.lines["aaaaaaaa"].left, roll.lines["aaaaaaaa"].how, roll.lines["aaaaaaaa"].drops)


def test_who_comes_back_under_its_id_has_another_visit() -> None:
    roll = call()
    seen(roll, person("aaaaaaaa"))
    left(roll, "aaaaaaaa", 20.0, dropped=True)
    seen(roll, person("aaaaaaaa"), 25.0)
    assert (None, "", 2, 1) == tuple(getattr(roll.lines["aaaaaaaa"], key) for key in ("left", "how", "visits", "drops"))


def test_who_was_there_all_along_while_we_looked_away_has_no_second_visit() -> None:
    roll = call()
    seen(roll, person("aaaaaaaa"))
    roll.take(ev.RoomRead(ROOM, "m1", ()), 20.0)
    assert "gone" == roll.lines["aaaaaaaa"].how
    roll.take(ev.RoomRead(ROOM, "m1", (person("aaaaaaaa"),)), 30.0)
    assert (None, 1) == (roll.lines["aaaaaaaa"].left, roll.lines["aaaaaaaa"].visits)


def test_the_meeting_s_end_is_everybody_s() -> None:
    roll = call()
    seen(roll, person("aaaaaaaa"))
    roll.take(ev.MeetingEnded(ROOM), 20.0)
    assert 20.0 == roll.lines["aaaaaaaa"].left


def test_a_name_is_noted_only_where_names_may_be() -> None:
    for names, expected in ((False, ""), (True, "Ana")):
        roll = call(names=names)
        seen(roll, person("aaaaaaaa", name=" Ana "))
        assert expected == roll.lines["aaaaaaaa"].name


def test_names_go_when_the_booking_no_longer_allows_them() -> None:
    roll = call(names=True)
    seen(roll, person("aaaaaaaa", name="Ana"))
    assert [""] == [line.name for line in roll.allow_names(names=False)]
    seen(roll, person("aaaaaaaa", name="Ana"))
    assert "" == roll.lines["aaaaaaaa"].name


def test_no_more_ids_are_noted_than_there_is_room_for() -> None:
    roll = call()
    for n in range(roll_call.MOST + 5):
        seen(roll, person(f"p{n}"))
    assert (roll_call.MOST, True) == (len(roll.lines), roll.full)


def test_a_region_is_noted_and_stays_where_it_is_told_no_more() -> None:
    roll = call()
    for region in ("", "eu-1", ""):
        seen(roll, person("aaaaaaaa", region=region))
    assert "eu-1" == roll.lines["aaaaaaaa"].region
    seen(roll, person("aaaaaaaa", region="eu-2"))
    assert "eu-2" == roll.lines["aaaaaaaa"].region


def test_what_a_bridge_says_of_a_line_is_noted_of_those_who_are_called_and_there() -> None:
    roll = call()
    roll.take(ev.RoomRead(ROOM, "m1", (focus(), person("aaaaaaaa"), person("bbbbbbbb"), person("cccccccc"))), 10.0)
    left(roll, "cccccccc", 12.0)
    known = [Endpoint(nick, 420.0, 0.004) for nick in ("aaaaaaaa", "cccccccc", "focus", "dddddddd")]
    assert ["aaaaaaaa"] == [line.id for line in looked(roll, *known)]
    lines = {line.id: (line.rtt_ms, line.loss) for line in roll.lines.values()}
    assert {"aaaaaaaa": (420, 0.004), "bbbbbbbb": (None, None), "cccccccc": (None, None)} == lines


def test_looks_that_change_no_figure_change_no_line() -> None:
    roll = call()
    seen(roll, person("aaaaaaaa"))
    assert [] == looked(roll, Endpoint("aaaaaaaa", 20.0, 0.0), times=LEAST - 1)
    assert 1 == len(looked(roll, Endpoint("aaaaaaaa", 20.0, 0.0), times=1))
    assert [] == looked(roll, Endpoint("aaaaaaaa", 20.3, 0.0001), times=5)
    assert [] == looked(roll, Endpoint("aaaaaaaa"), times=5)


def test_a_new_visit_is_looked_at_anew_and_until_then_the_last_figures_hold() -> None:
    roll = call()
    seen(roll, person("aaaaaaaa"))
    looked(roll, Endpoint("aaaaaaaa", 900.0), times=20)
    left(roll, "aaaaaaaa", 20.0, dropped=True)
    seen(roll, person("aaaaaaaa"), 25.0)
    looked(roll, Endpoint("aaaaaaaa", 20.0), times=LEAST - 1)
    assert 900 == roll.lines["aaaaaaaa"].rtt_ms
    looked(roll, Endpoint("aaaaaaaa", 20.0), times=1)
    assert 20 == roll.lines["aaaaaaaa"].rtt_ms


def test_somebody_is_present_until_the_last_one_has_left() -> None:
    roll = call()
    present = [roll.present]
    seen(roll, person("aaaaaaaa"))
    present.append(roll.present)
    left(roll, "aaaaaaaa", 20.0)
    assert [False, True, False] == [*present, roll.present]


READY = RollLine("b1", "aaaaaaaa", "person", 10.0, audio=True, video=True)


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ((), {}),
        (("microphone never on",), {"audio": False}),
        (("camera never on",), {"video": False}),
        (("microphone unknown", "camera unknown"), {"audio": None, "video": None}),
        (("dropped once",), {"drops": 1, "visits": 2}),
        (("dropped 2 times", "came in 3 times"), {"drops": 2, "visits": 3}),
        ((), {"visits": 2}),
        ((), {"via": "dial-in", "video": False}),
        (("camera never on",), {"via": "room system", "video": False}),
        (("slow line",), {"rtt_ms": 301, "loss": 0.05}),
        (("lossy line",), {"rtt_ms": 300, "loss": 0.051}),
        (("dropped once", "slow line", "lossy line"), {"drops": 1, "rtt_ms": 900, "loss": 0.5}),
    ],
)
def test_who_is_not_ready_is_told_why(why: tuple[str, ...], changes: dict[str, object]) -> None:
    (answer,) = answers([replace(READY, **changes)])  # type: ignore[arg-type]
    assert (why, not why) == (answer.why, answer.ready)


def test_a_telephone_is_known_by_its_gateway() -> None:
    roll = call()
    seen(roll, person("t", features=frozenset({JIGASI}), dial_in=True, audio=True))
    assert [("dial-in", True)] == [(answer.via, answer.ready) for answer in answers(roll.lines.values())]


def test_two_connections_of_one_name_are_one_person() -> None:
    first = replace(READY, name="Núria  Puig", left=30.0, drops=1, audio=False, how="dropped")
    second = replace(READY, id="bbbbbbbb", name="nuria puig", came=40.0, video=None)
    (answer,) = answers([first, second])
    assert (("aaaaaaaa", "bbbbbbbb"), 10.0, None, 2, 1) == (
        answer.ids,
        answer.came,
        answer.left,
        answer.visits,
        answer.drops,
    )
    assert (True, True, "nuria puig") == (answer.audio, answer.video, answer.name)
    (over,) = answers([first, replace(second, left=50.0)])
    assert 50.0 == over.left


def test_of_two_connections_the_later_one_s_line_counts_if_it_is_known() -> None:
    first = replace(READY, name="Ana", left=30.0, region="us", rtt_ms=900, loss=0.2)
    second = replace(READY, name="Ana", id="bbbbbbbb", came=40.0)
    (answer,) = answers([first, second])
    assert (("us", 900, 0.2), False) == ((answer.region, answer.rtt_ms, answer.loss), answer.ready)
    (answer,) = answers([first, replace(second, region="eu", rtt_ms=20, loss=0.0)])
    assert (("eu", 20, 0.0), True) == ((answer.region, answer.rtt_ms, answer.loss), answer.ready)


def test_without_names_each_connection_is_a_line_in_the_order_of_coming() -> None:
    assert [("bbbbbbbb",), ("aaaaaaaa",)] == [
        answer.ids for answer in answers([READY, replace(READY, id="bbbbbbbb", came=5.0)])
    ]


def test_an_expected_name_is_found_without_its_accents_and_capitals() -> None:
    came = [replace(READY, name="NÚRIA PUIG"), replace(READY, id="bbbbbbbb", name="")]
    assert ("Joan Serra",) == missing(("Nuria Puig", "Joan Serra"), came)


def test_at_the_end_those_who_never_came_have_a_line_without_a_visit() -> None:
    roll = call(names=True)
    seen(roll, person("aaaaaaaa", name="Ana"))
    absent = roll.end(("ana", "Pere"), 5.0)
    assert [RollLine("b1", "absent 0", "", 5.0, visits=0, name="Pere")] == absent
    assert 1 == len(answers([*roll.lines.values(), *absent]))
    assert ("Pere",) == missing(("Pere",), absent)
    assert [] == call().end(("Pere",), 5.0)


@given(st.text())
def test_any_name_can_be_compared(name: str) -> None:
    assert folded(name) == folded(folded(name)) or not name.isascii()


ACTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["come", "go", "drop", "read", "mute", "open", "slow"])),
    max_size=30,
)


@given(ACTS)
def test_whatever_happens_the_changed_lines_are_all_that_is_needed_to_go_on(acts: list[tuple[str, str]]) -> None:
    roll, stored = call(), {}
    for now, (nick, act) in enumerate(acts):
        event: ev.Event = {
            "come": ev.OccupantSeen(ROOM, person(nick)),
            "mute": ev.OccupantSeen(ROOM, person(nick, audio=False, video=False)),
            "open": ev.OccupantSeen(ROOM, person(nick, audio=True, video=True)),
            "go": ev.OccupantLeft(ROOM, nick),
            "drop": ev.OccupantLeft(ROOM, nick, frozenset(), dropped=True),
            "read": ev.RoomRead(ROOM, "m", (person(nick),)),
            "slow": ev.EndpointsSeen("jvb main", ROOM, (Endpoint(nick, 100.0 * (now + 1), 0.1),)),
        }[act]
        stored |= {line.id: line for line in roll.take(event, float(now))}
    assert stored == roll.lines
    assert all(line.drops <= line.visits for line in roll.lines.values())
