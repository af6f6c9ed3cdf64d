"""RoomUnprotected: neither password nor lobby in a kind that asks for one."""

import pytest

from supervisor.alerts.lifecycle import Rule
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.monitors.room_unprotected import RoomUnprotected
from tests.unit.builders import Play, booking, focus, people

NAME = "RoomUnprotected"
PATIENCE = {NAME: Rule(wait=30.0)}


def session(kind: str, count: int = 2) -> Play:
    play = Play(booking(kind=DEFAULT_KINDS[kind]), rules=PATIENCE, monitors=(RoomUnprotected(),))
    return play.room(focus(), *people(count))


def test_where_it_is_recommended_moderators_read_once_how_to_add_a_password() -> None:
    play = session("plenary").door().at(29.9)
    assert ([], {}) == (play.heard(), play.firing)
    assert {NAME: "advised"} == play.at(30).firing
    [text] = play.heard()
    assert "A password is recommended: choose Security options (the shield)" in text
    assert [] == play.at(3000).heard()
    assert ({}, []) == (play.door(password=True).firing, play.heard())


def test_where_it_is_required_they_are_warned_until_it_is_there() -> None:
    play = session("appointment").door().at(30)
    assert {NAME: "needed"} == play.firing
    assert ["THIS ROOM IS OPEN and must not be"] == [text[:33] for text in play.heard()]
    assert 1 == len(play.at(330).heard())
    assert ["The room is protected now. Thank you."] == play.door(lobby=True).heard()
    assert {} == play.firing


@pytest.mark.parametrize("closed", [{"password": True}, {"lobby": True}])
@pytest.mark.parametrize("kind", ["plenary", "appointment"])
def test_a_password_or_a_lobby_is_protection(kind: str, closed: dict[str, bool]) -> None:
    assert {} == session(kind).door(**closed).at(3000).firing


def test_a_moderator_who_adds_one_in_time_hears_nothing() -> None:
    assert [] == session("appointment").door().at(20).door(password=True).at(3000).heard()


def test_where_it_is_optional_nobody_asks() -> None:
    assert {} == session("permanent").door().at(3000).firing


def test_where_it_is_required_an_empty_open_room_is_trouble_from_the_start_on() -> None:
    late = booking(kind=DEFAULT_KINDS["appointment"], start=booking().start + 600)
    play = Play(late, monitors=(RoomUnprotected(),)).room(focus()).door()
    assert {} == play.at(599.9).firing
    assert {NAME: "needed"} == play.at(600).firing


def test_where_it_is_recommended_an_empty_room_is_nobodys_business() -> None:
    assert {} == session("plenary", 0).door().at(3000).firing


def test_a_room_that_is_not_there_has_no_door() -> None:
    assert {} == Play(booking(kind=DEFAULT_KINDS["appointment"]), monitors=(RoomUnprotected(),)).room(meeting="").firing


def test_a_server_that_does_not_tell_is_not_accused() -> None:
    assert {} == session("appointment").at(3000).firing
