"""WrongBroadcast: the public page does not show this session live."""

from supervisor.alerts.lifecycle import Rule
from supervisor.domain.evidence import Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.monitors.stream_interrupted import StreamInterrupted
from supervisor.monitors.wrong_broadcast import WrongBroadcast
from tests.unit.builders import OUTSIDE, Play, booking, focus, on, people, recorder

NAME = "WrongBroadcast"
RIGHT = "The public link shows this session live."
PUBLIC = "youtube public"


def session(kind: str = "plenary") -> Play:
    monitors = (StreamInterrupted(), WrongBroadcast())
    play = Play(booking(kind=DEFAULT_KINDS[kind], stream=OUTSIDE), rules={NAME: Rule(wait=30.0)}, monitors=monitors)
    return play.room(focus(), *people(3))


def test_an_upcoming_page_is_right_until_five_minutes_after_the_start() -> None:
    play = session().hear(PUBLIC, Word.STARTING, wrong="upcoming").at(329)
    assert ([], {}) == (play.heard(), play.firing)
    assert {NAME: "wrong"} == play.at(330).firing
    [text] = play.heard()
    assert text.startswith("Since 19:00 the public link has not shown this session live:")


def test_a_page_that_turns_wrong_in_mid_session_is_told_after_its_grace_and_since_when() -> None:
    play = session().hear(PUBLIC, Word.UP).at(1800).hear(PUBLIC, Word.UP, wrong="private").at(1829)
    assert [] == play.heard()
    assert "Since 19:30 the public link" in play.at(1830).heard()[0]


def test_the_instant_is_that_of_the_first_look_also_in_the_repetition() -> None:
    play = session().hear(PUBLIC, Word.UP)
    for seconds in range(1800, 2160, 20):
        play.at(seconds).hear(PUBLIC, Word.UP, fresh=50.0, wrong="private")
    assert ["Since 19:30", "Since 19:30"] == [text[:11] for text in play.heard()]


def test_a_page_that_is_right_again_is_told() -> None:
    play = session().hear(PUBLIC, Word.MISSING, wrong="missing").at(330)
    play.heard()
    assert [RIGHT] == play.at(400).hear(PUBLIC, Word.UP).heard()
    assert {} == play.firing


def test_a_glitch_of_one_look_stays_quiet() -> None:
    play = session().hear(PUBLIC, Word.UP).at(600).hear(PUBLIC, Word.MISSING, wrong="missing").at(620)
    assert [] == play.hear(PUBLIC, Word.UP).at(3000).heard()


def test_a_page_that_nobody_sees_is_not_right_though_others_speak() -> None:
    play = session().come(recorder(), focus(on())).hear("hls", Word.UP)
    play.at(300).hear(PUBLIC, Word.UP, fresh=40.0, wrong="private").at(330)
    assert 1 == len(play.heard())
    assert ([], {NAME: "wrong"}) == (play.at(600).heard(), play.firing)
    play.hear(PUBLIC, Word.UNKNOWN, detail="quota")
    assert ([], {NAME: "wrong"}) == (play.at(900).heard(), play.firing)
    assert [RIGHT] == play.hear(PUBLIC, Word.UP).heard()


def test_the_end_of_another_sessions_video_is_no_loss_of_this_one() -> None:
    play = session().come(recorder(), focus(on())).at(400)
    play.hear(PUBLIC, Word.ENDED, wrong="another session's, it ended before this one began").at(500)
    assert ("live", {NAME: "wrong"}) == (play.stream, play.firing)


def test_a_video_that_the_platform_took_down_is_an_interruption() -> None:
    play = session().hear("hls", Word.UP).at(400).hear("youtube owner", Word.DOWN, wrong="revoked by YouTube")
    assert "stalled" == play.stream


def test_a_video_that_is_gone_is_not_called_right() -> None:
    play = session().hear(PUBLIC, Word.UP, wrong="private").at(330)
    play.heard()
    play.at(400).hear(PUBLIC, Word.ENDED)
    assert RIGHT not in play.heard()


def test_after_the_booked_end_no_page_has_to_be_right() -> None:
    play = session().hear(PUBLIC, Word.UP, wrong="private").at(7199)
    assert {NAME: "wrong"} == play.firing
    play.heard()
    assert ({}, []) == (play.at(7200).firing, play.heard())
    assert play.engine.next_deadline() > play.now


def test_where_a_stream_is_forbidden_there_is_no_page() -> None:
    assert {} == session("appointment").hear(PUBLIC, Word.UP, wrong="private").at(3000).firing
