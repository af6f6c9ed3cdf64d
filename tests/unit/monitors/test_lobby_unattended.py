"""LobbyUnattended: somebody waits before the door, and nobody opens it."""

from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.occupants import Occupant
from supervisor.monitors.lobby_unattended import LobbyUnattended
from tests.unit.builders import START, Play, booking, focus, people, person

NAME = "LobbyUnattended"


def session(*there: Occupant, start: float = START) -> Play:
    play = Play(booking(kind=DEFAULT_KINDS["appointment"], start=start), monitors=(LobbyUnattended(),))
    return play.room(focus(), *(there or people(1)))


def test_after_a_minute_and_a_half_the_moderators_read_how_many_wait_since_when() -> None:
    play = session().at(60).door(lobby=True, waiting=1).at(100).door(lobby=True, waiting=2, waited=40.0).at(149.9)
    assert ([], {}) == (play.heard(), play.firing)
    assert {NAME: "waiting"} == play.at(150).firing
    [text] = play.heard()
    assert text.startswith("People waiting in the lobby: 2, the first of them since 19:01.")


def test_it_is_told_again_while_they_wait_and_is_over_when_they_are_let_in() -> None:
    play = session().door(lobby=True, waiting=1).at(90)
    assert 1 == len(play.heard())
    assert 1 == len(play.at(390).heard())
    assert ({}, []) == (play.door(lobby=True).firing, play.heard())


def test_those_who_are_let_in_in_time_are_not_spoken_of() -> None:
    play = session().door(lobby=True, waiting=1).at(80).door(lobby=True).at(85).door(lobby=True, waiting=1)
    assert [] == play.at(170).heard()
    assert 1 == len(play.at(175).heard())


def test_without_a_moderator_support_staff_have_to_open() -> None:
    play = session(person("p5")).door(lobby=True, waiting=1).at(90)
    assert {NAME: "nobody to open"} == play.firing


def test_a_moderator_who_comes_late_is_told_within_seconds() -> None:
    play = session(person("p5"))
    play.silent.add("moderators")
    play.door(lobby=True, waiting=1).at(90)
    play.heard()
    play.silent.clear()
    play.at(92).come(person("p0", "moderator")).at(97)
    assert 1 == len(play.heard())
    assert {NAME: "nobody to open"} == play.firing
    assert {} == play.door(lobby=True).firing


def test_who_comes_early_waits_for_the_booked_start() -> None:
    play = session(person("p5"), start=START + 600).door(lobby=True, waiting=1).at(689.9)
    assert {} == play.firing
    assert {NAME: "nobody to open"} == play.at(690).firing


def test_a_moderator_who_is_early_too_is_told_before_the_start() -> None:
    play = session(start=START + 600).door(lobby=True, waiting=1)
    assert {NAME: "waiting"} == play.at(90).firing


def test_an_empty_lobby_and_a_silent_server_are_no_trouble() -> None:
    assert {} == session().door(lobby=True).at(3000).firing
    assert {} == session().at(3000).firing
