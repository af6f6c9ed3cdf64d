"""A mirrored room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.occupants import JIBRI, TRANSCRIBER, Occupant
from supervisor.domain.room import ABSENT_FOR, SETTLE, Room
from supervisor.domain.room_state import RoomState
from tests.unit.builders import ROOM, SITE, focus, off, on, people, person, recorder, transcriber


def room(*occupants: Occupant) -> Room:
    made = Room(ROOM, SITE)
    made.read("m1", occupants, 0.0)
    return made


def test_focus_and_recorders_are_not_people() -> None:
    assert room(focus(), recorder(), *people(3)).people == 3


def test_an_update_is_no_second_person() -> None:
    here = room(focus(), *people(2))
    here.seen(person("p1", "moderator"))
    assert (2, {"p0", "p1"}) == (here.people, here.moderators)


def test_who_was_never_there_can_leave() -> None:
    here = room(*people(1))
    here.left("nobody")
    assert here.people == 1


def test_a_recording_to_a_file_is_no_stream() -> None:
    here = room(focus(), recorder(mode="file"))
    assert here.recorder_session is None


def test_a_status_of_a_guest_is_not_believed() -> None:
    assert room(person("focus", recording=on())).status is None
    assert room(person("p0", recording=on())).status is None
    assert room(focus(on())).status == on()


def test_visitors_are_reported_apart() -> None:
    here = room(focus(visitors=37), *people(2))
    assert (2, 37) == (here.people, here.visitors)


def test_the_first_reading_needs_no_time_to_settle() -> None:
    assert not room().settling(0.0)


def test_the_same_meeting_read_again_needs_no_time_to_settle() -> None:
    here = room(*people(3))
    here.read("m1", people(2), 10.0)
    assert not here.settling(10.0)
    assert here.people == 2


def test_another_meeting_settles_for_some_seconds_and_a_missing_one_longer() -> None:
    here = room(*people(3))
    here.read("m2", people(1), 10.0)
    assert (True, False) == (here.settling(10.0 + SETTLE - 0.1), here.settling(10.0 + SETTLE))
    gone = room(*people(3))
    gone.read("", (), 10.0)
    assert gone.settling(10.0 + ABSENT_FOR - 0.1)
    gone.began("m2", 20.0)
    assert (True, False) == (gone.settling(20.0 + SETTLE - 0.1), gone.settling(20.0 + SETTLE))


OCCUPANTS = st.sampled_from([*people(4), focus(), recorder(), person("p0"), person("p9", "moderator")])
STEPS = st.lists(st.one_of(OCCUPANTS, st.sampled_from(["p0", "p1", "p9", "focus", "jibri1", "ghost"])), max_size=40)


@given(STEPS)
def test_the_kept_counts_are_always_those_of_who_is_there(steps: list[Occupant | str]) -> None:
    here = room()
    for step in steps:
        if isinstance(step, str):
            here.left(step)
        else:
            here.seen(step)
    assert sum(SITE.counts(occupant) for occupant in here.occupants.values()) == here.people
    assert {n for n, o in here.occupants.items() if o.is_moderator and SITE.counts(o)} == here.moderators


def test_how_it_is_protected_is_unknown_until_it_is_told_and_again_after_its_end() -> None:
    here = room(focus())
    assert (None, None, 0, None) == (here.password, here.lobby, here.waiting, here.waiting_since)
    here.told(RoomState(password=True, lobby=True, waiting=2, waited=95.0), 1000.0)
    assert (True, True, 2, 905.0) == (here.password, here.lobby, here.waiting, here.waiting_since)
    here.ended()
    assert (None, None, 0, None) == (here.password, here.lobby, here.waiting, here.waiting_since)


def test_since_when_somebody_waits_does_not_wander_with_each_word_about_it() -> None:
    here = room(focus())
    here.told(RoomState(password=False, lobby=True, waiting=1, waited=95.0), 1000.0)
    here.told(RoomState(password=False, lobby=True, waiting=2, waited=96.0), 1002.0)
    assert 905.0 == here.waiting_since
    here.told(RoomState(password=False, lobby=True, waiting=1, waited=4.0), 1010.0)
    assert 1006.0 == here.waiting_since
    here.told(RoomState(password=False, lobby=True), 1020.0)
    assert here.waiting_since is None


def test_all_that_a_rule_may_read_of_the_door_is_in_the_gist() -> None:
    here, seen = room(focus(), *people(2)), set()
    for state in (
        RoomState(password=False, lobby=False),
        RoomState(password=True, lobby=False),
        RoomState(password=False, lobby=True),
        RoomState(password=False, lobby=True, waiting=1, waited=5.0),
        RoomState(password=False, lobby=True, waiting=2, waited=5.0),
        RoomState(password=False, lobby=True, waiting=2, waited=50.0),
        RoomState(password=False, lobby=False, transcribing=True),
    ):
        here.told(state, 1000.0)
        seen.add(here.gist())
    here.seen(person("p1", local_recording=True))
    seen.add(here.gist())
    here.left("focus")
    seen.add(here.gist())
    assert 9 == len(seen)


@pytest.mark.parametrize(
    ("expected", "occupants"),
    [
        (set(), (focus(), person("p0"))),
        ({"jibri"}, (focus(), recorder(mode=""))),
        ({"file"}, (focus(), recorder(mode="file"))),
        ({"file"}, (focus(on(mode="file")), recorder(mode=""))),
        ({"stream"}, (focus(on()), recorder())),
        ({"stream"}, (focus(on()),)),
        (set(), (focus(off()),)),
        ({"transcription"}, (focus(), transcriber())),
        ({"local"}, (focus(), person("p0", local_recording=True))),
        ({"file", "local"}, (focus(), recorder(mode="file"), person("p0", local_recording=True))),
        (set(), (person("focus", recording=on()), person("p0", mode="file", features=frozenset({TRANSCRIBER, JIBRI})))),
    ],
)
def test_what_records_is_what_those_to_believe_say(expected: set[str], occupants: tuple[Occupant, ...]) -> None:
    assert expected == room(*occupants).recordings


def test_a_local_recording_that_ends_or_whose_person_leaves_is_over() -> None:
    here = room(focus(), person("p0", local_recording=True), person("p1", local_recording=True))
    here.seen(person("p0"))
    assert {"local"} == here.recordings
    here.left("p1")
    assert set() == here.recordings
