"""Messages of support staff to the moderators."""

from supervisor.domain import events as ev
from supervisor.domain.commands import Audience, Keep, Notify, Record
from supervisor.domain.records import TimelineEntry
from tests.house import interrupted
from tests.unit.builders import ROOM, Play, focus, people

TEXT = "Hola, <Aina> & companyia"


def notices(play: Play) -> list[Notify]:
    return [each for each in play.commands if isinstance(each, Notify) and "/message/" in each.notice]


def test_the_moderators_read_it_in_the_words_given_and_its_writer_sees_that() -> None:
    play = Play().room(focus(), *people(3)).feed(ev.MessageWritten("almatret-1", TEXT, "desk"))
    (notice,) = notices(play)
    assert (ROOM, Audience.MODERATORS, TEXT) == (notice.room, notice.audience, notice.text)
    detail = play.engine.detail("almatret-1", play.now)
    assert detail is not None
    assert [("desk", 1)] == [(each.by, each.readers) for each in detail.written]


def test_one_that_reaches_nobody_is_not_sent_again_and_is_said_to_have_reached_nobody() -> None:
    play = Play().room(focus(), *people(3))
    play.silent.add("moderators")
    play.feed(ev.MessageWritten("almatret-1", TEXT, "desk")).at(600.0)
    assert 1 == len(notices(play))
    detail = play.engine.detail("almatret-1", play.now)
    assert detail is not None
    assert [0] == [each.readers for each in detail.written]


def test_on_record_is_who_wrote_and_never_what() -> None:
    play = interrupted().feed(ev.MessageWritten("almatret-1", TEXT, "desk"))
    lines = [each.change for each in play.commands if isinstance(each, Keep) and isinstance(each.change, TimelineEntry)]
    assert [{"by": "desk"}] == [dict(line.detail) for line in lines if line.what == "message"]
    kept = [each for each in play.commands if isinstance(each, Keep | Record)]
    assert [] == [each for each in kept if "Aina" in str(each)]


def test_a_message_for_a_session_that_is_none_goes_nowhere() -> None:
    assert [] == notices(Play().feed(ev.MessageWritten("none", TEXT, "desk")))


def test_only_the_last_messages_are_remembered() -> None:
    play = Play().room(focus(), *people(3))
    play.feed(*(ev.MessageWritten("almatret-1", f"{n}", "desk") for n in range(9)))
    detail = play.engine.detail("almatret-1", play.now)
    assert detail is not None
    assert (9, 5) == (len(notices(play)), len(detail.written))
