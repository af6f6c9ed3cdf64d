"""Which alert silences which, and that nothing silenced is forgotten while it holds."""

import pytest

from supervisor.alerts.inhibition import INHIBITS, inhibited
from supervisor.alerts.lifecycle import Rule
from supervisor.domain.evidence import Word
from supervisor.monitors import MONITORS
from tests.unit.builders import OF_STREAMS, OUTSIDE, Play, booking, focus, people, person, recorder

NAMES = {monitor.name for monitor in MONITORS}
OF_THE_STREAM = {"StreamNotStarted", "StreamInterrupted", "StreamDegraded", "StreamSelfStop", "WrongBroadcast"}


def session(**rules: Rule) -> Play:
    play = Play(booking(stream=OUTSIDE), rules=rules, monitors=OF_STREAMS)
    return play.room(focus(), *people(3)).hear("hls", Word.UP).at(60)


def test_every_name_is_a_monitors() -> None:
    assert NAMES >= {*INHIBITS, *(name for names in INHIBITS.values() for name in names)}


def test_nothing_silences_itself_or_goes_round_in_circles() -> None:
    for bigger, smaller in INHIBITS.items():
        assert bigger not in smaller
        assert all(bigger not in INHIBITS.get(name, ()) for name in smaller)


@pytest.mark.parametrize("name", sorted(OF_THE_STREAM))
def test_blindness_silences_all_that_depend_on_the_stream(name: str) -> None:
    assert inhibited(name, ["StreamBlind"])


def test_the_rooms_own_alerts_are_silenced_by_nothing_of_the_stream() -> None:
    assert not inhibited("ParticipantLimit", sorted(NAMES))


def test_what_is_silenced_still_fires_for_support() -> None:
    play = session().hear("hls", Word.DOWN).at(330).hear("youtube public", Word.UP, wrong="private").at(340)
    assert {"StreamInterrupted": "interrupted", "WrongBroadcast": "wrong"} == play.firing
    assert all("public link" not in text for text in play.heard())


def test_what_was_silenced_is_told_when_the_bigger_trouble_ends_if_it_still_holds() -> None:
    play = session().hear("hls", Word.DOWN).at(330).hear("youtube public", Word.UP, wrong="private").at(400)
    play.heard()
    play.hear("hls", Word.UP).at(402).hear("hls", Word.UP).at(410)
    texts = play.heard()
    assert ["The live stream is back", "Since 19:05 the public "] == [text[:23] for text in texts]
    assert [] == play.at(600).heard()


def test_what_was_silenced_and_is_over_by_then_is_never_told() -> None:
    play = session().hear("hls", Word.DOWN).at(330).hear("youtube public", Word.UP, wrong="private")
    play.at(350).hear("youtube public", Word.UP).hear("hls", Word.UP).at(352).hear("hls", Word.UP).at(600)
    assert all("public link" not in text for text in play.heard())


def test_two_that_rise_in_the_same_instant_are_told_as_one() -> None:
    play = Play(booking(stream=OUTSIDE), monitors=OF_STREAMS).room(focus(), *people(3))
    play.hear("youtube public", Word.STARTING, wrong="upcoming").at(300)
    assert {"WrongBroadcast": "wrong", "StreamNotStarted": "not started"} == play.firing
    assert ["Since 19:00 the public link"] == [text[:27] for text in play.heard()]


def test_no_all_clear_of_a_smaller_trouble_is_told_into_a_bigger_one() -> None:
    """That the stream goes on is no news for those who were told that it is interrupted."""
    silent = [person(f"p{n}", "moderator" if n == 0 else "participant", audio=False, video=False) for n in range(3)]
    play = session().come(*silent, recorder()).room(focus(), *silent)
    play.hear("youtube public", Word.UP, wrong="private").at(300)
    assert 1 == len(play.heard())
    play.at(310).hear("hls", Word.DOWN).at(340)
    play.heard()
    play.hear("youtube public", Word.UP).at(400)
    assert [] == play.heard()
    play.hear("hls", Word.UP).at(402).hear("hls", Word.UP).at(420)
    assert ["The live stream is back", "The public link shows t"] == [text[:23] for text in play.heard()]
