"""Which requests the fake YouTube accepts: the parameters of the official discovery document, of the methods it has.

A test compares this table with the document itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_SYSTEM = frozenset(
    {
        "$.xgafv",
        "access_token",
        "alt",
        "callback",
        "fields",
        "key",
        "oauth_token",
        "prettyPrint",
        "quotaUser",
        "uploadType",
        "upload_protocol",
    }
)
_OWNER = frozenset({"onBehalfOfContentOwner", "onBehalfOfContentOwnerChannel"})
MOST_IDS = 50


@dataclass(frozen=True)
class Method:
    """One list method.

    Attributes:
        schema: Of its answer.
        kind: Of its answer, without ``ListResponse``.
        parts: Which its parameter ``part`` may name, but ``cdn``: nobody who only watches needs the stream's secret.
        parameters: All that it has, system parameters aside.
        enums: Parameter to possible values.
        smallest: Least ``maxResults``.
        owner: Whether it needs an access token.
    """

    schema: str
    kind: str
    parts: frozenset[str]
    parameters: frozenset[str]
    enums: Mapping[str, frozenset[str]]
    smallest: int
    owner: bool


METHODS = {
    "videos": Method(
        schema="VideoListResponse",
        kind="video",
        parts=frozenset({"id", "snippet", "status", "liveStreamingDetails"}),
        parameters=frozenset(
            {
                "chart",
                "hl",
                "id",
                "locale",
                "maxHeight",
                "maxResults",
                "maxWidth",
                "myRating",
                "onBehalfOfContentOwner",
                "pageToken",
                "part",
                "regionCode",
                "videoCategoryId",
            }
        ),
        enums={
            "chart": frozenset({"chartUnspecified", "mostPopular"}),
            "myRating": frozenset({"none", "like", "dislike"}),
        },
        smallest=1,
        owner=False,
    ),
    "liveBroadcasts": Method(
        schema="LiveBroadcastListResponse",
        kind="liveBroadcast",
        parts=frozenset({"id", "snippet", "contentDetails", "status"}),
        parameters=_OWNER
        | frozenset({"broadcastStatus", "broadcastType", "id", "maxResults", "mine", "pageToken", "part"}),
        enums={
            "broadcastStatus": frozenset(
                {"broadcastStatusFilterUnspecified", "all", "active", "upcoming", "completed"}
            ),
            "broadcastType": frozenset({"broadcastTypeFilterUnspecified", "all", "event", "persistent"}),
        },
        smallest=0,
        owner=True,
    ),
    "liveStreams": Method(
        schema="LiveStreamListResponse",
        kind="liveStream",
        parts=frozenset({"id", "snippet", "status"}),
        parameters=_OWNER | frozenset({"id", "maxResults", "mine", "pageToken", "part"}),
        enums={},
        smallest=0,
        owner=True,
    ),
}


def objection(method: Method, query: Mapping[str, str]) -> tuple[str, str] | None:
    """Why a request is wrong: the reason of the error and its message; None if it is right."""
    strange = sorted(query.keys() - method.parameters - _SYSTEM)
    if strange:
        return "badRequest", f"Unknown name {strange[0]}"
    if not query.get("part"):
        return "required", "Required parameter: part"
    if set(query["part"].split(",")) - method.parts:
        return "unknownPart", "part"
    for name, values in method.enums.items():
        if query.get(name) is not None and query[name] not in values:
            return "invalidParameter", name
    return _numbers(method, query) or _filters(query)


def _numbers(method: Method, query: Mapping[str, str]) -> tuple[str, str] | None:
    most = query.get("maxResults")
    if most is not None and not (most.isdigit() and method.smallest <= int(most) <= MOST_IDS):
        return "invalidParameter", "maxResults"
    if most is not None and method.kind == "video" and "id" in query:
        return "badRequest", "maxResults is not supported in conjunction with id"
    return None


def _filters(query: Mapping[str, str]) -> tuple[str, str] | None:
    """Exactly one filter, and at most 50 ids in it."""
    if len(query.keys() & {"id", "mine", "broadcastStatus", "chart", "myRating"}) != 1:
        return "badRequest", "exactly one filter must be given"
    ids = query.get("id", "x").split(",")
    return ("badRequest", "too many or empty ids") if len(ids) > MOST_IDS or "" in ids else None
