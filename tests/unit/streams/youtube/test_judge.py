"""The tables above the code of ``judge``, row by row."""

from __future__ import annotations

import pytest

from supervisor.domain.evidence import Page, Word
from supervisor.streams.youtube.decode import (
    Broadcast,
    HealthStatus,
    LifeCycleStatus,
    LiveBroadcastContent,
    Stream,
    StreamStatus,
    Video,
)
from supervisor.streams.youtube.judge import GONE_FOR, STALE, Judgement, Memory, judge_broadcast, judge_video

NOW = 1_788_454_800.0
LIVE = Broadcast(LifeCycleStatus.LIVE, "public", "s", auto_stop=False)
GOOD = Stream(StreamStatus.ACTIVE, HealthStatus.GOOD, NOW - 10)
GONE = Stream(StreamStatus.INACTIVE, HealthStatus.NO_DATA, NOW - 10)
STARVED = frozenset({"videoIngestionStarved"})
C = LiveBroadcastContent


def polls(*streams: Stream | None, broadcast: Broadcast | None = LIVE, every: float = 15.0) -> list[Judgement]:
    """What is said of these polls, one after the other."""
    said, memory = [], Memory()
    for number, stream in enumerate(streams):
        judgement, memory = judge_broadcast(broadcast, stream, memory, NOW + number * every)
        said.append(judgement)
    return said


@pytest.mark.parametrize(
    ("video", "word", "wrong"),
    [
        (None, Word.MISSING, "missing (private, deleted or a wrong id)"),
        (Video(C.NONE, upload="deleted"), Word.MISSING, "deleted"),
        (Video(C.LIVE, broadcast=True, upload="rejected"), Word.DOWN, "rejected by YouTube"),
        (Video(C.LIVE, broadcast=True), Word.UP, ""),
        (Video(C.LIVE, broadcast=True, privacy="unlisted"), Word.UP, "unlisted"),
        (Video(C.LIVE, broadcast=True, privacy="private"), Word.UP, "private"),
        (Video(C.LIVE, broadcast=True, ended=NOW + 5), Word.ENDED, ""),
        (Video(C.NONE, broadcast=True, ended=NOW + 5), Word.ENDED, ""),
        (Video(C.COMPLETED, broadcast=True, ended=NOW + 5), Word.ENDED, ""),
        (Video(C.NONE, broadcast=True, ended=NOW - 5), Word.ENDED, "another session's, it ended before this one began"),
        (Video(C.NONE, broadcast=True), Word.UNKNOWN, ""),
        (Video(C.COMPLETED, broadcast=True), Word.UNKNOWN, ""),
        (Video(C.UPCOMING, broadcast=True), Word.STARTING, "upcoming"),
        (Video(C.UPCOMING, broadcast=True, privacy="unlisted"), Word.STARTING, "upcoming"),
        (Video(C.NONE), Word.UNKNOWN, "an ordinary video, not a broadcast"),
        (Video(C.UNKNOWN, broadcast=True), Word.UNKNOWN, ""),
    ],
)
def test_each_row_of_the_public_table(video: Video | None, word: Word, wrong: str) -> None:
    judged = judge_video(video, NOW)
    assert (word, wrong, None) == (judged.word, judged.wrong, judged.auto_stop)
    assert judged.detail


@pytest.mark.parametrize(
    ("life", "word", "wrong"),
    [
        (LifeCycleStatus.CREATED, Word.STARTING, ""),
        (LifeCycleStatus.READY, Word.STARTING, ""),
        (LifeCycleStatus.TEST_STARTING, Word.STARTING, ""),
        (LifeCycleStatus.TESTING, Word.STARTING, ""),
        (LifeCycleStatus.LIVE_STARTING, Word.STARTING, ""),
        (LifeCycleStatus.COMPLETE, Word.ENDED, ""),
        (LifeCycleStatus.REVOKED, Word.DOWN, "revoked by YouTube"),
        (LifeCycleStatus.UNKNOWN, Word.UNKNOWN, ""),
    ],
)
def test_a_broadcast_that_is_not_live_is_judged_by_its_life_alone(
    life: LifeCycleStatus, word: Word, wrong: str
) -> None:
    for stream in (GOOD, GONE, None):
        (judged,) = polls(stream, broadcast=Broadcast(life, "public", "s"))
        assert (word, wrong) == (judged.word, judged.wrong)


