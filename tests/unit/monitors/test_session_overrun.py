"""SessionOverrun: over its time, or about to be cut."""

from supervisor.domain import events as ev
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.engine import XMPP
from supervisor.monitors.session_overrun import SessionOverrun
from tests.unit.builders import START, Play, booking, focus, people

NAME = "SessionOverrun"
END = 7200


def play(*, cut: bool = False, **changes: object) -> Play:
    return Play(booking(**changes), monitors=(SessionOverrun(cut=cut),)).room(focus(), *people(3))


def test_a_session_may_run_over_for_a_quarter_of_an_hour() -> None:
    played = play().at(END + 899)
    assert {} == played.firing
    assert ({NAME: "overrun"}, []) == (played.at(END + 900).firing, played.heard())


def test_it_ends_with_the_last_person_s_leaving() -> None:
    played = play().at(END + 1000).go("p0", "p1", "p2")
    assert [] == list(played.engine.sessions(played.now))


def test_before_a_cut_the_moderators_are_warned_three_times() -> None:
    played = play(cut=True).at(END - 601)
    assert [] == played.heard()
    for seconds, minutes, stage in (
        (600, 10, "cut in 10 minutes"),
        (300, 5, "cut in 5 minutes"),
        (60, 1, "cut in 1 minute"),
    ):
        played.at(END - seconds)
        assert {NAME: stage} == played.firing
        [text] = played.heard()
        assert text.startswith(f"At 21:00, in {minutes} min, the server will close this room")
    assert [] == played.at(END - 1).heard()


def test_a_warning_that_reached_nobody_names_the_minutes_that_are_left_when_it_does() -> None:
    played = play(cut=True)
    played.silent.add("moderators")
    played.at(END - 420)
    played.heard()
    played.silent.clear()
    assert "in 7 min" in played.at(END - 415).heard()[-1]


def test_who_comes_late_is_warned_of_what_is_left() -> None:
    played = Play(monitors=(SessionOverrun(cut=True),)).room().at(END - 200).come(*people(2))
    assert {NAME: "cut in 5 minutes"} == played.firing
    assert 1 == len(played.heard())


def test_nobody_is_told_that_it_was_not_cut() -> None:
    played = play(cut=True).at(END - 1)
    played.heard()
    played.at(END + 100)
    assert ({}, []) == (played.firing, played.heard())
    assert ({NAME: "overrun"}, []) == (played.at(END + 900).firing, played.heard())


def test_a_room_that_is_always_open_has_no_end() -> None:
    assert {} == play(kind=DEFAULT_KINDS["permanent"], cut=True).at(90_000).firing


def test_an_empty_room_is_cut_in_silence() -> None:
    played = play(cut=True).at(END - 700).go("p0", "p1", "p2").at(END - 1)
    assert ({}, []) == (played.firing, played.heard())


def test_an_end_that_is_moved_takes_the_warning_back() -> None:
    played = play(cut=True).at(END - 500)
    played.heard()
    played.feed(ev.BookingsRead("file", (booking(duration=10_800.0),)))
    assert ({}, []) == (played.firing, played.heard())


def test_while_the_room_is_not_seen_nobody_is_warned() -> None:
    played = play(cut=True).at(END - 700).feed(ev.SourceLost(XMPP, "gone")).at(END - 30)
    assert ({"SourceLost": "blind"}, []) == (played.firing, played.heard())


def test_time_that_passes_for_ever_needs_no_further_look() -> None:
    played = play().at(END + 5000)
    assert played.engine.next_deadline() > START + END + 5000
