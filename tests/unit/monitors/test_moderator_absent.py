"""ModeratorAbsent: people without anybody who could be told that something broke."""

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.commands import Audience, Notify
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.engine import XMPP
from supervisor.monitors.moderator_absent import ModeratorAbsent
from supervisor.monitors.session_not_started import SessionNotStarted
from tests.unit.builders import ROOM, START, Play, booking, focus, people, person

NAME = "ModeratorAbsent"
RULES = {NAME: Rule(wait=60, keep=10)}
STILL = "This session has been without a moderator since"


def play(kind: str = "plenary", **changes: object) -> Play:
    booked = booking(kind=DEFAULT_KINDS[kind], **changes)
    return Play(booked, rules=RULES, monitors=(ModeratorAbsent(),)).room(focus(), *people(3))


def audiences(played: Play) -> list[Audience]:
    return [command.audience for command in played.commands if isinstance(command, Notify)]


def test_a_short_absence_stays_quiet() -> None:
    played = play().at(600).go("p0").at(655).come(person("p7", "moderator")).at(3000)
    assert ({}, []) == (played.firing, played.heard())


def test_after_a_minute_support_knows_and_after_five_the_room() -> None:
    played = play().at(600).go("p0").at(660)
    assert ({NAME: "absent"}, []) == (played.firing, played.heard())
    assert {NAME: "absent"} == played.at(899).firing
    played.at(900)
    assert ({NAME: "still absent"}, [Audience.EVERYBODY]) == (played.firing, audiences(played))
    assert [f"{STILL} 19:10"] == [text[: len(STILL) + 6] for text in played.heard()]
    assert [] == played.at(3000).heard()


def test_everybody_who_was_told_hears_that_a_moderator_is_back_but_only_if_it_stays() -> None:
    played = play().at(600).go("p0").at(1000)
    played.heard()
    played.come(person("p7", "moderator")).at(1005).go("p7").at(1100)
    assert [] == played.heard()
    played.come(person("p8", "moderator")).at(1110)
    assert [Audience.EVERYBODY] == audiences(played)
    assert (["A moderator is here again."], {}) == (played.heard(), played.firing)


def test_what_only_support_knew_is_not_cleared_in_the_room() -> None:
    played = play().at(600).go("p0").at(700).come(person("p7", "moderator")).at(3000)
    assert ({}, []) == (played.firing, played.heard())


def test_before_the_booked_start_nobody_has_to_moderate() -> None:
    played = Play(booking(start=START + 1200), rules=RULES, monitors=(ModeratorAbsent(),)).room(person("p1"))
    assert {} == played.at(1259).firing
    assert {NAME: "absent"} == played.at(1260).firing


def test_who_never_came_is_missed_too() -> None:
    played = Play(rules=RULES, monitors=(ModeratorAbsent(),)).room(focus(), person("p1")).at(60)
    assert {NAME: "absent"} == played.firing


def test_a_room_that_is_always_open_misses_only_whom_it_has_had() -> None:
    free = Play(
        booking(kind=DEFAULT_KINDS["permanent"], start=START - 9e6), rules=RULES, monitors=(ModeratorAbsent(),)
    ).room(focus(), person("p1"))
    assert {} == free.at(3000).firing
    assert {NAME: "absent"} == play("permanent").at(600).go("p0").at(660).firing


def test_an_empty_room_and_a_session_past_its_end_need_nobody() -> None:
    played = play().at(600).go("p0").at(700).go("p1", "p2").at(720)
    assert ({}, []) == (played.firing, played.heard())
    assert {} == play().at(7100).go("p0").at(7300).firing


def test_fewer_people_than_asked_for_need_nobody() -> None:
    played = Play(rules=RULES, monitors=(ModeratorAbsent(people=2),)).room(person("p1")).at(600)
    assert {} == played.firing
    assert {NAME: "still absent"} == played.come(person("p2")).at(660).firing


def test_while_the_room_is_not_seen_it_is_held() -> None:
    played = play().at(600).go("p0").at(700).feed(ev.SourceLost(XMPP, "gone")).at(2000)
    assert ({NAME: "absent", "SourceLost": "blind"}, []) == (played.firing, played.heard())
    played.feed(ev.RoomRead(ROOM, "m1", people(3)), ev.SourceSynced(XMPP)).at(2010)
    assert {} == played.firing


def test_whoever_waits_alone_for_a_session_that_has_not_begun_is_not_told() -> None:
    monitors = (ModeratorAbsent(), SessionNotStarted(after=200))
    played = Play(rules=RULES, monitors=monitors).room(person("p1")).at(3000)
    assert ({NAME: "still absent", "SessionNotStarted": "not started"}, []) == (played.firing, played.heard())
