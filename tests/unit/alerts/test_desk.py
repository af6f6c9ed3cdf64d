"""The desk: what is owed is neither lost nor told twice, whatever is unknown meanwhile."""

from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.evidence import Word
from supervisor.engine import XMPP
from tests.unit.builders import OUTSIDE, ROOM, Play, booking, focus, people

KEPT = {"StreamInterrupted": Rule(keep=5.0)}


def session() -> Play:
    play = Play(booking(stream=OUTSIDE), rules=KEPT).room(focus(), *people(3))
    return play.hear("hls", Word.UP).at(60)


def back(play: Play) -> Play:
    return play.feed(ev.RoomRead(ROOM, "m1", (focus(), *people(3))), ev.SourceSynced(XMPP))


def interrupted() -> Play:
    play = session().hear("hls", Word.DOWN).at(90)
    assert 2 == len(play.heard())
    return play


def test_an_all_clear_that_falls_into_blindness_is_told_after_it() -> None:
    play = interrupted().hear("hls", Word.UP).at(92).hear("hls", Word.UP).feed(ev.SourceLost(XMPP, "gone")).at(500)
    assert [] == play.heard()
    assert ["The live stream is back since 19:01."] == [text[:36] for text in back(play).heard()]
    assert [] == play.at(3000).heard()


def test_an_all_clear_that_is_unknown_when_it_is_due_waits_until_it_is_known() -> None:
    play = interrupted()
    play.silent.add("moderators")
    play.hear("hls", Word.UP).at(92).hear("hls", Word.UP, fresh=8.0).at(98)
    assert 1 == len(play.heard())
    play.silent.clear()
    assert ("unknown", []) == (play.at(110).stream, play.heard())
    play.hear("hls", Word.UP).at(116)
    assert ["The live stream is back"] == [text[:23] for text in play.heard()]
    assert [] == play.at(3000).heard()


def test_an_all_clear_that_the_next_trouble_overtakes_is_dropped() -> None:
    play = interrupted().hear("hls", Word.UP).at(92).hear("hls", Word.UP).feed(ev.SourceLost(XMPP, "gone")).at(500)
    play.hear("hls", Word.DOWN, auto_stop=True).at(600)
    assert ["LIVE STREAM INTERRUPTED"] == [text[:23] for text in back(play).heard()]


def test_a_repetition_that_is_due_while_nothing_is_known_comes_once_afterwards() -> None:
    play = session().hear("hls", Word.DOWN, fresh=30.0).at(89)
    assert 2 == len(play.heard())
    assert [] == play.at(1000).heard()
    play.hear("hls", Word.DOWN).at(1025)
    assert 1 == len(play.heard())
    assert [] == play.at(1300).heard()


def test_what_is_under_way_when_the_server_is_lost_is_told_after_it_and_then_no_more() -> None:
    play = session()
    play.silent.add("moderators")
    play.hear("hls", Word.DOWN).at(80).feed(ev.SourceLost(XMPP, "gone"))
    play.heard()
    play.silent.clear()
    assert [] == play.at(200).heard()
    assert 1 == len(back(play).heard())
    assert [] == play.at(400).heard()


WORDS = st.sampled_from([Word.UP, Word.DOWN, Word.DEGRADED, Word.UNKNOWN, Word.ENDED])
STEPS = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 4.0, 21.0, 70.0]), WORDS | st.sampled_from(["lost", "back"])))


@settings(max_examples=200)
@given(STEPS)
def test_halt_and_all_clear_take_turns_and_no_all_clear_comes_alone(steps: list[tuple[float, Word | str]]) -> None:
    play, seconds, told = session(), 60.0, False
    for wait, step in [*steps, (0.0, "back"), (70.0, Word.UP), (2.0, Word.UP), (2.0, Word.UP), (70.0, Word.UP)]:
        seconds += wait
        play.at(seconds)
        if step == "lost":
            play.feed(ev.SourceLost(XMPP, "gone"))
        elif step == "back":
            back(play)
        else:
            play.hear("hls", Word(step), fresh=30.0, planned=step is Word.ENDED)
        for text in play.heard():
            if text.startswith("LIVE STREAM INTERRUPTED"):
                told = True
            elif text.startswith("The live stream is back"):
                assert told, "an all-clear of a halt that nobody was told"
                told = False
            else:
                assert not told, f"while the session is halted: {text}"
    assert ("live", {}) == (play.stream, play.firing)
    assert not told, "whoever was told to halt is told that it is over"
