"""What Jicofo's answers mean: ``/about/health``, ``/debug`` and ``/metrics`` in, events out. Pure and total.

``/debug`` names every bridge and recorder; ``/metrics`` has only numbers, up to half a minute old, and counts the
bridges that were lost. Either may be switched off in jicofo.conf. ``/debug`` is no stable interface: what is not there
is not known.
"""

from __future__ import annotations

from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any

from supervisor.domain.events import BridgesSeen, RecordersSeen
from supervisor.domain.plant import JICOFO, Bridge
from supervisor.jitsi.ask import AskError, told
from supervisor.jitsi.samples import count, samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from supervisor.jitsi.ask import Answer

HEALTH, DEBUG, METRICS = "/about/health", "/debug", "/metrics"
PATHS = (HEALTH, DEBUG, METRICS)
MOST = 1000
"""Bridges, or recorders, that are looked at."""
_PREFIX = "jitsi_jicofo"
_BRIDGES = f"{_PREFIX}_bridge_selector_bridge_count"
_LOST = f"{_PREFIX}_bridge_selector_lost_bridges"
_JIBRIS = f"{_PREFIX}_jibri_instances"


def events(answers: Mapping[str, Answer], until: float) -> list[BridgesSeen | RecordersSeen]:
    """What is known from the answers to `PATHS`, good until then. Raises AskError where they hold nothing of use."""
    debug, numbers = answers[DEBUG].json, samples(answers[METRICS].text)
    bridges = _bridges(debug, numbers)
    recorders = _recorders(debug, numbers, until)
    if bridges is None and recorders is None:
        statuses = f"/debug {answers[DEBUG].status}, /metrics {answers[METRICS].status}"
        remedy = "check that jicofo.url is Jicofo's, and jicofo.rest in its jicofo.conf"
        raise AskError(f"nothing of use was answered ({statuses}); {remedy}")
    found: list[BridgesSeen | RecordersSeen] = []
    if bridges is not None:
        lost = count(numbers.get(f"{_LOST}_total", numbers.get(_LOST)))
        found.append(BridgesSeen(JICOFO, bridges, until, lost, answers[HEALTH].failure))
    if recorders is not None:
        found.append(recorders)
    return found


def _bridges(debug: dict[str, Any], numbers: Mapping[str, float]) -> tuple[Bridge, ...] | None:
    selector = debug.get("bridge_selector")
    listed = selector.get("bridge") if isinstance(selector, dict) else None
    if isinstance(listed, dict):
        return tuple(_bridge(jid, state) for jid, state in islice(listed.items(), MOST) if isinstance(state, dict))
    known, working = count(numbers.get(_BRIDGES)), count(numbers.get(f"{_BRIDGES}_operational"))
    if known is None or working is None:
        return None
    return tuple(
        Bridge(f"bridge {n}", works=n <= working, trouble="" if n <= working else "not operational")
        for n in range(1, min(known, MOST) + 1)
    )


def _bridge(jid: str, state: dict[str, Any]) -> Bridge:
    """One bridge; its name is the resource of its address in the brewery, which is its nickname."""
    gone = "not operational" if state.get("operational") is False else ""
    ending = "shutting down" if state.get("shutting-down") is True else ""
    unwell = "unhealthy" if state.get("healthy") is False else ""
    ice = "many of its people fail to connect (ICE)" if state.get("failing-ice") is True else ""
    stress = state.get("stress")
    return Bridge(
        name=told(jid.rpartition("/")[2])[2:] or "a bridge",
        works=not (gone or ending),
        trouble=unwell or gone or ending or ice,
        stress=stress if isinstance(stress, float) and isfinite(stress) else None,
    )


def _recorders(debug: dict[str, Any], numbers: Mapping[str, float], until: float) -> RecordersSeen | None:
    """The Jibris; None where Jicofo has no brewery of them, or does not tell."""
    if "jibri_detector" in debug:
        detector = debug["jibri_detector"]
        if not isinstance(detector, dict):
            return None
        words = list(_words(detector))
        return RecordersSeen(JICOFO, words.count("idle"), words.count("busy"), words.count("unhealthy"), until)
    known, idle = count(numbers.get(_JIBRIS)), count(numbers.get(f"{_JIBRIS}_available"))
    if known is None or idle is None:
        return None
    # The numbers don't part those that work from those that are sick; without a brewery they are 0, too.
    return RecordersSeen(JICOFO, idle, max(known - idle, 0), 0, until) if known else None


def _words(detector: dict[str, Any]) -> Iterator[str]:
    """Idle, busy or unhealthy for each Jibri; the other keys of the object hold no objects."""
    for state in islice(detector.values(), MOST):
        if not isinstance(state, dict):
            continue
        healthy = str(state.get("health_status")).upper() == "HEALTHY"
        idle = str(state.get("busy_status")).upper() == "IDLE"
        yield "unhealthy" if not healthy else "idle" if idle else "busy"
