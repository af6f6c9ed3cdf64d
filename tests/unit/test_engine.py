"""The engine from event to command, with the clock in the test's hand."""

from dataclasses import replace
from math import inf
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.commands import Follow, LookCloser, Unfollow, Unwatch, Watch
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.domain.kinds import DEFAULT_KINDS, StreamPolicy
from supervisor.domain.room_state import RoomState
from supervisor.engine import XMPP
from tests.unit.builders import (
    EVERY,
    MUC,
    OUTSIDE,
    ROOM,
    SIDES,
    START,
    Play,
    booking,
    evidence,
    focus,
    off,
    on,
    people,
    person,
    recorder,
)

WATCH = Watch(ROOM, media=True)
SLOW = {"ParticipantLimit": Rule(wait=60.0, keep=60.0)}


def test_a_session_is_watched_from_half_an_hour_before_its_start() -> None:
    play = Play(booking(start=START + 3600.0))
    assert WATCH not in play.commands
    play.at(1799.0)
    assert WATCH not in play.commands
    play.at(1800.0)
    assert WATCH in play.commands


def test_a_session_is_watched_until_its_end_and_while_people_remain() -> None:
    play = Play().room(focus(), *people(2)).at(7300.0)
    assert Unwatch(ROOM) not in play.commands
    play.go("p0", "p1")
    assert Unwatch(ROOM) in play.commands
    assert list(play.engine.sessions(play.now)) == []


def test_a_session_that_nobody_came_to_ends_at_its_end() -> None:
    play = Play().room(meeting="").at(7199.0)
    assert Unwatch(ROOM) not in play.commands
    play.at(7200.0)
    assert Unwatch(ROOM) in play.commands


def test_a_room_whose_next_booking_begins_goes_over_to_it() -> None:
    later = booking(id="almatret-2", start=START + 7200.0)
    play = Play(booking(), later).room(focus(), *people(2)).at(7201.0)
    assert ["almatret-2"] == [view.booking.id for view in play.engine.sessions(play.now)]
    assert Unwatch(ROOM) not in play.commands
    assert play.people == 2


def test_a_permanent_room_has_no_end() -> None:
    play = Play(booking(kind=DEFAULT_KINDS["permanent"], duration=None)).room(meeting="").at(30 * 86400.0)
    assert Unwatch(ROOM) not in play.commands


def test_a_booking_that_is_taken_back_is_no_longer_watched() -> None:
    play = Play().room(focus(), *people(31))
    assert "ParticipantLimit" in play.firing
    play.feed(ev.BookingsRead("file", ()))
    assert Unwatch(ROOM) in play.commands
    assert play.firing == {}


def test_an_unreadable_source_loses_nothing() -> None:
    play = Play().room(focus(), *people(2)).feed(ev.BookingsUnreadable("file", ("file:3: broken",)))
    assert Unwatch(ROOM) not in play.commands
    assert play.people == 2
    assert [("source", "file"), ("problem", "file:3: broken")] == list(play.records("bookings unreadable")[0].about)


def test_each_change_of_the_verdict_or_of_who_says_so_is_put_on_record() -> None:
    play = Play().room(recorder(), focus(on()), *people(2))
    for at in (1.0, 2.0):  # the second says nothing new
        seen = Evidence(booking().id, "hls", Side.VIEWERS, Word.UP, START + at, START + at + 9.0)
        play.at(at).feed(ev.EvidenceSeen(seen))
    said = [dict(record.about) for record in play.records("stream verdict")]
    assert [("live", "jibri"), ("live", "jibri, hls")] == [(about["phase"], about["witnesses"]) for about in said]


def test_a_changed_limit_holds_at_once() -> None:
    play = Play().room(focus(), *people(10))
    assert play.firing == {}
    play.feed(ev.BookingsRead("file", (booking(limit=9),)))
    assert play.firing == {"ParticipantLimit": "exceeded"}


def test_a_short_crowd_stays_quiet() -> None:
    play = Play(rules=SLOW).room(focus(), *people(20)).come(*(person(f"x{n}") for n in range(11)))
    play.at(59.0).go("x10").at(300.0)
    assert "exceeded" not in play.firing.values()


def test_a_crowd_that_stays_is_told_after_a_minute() -> None:
    play = Play(rules=SLOW).room(focus(), *people(31)).at(59.9)
    assert play.texts == []
    play.at(60.0)
    assert ["31 people are connected, more than the recommended 30"] == [text.partition(":")[0] for text in play.texts]


