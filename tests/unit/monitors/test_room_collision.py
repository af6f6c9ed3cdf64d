"""RoomCollision: somebody else has the room."""

from supervisor.domain import events as ev
from supervisor.domain.commands import Audience, Notify
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.engine import XMPP
from supervisor.monitors.room_collision import RoomCollision
from tests.unit.builders import ROOM, START, Play, booking, focus, people, person

NAME = "RoomCollision"
LATER = START + 1800
"""The session's start; its supervision begins at the test's instant 0."""


def play(*others: object, **changes: object) -> Play:
    booked = booking(**{"start": LATER, **changes})
    return Play(booked, *others, monitors=(RoomCollision(),))  # type: ignore[arg-type]


def test_people_of_a_meeting_that_runs_over_are_told_of_at_the_start() -> None:
    played = play().room(focus(), *people(3)).at(1799)
    assert ({}, []) == (played.firing, played.heard())
    assert {NAME: "in use"} == played.at(1800).firing
    assert [Audience.MODERATORS] == [each.audience for each in played.commands if isinstance(each, Notify)]
    [text] = played.heard()
    assert text.startswith("3 people have been in this room since long before the session, at least since 19:00.")
    assert [] == played.at(6000).heard()


def test_it_ends_when_they_leave_and_nobody_is_told() -> None:
    played = play().room(focus(), *people(3)).at(1800)
    played.heard()
    assert {NAME: "in use"} == played.go("p0").firing
    assert ({}, []) == (played.go("p1").firing, played.heard())


def test_those_who_left_before_the_start_were_not_in_the_way() -> None:
    played = play().room(focus(), *people(3)).at(1700).go("p0", "p1", "p2").at(1750).come(*people(3)).at(1900)
    assert {} == played.firing


def test_a_technician_alone_may_try_the_room_for_as_long_as_it_takes() -> None:
    assert {} == play().room(focus(), *people(1)).at(1700).come(person("p1"), person("p2")).at(2000).firing


def test_those_who_come_when_it_is_supervised_are_the_session_s_own() -> None:
    assert {} == play().room().at(301).come(*people(4)).at(2000).firing


def test_a_supervisor_that_comes_late_can_prove_nothing() -> None:
    assert {} == play().at(600).room(focus(), *people(3)).at(2000).firing


def test_the_people_of_the_same_organisation_s_booking_before_may_stay() -> None:
    before = booking(id="test-1", start=START - 1800, duration=3000.0)
    assert {} == play(before).room(focus(), *people(3)).at(2000).firing
    other = booking(id="test-1", start=START - 1800, duration=3000.0, organisation="Ajuntament de Bellpuig")
    assert {NAME: "in use"} == play(other).room(focus(), *people(3)).at(2000).firing


def test_two_bookings_of_one_time_are_told_to_support_at_once() -> None:
    played = play(booking(id="other", start=LATER + 60)).room()
    alerts = [alert for view in played.engine.sessions(played.now) for alert in view.alerts]
    assert [("almatret-1", "booked twice", "overlaps with other")] == [
        (alert.booking, alert.stage.name, alert.reason) for alert in alerts
    ]
    assert [] == played.at(3000).heard()


def test_a_booking_that_is_moved_away_ends_it() -> None:
    played = play(booking(id="other", start=LATER + 60)).room()
    played.feed(ev.BookingsRead("file", (booking(start=LATER), booking(id="other", start=LATER + 86_400))))
    assert {} == played.firing


def test_a_double_booking_is_known_while_the_room_is_not() -> None:
    played = play(booking(id="other", start=LATER + 60)).feed(ev.SourceLost(XMPP, "gone"))
    assert {NAME: "booked twice", "SourceLost": "blind"} == played.firing


def test_while_the_room_is_not_seen_strangers_are_held() -> None:
    played = play().room(focus(), *people(3)).at(1800).feed(ev.SourceLost(XMPP, "gone")).at(2000)
    assert {NAME: "in use", "SourceLost": "blind"} == played.firing
    assert {} == played.feed(ev.RoomRead(ROOM, "m1", (focus(),)), ev.SourceSynced(XMPP)).firing


def test_a_room_that_is_always_open_belongs_to_everybody() -> None:
    other = booking(id="other", start=LATER)
    assert {} == play(other, kind=DEFAULT_KINDS["permanent"]).room(focus(), *people(3)).at(1900).firing


def test_after_the_booked_end_the_room_is_free() -> None:
    played = play(duration=600.0).room(focus(), *people(3)).at(2399)
    assert {NAME: "in use"} == played.firing
    assert {} == played.at(2400).firing