@pytest.mark.parametrize(
    ("stream", "word"),
    [
        (None, Word.UNKNOWN),
        (GOOD, Word.UP),
        (Stream(StreamStatus.ACTIVE, HealthStatus.OK, NOW), Word.UP),
        (Stream(StreamStatus.ACTIVE, HealthStatus.UNKNOWN), Word.UP),
        (Stream(StreamStatus.ACTIVE, HealthStatus.REVOKED, NOW), Word.DOWN),
        (Stream(StreamStatus.UNKNOWN, HealthStatus.GOOD, NOW), Word.UNKNOWN),
        (Stream(StreamStatus.ACTIVE, HealthStatus.GOOD, NOW - STALE - 1), Word.UNKNOWN),
        (Stream(StreamStatus.ACTIVE, HealthStatus.BAD, NOW, frozenset({"noVideoStream"})), Word.DEGRADED),
        (Stream(StreamStatus.ACTIVE, HealthStatus.BAD, NOW, frozenset({"noAudioStream"})), Word.DEGRADED),
        (Stream(StreamStatus.ACTIVE, HealthStatus.BAD, NOW, frozenset({"videoCodec"})), Word.UP),
    ],
)
def test_the_first_poll_of_a_live_broadcast(stream: Stream | None, word: Word) -> None:
    assert word is polls(stream)[0].word


@pytest.mark.parametrize(
    "gone",
    [
        GONE,
        Stream(StreamStatus.READY),
        Stream(StreamStatus.CREATED),
        Stream(StreamStatus.ERROR, HealthStatus.GOOD, NOW),
        Stream(StreamStatus.ACTIVE, HealthStatus.NO_DATA),
    ],
)
def test_one_poll_without_data_is_a_doubt_and_two_are_a_fact(gone: Stream) -> None:
    first, second, third, back = polls(gone, gone, gone, GOOD)
    assert (first.word, first.closer) == (Word.UNKNOWN, True)
    assert Word.DOWN is second.word is third.word
    assert Word.UP is back.word


def test_a_flicker_is_no_outage() -> None:
    assert Word.DOWN not in {judged.word for judged in polls(GOOD, GONE, GOOD, GONE, GOOD)}


def test_two_polls_in_one_moment_are_one() -> None:
    assert [Word.UNKNOWN] * 2 + [Word.DOWN] == [judged.word for judged in polls(GONE, GONE, GONE, every=GONE_FOR / 2)]


def test_errors_degrade_on_the_third_poll_in_a_row() -> None:
    bad = Stream(StreamStatus.ACTIVE, HealthStatus.BAD, NOW, frozenset({"videoCodec"}) | STARVED)
    said = polls(bad, bad, GOOD, bad, bad, bad)
    assert [Word.UP] * 5 + [Word.DEGRADED] == [judged.word for judged in said]
    assert not said[-1].advisory


@pytest.mark.parametrize("errors", [STARVED, frozenset[str]()])
def test_starved_alone_or_a_bad_without_any_error_is_advisory(errors: frozenset[str]) -> None:
    bad = Stream(StreamStatus.ACTIVE, HealthStatus.BAD, NOW, errors)
    last = polls(bad, bad, bad)[-1]
    assert (last.word, last.advisory, last.closer) == (Word.DEGRADED, True, False)


def test_what_is_said_of_the_public_side_goes_along() -> None:
    (judged,) = polls(GOOD, broadcast=Broadcast(LifeCycleStatus.LIVE, "private", "s", auto_stop=True))
    assert (judged.word, judged.wrong, judged.auto_stop) == (Word.UP, "private", True)


def test_the_page_goes_along_for_the_preflight() -> None:
    (owner,) = polls(GOOD, broadcast=Broadcast(LifeCycleStatus.READY, "public", "", None, None, NOW, "Ple"))
    assert Page("ready", "public", bound=False, planned=NOW, title="Ple") == owner.page
    video = Video(LiveBroadcastContent.UPCOMING, broadcast=True, privacy="unlisted", planned=NOW, title="Ple")
    assert Page("upcoming", "unlisted", planned=NOW, title="Ple") == judge_video(video, NOW).page
    assert judge_video(None, NOW).page is None


def test_a_broadcast_that_was_never_there_is_another_channels_and_one_that_was_is_missing() -> None:
    never, memory = judge_broadcast(None, None, Memory(), NOW)
    assert (never.word, never.wrong) == (Word.UNKNOWN, "")
    _, memory = judge_broadcast(LIVE, GOOD, memory, NOW)
    gone, _ = judge_broadcast(None, None, memory, NOW)
    assert (gone.word, gone.wrong) == (Word.MISSING, "missing (deleted)")
