"""What the walls hear. One look at the engine serves all of them: what changed is rendered once for each language.

A look follows a change at once, but at most one each `GAP` seconds; without changes there is one each `BEAT` seconds,
so that a wall that hears nothing knows that something is wrong. Who is slow is dropped: its browser comes back by
itself, and gets everything anew.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from supervisor.web.wall.card import Card, Level, card
from supervisor.web.wall.history import Seen
from supervisor.web.wall.today import DAY, over, to_come

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from supervisor.engine import Engine
    from supervisor.web.wall.render import Render

GAP = 0.2
BEAT = 5.0
AT_ONCE = 20
"""Cards that are rendered in one go: everything else waits meanwhile."""
EARS = 100
"""Most listeners at one time."""
BEHIND = 50
"""Messages that a listener may be behind."""

IDLE = 2.0
"""Seconds between two looks while nobody listens."""


@dataclass(slots=True, eq=False)
class Ear:
    """A listener of the overview, or of one ``booking``, who is only told that there is something to look at."""

    language: str
    booking: str
    task: asyncio.Task[object] | None
    queue: asyncio.Queue[bytes]

    def hear(self, message: bytes) -> None:
        """Take a message, or be dropped for being slow."""
        with suppress(asyncio.QueueFull):
            self.queue.put_nowait(message)
            return
        if not self.booking and self.task is not None:
            self.task.cancel()


@dataclass(slots=True)
class Voice:
    """The overview in one language: the cards' markup by booking, and the frames around them by name."""

    cards: dict[str, str] = field(default_factory=dict)
    frames: dict[str, str] = field(default_factory=dict)
    title: str = ""


