"""The answers of the fake YouTube, in the shape of the official discovery document, and its errors.

Only fields that exist are written; the discovery document is the judge of that, in the tests.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from supervisor.simulation.youtube_stage import FakeBroadcast, Situation

CHANNEL = "UCfakefakefakefakefakefa"

_REASONS = {
    "keyInvalid": (400, "usageLimits"),
    "badRequest": (400, "global"),
    "required": (400, "global"),
    "unknownPart": (400, "youtube.parameter"),
    "invalidParameter": (400, "global"),
    "authError": (401, "global"),
    "quotaExceeded": (403, "youtube.quota"),
    "rateLimitExceeded": (403, "usageLimits"),
    "insufficientPermissions": (403, "global"),
    "liveStreamingNotEnabled": (403, "youtube.liveBroadcast"),
    "accessNotConfigured": (403, "usageLimits"),
    "videoNotFound": (404, "youtube.video"),
    "tooManyRequests": (429, "global"),
    "backendError": (503, "global"),
}


def error(reason: str, message: str = "") -> tuple[int, dict[str, Any]]:
    """HTTP status and envelope of an error."""
    status, domain = _REASONS[reason]
    text = message or f"The request failed: {reason}."
    detail = {"message": text, "domain": domain, "reason": reason}
    return status, {"error": {"code": status, "message": text, "errors": [detail]}}


def video(broadcast: FakeBroadcast, now: float) -> dict[str, Any]:
    """A row of videos.list with all three parts."""
    seen = broadcast.situation(now)
    times = {"scheduledStartTime": broadcast.scheduled, "actualStartTime": seen.started, "actualEndTime": seen.ended}
    live: dict[str, Any] = {name: instant(at) for name, at in times.items() if at is not None}
    if seen.live:
        live["activeLiveChatId"] = f"chat-{broadcast.id}"
        if seen.viewers and seen.receiving:
            live["concurrentViewers"] = "42"
    return {
        "kind": "youtube#video",
        "etag": _etag(broadcast.id),
        "id": broadcast.id,
        "snippet": {
            "channelId": CHANNEL,
            "channelTitle": "Ajuntament d'Exemple",
            "title": "Ple ordinari",
            "description": "",
            "publishedAt": instant(broadcast.scheduled - 86_400),
            "liveBroadcastContent": _content(broadcast, seen),
        },
        "status": {
            "privacyStatus": seen.privacy,
            "uploadStatus": "rejected" if seen.revoked else "processed" if seen.ended else "uploaded",
            "embeddable": True,
        },
        "liveStreamingDetails": live,
    }


def broadcast_row(broadcast: FakeBroadcast, now: float) -> dict[str, Any]:
    """A row of liveBroadcasts.list with all parts that are asked for."""
    seen = broadcast.situation(now)
    times = {"scheduledStartTime": broadcast.scheduled, "actualStartTime": seen.started, "actualEndTime": seen.ended}
    life = "revoked" if seen.revoked else "complete" if seen.ended else "live" if seen.live else "ready"
    return {
        "kind": "youtube#liveBroadcast",
        "etag": _etag(broadcast.id),
        "id": broadcast.id,
        "snippet": {
            "channelId": CHANNEL,
            "title": "Ple ordinari",
            **{name: instant(at) for name, at in times.items() if at is not None},
        },
        "contentDetails": {
            "boundStreamId": broadcast.stream,
            "enableAutoStart": True,
            "enableAutoStop": broadcast.auto_stop,
            "monitorStream": {"enableMonitorStream": False},
        },
        "status": {
            "lifeCycleStatus": life,
            "privacyStatus": seen.privacy,
            "recordingStatus": "recorded" if seen.ended else "recording" if seen.live else "notRecording",
        },
    }


def stream_row(broadcast: FakeBroadcast, now: float) -> dict[str, Any]:
    """A row of liveStreams.list with parts id and status."""
    seen = broadcast.situation(now)
    health: dict[str, Any] = {"status": seen.health, "lastUpdateTimeSeconds": str(int(seen.health_at))}
    if seen.issues:
        health["configurationIssues"] = [
            {"type": issue, "severity": "error", "reason": issue, "description": issue} for issue in seen.issues
        ]
    status = "active" if seen.receiving else "ready" if seen.started is None else "inactive"
    return {
        "kind": "youtube#liveStream",
        "etag": _etag(broadcast.stream),
        "id": broadcast.stream,
        "status": {"streamStatus": status, "healthStatus": health},
    }


def page(kind: str, rows: list[dict[str, Any]], parts: set[str]) -> dict[str, Any]:
    """A list response with only the parts that were asked for."""
    kept = [{key: value for key, value in row.items() if key in {*parts, "kind", "etag", "id"}} for row in rows]
    return {
        "kind": f"youtube#{kind}ListResponse",
        "etag": _etag(json.dumps(kept)),
        "items": kept,
        "pageInfo": {"totalResults": len(kept), "resultsPerPage": len(kept)},
    }


def instant(at: float) -> str:
    """RFC 3339, as 2026-09-03T17:00:00Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _content(broadcast: FakeBroadcast, seen: Situation) -> str:
    if seen.ended:
        return "completed" if broadcast.completed else "none"
    return "live" if seen.live else "upcoming"


def _etag(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:27]
