"""What the API answers, as facts. Pure and total: whatever comes in, nothing is raised but :class:`Malformed`.

A field that is missing, of a wrong type or of a value that we do not know is None or ``unknown``: new values appear
without notice, and none of them may be read as a stream that is down. Names are those of the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_Word = TypeVar("_Word", bound=StrEnum)
_Row = TypeVar("_Row")


class Malformed(ValueError):  # noqa: N818 - it is the answer that is so
    """The answer is no list response at all."""


class LiveBroadcastContent(StrEnum):
    """``snippet.liveBroadcastContent`` of a video."""

    NONE = "none"
    UPCOMING = "upcoming"
    LIVE = "live"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


class LifeCycleStatus(StrEnum):
    """``status.lifeCycleStatus`` of a broadcast."""

    CREATED = "created"
    READY = "ready"
    TEST_STARTING = "testStarting"
    TESTING = "testing"
    LIVE_STARTING = "liveStarting"
    LIVE = "live"
    COMPLETE = "complete"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class StreamStatus(StrEnum):
    """``status.streamStatus`` of a stream."""

    CREATED = "created"
    READY = "ready"
    ACTIVE = "active"
    INACTIVE = "inactive"
    ERROR = "error"
    UNKNOWN = "unknown"


class HealthStatus(StrEnum):
    """``status.healthStatus.status`` of a stream."""

    GOOD = "good"
    OK = "ok"
    BAD = "bad"
    NO_DATA = "noData"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Video:
    """A row of videos.list; instants in seconds since the epoch. ``broadcast``: it is or was a live broadcast."""

    content: LiveBroadcastContent
    broadcast: bool = False
    privacy: str = ""
    upload: str = ""
    started: float | None = None
    ended: float | None = None
    viewers: int | None = None
    planned: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A row of liveBroadcasts.list."""

    life: LifeCycleStatus
    privacy: str = ""
    stream: str = ""
    auto_stop: bool | None = None
    ended: float | None = None
    planned: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """A row of liveStreams.list. ``errors`` are the types of the configuration issues whose severity is error."""

    status: StreamStatus
    health: HealthStatus = HealthStatus.UNKNOWN
    updated: float | None = None
    errors: frozenset[str] = frozenset()


def videos(body: Any) -> dict[str, Video]:
    """The rows of videos.list by id."""
    return _rows(body, _video)


def broadcasts(body: Any) -> dict[str, Broadcast]:
    """The rows of liveBroadcasts.list by id, which is the video's."""
    return _rows(body, _broadcast)


def streams(body: Any) -> dict[str, Stream]:
    """The rows of liveStreams.list by id."""
    return _rows(body, _stream)


def _video(row: Mapping[str, Any]) -> Video:
    live, status = row.get("liveStreamingDetails"), _table(row, "status")
    details = live if isinstance(live, dict) else {}
    return Video(
        content=_word(LiveBroadcastContent, _table(row, "snippet").get("liveBroadcastContent")),
        broadcast=isinstance(live, dict),
        privacy=_text(status, "privacyStatus"),
        upload=_text(status, "uploadStatus"),
        started=_instant(details.get("actualStartTime")),
        ended=_instant(details.get("actualEndTime")),
        viewers=_whole(details.get("concurrentViewers")),
        planned=_instant(details.get("scheduledStartTime")),
        title=_text(_table(row, "snippet"), "title"),
    )


def _broadcast(row: Mapping[str, Any]) -> Broadcast:
    status, content, snippet = _table(row, "status"), _table(row, "contentDetails"), _table(row, "snippet")
    auto_stop = content.get("enableAutoStop")
    return Broadcast(
        life=_word(LifeCycleStatus, status.get("lifeCycleStatus")),
        privacy=_text(status, "privacyStatus"),
        stream=_text(content, "boundStreamId"),
        auto_stop=auto_stop if isinstance(auto_stop, bool) else None,
        ended=_instant(snippet.get("actualEndTime")),
        planned=_instant(snippet.get("scheduledStartTime")),
        title=_text(snippet, "title"),
    )


def _stream(row: Mapping[str, Any]) -> Stream:
    status = _table(row, "status")
    health = _table(status, "healthStatus")
    updated = _whole(health.get("lastUpdateTimeSeconds"))
    return Stream(
        status=_word(StreamStatus, status.get("streamStatus")),
        health=_word(HealthStatus, health.get("status")),
        updated=None if updated is None else float(updated),
        errors=frozenset(_errors(health.get("configurationIssues"))),
    )


def _errors(issues: Any) -> Iterator[str]:
    for issue in issues if isinstance(issues, list) else ():
        if isinstance(issue, dict) and issue.get("severity") == "error":
            # Only letters: the type is shown to people and comes from outside.
            kind = _text(issue, "type")
            yield kind if kind.isascii() and kind.isalnum() else "unknown"


def _rows(body: Any, read: Callable[[Mapping[str, Any]], _Row]) -> dict[str, _Row]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or body.get("nextPageToken"):
        # Without a list, or with more pages than we asked for, an id that is not here need not be missing.
        raise Malformed("the answer is not one page of items")
    return {row["id"]: read(row) for row in items if isinstance(row, dict) and isinstance(row.get("id"), str)}


def _table(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) and len(value) <= 200 else ""


def _word(words: type[_Word], value: Any) -> _Word:
    try:
        return words(value)
    except ValueError:
        return words("unknown")


def _whole(value: Any) -> int | None:
    """A uint64, which the API writes as a text."""
    short = isinstance(value, str) and len(value) <= 20
    return int(value) if short and value.isascii() and value.isdigit() else None


def _instant(value: Any) -> float | None:
    try:
        instant = datetime.fromisoformat(value)
        seconds = instant.timestamp() if instant.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if seconds is not None and isfinite(seconds) else None
