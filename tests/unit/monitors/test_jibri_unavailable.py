"""JibriUnavailable: support staff hear before the start, the moderators when the session has begun."""

from math import inf

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.monitors.jibri_unavailable import FREE, NONE_FREE, JibriUnavailable
from tests.unit.builders import Play, booking, focus, off, on, people, recorder

NAME = "JibriUnavailable"
JIBRI = StreamSource(jibri=True)


def session(stream: StreamSource = JIBRI, kind: str = "plenary", wait: float = 0.0) -> Play:
    """Twenty-five minutes before the start, two people are there already."""
    one = booking(stream=stream, kind=DEFAULT_KINDS[kind])
    play = Play(one, rules={NAME: Rule(wait)}, monitors=(JibriUnavailable(),), began=-3600.0)
    return play.at(-1500).room(focus(), *people(2))


def seen(idle: int, busy: int = 0, unhealthy: int = 0, source: str = "jicofo") -> ev.RecordersSeen:
    return ev.RecordersSeen(source, idle, busy, unhealthy, inf)


def reason(play: Play) -> str:
    (view,) = play.engine.sessions(play.now)
    return view.alerts[0].reason


def test_a_busy_recorder_is_an_alert_a_quarter_of_an_hour_before_and_not_sooner() -> None:
    play = session().feed(seen(0, busy=1))
    assert {} == play.at(-901).firing
    assert {NAME: "none free"} == play.at(-900).firing
    assert ("0 idle, 1 busy, 0 unhealthy (jicofo)", []) == (reason(play), play.at(-1).heard())


def test_when_the_session_begins_without_a_recorder_the_moderators_read_it() -> None:
    play = session().feed(seen(0, busy=1)).at(-1)
    assert [] == play.heard()
    assert ({NAME: "session without recorder"}, [NONE_FREE]) == (play.at(0).firing, play.heard())
    assert ([FREE], {}) == (play.at(30).feed(seen(1)).heard(), play.firing)


def test_an_unhealthy_recorder_and_an_empty_brewery_are_none() -> None:
    assert "0 idle, 0 busy, 2 unhealthy (jicofo)" == reason(session().feed(seen(0, unhealthy=2)).at(-600))
    assert "the brewery is empty: brewery knows no Jibri" == reason(session().feed(seen(0, source="brewery")).at(-600))


def test_one_idle_recorder_is_enough() -> None:
    assert {} == session().feed(seen(1, busy=3)).at(3600).firing


def test_the_sessions_own_recorder_is_busy_and_that_is_right() -> None:
    play = session().feed(seen(1)).at(-60).come(recorder()).feed(seen(0, busy=1))
    assert {} == play.at(-30).come(focus(on())).at(3600).firing


def test_when_a_person_stops_the_stream_and_no_recorder_is_left_it_is_owed_again() -> None:
    play = session().feed(seen(1)).at(60).come(recorder(), focus(on())).feed(seen(0, busy=1)).at(600)
    play.come(focus(off(initiator="p0"))).go("jibri1").at(620)
    assert {NAME: "session without recorder"} == play.firing


def test_a_session_that_need_not_stream_or_streams_otherwise_needs_no_recorder() -> None:
    assert {} == session(kind="test").feed(seen(0)).at(60).firing
    assert {} == session(StreamSource(hls="https://tv.test/live.m3u8")).feed(seen(0)).at(60).firing


def test_nothing_configured_is_nothing_said() -> None:
    assert {} == session().at(3600).firing


def test_when_the_source_is_lost_what_was_is_held_and_nothing_new_fires() -> None:
    lost = ev.SourceLost("jicofo", "no connection")
    assert {"SourceLost": "blind"} == session().feed(seen(1), lost).at(60).firing
    play = session().feed(seen(0, busy=1)).at(-600).feed(lost)
    assert {"SourceLost": "blind", NAME: "none free"} == play.at(-300).firing


def test_a_word_that_nobody_renews_says_nothing() -> None:
    play = session().at(-1000).feed(ev.RecordersSeen("jicofo", 0, 1, 0, until=0.0))
    assert {} == play.at(60).firing


def test_a_recorder_that_changes_hands_is_no_alert() -> None:
    play = session(wait=20.0).feed(seen(1)).at(-600).feed(seen(0, busy=1)).at(-581).feed(seen(1))
    assert {} == play.at(-500).firing


def test_after_the_end_none_is_owed() -> None:
    assert {} == session().feed(seen(0, busy=1)).at(7200).firing