def test_crossing_the_limit_is_told_at_once_even_right_after_approaching_and_reached() -> None:
    play = Play().room(focus(), *people(23)).come(*(person(f"x{n}") for n in range(8)))
    assert ["24 people", "30 people", "31 people"] == [text[:9] for text in play.texts]


def test_the_limit_is_left_only_below_the_margin() -> None:
    play = Play().room(focus(), *people(31)).go("p30").at(1.0).go("p29").at(2.0)
    assert play.firing == {"ParticipantLimit": "exceeded"}
    play.heard()
    play.go("p28")
    assert play.firing == {"ParticipantLimit": "approaching"}
    assert ["28 people are connected, within the recommended limit of 30 again."] == play.heard()
    play.go(*(f"p{n}" for n in range(10, 28)))
    assert play.firing == {}
    assert play.heard() == []


def test_an_approach_that_was_told_is_cleared_too() -> None:
    play = Play().room(focus(), *people(24))
    assert len(play.heard()) == 1
    play.go("p1", "p2", "p3")
    assert ["21 people are connected, within the recommended limit of 30 again."] == play.heard()


def test_a_lasting_trouble_is_told_again_with_todays_numbers() -> None:
    play = Play().room(focus(), *people(31)).at(200.0).come(person("late")).at(299.0)
    play.heard()
    play.at(300.0)
    assert ["32 people"] == [text[:9] for text in play.heard()]
    play.at(600.0)
    assert len(play.heard()) == 1


def test_what_nobody_heard_is_tried_again_until_somebody_does() -> None:
    play = Play()
    play.silent.add("moderators")
    play.room(focus(), *people(31))
    assert len(play.heard()) == 1
    play.at(5.0)
    assert len(play.heard()) == 1
    play.silent.clear()
    play.at(10.0)
    assert len(play.heard()) == 1
    play.at(200.0)
    assert play.heard() == []


def test_nobody_is_told_of_the_end_of_what_nobody_heard() -> None:
    play = Play()
    play.silent.add("moderators")
    play.room(focus(), *people(31)).go(*(f"p{n}" for n in range(1, 31)))
    play.silent.clear()
    play.heard()
    play.at(60.0)
    assert play.heard() == []


def test_blindness_holds_an_alert_and_is_no_recovery() -> None:
    play = Play().room(focus(), *people(31))
    play.feed(ev.SourceLost(XMPP, "gone")).at(600.0)
    assert play.people is None
    assert play.firing == {"ParticipantLimit": "exceeded", "SourceLost": "blind"}
    play.heard()
    play.feed(ev.RoomRead(ROOM, "m1", (focus(), *people(31))), ev.SourceSynced(XMPP)).at(601.0)
    assert play.people == 31
    assert play.firing == {"ParticipantLimit": "exceeded"}


def test_nothing_is_told_in_the_room_while_blind() -> None:
    play = Play().room(focus(), *people(31)).feed(ev.SourceLost(XMPP, "gone"))
    play.heard()
    play.at(3600.0)
    assert play.heard() == []


def test_a_blind_spell_does_not_shorten_the_patience() -> None:
    play = Play(rules=SLOW).room(focus(), *people(31)).at(50.0).feed(ev.SourceLost(XMPP, "gone")).at(100.0)
    play.feed(ev.RoomRead(ROOM, "m1", (focus(), *people(31))), ev.SourceSynced(XMPP)).at(110.0)
    assert play.texts == []
    play.at(160.0)
    assert len(play.texts) == 1


def test_a_restarted_server_is_not_an_empty_room() -> None:
    play = Play().room(focus(), *people(31)).feed(ev.SourceLost(XMPP, "killed")).at(5.0)
    play.heard()
    play.feed(ev.RoomRead(ROOM, "", ()), ev.SourceSynced(XMPP)).at(10.0)
    assert play.people is None
    assert play.firing == {"ParticipantLimit": "exceeded"}
    play.feed(ev.OccupantSeen(ROOM, focus()), ev.MeetingBegan(ROOM, "m2")).come(*people(31)).at(30.0)
    assert play.people == 31
    assert play.heard() == []


def test_a_room_that_stays_away_after_a_restart_is_empty_in_the_end() -> None:
    play = Play().room(focus(), *people(31)).feed(ev.SourceLost(XMPP, "killed"))
    play.feed(ev.RoomRead(ROOM, "", ()), ev.SourceSynced(XMPP)).at(59.0)
    assert play.people is None
    play.at(61.0)
    assert play.people == 0
    assert play.firing == {}


