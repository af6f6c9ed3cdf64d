"""What is remembered of a session's people."""

from supervisor.domain.occupants import Occupant
from supervisor.domain.room import Room
from supervisor.domain.turnout import Turnout
from tests.unit.builders import ROOM, SITE, START, booking, focus, people, person


def room(*occupants: Occupant, jid: str = ROOM, meeting: str = "m1") -> Room:
    made = Room(jid, SITE)
    made.read(meeting, occupants, START)
    return made


def test_most_people_are_those_since_the_start() -> None:
    turnout = Turnout()
    turnout.note(booking(), [room(*people(5))], START - 1)
    assert 0 == turnout.most
    turnout.note(booking(), [room(*people(2)), room(person("x"), jid="b1@breakout")], START)
    turnout.note(booking(), [room()], START + 1)
    assert 3 == turnout.most


def test_the_first_instant_at_which_the_room_was_known_is_kept() -> None:
    turnout = Turnout()
    for now in (START, START + 9):
        turnout.note(booking(), [room()], now)
    assert START == turnout.seen_from


def test_focus_is_no_moderator_of_the_people() -> None:
    turnout = Turnout()
    turnout.note(booking(), [room(focus(), person("p1"))], START)
    assert (False, START) == (turnout.moderated, turnout.unmoderated_since)


def test_a_moderator_in_a_breakout_room_has_not_left() -> None:
    turnout = Turnout()
    turnout.note(booking(), [room(person("p1")), room(person("p0", "moderator"), jid="b1@breakout")], START)
    assert (True, None) == (turnout.moderated, turnout.unmoderated_since)


def test_another_meeting_begins_without_a_past() -> None:
    turnout = Turnout()
    turnout.note(booking(), [room(*people(1))], START)
    turnout.note(booking(), [room(person("p9"), meeting="m2")], START + 5)
    assert (False, START + 5) == (turnout.moderated, turnout.unmoderated_since)


def test_a_quorum_stays_reached_and_its_loss_has_its_instant() -> None:
    turnout, booked = Turnout(), booking(quorum=3)
    turnout.note(booked, [room(*people(3))], START)
    turnout.note(booked, [room(*people(2))], START + 5)
    turnout.note(booked, [room(*people(1))], START + 9)
    assert (True, START + 5) == (turnout.quorate, turnout.inquorate_since)
    turnout.note(booked, [room(*people(3))], START + 12)
    assert turnout.inquorate_since is None


def test_who_comes_early_is_remembered_until_it_leaves_and_nobody_after_the_start() -> None:
    turnout = Turnout()
    turnout.note(booking(), [room(focus(), person("a"), person("b"))], START - 600)
    turnout.note(booking(), [room(focus(), person("a"), person("c"))], START - 60)
    assert {"a": START - 600, "c": START - 60} == turnout.early
    turnout.note(booking(), [room(focus(), person("a"), person("d"))], START)
    assert {"a": START - 600} == turnout.early
