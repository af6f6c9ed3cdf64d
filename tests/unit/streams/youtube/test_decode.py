from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.streams.youtube import decode
from supervisor.streams.youtube.decode import (
    Broadcast,
    HealthStatus,
    LifeCycleStatus,
    LiveBroadcastContent,
    Malformed,
    Stream,
    StreamStatus,
    Video,
)

VIDEO = {
    "id": "v",
    "snippet": {"liveBroadcastContent": "live", "title": "Ple"},
    "status": {"privacyStatus": "public", "uploadStatus": "uploaded"},
    "liveStreamingDetails": {
        "scheduledStartTime": "2026-09-03T16:00:00Z",
        "actualStartTime": "2026-09-03T17:00:00Z",
        "concurrentViewers": "42",
    },
}
BROADCAST = {
    "id": "v",
    "snippet": {
        "title": "Ple",
        "scheduledStartTime": "2026-09-03T18:00:00+02:00",
        "actualEndTime": "2026-09-03T19:00:00+02:00",
    },
    "contentDetails": {"boundStreamId": "s", "enableAutoStop": True},
    "status": {"lifeCycleStatus": "live", "privacyStatus": "unlisted"},
}
STREAM = {
    "id": "s",
    "status": {
        "streamStatus": "active",
        "healthStatus": {
            "status": "bad",
            "lastUpdateTimeSeconds": "1788454800",
            "configurationIssues": [
                {"type": "videoIngestionStarved", "severity": "error"},
                {"type": "gopSizeLong", "severity": "warning"},
            ],
        },
    },
}
READERS = [(decode.videos, VIDEO), (decode.broadcasts, BROADCAST), (decode.streams, STREAM)]


def test_a_whole_answer_is_read() -> None:
    at = 1_788_454_800.0
    video = Video(LiveBroadcastContent.LIVE, True, "public", "uploaded", at, None, 42, at - 3600, "Ple")  # noqa: FBT003
    assert {"v": video} == decode.videos({"items": [VIDEO]})
    expected = Broadcast(LifeCycleStatus.LIVE, "unlisted", "s", True, at, at - 3600, "Ple")  # noqa: FBT003
    assert {"v": expected} == decode.broadcasts({"items": [BROADCAST]})
    assert decode.streams({"items": [STREAM]}) == {
        "s": Stream(StreamStatus.ACTIVE, HealthStatus.BAD, 1_788_454_800.0, frozenset({"videoIngestionStarved"}))
    }


@pytest.mark.parametrize(("read", "row"), READERS)
def test_a_bare_row_is_unknown(read: Any, row: dict[str, Any]) -> None:
    (found,) = read({"items": [{"id": row["id"]}]}).values()
    words = [getattr(found, name) for name in ("content", "life", "status", "health") if hasattr(found, name)]
    assert words
    assert {"unknown"} == {str(word) for word in words}


@pytest.mark.parametrize("read", [read for read, _ in READERS])
@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"items": {}}, {"items": None}, {"items": [], "nextPageToken": "t"}]
)
def test_what_is_no_whole_page_is_malformed_and_nothing_is_missing_in_it(read: Any, body: Any) -> None:
    with pytest.raises(Malformed):
        read(body)


def test_a_value_that_we_do_not_know_is_unknown() -> None:
    row = {**VIDEO, "snippet": {"liveBroadcastContent": "paused"}}
    assert decode.videos({"items": [row]})["v"].content is LiveBroadcastContent.UNKNOWN


@pytest.mark.parametrize("value", [42, "4e1", "-1", "٤", "1" * 21, None, True])
def test_viewers_that_are_no_uint64_are_not_known(value: Any) -> None:
    row = {**VIDEO, "liveStreamingDetails": {"concurrentViewers": value}}
    assert decode.videos({"items": [row]})["v"].viewers is None


@pytest.mark.parametrize("value", ["2026-09-03T17:00:00", "soon", 5, None, "0001-01-01T00:00:00+23:59", []])
def test_an_instant_that_is_none_is_not_known(value: Any) -> None:
    ended = decode.videos({"items": [{**VIDEO, "liveStreamingDetails": {"actualEndTime": value}}]})["v"].ended
    assert ended is None or isinstance(ended, float)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(READERS), _json)
def test_no_answer_raises_anything_but_malformed(reader: Any, body: Any) -> None:
    read, _ = reader
    for answer in (body, {"items": body}, {"items": [body]}):
        try:
            read(answer)
        except Malformed:
            continue


@given(st.sampled_from(READERS), st.data())
def test_no_row_of_which_any_part_is_replaced_raises(reader: Any, data: st.DataObject) -> None:
    read, row = reader
    broken = copy.deepcopy(row)
    table = broken
    while True:
        key = data.draw(st.sampled_from(sorted(table)))
        if isinstance(table[key], dict) and data.draw(st.booleans()):
            table = table[key]
            continue
        table[key] = data.draw(_json)
        break
    read({"items": [broken]})