def test_late_news_of_a_room_that_was_left_changes_nothing() -> None:
    play = Play().come(person("p0"), room=f"other@{MUC}").feed(ev.MeetingEnded(f"other@{MUC}"))
    assert play.people is None


def test_breakout_rooms_count_for_their_main_room() -> None:
    breakout = "uuid1@breakout.meet.test"
    play = Play().room(focus(), *people(20)).feed(ev.RoomOpened(breakout, ROOM))
    assert Watch(breakout) in play.commands
    play.feed(ev.RoomRead(breakout, "b1", tuple(person(f"b{n}") for n in range(11)), ROOM))
    assert play.people == 31
    assert play.firing == {"ParticipantLimit": "exceeded"}
    play.feed(ev.RoomClosed(breakout))
    assert Unwatch(breakout) in play.commands
    assert play.people == 20


def test_breakout_rooms_that_were_there_before_the_session_count_too() -> None:
    breakout = "uuid1@breakout.meet.test"
    play = Play(booking(start=START + 3600.0)).feed(ev.RoomOpened(breakout, ROOM)).at(1800.0)
    assert {WATCH, Watch(breakout)} <= {command for command in play.commands if isinstance(command, Watch)}


def test_two_bookings_are_two_sessions_with_alerts_of_their_own() -> None:
    play = Play(booking(), booking(id="b-2", room="sala2")).room(focus(), *people(31))
    assert [1, 0] == [len(view.alerts) for view in play.engine.sessions(play.now)]


def test_a_failed_stream_is_told_at_once_with_the_time_of_the_place() -> None:
    play = Play().room(focus(), *people(3)).come(recorder(), focus(on()))
    assert play.stream == "live"
    play.at(60.0).come(focus(off(failure="error")))
    assert play.stream == "interrupted"
    (text,) = play.heard()
    assert text.startswith("LIVE STREAM INTERRUPTED since 19:01: the recorder failed")
    play.at(90.0).go("jibri1").come(recorder("s2", "jibri2"), focus(on("s2")))
    (text,) = play.heard()
    assert text.startswith("The live stream is back since 19:01.")


def test_the_same_events_give_the_same_commands() -> None:
    def run() -> list[object]:
        play = Play().room(focus(), *people(31)).come(recorder(), focus(on())).at(30.0)
        return list(play.come(focus(off())).at(500.0).go("p1", "p2", "p3").commands)

    assert run() == run()


def test_a_stream_is_nobodys_business_where_it_is_forbidden() -> None:
    play = Play(booking(kind=DEFAULT_KINDS["appointment"])).room(focus(), *people(2))
    play.come(recorder(), focus(on())).at(10.0).come(focus(off(failure="error")))
    assert play.firing == {}


OCCUPANTS = st.sampled_from(
    [*people(6), focus(), focus(on()), focus(on("s2")), focus(off()), focus(off(failure="error")), recorder()]
)
EVENTS = st.one_of(
    OCCUPANTS.map(lambda occupant: ev.OccupantSeen(ROOM, occupant)),
    st.sampled_from(["p0", "p1", "p5", "focus", "jibri1"]).map(lambda nick: ev.OccupantLeft(ROOM, nick)),
    st.sampled_from(["", "m1", "m2"]).map(lambda meeting: ev.RoomRead(ROOM, meeting, ())),
    st.lists(OCCUPANTS, max_size=6).map(lambda known: ev.RoomRead(ROOM, "m1", tuple(known))),
    st.sampled_from(
        [
            ev.SourceLost(XMPP, "gone"),
            ev.SourceSynced(XMPP),
            ev.MeetingEnded(ROOM),
            ev.MeetingBegan(ROOM, "m3"),
            ev.RoomStateSeen(ROOM, RoomState(password=False, lobby=False)),
            ev.RoomStateSeen(ROOM, RoomState(password=True, lobby=True, waiting=2, waited=80.0)),
            ev.BookingsRead("file", (booking(limit=3, kind=DEFAULT_KINDS["appointment"]),)),
            ev.BookingsRead("file", (booking(limit=3),)),
            ev.BookingsRead("file", (booking(limit=3, duration=100.0),)),
            ev.BookingsRead("file", ()),
            ev.RoomOpened("b@breakout.meet.test", ROOM),
            ev.RoomClosed("b@breakout.meet.test"),
            ev.SourceLost("youtube", "quotaExceeded"),
            ev.SourceSynced("youtube"),
        ]
    ),
    st.builds(
        lambda witness, word, fresh, wrong, planned: (witness, word, fresh, wrong, planned),
        st.sampled_from([witness for witness in SIDES if witness != "jibri"]),
        st.sampled_from(Word),
        st.sampled_from([0.0, 6.0, 100.0, inf]),
        st.sampled_from(["", "private"]),
        st.booleans(),
    ),
)


