"""What can go wrong with a call, in classes by what is to be done about it. None of them says anything about a stream.

    HTTP status and ``error.errors[0].reason``                          class      what is done
    ------------------------------------------------------------------  ---------  -----------------------------------
    403 quotaExceeded, dailyLimitExceeded                               QUOTA      no call until midnight Pacific time
    403 rateLimitExceeded and its like; 429                             RATE       Retry-After, else 30 s to 15 min
    400 keyInvalid and every other 400; every other 403                 CONFIG     told once, tried again seldom
    401                                                                 AUTH       one forced refresh, one more try
    the token endpoint's invalid_grant, invalid_client, …; no token     DEAD       told once, waits for a new token
    403 insufficientPermissions, liveStreamingNotEnabled and their like DENIED     told once, the public tier goes on
    404 videoNotFound, liveBroadcastNotFound, liveStreamNotFound        ROW        that id is missing
    5xx, backendError, time-outs, no connection, no JSON, redirects     TRANSIENT  tried again after 30 s to 15 min
    our own ledger refuses                                              SPENT      waits; doubt may use the reserve

Source: the reference of the Data API and of the Live Streaming API ("Errors"). Messages are not looked at: they change.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

_RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "userRequestsExceedRateLimit"})
_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_DENIED = frozenset(
    {
        "insufficientPermissions",
        "insufficientLivePermissions",
        "liveStreamingNotEnabled",
        "youtubeSignupRequired",
        "NoLinkedYouTubeAccount",
    }
)
_ROW = frozenset({"videoNotFound", "liveBroadcastNotFound", "liveStreamNotFound"})
_TRANSIENT = frozenset({"backendError", "internalError"})
_CONFIG = frozenset(
    {"keyInvalid", "badRequest", "accessNotConfigured", "forbidden", "ipRefererBlocked", "keyExpired", "invalid"}
)
_OTHERS = frozenset({"authError", "required", "notFound", "unknownPart", "invalidParameter"})
_KNOWN = _RATE | _QUOTA | _DENIED | _ROW | _TRANSIENT | _CONFIG | _OTHERS


class Fault(StrEnum):
    """The classes of the table above."""

    QUOTA = "quota"
    RATE = "rate"
    CONFIG = "configuration"
    AUTH = "authorisation"
    DEAD = "dead credential"
    DENIED = "denied"
    ROW = "row"
    TRANSIENT = "transient"
    SPENT = "spent"


class YoutubeError(Exception):
    """A call gave no answer to judge by.

    Its text is made of words of ours alone, so that neither an address with a key in it nor what a server wrote can get
    into a log.

    Attributes:
        fault: Its class.
        reason: What happened, to be shown to people.
        retry_after: Seconds that the server asked us to wait, or None.
    """

    def __init__(self, fault: Fault, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.retry_after = retry_after


def classify(status: int, body: Any, retry_after: float | None = None) -> YoutubeError:
    """Put an answer that is not 200 into its class.

    Args:
        status: The HTTP status.
        body: The decoded JSON, None where there was none.
        retry_after: Seconds from the header of that name, if any.
    """
    word = _reason(body)
    fault = _fault(status, word)
    text = f"{status} {word}" if word in _KNOWN else f"HTTP status {status}"
    return YoutubeError(fault, text, retry_after)


def _fault(status: int, word: str) -> Fault:  # noqa: PLR0911 - the table above, line by line
    if status == 429 or word in _RATE:
        return Fault.RATE
    if word in _QUOTA:
        return Fault.QUOTA
    if word in _DENIED:
        return Fault.DENIED
    if status == 401:
        return Fault.AUTH
    if status == 404 and (word in _ROW or word == "notFound"):
        return Fault.ROW
    if status in {400, 403} and word not in _TRANSIENT:
        return Fault.CONFIG
    # A 404 without YouTube's own words comes from a proxy or a wrong api_url, and says nothing about a video.
    return Fault.TRANSIENT


def _reason(body: Any) -> str:
    for step in ("error", "errors", 0, "reason"):
        if isinstance(step, str) and isinstance(body, dict):
            body = body.get(step)
        elif isinstance(step, int) and isinstance(body, list) and body:
            body = body[step]
        else:
            return ""
    return body if isinstance(body, str) else ""
