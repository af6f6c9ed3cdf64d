"""Real HLS, cut in every way at once: all streams run beside each other, and each test reads what was heard of one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from supervisor.domain.bookings import StreamSource
from supervisor.domain.events import Event, EvidenceSeen
from supervisor.domain.evidence import Evidence, Word
from supervisor.simulation.hls import PLAYLIST, HlsEncoder, StaticServer
from supervisor.streams.hls import content
from supervisor.streams.hls.guard import Rules
from supervisor.streams.hls.probe import HlsProbe
from supervisor.tasks import Tasks
from tests.unit.streams.server import booking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

LOOSE = Rules(allow_private_addresses=True)
GOAL = 8.0
WARM = 12.0
"""Seconds of health, more than the short window over which slowness is measured."""
LONGEST = 45.0


@dataclass
class Story:
    """What was heard of one stream: words in order with the seconds since the cut, and the evidence itself."""

    cut_at: float = 0.0
    heard: list[tuple[float, Evidence]] = field(default_factory=list)

    def words(self, witness: str = "hls") -> list[Word]:
        """The words, each once in a row."""
        found: list[Word] = []
        for _, evidence in self.heard:
            if evidence.witness == witness and found[-1:] != [evidence.word]:
                found.append(evidence.word)
        return found

    def first(self, word: Word, witness: str = "hls") -> tuple[float, Evidence]:
        """Seconds after the cut and evidence of the first such word after it."""
        return next(
            (at - self.cut_at, evidence)
            for at, evidence in self.heard
            if at >= self.cut_at and (evidence.word, evidence.witness) == (word, witness)
        )


class Stage:
    """The probe, the sampler, and a stream for each story."""

    def __init__(self, server: StaticServer, folder: Path) -> None:
        self.stories: dict[str, Story] = {}
        self._server = server
        self._folder = folder
        self._sampler = content.Sampler(LOOSE, self._hear)
        self._probe = HlsProbe(LOOSE, self._hear, sampler=self._sampler)
        self.work = [("probe", self._probe.run()), ("sampler", self._sampler.run())]

    async def play(self, name: str, cut: Callable[[HlsEncoder], Awaitable[None]], *until: tuple[Word, str]) -> None:
        """Stream, cut after a while, and go on until these words were heard after the cut, one after another."""
        story = self.stories[name] = Story()
        encoder = HlsEncoder(self._folder / name)
        try:
            await encoder.start()
            await encoder.live()
            self._probe.follow(booking(StreamSource(hls=self._server.url(f"{name}/{PLAYLIST}")), name))
            await asyncio.sleep(WARM)
            story.cut_at = asyncio.get_running_loop().time()
            async with asyncio.timeout(LONGEST):
                cutting = asyncio.ensure_future(cut(encoder))
                position = len(story.heard)
                for word, witness in until:
                    position = await self._await(story, position, word, witness)
                await cutting
        finally:
            self._probe.unfollow(name)
            await encoder.close()

    async def _await(self, story: Story, position: int, word: Word, witness: str) -> int:
        while True:
            for number, (_, evidence) in enumerate(story.heard[position:], position):
                if (evidence.word, evidence.witness) == (word, witness):
                    return number + 1
            await asyncio.sleep(0.02)

    def _hear(self, event: Event) -> None:
        assert isinstance(event, EvidenceSeen)
        self.stories[event.evidence.booking].heard.append((asyncio.get_running_loop().time(), event.evidence))


async def _freeze_and_thaw(encoder: HlsEncoder) -> None:
    encoder.freeze()
    await asyncio.sleep(GOAL)
    encoder.thaw()


async def _kill_and_start(encoder: HlsEncoder) -> None:
    await encoder.kill()
    await asyncio.sleep(GOAL)
    await encoder.start()


async def _nothing(_: HlsEncoder) -> None:
    await asyncio.sleep(WARM)


async def _all(folder: Path) -> dict[str, Story]:
    async with StaticServer(folder) as server:
        stage = Stage(server, folder)
        tasks = Tasks()
        for name, work in stage.work:
            tasks.start(name, work)
        try:
            await asyncio.gather(
                stage.play("healthy", _nothing, (Word.UP, "content")),
                stage.play("killed", _kill_and_start, (Word.DOWN, "hls"), (Word.UP, "hls")),
                stage.play("terminated", HlsEncoder.terminate, (Word.ENDED, "hls")),
                stage.play("frozen", _freeze_and_thaw, (Word.DOWN, "hls"), (Word.UP, "hls")),
                stage.play("slow", HlsEncoder.half_speed, (Word.DEGRADED, "hls")),
                stage.play("gap", lambda encoder: encoder.gap(8.0), (Word.DOWN, "hls"), (Word.UP, "hls")),
                stage.play("black", HlsEncoder.black, (Word.DEGRADED, "content")),
                stage.play("silent", HlsEncoder.silence, (Word.DEGRADED, "content")),
            )
        finally:
            await tasks.close()
        return stage.stories


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "EVERY", 2.0)
        patch.setattr(content, "PERSISTS", 4.0)
        return asyncio.run(_all(tmp_path_factory.mktemp("hls")))


def test_a_healthy_stream_is_up_and_nothing_else(stories: dict[str, Story]) -> None:
    assert stories["healthy"].words() == [Word.UNKNOWN, Word.UP]
    assert stories["healthy"].words("content") == [Word.UP]


@pytest.mark.parametrize("name", ["killed", "frozen", "gap"])
def test_a_cut_is_down_within_the_goal_although_the_server_says_200(stories: dict[str, Story], name: str) -> None:
    seconds, evidence = stories[name].first(Word.DOWN)
    assert seconds <= GOAL
    assert evidence.detail.startswith("edge unchanged")
    assert (evidence.direct, evidence.planned) == (True, False)
    # The last good instant, not the one of the look that noticed: an interruption's length is reckoned from it.
    assert evidence.since is not None
    assert 6.0 <= evidence.at - evidence.since <= GOAL


@pytest.mark.parametrize("name", ["killed", "frozen", "gap"])
def test_a_stream_that_comes_back_is_up_again(stories: dict[str, Story], name: str) -> None:
    assert stories[name].words()[-1] is Word.UP


def test_an_encoder_that_ends_cleanly_is_a_planned_end(stories: dict[str, Story]) -> None:
    seconds, evidence = stories["terminated"].first(Word.ENDED)
    assert seconds <= GOAL
    assert evidence.planned
    assert Word.DOWN not in stories["terminated"].words()


def test_half_speed_is_degraded_and_not_down(stories: dict[str, Story]) -> None:
    _, evidence = stories["slow"].first(Word.DEGRADED)
    assert "s of media per second" in evidence.detail
    assert Word.DOWN not in stories["slow"].words()


def test_the_discontinuity_after_a_gap_is_mentioned(stories: dict[str, Story]) -> None:
    assert any("discontinuity" in evidence.detail for _, evidence in stories["gap"].heard)


@pytest.mark.parametrize(("name", "what"), [("black", "black picture"), ("silent", "digital silence")])
def test_black_and_silence_are_advice(stories: dict[str, Story], name: str, what: str) -> None:
    _, evidence = stories[name].first(Word.DEGRADED, "content")
    assert evidence.detail.startswith(what)
    assert evidence.advisory
    assert "," not in evidence.detail


def test_every_picture_and_sound_was_good_before_the_cut(stories: dict[str, Story]) -> None:
    for story in stories.values():
        before = {e.word for at, e in story.heard if e.witness == "content" and at < story.cut_at}
        assert before <= {Word.UP}
