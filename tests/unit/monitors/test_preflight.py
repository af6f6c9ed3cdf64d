"""Preflight: support staff hear before the start what is not ready, and what to do."""

from dataclasses import replace
from math import inf

from supervisor.alerts.lifecycle import Rule
from supervisor.alerts.outside import Outside, Route
from supervisor.domain.bookings import StreamSource
from supervisor.domain.commands import Keep
from supervisor.domain.events import RecordersSeen
from supervisor.domain.evidence import Page, Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.domain.letters import Way
from supervisor.domain.records import Outgoing
from supervisor.monitors.preflight import Preflight
from tests.unit.builders import START, Play, booking, people

NAME = "Preflight"
EVERYBODY = Outside(
    (
        Route("webhook", "desk", frozenset({"alert.firing", "alert.resolved"})),
        Route("email", "staff", frozenset({"alert.firing", "alert.resolved"}), last=True),
    )
)


def session(stream: StreamSource, wait: float = 0.0, kind: str = "plenary") -> Play:
    """An hour before the start."""
    one = booking(stream=stream, kind=DEFAULT_KINDS[kind], contacts=("a@b.test",))
    play = Play(one, rules={NAME: Rule(wait)}, monitors=(Preflight(),), outside=EVERYBODY, began=-3600.0)
    return play.at(-1700).room()


def told(play: Play) -> list[tuple[str, str, str]]:
    """Channel, kind and summary of each message that left the house."""
    kept = [command.change for command in play.commands if isinstance(command, Keep)]
    sent = [change for change in kept if isinstance(change, Outgoing)]
    return [(message.channel, message.kind, str(message.payload["summary"])) for message in sent]


def busy(idle: int = 0) -> RecordersSeen:
    return RecordersSeen("jicofo", idle, 1, 0, inf)


JIBRI = StreamSource(jibri=True)
REMEDY = "No recorder is free to stream this session: free one, or start another one, before it begins."


def test_what_is_wrong_is_told_to_webhook_and_mail_a_quarter_of_an_hour_before_and_not_in_the_room() -> None:
    play = session(JIBRI).feed(busy())
    assert {} == play.at(-901).firing
    assert {NAME: "not ready"} == play.at(-900).firing
    assert [("webhook", "alert.firing", REMEDY), ("email", "alert.firing", REMEDY)] == told(play)
    assert [] == play.come(*people(2)).at(-1).heard()


def letters(play: Play) -> list[tuple[str, str, str]]:
    """Channel, kind and text of each letter to the booking's contacts."""
    kept = [command.change for command in play.commands if isinstance(command, Keep)]
    sent = [change for change in kept if isinstance(change, Outgoing) and change.channel in set(Way)]
    return [(message.channel, message.kind, str(message.payload["why"])) for message in sent]


def test_the_towns_contact_is_written_once_where_the_kind_says_so() -> None:
    asked = replace(DEFAULT_KINDS["plenary"], preflight_notice=True)
    for kind, expected in ((asked, [("contact mail", "booking.not_ready", REMEDY)]), (DEFAULT_KINDS["plenary"], [])):
        one = booking(stream=JIBRI, kind=kind, contacts=("a@b.test", "+34600000000"))
        reached = Outside(ways=frozenset({Way.MAIL}))
        play = Play(one, rules={NAME: Rule(20.0)}, monitors=(Preflight(),), outside=reached, began=-3600.0)
        play.at(-1700).room().feed(busy())
        assert [] == letters(play.at(-881))
        assert expected == letters(play.at(-880))
        assert expected == letters(play.at(-700).feed(RecordersSeen("jicofo", 0, 2, 0, inf)).at(-1))


def test_it_clears_as_soon_as_it_is_mended_and_those_who_were_told_hear_of_it() -> None:
    play = session(JIBRI).feed(busy()).at(-600)
    assert {} == play.feed(busy(idle=1)).firing
    kinds = [(channel, kind) for channel, kind, _ in told(play)]
    assert [("webhook", "alert.resolved"), ("email", "alert.resolved")] == kinds[2:]


def test_a_hiccup_is_not_told() -> None:
    play = session(JIBRI, wait=20.0).feed(busy(idle=1)).at(-600).feed(busy()).at(-581).feed(busy(idle=1))
    assert ([], {}) == (told(play.at(-1)), play.firing)


def test_it_ends_with_the_start_whatever_is_wrong_then() -> None:
    play = session(JIBRI).feed(busy())
    assert {NAME: "not ready"} == play.at(-1).firing
    assert {} == play.at(0).firing


def test_what_nobody_knows_is_no_alarm() -> None:
    assert {} == session(JIBRI).at(-1).firing


def test_a_kind_without_preflight_has_none() -> None:
    assert {} == session(JIBRI, kind="test").feed(busy()).at(-1).firing


def test_several_wrongs_are_one_alert_with_all_the_remedies() -> None:
    play = session(StreamSource(jibri=True, youtube="dQw4w9WgXcQ")).feed(busy())
    page = Page("upcoming", "unlisted", planned=START)
    play.hear("youtube public", Word.STARTING, page=page).at(-900)
    (_, _, summary), _ = told(play)
    assert f"{REMEDY} The announced broadcast is not public: change its visibility in YouTube Studio." == summary


def test_what_was_found_is_in_the_log_once_and_stays_to_be_seen_after_the_start() -> None:
    play = session(JIBRI).feed(busy()).at(-800).feed(busy()).at(-700).feed(busy(idle=1)).at(60)
    found = [dict(record.about)["found"] for record in play.records("preflight")]
    assert ["recorder wrong: 0 idle, 1 busy, 0 unhealthy (jicofo)", "all is ready"] == found
    (view,) = play.engine.sessions(play.now)
    assert [("recorder", "ok"), ("people", "ok")] == [(item.name, item.check) for item in view.preflight]
