"""BridgeUnhealthy: the bridges, through which all sound and picture goes, are sick, or none works.

It concerns the whole server, so it belongs to no session: one sick bridge is one alert, however many rooms are open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from supervisor.domain.plant import JICOFO
from supervisor.domain.reading import Reading, Severity, Stage, State, clear, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.events import BridgesSeen
    from supervisor.domain.plant import Plant

MOST_NAMED = 5
"""Troubles that the reason names; of the others it says how many they are."""


@dataclass(frozen=True, slots=True)
class BridgeUnhealthy:
    """``stress``: load of a bridge from which it counts as sick, 1.0 for as much as it can take."""

    stress: float = 0.9

    name: ClassVar[str] = "BridgeUnhealthy"
    stages: ClassVar[tuple[Stage, ...]] = (Stage("sick", Severity.WARNING), Stage("none works", Severity.CRITICAL))

    def read(self, plant: Plant, now: float) -> Reading:
        """Look at all that is known of bridges."""
        words = plant.words(now)
        if not words:
            return unknown("no source tells of bridges")
        troubles = [*self._troubles(words), *_missing(plant, words, now)]
        if _none_works(words, silent=plant.silent(now)):
            return Reading(State.ACTIVE, 2, "; ".join(["no bridge works", *_some(troubles)]))
        if troubles:
            return Reading(State.ACTIVE, 1, "; ".join(_some(troubles)))
        return clear("the bridges are well")

    def _troubles(self, words: list[BridgesSeen]) -> Iterator[str]:
        for seen in words:
            if seen.complaint:
                yield f"{seen.source}: {seen.complaint}"
            for bridge in seen.bridges:
                if bridge.trouble:
                    yield f"{bridge.name}: {bridge.trouble}"
                elif bridge.stress is not None and bridge.stress >= self.stress:
                    yield f"{bridge.name}: stress {bridge.stress:.2f}"


def _none_works(words: list[BridgesSeen], *, silent: bool) -> bool:
    """Jicofo's word decides where it is heard: a bridge that it does not know serves nobody.

    Without it, a bridge that is silent may work.
    """
    chosen = [seen for seen in words if seen.source == JICOFO]
    works = any(bridge.works for seen in chosen or words for bridge in seen.bridges)
    return not works and bool(chosen or not silent)


def _missing(plant: Plant, words: list[BridgesSeen], now: float) -> Iterator[str]:
    known = next((len(seen.bridges) for seen in words if seen.source == JICOFO), None)
    if plant.missed is not None and known is not None and now < plant.missed.until:
        yield f"a bridge was lost: {known} of {plant.missed.bridges} are left"


def _some(troubles: list[str]) -> list[str]:
    more = len(troubles) - MOST_NAMED
    return troubles if more <= 0 else [*troubles[:MOST_NAMED], f"{more} more"]