class Feed:
    """Looks, renders, tells. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float], render: Render) -> None:
        self._engine = engine
        self._clock = clock
        self._render = render
        self._dirty = asyncio.Event()
        self._came = asyncio.Event()
        self._voices: dict[str, Voice] = {}
        self._ears: set[Ear] = set()
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._beaten = 0.0
        self._closed = False
        self.cards: dict[str, Card] = {}
        self.at = 0.0
        self.seen = Seen()

    @property
    def revision(self) -> str:
        """Names what is shown now; another process has other names."""
        return f"{self._boot}-{self._number}"

    def changed(self) -> None:
        """Something may be otherwise than it was."""
        self._dirty.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._dirty.wait()
            self._dirty.clear()
            await self.look()
            await self._rest()

    async def _rest(self) -> None:
        """While nobody listens only the history is fed, which needs no more than a look now and then."""
        if self._ears:
            await asyncio.sleep(GAP)
            return
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE):
                await self._came.wait()

    def close(self) -> None:
        """Let all listeners go, and take no more."""
        self._closed = True
        for ear in self._ears:
            if ear.task is not None:
                ear.task.cancel()

    # --- listeners ---

    def listen(self, language: str, booking: str = "") -> Ear | None:
        """Begin to listen; None where there are too many already."""
        if self._closed or len(self._ears) >= EARS:
            return None
        ear = Ear(language, booking, asyncio.current_task(), asyncio.Queue(1 if booking else BEHIND))
        self._ears.add(ear)
        self._came.set()
        return ear

    def leave(self, ear: Ear) -> None:
        """Stop listening."""
        self._ears.discard(ear)

    # --- what is shown ---

    def voice(self, language: str) -> Voice:
        """The overview in a language, as of the last look; while nobody listens looks are seldom, so then as of now."""
        if not self._ears:
            changed, gone = self._take()
            self._number += bool(changed or gone)
            self._voices.clear()
        voice = self._voices.get(language)
        if voice is None:
            voice = self._voices[language] = Voice()
            self._frames(voice, language)
        # A look that draws many cards lets others in between: what it has found already is drawn for them.
        for id_ in self.cards.keys() - voice.cards.keys():
            voice.cards[id_] = self._card(self.cards[id_], language)
        return voice

    def whole(self, language: str) -> bytes:
        """Everything, for whoever knows nothing or something else."""
        voice = self.voice(language)
        return self._message(all=True, cards=self._cards(voice, self.cards), frames=voice.frames, title=voice.title)

    async def look(self) -> None:
        """Look at the engine, and tell who listens what is new."""
        changed, gone = self._take()
        heard = {ear.language for ear in self._ears if not ear.booking}
        self._voices = {language: voice for language, voice in self._voices.items() if language in heard}
        drawn = {language: await self._draw(language, changed) for language in heard}
        # From here to the end nothing waits: whoever comes sees all of a revision, or nothing of it.
        if changed or gone:
            self._number += 1
        for language, cards in drawn.items():
            self._tell(language, cards, gone)
        beat = self.at >= self._beaten + BEAT
        if beat:
            self._beaten = self.at
        for ear in self._ears:
            if ear.booking and (beat or ear.booking in changed or ear.booking in gone):
                ear.hear(b"look")
            elif beat and not ear.booking:
                ear.hear(self._message())

    def _take(self) -> tuple[list[str], list[str]]:
        """The ids of the cards that are other than they were, and of those that are gone."""
        now = self._clock()
        silences = self._engine.silences.in_force(now)
        fresh = {view.booking.id: card(view, silences, now) for view in self._engine.sessions(now)}
        before, self.cards, self.at = self.cards, fresh, now
        self.seen.note(fresh, now)
        changed = [id_ for id_, each in fresh.items() if before.get(id_) != each]
        return changed, [id_ for id_ in before if id_ not in fresh]

    async def _draw(self, language: str, changed: list[str]) -> dict[str, str]:
        drawn = {}
        for number, id_ in enumerate(changed, 1):
            drawn[id_] = self._card(self.cards[id_], language)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return drawn

    def _tell(self, language: str, cards: dict[str, str], gone: list[str]) -> None:
        # Whoever listens already may have got the page before the voice was dropped: then all its frames are news.
        before = dict(self._voices[language].frames) if language in self._voices else {}
        voice = self.voice(language)
        voice.cards = {id_: markup for id_, markup in (voice.cards | cards).items() if id_ in self.cards}
        self._frames(voice, language)
        frames = {name: markup for name, markup in voice.frames.items() if before.get(name) != markup}
        if not (cards or gone or frames):
            return
        # Who comes back with the number of before must hear of frames, too.
        self._number += bool(frames) and not (cards or gone)
        news = self._message(cards=self._cards(voice, list(cards)), gone=gone, frames=frames, title=voice.title)
        for ear in self._ears:
            if ear.language == language and not ear.booking:
                ear.hear(news)

    def _cards(self, voice: Voice, ids: Iterable[str]) -> dict[str, list[str]]:
        return {id_: [self.cards[id_].group, self.cards[id_].order, voice.cards[id_]] for id_ in ids}

    def _card(self, shown: Card, language: str) -> str:
        return self._render.markup("card.html", language, card=shown)

    def _frames(self, voice: Voice, language: str) -> None:
        blind = sorted(self._engine.source_alerts(), key=lambda alert: alert.began)
        counts = dict.fromkeys(Level, 0)
        for each in self.cards.values():
            counts[each.level] += 1
        for name, context in (
            ("headline", {"counts": counts, "blind": bool(blind)}),
            ("blind", {"blind": blind}),
            ("coming", {"coming": to_come(self._engine.coming(self.at, self.at + DAY), self.at)}),
            ("over", {"over": over(self._engine.over(self.at), self.at)}),
        ):
            voice.frames[name] = self._render.markup(f"{name}.html", language, **context)
        trouble = sum(count for level, count in counts.items() if level is not Level.CALM) + len(blind)
        voice.title = f"({trouble}) " if trouble else ""

    def _message(self, **more: object) -> bytes:
        return message(self.revision, {"rev": self.revision, "at": self.at, "version": self._render.version, **more})


def message(ident: str, content: dict[str, object]) -> bytes:
    """An event of the stream. JSON has no line breaks of its own, so one line holds it."""
    return f"id: {ident}\ndata: {json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