def happened(event: Any, now: float) -> ev.Event:
    """Evidence is drawn without its instant."""
    if not isinstance(event, tuple):
        return event
    witness, word, fresh, wrong, planned = event
    auto_stop = None if witness != "youtube owner" else planned
    return ev.EvidenceSeen(evidence(witness, word, now, fresh, wrong=wrong, planned=planned, auto_stop=auto_stop))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 9.0, 130.0, 400.0]), EVENTS), max_size=30), st.booleans())
def test_time_always_moves_on_and_one_trouble_is_one_alert(steps: list[tuple[float, Any]], answered: bool) -> None:  # noqa: FBT001
    rules = {"SourceLost": Rule(wait=10.0), "StreamBlind": Rule(wait=60.0), "StreamDegraded": Rule(20.0, 20.0)}
    play, seconds = Play(booking(limit=3), rules=rules, monitors=EVERY), 0.0
    if not answered:
        play.silent.add("moderators")
    for wait, event in steps:
        seconds += wait
        play.at(seconds).feed(happened(event, play.now))
        told = len(play.texts)
        for _ in range(3):
            play._take(play.engine.tick(play.now))
        assert told == len(play.texts), "looking again tells nothing"
        assert play.engine.next_deadline() > play.now
        for view in play.engine.sessions(play.now):
            assert len(view.alerts) == len({alert.monitor for alert in view.alerts})
            if view.people is None:
                assert told == len(play.texts)


def test_a_room_is_joined_for_its_media_states_where_a_jibri_may_stream() -> None:
    asked = {kind: Watch(ROOM, media=kind in {"plenary", "test"}) for kind in DEFAULT_KINDS}
    for name, watch in asked.items():
        stream = StreamSource(jibri=name == "test")
        play = Play(booking(kind=DEFAULT_KINDS[name], stream=stream, duration=3600.0))
        assert watch in play.commands


def test_a_room_whose_booking_gets_a_jibri_later_is_joined_anew() -> None:
    before = booking(kind=DEFAULT_KINDS["unsupported"], stream=StreamSource())
    play = Play(before).room(focus(), *people(2))
    assert [Watch(ROOM)] == [command for command in play.commands if isinstance(command, Watch)]
    play.commands.clear()
    play.feed(ev.BookingsRead("file", (replace(before, stream=StreamSource(jibri=True)),)))
    assert {WATCH, Follow(replace(before, stream=StreamSource(jibri=True)))} <= set(play.commands)
    play.commands.clear()
    play.feed(ev.BookingsRead("file", (before,)))
    assert [] == [command for command in play.commands if isinstance(command, Watch | Unwatch)]


def test_what_was_said_of_another_video_is_no_evidence_about_the_new_one() -> None:
    play = Play(booking(stream=OUTSIDE)).room(focus(), *people(2)).hear("hls", Word.UP)
    assert "live" == play.stream
    play.feed(ev.BookingsRead("file", (booking(stream=StreamSource(hls="https://tv.test/other.m3u8")),)))
    assert "unknown" == play.stream
    assert "live" == play.hear("hls", Word.UP).stream


def test_a_kind_that_comes_to_forbid_the_stream_ends_the_following() -> None:
    forbidding = replace(DEFAULT_KINDS["plenary"], stream=StreamPolicy.FORBIDDEN)
    play = Play(booking(stream=OUTSIDE)).feed(ev.BookingsRead("file", (booking(stream=OUTSIDE, kind=forbidding),)))
    assert Unfollow("almatret-1") in play.commands
    play.commands.clear()
    play.feed(ev.BookingsRead("file", (booking(stream=OUTSIDE),)))
    assert Follow(booking(stream=OUTSIDE)) in play.commands


def test_doubt_makes_slow_witnesses_look_closer_until_it_is_gone() -> None:
    play = Play(booking(stream=OUTSIDE)).room(focus(), *people(2)).hear("hls", Word.UP).at(60)
    play.commands.clear()
    play.hear("hls", Word.DOWN)
    assert LookCloser("almatret-1", doubt=True) in play.commands
    play.commands.clear()
    play.at(62).hear("hls", Word.UP).at(64).hear("hls", Word.UP)
    assert LookCloser("almatret-1", doubt=False) in play.commands
