"""What a bridge's ``/debug`` tells of people's lines: which conference a room is, and its endpoints. Pure and total.

``/debug`` lists the conferences, by an id of the bridge's own, with the room's JID and the meeting id; ``/debug/ID``
tells all of one. An endpoint's id is the occupant's resource in the room. The figures are in ``transceiver``, under
``endpoint_connection_stats``, or ``endpointConnectionStats`` before summer 2025: ``rtt`` in milliseconds, 0 before the
first is measured; packets lost and received within a minute, from the client (``incoming``) and to it (``outgoing``).
It is no stable interface: what is not there is not known.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from supervisor.domain.plant import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LISTING = "/debug"
MOST = 1000
"""Conferences, or endpoints, that are looked at."""
LONGEST_RTT = 60_000.0
"""Milliseconds from which on a round trip is not believed."""
ENOUGH = 100
"""Packets without which a share says nothing; a microphone alone is fifty in a second."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_RESOURCE = 128
"""Characters of an endpoint's id; Jitsi's have eight."""


def path(conference: str) -> str:
    """Where all of a conference is told."""
    return f"{LISTING}/{conference}?full=true"


def conferences(listing: dict[str, Any], called: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The bridge's conferences that are those rooms: id → room. ``called`` has each one's JID and meeting id.

    The meeting id decides where both sides know it: a room that was made anew has its old name.
    """
    rooms, found = tuple(called), {}
    for id_, state in islice(_object(listing, "conferences").items(), MOST):
        if not isinstance(state, dict) or not _ID.fullmatch(id_):
            continue
        name, meeting = state.get("name"), state.get("meeting_id")
        for room, ours in rooms:
            if (meeting == ours) if ours and isinstance(meeting, str) else (name == room):
                found[id_] = room
    return found


def endpoints(answer: dict[str, Any], conference: str) -> tuple[Endpoint, ...]:
    """The endpoints of a conference; none where the bridge does not know it any more."""
    listed = _object(answer, "conferences", conference, "endpoints").items()
    return tuple(
        _endpoint(id_, state)
        for id_, state in islice(listed, MOST)
        if isinstance(state, dict) and len(id_) <= _RESOURCE
    )


def _endpoint(id_: str, state: dict[str, Any]) -> Endpoint:
    transceiver = _object(state, "transceiver")
    stats = _object(transceiver, "endpoint_connection_stats") or _object(transceiver, "endpointConnectionStats")
    rtt = _number(stats.get("rtt"), LONGEST_RTT)
    losses = list(_losses(stats))
    return Endpoint(id_, rtt=rtt if rtt and rtt > 0 else None, loss=max(losses, default=None))


def _losses(stats: dict[str, Any]) -> Iterator[float]:
    """The shares of lost packets, of each way that is known."""
    for way in ("incoming_loss_stats", "outgoing_loss_stats"):
        counted = _object(stats, way)
        received, lost = (_number(counted.get(key), 1e9) for key in ("packets_received", "packets_lost"))
        # A packet that came late is taken off again, perhaps off nothing.
        if received is not None and lost is not None and received + max(lost, 0.0) >= ENOUGH:
            yield max(lost, 0.0) / (received + max(lost, 0.0))


def _object(given: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The object found on that way; empty where there is none."""
    for key in keys:
        found = given.get(key)
        if not isinstance(found, dict):
            return {}
        given = found
    return given


def _number(value: object, most: float) -> float | None:
    """A number that is none of those which only JSON as Python reads it can hold."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= most
    return float(value) if usable else None  # type: ignore[arg-type]  # it is a number, see above
