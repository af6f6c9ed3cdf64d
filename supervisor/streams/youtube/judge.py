"""What facts mean: decoded rows in, a word about the stream out. Pure.

The public tier sees the broadcast's life, not its data: for a viewer's API an encoder that dropped is no event, and
``live`` proves only that the broadcast has not ended. So its UP is never direct and its detail says so. It never says
DOWN, but where YouTube itself has taken the video down.

    videos.list                                           word      wrong
    ----------------------------------------------------  --------  ------------------------------------------------
    id not among the items                                MISSING   missing (private, deleted or a wrong id)
    uploadStatus deleted                                  MISSING   deleted
    uploadStatus rejected                                 DOWN      rejected by YouTube
    actualEndTime there, before the session's beginning   ENDED     another session's, it ended before this one began
    actualEndTime there                                   ENDED
    live                                                  UP
    upcoming                                              STARTING  upcoming
    no liveStreamingDetails                               UNKNOWN   an ordinary video, not a broadcast
    none, completed without actualEndTime; unknown        UNKNOWN

    privacyStatus private or unlisted is ``wrong`` in every row that has no other.

The owner's tier sees the data that arrive. ``gone`` counts consecutive polls in which they did not, ``bad`` those with
errors: streamStatus lags and flickers, so one poll is a doubt and two are a fact, and what is bad may be a low bit rate
that everybody can watch (Jibri's variable bit rate alone gives ``videoIngestionStarved``).

    lifeCycleStatus        liveStreams                            word      wrong
    ---------------------  -------------------------------------  --------  -----------------------------------------
    not among the items    -                                      UNKNOWN   (of another channel), or MISSING: missing
                                                                            (deleted), if it has been seen before
    complete               -                                      ENDED
    revoked                -                                      DOWN      revoked by YouTube
    created … liveStarting -                                      STARTING
    live                   no bound stream, or not in the items   UNKNOWN
    live                   health revoked                         DOWN      revoked by YouTube
    live                   unknown streamStatus                   UNKNOWN
    live                   not active, or noData; first poll      UNKNOWN
    live                   not active, or noData; then            DOWN
    live                   active, health older than STALE        UNKNOWN
    live                   active, bad: no picture or no sound    DEGRADED
    live                   active, bad: other errors; 3rd poll    DEGRADED
    live                   active, bad: only starved; 3rd poll    DEGRADED, advisory (data do arrive)
    live                   active, else                           UP
    unknown                -                                      UNKNOWN
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Iterable

GONE_POLLS = 2
"""Consecutive polls without data that make a stream DOWN."""
GONE_FOR = 10.0
"""Seconds that have to lie between the first of them and the last: an extra poll may follow at once."""
BAD_POLLS = 3
"""Consecutive polls with errors that make it DEGRADED."""
STALE = 180.0
"""Seconds after which a health report says nothing about now. Its cadence is documented nowhere; in the field it is
renewed well within a minute while data arrive."""

_STARVED = frozenset({"videoIngestionStarved"})
_NO_MEDIA = frozenset({"noVideoStream", "noAudioStream"})
_NOT_PUBLIC = frozenset({"private", "unlisted"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a row means; the words are those of :class:`~supervisor.domain.evidence.Evidence`.

    ``closer``: the next poll should come sooner, because it will tell more.
    """

    word: Word
    detail: str
    wrong: str = ""
    auto_stop: bool | None = None
    advisory: bool = False
    closer: bool = False
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What the owner's tier remembers of a broadcast from poll to poll; ``gone_since``: seconds since the epoch."""

    seen: bool = False
    gone: int = 0
    gone_since: float = 0.0
    bad: int = 0


def judge_video(video: Video | None, session_start: float) -> Judgement:
    """The public tier's word. ``session_start``: when the booked session begins, seconds since the epoch."""
    if video is None:
        return Judgement(Word.MISSING, "not among the items", "missing (private, deleted or a wrong id)")
    page = Page(video.content, video.privacy, planned=video.planned, title=video.title)
    judged = replace(_video(video, session_start), page=page)
    return judged if judged.wrong or video.privacy not in _NOT_PUBLIC else replace(judged, wrong=video.privacy)


def judge_broadcast(
    broadcast: Broadcast | None, stream: Stream | None, memory: Memory, now: float
) -> tuple[Judgement, Memory]:
    """The owner's tier's word, and what to remember for the next poll."""
    if broadcast is None:
        if memory.seen:
            return Judgement(Word.MISSING, "no longer among the channel's broadcasts", "missing (deleted)"), memory
        return Judgement(Word.UNKNOWN, "not among this channel's broadcasts"), memory
    memory = replace(memory, seen=True)
    if broadcast.life is LifeCycleStatus.LIVE:
        judged, memory = _live(broadcast, stream, memory, now)
    else:
        judged, memory = _not_live(broadcast.life), Memory(seen=True)
    wrong = judged.wrong or (broadcast.privacy if broadcast.privacy in _NOT_PUBLIC else "")
    page = Page(broadcast.life, broadcast.privacy, bool(broadcast.stream), broadcast.planned, broadcast.title)
    return replace(judged, wrong=wrong, auto_stop=broadcast.auto_stop, page=page), memory


