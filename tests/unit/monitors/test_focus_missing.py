"""FocusMissing: people in a room without Jicofo. Support staff hear of it first, then the moderators."""

import pytest

from supervisor.alerts.desk import Policy, Watchword
from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.outside import Outside, Route
from supervisor.alerts.wording import Wording
from supervisor.domain import events as ev
from supervisor.domain.commands import Keep
from supervisor.domain.news import Kind
from supervisor.domain.records import Outgoing
from supervisor.engine import XMPP, Engine
from supervisor.monitors.focus_missing import FocusMissing
from tests.unit.builders import MUC, SITE, Play, booking, focus, people, person

NAME = "FocusMissing"
MAIL = Outside((Route("email", "support", frozenset({Kind.FIRING, Kind.RESOLVED}), last=True),))


def gone() -> Play:
    """Jicofo leaves a room with three people a minute after the start."""
    return Play(monitors=(FocusMissing(),)).room(focus(), *people(3)).at(60).go("focus")


def test_a_restart_of_jicofo_that_takes_seconds_is_not_spoken_of() -> None:
    play = gone().at(69.9)
    assert {} == play.firing
    assert [] == play.come(focus()).at(3000).heard()


def test_after_ten_seconds_support_staff_know_and_the_room_does_not() -> None:
    play = gone().at(70)
    assert ({NAME: "missing"}, []) == (play.firing, play.heard())
    assert {} == play.come(focus()).firing
    assert [] == play.heard()


def test_after_a_minute_the_moderators_read_since_when_and_then_that_it_is_back() -> None:
    play = gone().at(119.9)
    assert [] == play.heard()
    assert {NAME: "still missing"} == play.at(120).firing
    [text] = play.heard()
    assert text.startswith("Since 19:01 the conference service has been out of order in this room")
    [text] = play.at(150).come(focus()).heard()
    assert text.startswith("The conference service is working in this room again.")


def test_a_guest_who_takes_its_name_is_no_focus() -> None:
    play = gone().come(person("focus")).at(100)
    assert {NAME: "missing"} == play.firing


@pytest.mark.parametrize("occupants", [(), (focus(),)])
def test_a_room_without_people_needs_no_focus(occupants: tuple[()]) -> None:
    assert {} == Play(monitors=(FocusMissing(),)).room(*occupants).at(3000).firing


def test_the_clock_starts_with_the_first_person() -> None:
    play = Play(monitors=(FocusMissing(),)).room().at(1000).come(*people(1))
    assert {} == play.at(1009.9).firing
    assert {NAME: "missing"} == play.at(1010).firing


def test_blindness_is_no_recovery() -> None:
    play = gone().at(70).feed(ev.SourceLost(XMPP, "gone"))
    assert {NAME: "missing", "SourceLost": "blind"} == play.at(1000).firing


def test_mailboxes_hear_of_it_at_once_and_of_its_end() -> None:
    policy = Policy([Watchword(FocusMissing(), Rule())], Wording({}), outside=MAIL)
    play = Play(booking(), monitors=(FocusMissing(),))
    play.engine = Engine(MUC, SITE, policy, Rule())
    play.feed(ev.SourceSynced(XMPP), ev.BookingsRead("file", (booking(),)))
    play.room(focus(), *people(3)).at(60).go("focus").at(70).come(focus())
    sent = [keep.change for keep in play.commands if isinstance(keep, Keep) and isinstance(keep.change, Outgoing)]
    assert [Kind.FIRING, Kind.RESOLVED] == [outgoing.kind for outgoing in sent]
