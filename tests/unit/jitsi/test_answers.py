"""What Jicofo's and the bridges' answers mean: text in, events out, whatever the text is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.domain.events import BridgesSeen, RecordersSeen
from supervisor.domain.plant import Bridge
from supervisor.jitsi import jicofo, jvb
from supervisor.jitsi.ask import Answer, AskError
from supervisor.jitsi.samples import samples

if TYPE_CHECKING:
    from collections.abc import Mapping

UNTIL = 130.0
WELL = {"operational": True, "healthy": True, "stress": 0.1}
NONE = Answer(404, b"")


def debug(**parts: Any) -> Answer:
    return Answer(200, json.dumps(parts).encode())


def selector(**bridges: Any) -> dict[str, Any]:
    return {"strategy": "X", "bridge": {f"jvbbrewery@internal.test/{name}": state for name, state in bridges.items()}}


def of_jicofo(debug: Answer = NONE, metrics: str = "", health: Answer = NONE) -> list[Any]:
    page = Answer(200, metrics.encode()) if metrics else NONE
    answers = {jicofo.DEBUG: debug, jicofo.METRICS: page, jicofo.HEALTH: health}
    return list(jicofo.events(answers, UNTIL))


def of_bridge(answers: Mapping[str, Answer]) -> Bridge:
    (seen,) = jvb.events("jvb main", {**dict.fromkeys(jvb.PATHS, NONE), **answers}, UNTIL)
    assert (seen.source, seen.until) == ("jvb main", UNTIL)
    return seen.bridges[0]


def one(**state: Any) -> Bridge:
    (seen,) = of_jicofo(debug(bridge_selector=selector(jvb1={**WELL, **state})))
    return seen.bridges[0]


def test_a_bridge_is_known_by_its_nickname_with_its_load() -> None:
    assert Bridge("jvb1", works=True, trouble="", stress=0.1) == one()


@pytest.mark.parametrize(
    ("state", "works", "trouble"),
    [
        ({"operational": False}, False, "not operational"),
        ({"operational": False, "healthy": False}, False, "unhealthy"),
        ({"shutting-down": True}, False, "shutting down"),
        ({"failing-ice": True}, True, "many of its people fail to connect (ICE)"),
        ({"graceful-shutdown": True, "drain": True}, True, ""),
    ],
)
def test_what_is_wrong_with_a_bridge(state: dict[str, Any], works: bool, trouble: str) -> None:  # noqa: FBT001 - a table
    assert (works, trouble) == (one(**state).works, one(**state).trouble)


def test_jibris_are_idle_busy_or_unhealthy() -> None:
    detector = {
        "is_sip": False,
        "brewery_jid": "jibribrewery@internal.test",
        "a": {"health_status": "HEALTHY", "busy_status": "IDLE", "reports_available": True},
        "b": {"health_status": "healthy", "busy_status": "busy"},
        "c": {"health_status": "UNHEALTHY", "busy_status": "IDLE"},
        "d": {},
    }
    assert [RecordersSeen("jicofo", 1, 1, 2, UNTIL)] == of_jicofo(debug(jibri_detector=detector))


def test_a_brewery_without_jibris_is_known_to_be_empty_and_none_at_all_is_unknown() -> None:
    empty = {"is_sip": False, "brewery_jid": "jibribrewery@internal.test"}
    assert [RecordersSeen("jicofo", 0, 0, 0, UNTIL)] == of_jicofo(debug(jibri_detector=empty))
    assert [BridgesSeen("jicofo", (), UNTIL)] == of_jicofo(debug(jibri_detector=None, bridge_selector=selector()))


def test_numbers_do_where_debug_is_switched_off() -> None:
    text = (
        "# TYPE jitsi_jicofo_bridge_selector_bridge_count gauge\n"
        "jitsi_jicofo_bridge_selector_bridge_count 2.0\n"
        "jitsi_jicofo_bridge_selector_bridge_count_operational 1.0\n"
        "jitsi_jicofo_bridge_selector_lost_bridges_total 4.0\n"
        'jitsi_jicofo_bridge_endpoints{jvb="x"} 7.0\n'
        "jitsi_jicofo_jibri_instances 3.0\n"
        "jitsi_jicofo_jibri_instances_available 1.0\n"
    )
    bridges = (Bridge("bridge 1"), Bridge("bridge 2", works=False, trouble="not operational"))
    expected = [BridgesSeen("jicofo", bridges, UNTIL, lost=4), RecordersSeen("jicofo", 1, 2, 0, UNTIL)]
    assert expected == of_jicofo(metrics=text)


def test_jicofos_own_complaint_is_passed_on_short_and_printable() -> None:
    seen = of_jicofo(debug(bridge_selector=selector()), health=Answer(503, b"No bridges\x1b[31m\n" + b"x" * 500))[0]
    assert seen.complaint.startswith("health check failed (503: No bridges [31m xxx")
    assert len(seen.complaint) < 150
    assert seen.complaint.isprintable()


def test_a_health_check_that_is_switched_off_complains_of_nothing() -> None:
    assert "" == of_jicofo(debug(bridge_selector=selector()), health=NONE)[0].complaint


def test_another_servers_page_is_refused_with_place_and_remedy() -> None:
    with pytest.raises(AskError, match=r"/debug 404, /metrics 200\); check that jicofo\.url"):
        of_jicofo(metrics="nginx_up 1\n")
    with pytest.raises(AskError, match=r"check that jvb\.main\.url"):
        of_bridge({})


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"/about/health": Answer(200, b"")}, Bridge("jvb main")),
        ({"/metrics": Answer(200, b"jitsi_jvb_healthy 1.0\njitsi_jvb_stress 0.5\n")}, Bridge("jvb main", stress=0.5)),
        ({"/metrics": Answer(200, b"jitsi_jvb_healthy 0.0\n")}, Bridge("jvb main", works=False, trouble="unhealthy")),
        (
            {"/about/health": Answer(500, b"Failed to bind")},
            Bridge("jvb main", works=False, trouble="health check failed (500: Failed to bind)"),
        ),
        (
            {"/colibri/stats": Answer(200, b'{"healthy": true, "stress_level": 1, "shutting_down": true}')},
            Bridge("jvb main", works=False, trouble="shutting down", stress=1.0),
        ),
    ],
)
def test_what_a_bridge_says_of_itself(answers: dict[str, Answer], expected: Bridge) -> None:
    assert expected == of_bridge(answers)


def test_only_finite_numbers_without_labels_are_samples() -> None:
    text = '# a 1\na 1.5\nb{x="1"} 2\nc{} 3 1700000000\nd NaN\ne +Inf\nf one\ng\n'
    assert {"a": 1.5, "c": 3.0} == samples(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=12,
)
WORDS = st.sampled_from(["bridge_selector", "bridge", "jibri_detector", "stress", "a/b", "healthy", "stress_level"])
NEAR = st.recursive(JSON, lambda inner: st.dictionaries(WORDS, inner, max_size=4), max_leaves=12)
BODY = st.binary(max_size=200) | NEAR.map(lambda value: json.dumps(value).encode())
ANSWER = st.builds(Answer, st.sampled_from([200, 302, 404, 500, 503]), BODY)


@given(ANSWER, ANSWER, ANSWER)
def test_garbage_is_refused_or_read_and_never_raises_anything_else(one: Answer, two: Answer, three: Answer) -> None:
    for paths, read in ((jicofo.PATHS, jicofo.events), (jvb.PATHS, lambda a, until: jvb.events("jvb x", a, until))):
        try:
            events = read(dict(zip(paths, (one, two, three), strict=True)), UNTIL)
        except AskError:
            continue
        assert events