def _video(video: Video, session_start: float) -> Judgement:  # noqa: PLR0911 - the table above, line by line
    content = video.content
    if video.upload == "deleted":
        return Judgement(Word.MISSING, "uploadStatus deleted", "deleted")
    if video.upload == "rejected":
        return Judgement(Word.DOWN, "uploadStatus rejected", "rejected by YouTube")
    if video.ended is not None:
        old = "another session's, it ended before this one began" if video.ended < session_start else ""
        return Judgement(Word.ENDED, "actualEndTime is there", old)
    if content is LiveBroadcastContent.LIVE:
        return Judgement(Word.UP, "liveBroadcastContent live: not ended (this says nothing of the encoder)")
    if content is LiveBroadcastContent.UPCOMING:
        return Judgement(Word.STARTING, "liveBroadcastContent upcoming", "upcoming")
    if content is LiveBroadcastContent.UNKNOWN:
        return Judgement(Word.UNKNOWN, "liveBroadcastContent unknown")
    if not video.broadcast:
        return Judgement(Word.UNKNOWN, "no liveStreamingDetails", "an ordinary video, not a broadcast")
    return Judgement(Word.UNKNOWN, f"liveBroadcastContent {content} without actualEndTime")


def _not_live(life: LifeCycleStatus) -> Judgement:
    detail = f"lifeCycleStatus {life}"
    if life is LifeCycleStatus.COMPLETE:
        return Judgement(Word.ENDED, detail)
    if life is LifeCycleStatus.REVOKED:
        return Judgement(Word.DOWN, detail, "revoked by YouTube")
    return Judgement(Word.UNKNOWN if life is LifeCycleStatus.UNKNOWN else Word.STARTING, detail)


def _live(  # noqa: PLR0911 - the table above, line by line
    broadcast: Broadcast, stream: Stream | None, memory: Memory, now: float
) -> tuple[Judgement, Memory]:
    if stream is None:
        told = "is not in the answer" if broadcast.stream else "is not bound"
        return Judgement(Word.UNKNOWN, f"lifeCycleStatus live, its stream {told}"), memory
    if stream.health is HealthStatus.REVOKED:
        return Judgement(Word.DOWN, "healthStatus revoked", "revoked by YouTube"), memory
    if stream.status is StreamStatus.UNKNOWN:
        return Judgement(Word.UNKNOWN, "streamStatus unknown"), memory
    if stream.status is not StreamStatus.ACTIVE or stream.health is HealthStatus.NO_DATA:
        since = memory.gone_since if memory.gone else now
        return _gone(stream, replace(memory, gone=memory.gone + 1, gone_since=since, bad=0), now)
    memory = replace(memory, gone=0)
    age = 0.0 if stream.updated is None else now - stream.updated
    if age > STALE:
        return Judgement(Word.UNKNOWN, f"streamStatus active, healthStatus is {age:.0f} s old", closer=True), memory
    if stream.health is HealthStatus.BAD:
        return _bad(stream.errors, replace(memory, bad=memory.bad + 1))
    return Judgement(Word.UP, f"streamStatus active, healthStatus {stream.health}"), replace(memory, bad=0)


def _gone(stream: Stream, memory: Memory, now: float) -> tuple[Judgement, Memory]:
    active = stream.status is StreamStatus.ACTIVE
    detail = "healthStatus noData" if active else f"streamStatus {stream.status}"
    if memory.gone < GONE_POLLS or now - memory.gone_since < GONE_FOR:
        return Judgement(Word.UNKNOWN, f"{detail}, to be confirmed by the next poll", closer=True), memory
    return Judgement(Word.DOWN, f"{detail}, {memory.gone} polls", closer=True), memory


def _bad(errors: frozenset[str], memory: Memory) -> tuple[Judgement, Memory]:
    detail = f"healthStatus bad: {_named(errors)}"
    if errors & _NO_MEDIA:
        return Judgement(Word.DEGRADED, detail, closer=True), memory
    if memory.bad < BAD_POLLS:
        return Judgement(Word.UP, f"{detail}, poll {memory.bad} of {BAD_POLLS}", closer=True), memory
    advisory = errors <= _STARVED
    return Judgement(Word.DEGRADED, detail, advisory=advisory, closer=not advisory), memory


def _named(errors: Iterable[str]) -> str:
    return ", ".join(sorted(errors)) or "no error named"
