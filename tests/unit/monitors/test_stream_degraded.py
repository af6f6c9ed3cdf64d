"""StreamDegraded: the stream runs, but badly."""

from supervisor.alerts.lifecycle import Rule
from supervisor.domain.evidence import Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.monitors.stream_degraded import StreamDegraded
from supervisor.monitors.stream_interrupted import StreamInterrupted
from tests.unit.builders import OUTSIDE, Play, booking, focus, people

NAME = "StreamDegraded"
RULES = {NAME: Rule(wait=20.0, keep=20.0)}


def live(kind: str = "plenary") -> Play:
    monitors = (StreamInterrupted(), StreamDegraded())
    play = Play(booking(kind=DEFAULT_KINDS[kind], stream=OUTSIDE), rules=RULES, monitors=monitors)
    return play.room(focus(), *people(3)).hear("hls", Word.UP).at(60)


def test_a_short_stutter_stays_quiet() -> None:
    play = live().hear("hls", Word.DEGRADED).at(79).hear("hls", Word.UP).at(600)
    assert ("live", [], {}) == (play.stream, play.heard(), play.firing)


def test_what_stays_bad_is_told_once_with_its_beginning_and_the_end_too() -> None:
    play = live().hear("hls", Word.DEGRADED, detail="0.70 s of media per second over 30 s").at(80)
    assert ("degraded", {NAME: "degraded"}) == (play.stream, play.firing)
    [text] = play.heard()
    assert text.startswith("The live stream has been running badly since 19:01: the public may see it stutter.")
    assert [] == play.at(1799).heard()
    play.at(1800).hear("hls", Word.UP).at(1819)
    assert [] == play.heard()
    assert ["The live stream has been running well again since 19:30."] == play.at(1820).heard()


def test_an_all_clear_that_nobody_took_is_not_worded_as_a_new_alarm() -> None:
    play = live().hear("hls", Word.DEGRADED).at(80)
    play.heard()
    play.silent.add("moderators")
    play.at(100).hear("hls", Word.UP).at(120)
    assert 1 == len(play.heard())
    play.silent.clear()
    play.at(121).hear("hls", Word.DEGRADED)
    assert [] == play.at(140).heard()
    assert ["badly since 19:02"] == [text[33:50] for text in play.at(160).heard()]


def test_a_stream_that_breaks_altogether_is_the_interruptions_business() -> None:
    play = live().hear("hls", Word.DEGRADED).at(80)
    play.heard()
    play.at(100).hear("hls", Word.DOWN).at(300)
    assert {"StreamInterrupted": "interrupted"} == play.firing
    assert all("badly" not in text and "well again" not in text for text in play.heard())


def test_what_is_not_known_holds_it() -> None:
    play = live().hear("hls", Word.DEGRADED, fresh=30.0).at(89)
    play.heard()
    assert ("unknown", {NAME: "degraded"}, []) == (play.at(3000).stream, play.firing, play.heard())


def test_advice_is_shown_and_alarms_nobody() -> None:
    play = live().hear("youtube owner", Word.DEGRADED, advisory=True).at(3000)
    assert ("live", {}) == (play.stream, play.firing)


def test_where_a_stream_is_forbidden_none_can_be_bad() -> None:
    assert {} == live("appointment").hear("hls", Word.DEGRADED).at(3000).firing
