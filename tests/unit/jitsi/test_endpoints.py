"""What a bridge's /debug means: which conference is ours, and how good each line in it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.plant import Endpoint
from supervisor.jitsi import endpoints
from supervisor.jitsi.ask import Answer
from supervisor.simulation.servers import FakeConference, FakeEndpoint

ROOM = "sala1@conference.meet.test"
ID = "5f2b9c41aa03d7e8"


def listing(**conferences: FakeConference) -> dict[str, Any]:
    return {"conferences": {id_: each.state(id_, full=False) for id_, each in conferences.items()}}


def line(**stats: Any) -> Endpoint:
    """One endpoint with these statistics, in today's document."""
    return of({"transceiver": {"endpoint_connection_stats": stats}})


def of(state: Any) -> Endpoint:
    (seen,) = endpoints.endpoints({"conferences": {ID: {"endpoints": {"1a2b3c4d": state}}}}, ID)
    return seen


def lost(lost: Any, received: Any) -> dict[str, Any]:
    return {"packets_lost": lost, "packets_received": received}


@pytest.mark.parametrize(
    ("expected", "name", "theirs", "ours"),
    [
        (True, ROOM, "m1", "m1"),
        (True, "renamed@conference.meet.test", "m1", "m1"),
        (False, ROOM, "m0", "m1"),
        (True, ROOM, None, "m1"),
        (True, ROOM, "m1", ""),
        (False, "sala2@conference.meet.test", None, "m1"),
        (False, "sala2@conference.meet.test", None, ""),
    ],
)
def test_a_conference_is_found_by_its_meeting_or_where_none_is_told_by_its_room(
    expected: bool,  # noqa: FBT001 - a table
    name: str,
    theirs: str | None,
    ours: str,
) -> None:
    found = endpoints.conferences(listing(c1=FakeConference(name, theirs)), [(ROOM, ours)])
    assert ({"c1": ROOM} if expected else {}) == found


def test_an_id_that_would_lead_elsewhere_is_never_asked_for() -> None:
    for id_ in ("../colibri/stats", "a?full=false", "", "a" * 65, "à"):
        assert {} == endpoints.conferences({"conferences": {id_: {"name": ROOM}}}, [(ROOM, "m1")])


def test_of_each_endpoint_round_trip_and_loss_are_told() -> None:
    people = {"1a2b3c4d": FakeEndpoint(41.7, received=950, lost=50), "5e6f7a8b": FakeEndpoint(0.0, 0, 0, 0)}
    state = FakeConference(ROOM, "m1", people).state(ID, full=True)
    told = endpoints.endpoints({"conferences": {ID: state}}, ID)
    assert (Endpoint("1a2b3c4d", 41.7, 0.05), Endpoint("5e6f7a8b", None, None)) == told


def test_older_bridges_write_another_key() -> None:
    stats = {"rtt": 41.7, "incoming_loss_stats": lost(0, 500), "outgoing_loss_stats": lost(0, 500)}
    assert Endpoint("1a2b3c4d", 41.7, 0.0) == of({"transceiver": {"endpointConnectionStats": stats}})


def test_the_worse_way_counts_and_a_way_of_which_too_little_is_known_does_not() -> None:
    assert 0.1 == line(incoming_loss_stats=lost(10, 990), outgoing_loss_stats=lost(100, 900)).loss
    assert 0.01 == line(incoming_loss_stats=lost(10, 990), outgoing_loss_stats=lost(90, 1)).loss
    assert None is line(incoming_loss_stats=lost(0, 99)).loss
    assert 0.0 == line(incoming_loss_stats=lost(-3, 100)).loss
    assert 1.0 == line(incoming_loss_stats=lost(100, 0)).loss


@pytest.mark.parametrize("rtt", [0, 0.0, -1.0, float("nan"), float("inf"), 10**300, "41", True, None, {}, []])
def test_a_round_trip_that_none_can_be_is_unknown(rtt: Any) -> None:
    assert Endpoint("1a2b3c4d") == line(rtt=rtt)


@pytest.mark.parametrize("state", [{}, {"transceiver": None}, {"transceiver": {"endpoint_connection_stats": "x"}}])
def test_what_is_not_there_is_unknown(state: dict[str, Any]) -> None:
    assert Endpoint("1a2b3c4d") == of(state)


def test_a_conference_that_the_bridge_no_longer_knows_has_no_endpoints() -> None:
    assert () == endpoints.endpoints({"conferences": {ID: "null"}}, ID)


KEYS = ["conferences", ID, "endpoints", "a", "transceiver", "endpoint_connection_stats", "rtt", "name", "meeting_id"]
LOSSES = ["incoming_loss_stats", "packets_lost", "packets_received"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, *LOSSES]), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, JSON)
def test_whatever_is_said_nothing_is_raised_and_no_figure_is_absurd(whole: Any, inner: Any) -> None:
    text = json.dumps({"conferences": {ID: {"name": ROOM, "endpoints": {"a": inner}}}, "a": whole}).encode()
    document = Answer(200, text).json
    endpoints.conferences(whole if isinstance(whole, dict) else {}, [(ROOM, "m1")])
    endpoints.endpoints(whole if isinstance(whole, dict) else {}, ID)
    for each in endpoints.endpoints(document, ID):
        assert each.rtt is None or 0 < each.rtt <= endpoints.LONGEST_RTT
        assert each.loss is None or 0 <= each.loss <= 1
