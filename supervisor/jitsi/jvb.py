"""What a bridge's answers mean: ``/about/health`` and ``/metrics``, or ``/colibri/stats`` of older ones. Total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from supervisor.domain.events import BridgesSeen
from supervisor.domain.plant import Bridge
from supervisor.jitsi.ask import AskError
from supervisor.jitsi.samples import samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from supervisor.jitsi.ask import Answer

HEALTH, METRICS, STATS = "/about/health", "/metrics", "/colibri/stats"
PATHS = (HEALTH, METRICS, STATS)
_PREFIX = "jitsi_jvb"


def events(source: str, answers: Mapping[str, Answer], until: float) -> list[BridgesSeen]:
    """What is known from the answers to `PATHS`, good until then. Raises AskError where they hold nothing of use."""
    numbers, stats = samples(answers[METRICS].text), answers[STATS].json
    complaint = answers[HEALTH].failure
    healthy = _flag(numbers, "healthy", stats, "healthy")
    ending = _flag(numbers, "shutting_down", stats, "shutting_down")
    if healthy is None and not complaint and answers[HEALTH].status != 200:
        statuses = ", ".join(f"{path} {answer.status}" for path, answer in answers.items())
        remedy = f"check that {source.replace(' ', '.', 1)}.url is the bridge's private HTTP side"
        raise AskError(f"nothing of use was answered ({statuses}); {remedy}")
    sick = complaint or ("unhealthy" if healthy is False else "")
    trouble = sick or ("shutting down" if ending else "")
    stress = numbers.get(f"{_PREFIX}_stress", _number(stats.get("stress_level")))
    return [BridgesSeen(source, (Bridge(source, works=not trouble, trouble=trouble, stress=stress),), until)]


def _flag(numbers: Mapping[str, float], name: str, stats: dict[str, Any], key: str) -> bool | None:
    number, told = numbers.get(f"{_PREFIX}_{name}"), stats.get(key)
    if number is not None:
        return number != 0
    return told if isinstance(told, bool) else None


def _number(value: object) -> float | None:
    """The load as JSON has it; JSON as Python reads it may hold infinities."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6
    return float(value) if usable else None  # type: ignore[arg-type]  # it is a number, see above
