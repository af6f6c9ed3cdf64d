"""QuorumLost: too few to decide, after there were enough."""

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.records import AlertRow, Saved
from supervisor.engine import XMPP
from supervisor.monitors.quorum_lost import QuorumLost
from tests.unit.builders import ROOM, START, Play, booking, focus, off, on, people, person, recorder

NAME = "QuorumLost"
RULES = {NAME: Rule(wait=30, keep=15)}


def play(count: int = 5, **changes: object) -> Play:
    booked = booking(**{"quorum": 4, **changes})
    return Play(booked, rules=RULES, monitors=(QuorumLost(),)).room(focus(), *people(count))


def test_thirty_seconds_after_the_loss_the_moderators_are_told_since_when() -> None:
    played = play().at(600).go("p3", "p4").at(629)
    assert ({}, []) == (played.firing, played.heard())
    assert {NAME: "lost"} == played.at(630).firing
    [text] = played.heard()
    assert text.startswith("QUORUM LOST since 19:10: 3 people are connected and 4 are needed to decide.")


def test_it_is_told_again_while_it_lasts_and_that_it_is_back() -> None:
    played = play().at(600).go("p3", "p4").at(630)
    played.heard()
    assert 1 == len(played.at(930).heard())
    played.come(person("p8")).at(945)
    assert ["The quorum is there again: 4 people are connected, 4 are needed."] == played.heard()
    assert {} == played.firing


def test_one_who_drops_out_and_is_back_in_time_is_not_spoken_of() -> None:
    played = play(4).at(600).go("p3").at(625).come(person("p9")).at(3000)
    assert ({}, []) == (played.firing, played.heard())


def test_a_quorum_that_was_never_reached_is_not_lost() -> None:
    assert {} == play(3).at(3000).firing


def test_what_is_lost_before_the_start_counts_from_the_start() -> None:
    played = play(start=START + 900).at(600).go("p3", "p4").at(929)
    assert {} == played.firing
    assert "since 19:15:" in played.at(930).heard()[0]


def test_without_a_quorum_nobody_counts() -> None:
    assert {} == play(quorum=None).at(600).go("p2", "p3", "p4").at(3000).firing


def test_people_who_leave_after_a_person_ended_the_stream_are_going_home() -> None:
    played = play().at(10).come(recorder(), focus(on())).at(3000).come(focus(off(initiator="p0"))).go("jibri1")
    assert ({}, []) == (played.go("p3", "p4").at(3600).firing, played.heard())


def test_towards_the_booked_end_people_may_leave_unless_the_stream_runs_on() -> None:
    assert {} == play().at(6950).go("p3", "p4").at(7100).firing
    played = play().at(10).come(recorder(), focus(on())).at(7300).go("p3", "p4").at(7330)
    assert {NAME: "lost"} == played.firing


def test_the_last_one_in_the_room_is_not_going_to_vote() -> None:
    played = play().at(600).go("p1", "p2", "p3", "p4").at(700)
    assert {} == played.firing


def test_those_in_breakout_rooms_are_there() -> None:
    played = play().feed(ev.RoomOpened("b1@breakout", ROOM), ev.RoomRead("b1@breakout", "b", (), ROOM)).at(600)
    played.go("p3", "p4").come(person("q3"), person("q4"), room="b1@breakout").at(700)
    assert {} == played.firing


def test_while_the_room_is_not_seen_it_is_held() -> None:
    played = play().at(600).go("p3", "p4").at(700).feed(ev.SourceLost(XMPP, "gone")).at(900)
    assert {NAME: "lost", "SourceLost": "blind"} == played.firing
    assert {} == played.feed(ev.RoomRead(ROOM, "m1", people(5)), ev.SourceSynced(XMPP)).at(915).firing


def test_an_alert_that_survived_a_restart_knows_that_the_quorum_was_there() -> None:
    row = AlertRow("almatret-1", NAME, 1, "warning", START + 600, START + 600, heard=1)
    played = Play(booking(quorum=4), rules=RULES, monitors=(QuorumLost(),), saved=Saved(alerts=(row,)))
    played.at(900).room(*people(3)).at(1000)
    assert {NAME: "lost"} == played.firing
    assert {} == played.come(person("p9")).at(1015).firing
