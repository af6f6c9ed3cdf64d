"""From the cut of a real HLS stream to the evidence: five kinds of cut, target durations of 2 and 5 s."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from supervisor.domain.bookings import Booking, Language, StreamSource
from supervisor.domain.events import Event, EvidenceSeen
from supervisor.domain.evidence import Word
from supervisor.domain.kinds import DEFAULT_KINDS
from supervisor.simulation.hls import PLAYLIST, HlsEncoder, StaticServer
from supervisor.streams.hls.guard import Rules
from supervisor.streams.hls.probe import HlsProbe
from supervisor.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NAME = "hls_cut"
GOALS = {2: 8.0, 5: 17.0}
"""Target duration to the most seconds from a cut to its evidence."""
TIMES = 10
AT_ONCE = 5
"""Streams of each kind that run beside each other: more would measure two cores, not the probe."""
WARM = 33.0
"""Seconds of health before the cut, so that progress over 30 s is known, as it is in a session."""
GIVE_UP = 60.0
SEED = 20260903

WORDS = {
    "SIGKILL": (Word.DOWN,),
    "SIGTERM": (Word.ENDED,),
    "SIGSTOP": (Word.DOWN,),
    "half speed": (Word.DEGRADED,),
    # At a target duration of 5 s, 8 s are no stall, but media that is missing.
    "8 s gap": (Word.DOWN, Word.DEGRADED),
}


class Ear:
    """Hears the evidence of all streams, and lets each wait for its words."""

    def __init__(self) -> None:
        self.words: dict[str, tuple[Word, float]] = {}
        self.changes: dict[str, list[Word]] = {}
        self._loop = asyncio.get_running_loop()

    def __call__(self, event: Event) -> None:
        assert isinstance(event, EvidenceSeen)
        evidence = event.evidence
        if self.words.get(evidence.booking, (None, 0.0))[0] is not evidence.word:
            self.words[evidence.booking] = (evidence.word, self._loop.time())
            self.changes.setdefault(evidence.booking, []).append(evidence.word)

    async def wait(self, booking: str, words: tuple[Word, ...]) -> float:
        """The instant at which one of the words was heard."""
        async with asyncio.timeout(GIVE_UP):
            while True:
                word, at = self.words.get(booking, (Word.UNKNOWN, 0.0))
                if word in words:
                    return at
                await asyncio.sleep(0.01)


def booking(name: str, url: str) -> Booking:
    return Booking(
        id=name,
        room="plealmatret",
        tenant=None,
        kind=DEFAULT_KINDS["plenary"],
        title="",
        organisation="",
        start=0.0,
        duration=7200.0,
        language=Language.CATALAN,
        limit=30,
        stream=StreamSource(hls=url),
    )


async def _freeze(encoder: HlsEncoder) -> None:
    encoder.freeze()


def _cuts() -> dict[str, Callable[[HlsEncoder], Awaitable[None]]]:
    return {
        "SIGKILL": HlsEncoder.kill,
        "SIGTERM": HlsEncoder.terminate,
        "SIGSTOP": _freeze,
        "half speed": HlsEncoder.half_speed,
        "8 s gap": lambda encoder: encoder.gap(8.0),
    }


async def _trial(kind: str, name: str, encoder: HlsEncoder, ear: Ear, delay: float) -> float:
    """Seconds from the cut to its evidence."""
    await ear.wait(name, (Word.UP,))
    await asyncio.sleep(WARM + delay)
    if ear.changes[name] != [Word.UNKNOWN, Word.UP]:
        raise AssertionError(f"{name}: a healthy stream was {ear.changes[name]}")
    began = asyncio.get_running_loop().time()
    cutting = asyncio.ensure_future(_cuts()[kind](encoder))
    heard = await ear.wait(name, WORDS[kind])
    await cutting
    return heard - began


async def _batch(target: int, folder: Path, dice: random.Random) -> dict[str, list[float]]:
    """One time each kind of cut, on `AT_ONCE` streams."""
    ear = Ear()
    tasks = Tasks()
    probe = HlsProbe(Rules(allow_private_addresses=True), ear)
    encoders = {
        (kind, n): HlsEncoder(folder / f"{kind} {n}".replace(" ", "-"), target)
        for kind in WORDS
        for n in range(AT_ONCE)
    }
    async with StaticServer(folder) as server:
        tasks.start("probe", probe.run())
        try:
            for encoder in encoders.values():
                await encoder.start()
                await asyncio.sleep(dice.uniform(0.05, 0.2))
            await asyncio.gather(*(encoder.live() for encoder in encoders.values()))
            for (kind, n), encoder in encoders.items():
                probe.follow(booking(f"{kind} {n}", server.url(f"{encoder.folder.name}/{PLAYLIST}")))
            keys = list(encoders)
            took = await asyncio.gather(
                *(_trial(kind, f"{kind} {n}", encoders[kind, n], ear, dice.uniform(0, 2 * target)) for kind, n in keys)
            )
        finally:
            await asyncio.gather(*(encoder.close() for encoder in encoders.values()))
            await tasks.close()
    results: dict[str, list[float]] = {}
    for (kind, _), seconds in zip(keys, took, strict=True):
        results.setdefault(kind, []).append(seconds)
    return results


async def measure(target: int) -> dict[str, list[float]]:
    """Seconds from cut to evidence, by kind of cut."""
    dice = random.Random(SEED + target)  # noqa: S311 - instants of cuts, not secrets
    results: dict[str, list[float]] = {}
    for _ in range(TIMES // AT_ONCE):
        with tempfile.TemporaryDirectory(prefix="jitsi-supervisor-bench-") as folder:
            for kind, seconds in (await _batch(target, Path(folder), dice)).items():
                results.setdefault(kind, []).extend(seconds)
    return results


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured, the figure, the goal, and whether it is met."""
    found = []
    for target, goal in GOALS.items():
        for kind, seconds in asyncio.run(measure(target)).items():
            words = " or ".join(word.value for word in WORDS[kind])
            figure = f"median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s of {len(seconds)}"
            found.append(
                (f"HLS, target duration {target} s, {kind} to {words}", figure, f"<= {goal:g} s", max(seconds) <= goal)
            )
    return found


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ", flush=True)
