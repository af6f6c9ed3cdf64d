"""StreamBlind: nothing fresh is known about a stream that must run. Nobody in the room hears of it."""

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.evidence import Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.engine import XMPP
from tests.unit.builders import OF_STREAMS, OUTSIDE, ROOM, Play, booking, focus, on, people, recorder

NAME = "StreamBlind"
RULES = {NAME: Rule(wait=60.0), "StreamInterrupted": Rule(keep=5.0)}


def session(kind: str = "plenary", stream: StreamSource = OUTSIDE) -> Play:
    play = Play(booking(kind=DEFAULT_KINDS[kind], stream=stream), rules=RULES, monitors=OF_STREAMS)
    return play.room(focus(), *people(3))


def reasons(play: Play) -> list[str]:
    return [alert.reason for view in play.engine.sessions(play.now) for alert in view.alerts if alert.monitor == NAME]


def test_all_witnesses_silent_at_once_is_blindness_after_a_minute_and_no_interruption() -> None:
    play = session().hear("hls", Word.UP, fresh=6.0).hear("youtube owner", Word.UP, fresh=100.0)
    assert ("unknown", {}) == (play.at(159).stream, play.firing)
    assert {NAME: "blind"} == play.at(160).firing
    assert [] == play.at(7000).heard()
    assert {NAME: "blind"} == play.firing


def test_the_reason_names_each_witness_with_its_last_words() -> None:
    play = session().hear("hls", Word.UP, fresh=6.0, detail="edge moves").at(10).hear("hls", Word.UNKNOWN, detail="503")
    assert ["live before; hls: 503"] == reasons(play.at(100))


def test_one_fresh_word_ends_it() -> None:
    play = session().hear("hls", Word.UP, fresh=6.0).at(100)
    assert {NAME: "blind"} == play.firing
    assert {} == play.hear("hls", Word.UP).firing
    assert [] == play.heard()


def test_a_short_gap_is_not_worth_a_word() -> None:
    assert {} == session().hear("hls", Word.UP, fresh=6.0).at(60).hear("hls", Word.UP).at(200).firing


def test_a_lost_server_blinds_us_where_the_room_is_the_only_witness() -> None:
    play = session(stream=StreamSource(jibri=True)).come(recorder(), focus(on())).feed(ev.SourceLost(XMPP, "gone"))
    assert {NAME: "blind", "SourceLost": "blind"} == play.at(60).firing
    play.feed(ev.RoomRead(ROOM, "m1", (focus(on()), recorder(), *people(3))), ev.SourceSynced(XMPP))
    assert ("live", {}, []) == (play.stream, play.firing, play.heard())


def test_a_lost_server_blinds_nobody_where_viewers_are_asked() -> None:
    play = session().come(recorder(), focus(on())).hear("hls", Word.UP).feed(ev.SourceLost(XMPP, "gone"))
    assert ("live", {"SourceLost": "blind"}) == (play.at(200).stream, play.firing)


def test_a_stream_that_nobody_could_ever_see_is_blindness_from_the_start_on() -> None:
    play = session().hear("youtube public", Word.UNKNOWN, detail="quota")
    assert {} == play.at(59).firing
    assert {NAME: "blind"} == play.at(60).firing


def test_where_the_room_can_tell_that_nothing_was_started_nobody_is_blind() -> None:
    play = session(stream=StreamSource(youtube="dQw4w9WgXcQ", jibri=True))
    assert NAME not in play.hear("youtube public", Word.UNKNOWN, detail="quota").at(3000).firing


def test_an_optional_stream_that_never_ran_is_no_trouble_and_one_that_did_is() -> None:
    assert {} == session("test").hear("hls", Word.UNKNOWN).at(3000).firing
    assert {NAME: "blind"} == session("test").hear("hls", Word.UP, fresh=6.0).at(3000).firing


def test_before_the_start_and_after_the_end_nothing_has_to_be_known() -> None:
    play = session().hear("hls", Word.UP, fresh=6.0).at(7199)
    assert {NAME: "blind"} == play.firing
    assert {} == play.at(7200).firing
    assert play.engine.next_deadline() > play.now


def test_where_a_stream_is_forbidden_blindness_is_nobodys_trouble() -> None:
    play = session("appointment", StreamSource()).come(recorder(), focus(on())).feed(ev.SourceLost(XMPP, "gone"))
    assert {"SourceLost": "blind"} == play.at(3000).firing


def test_what_was_told_before_is_held_and_not_repeated() -> None:
    play = session().hear("hls", Word.UP).at(300).hear("hls", Word.DOWN, fresh=30.0).at(329)
    assert 2 == len(play.heard())
    assert {"StreamInterrupted": "interrupted", NAME: "blind"} == play.at(3000).firing
    assert [] == play.heard()
