"""Evenings of streams in virtual time: four witnesses as they are, with all that the network does to them.

What each of them says follows what is true at that moment in the way its own documentation has it; what is random is
drawn from one seed for each evening. The engine is the real one, with the room's side played by builders.Play.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.bookings import StreamSource
from supervisor.domain.commands import LookCloser, Record
from supervisor.domain.evidence import Word
from supervisor.engine import XMPP
from supervisor.monitors.stream_blind import StreamBlind
from supervisor.monitors.stream_interrupted import StreamInterrupted
from tests.unit.builders import ROOM, START, Play, booking, focus, off, on, people, recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.occupants import Occupant

HOUR = 3600.0
WARM = 120.0
"""Seconds that a stream has run before anything may happen to it."""
RULES = {"StreamInterrupted": Rule(keep=5.0), "StreamBlind": Rule(wait=60.0)}

LOST_POLL, FAILED_POLL = 0.02, 0.02
"""Shares of polls that nobody answers, and that are answered with an error."""
BURSTS_PER_HOUR, BURST = 1.0, (20.0, 240.0)
"""How often a witness meets nothing but errors, and for how many seconds."""
HICCUPS_PER_HOUR = 1.0
"""How often a segment comes so late that viewers do see a short stop, of 3 to 3.3 target durations: it is checked, and
over before anybody has to halt. With auto-stop at 5 s this cannot be told from a break in time, so it has none."""
FLICKERS_PER_HOUR, FLICKER = 2.0, (1.0, 10.0)
"""How often streamStatus is not what it should be, and for how long: never for two polls, which would be a fact."""
FAILOVERS_PER_HOUR, OUTAGES_PER_HOUR = 0.5, 0.5
"""How often another Jibri takes over within the grace, and how often the room's server is lost for a while."""


class Break(StrEnum):
    """What happens to a stream."""

    FAILED = "Jibri says that it failed"
    VANISHED = "the recorder vanishes"
    STALLED = "the uplink stalls, Jibri notices nothing"
    NOT_SHOWN = "the platform receives, viewers get nothing"


SETUPS: tuple[tuple[frozenset[str], tuple[Break, ...]], ...] = (
    (frozenset({"jibri", "hls", "owner", "public"}), tuple(Break)),
    (frozenset({"jibri", "hls"}), tuple(Break)),
    (frozenset({"jibri", "owner", "public"}), (Break.FAILED, Break.VANISHED, Break.STALLED)),
    (frozenset({"jibri", "public"}), (Break.FAILED, Break.VANISHED)),
    (frozenset({"hls"}), (Break.STALLED, Break.NOT_SHOWN)),
    (frozenset({"owner", "public"}), (Break.STALLED,)),
)
"""Who watches, and which breaks at least one of them can see."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A break from ``begin`` to ``end``, in seconds from the session's start."""

    what: Break
    begin: float
    end: float


@dataclass(slots=True)
class Told:
    """What came of an evening: the instants at which it was called interrupted, and the engine's events."""

    interrupted: list[float] = field(default_factory=list)
    events: int = 0


class Evening:
    """One stream of so many hours, with an outage or none. ``doubt``: the engine wants a closer look."""

    def __init__(self, seed: int, witnesses: frozenset[str], hours: float, outage: Outage | None = None) -> None:
        self.seed, self.witnesses, self.hours, self.outage = seed, witnesses, hours, outage
        self.told = Told()
        self.doubt = False
        self._chance = random.Random(seed)
        self._target = self._chance.choice((2.0, 5.0))
        self._auto_stop = self._chance.choice((True, False))
        self._bursts = {name: self._spells(BURSTS_PER_HOUR, BURST) for name in ("hls", "owner", "public")}
        self._flickers = self._spells(FLICKERS_PER_HOUR, FLICKER)
        late = (3.0 * self._target, 3.3 * self._target)
        self._hiccups = [] if self._auto_stop and self._target > 2.0 else self._spells(HICCUPS_PER_HOUR, late)
        self._gone: list[float] = []
        self._said = (Word.UNKNOWN, -inf)
        self._seen: tuple[Occupant, ...] = ()
        stream = StreamSource(youtube="x", hls="https://tv.test/x", jibri="jibri" in witnesses)
        booked = booking(stream=stream, duration=hours * HOUR + 600.0)
        self._play = Play(booked, rules=RULES, monitors=(StreamInterrupted(), StreamBlind()))

    def __repr__(self) -> str:
        return f"Evening({self.seed}, {sorted(self.witnesses)}, {self.hours:.2f} h, {self.outage})"

    def run(self) -> Told:
        """Let it happen."""
        self._play.room(focus(), *people(3))
        self._unfold()
        return self.told

    def _unfold(self) -> None:
        queue: list[tuple[float, int, str]] = []
        for number, (at, what) in enumerate(self._plot()):
            heapq.heappush(queue, (at, number, what))
        number = len(queue)
        while queue:
            at, _, what = heapq.heappop(queue)
            if at > self.hours * HOUR:
                break
            self._play.at(at)
            again = self._happen(what, at)
            self.told.events += 1
            self._note()
            if again < inf:
                number += 1
                heapq.heappush(queue, (again, number, what))
        self._play.at(self.hours * HOUR)
        self._note()

    def _plot(self) -> Iterator[tuple[float, str]]:
        """What begins when; each poll brings its successor by itself."""
        yield from ((self._chance.uniform(1.0, 10.0), name) for name in sorted(self.witnesses - {"jibri"}))
        if "jibri" not in self.witnesses:
            return
        yield 1.0, "jibri starts"
        for begin, end in self._spells(FAILOVERS_PER_HOUR, (2.0, 7.0)):
            if not self._broken_between(begin, end + 60.0):
                yield begin, "recorder leaves"
                yield end, "recorder comes"
        for begin, end in self._spells(OUTAGES_PER_HOUR, (4.0, 90.0)):
            if not self._broken_between(begin - 60.0, end + 60.0):
                yield begin, "server lost"
                yield end, "server back"
        if self.outage is not None and self.outage.what in {Break.FAILED, Break.VANISHED}:
            yield self.outage.begin, str(self.outage.what)
            yield self.outage.end, "jibri starts"

    def _happen(self, what: str, at: float) -> float:
        """Let it happen, and return when it happens again."""
        match what:
            case "hls":
                return at + self._poll_hls(at)
            case "owner":
                return at + self._poll_owner(at)
            case "public":
                return at + self._poll_public(at)
            case "jibri starts":
                session = f"s{at}"
                self._play.come(recorder(session, "r"), focus(on(session)))
            case Break.FAILED:
                self._play.come(focus(off("s1.0", failure="error"))).go("r")
            case Break.VANISHED | "recorder leaves":
                self._play.go("r")
            case "recorder comes":
                self._play.come(recorder("s1.0", "r"))
            case "server lost":
                self._seen = tuple(next(iter(self._play.engine._supervised.values())).session.main.occupants.values())
                self._play.feed(ev.SourceLost(XMPP, "gone"))
            case "server back":
                self._play.feed(ev.RoomRead(ROOM, "m1", self._seen), ev.SourceSynced(XMPP))
        return inf

    # --- what each of them sees ---

    def _poll_hls(self, at: float) -> float:
        """The edge of the playlist; UP is said again only when its freshness is half spent."""
        target = self._target
        pause = max(min(max(target / 2, 1.0), 1.5), 0.9 * target) if self._said[0] is Word.UP else 1.5
        fresh = max(3.0 * pause, 6.0)
        word = self._answer("hls", at)
        if word is Word.UP:
            still = self._still(at)
            word = Word.DOWN if still >= max(3.0 * target, 1.5 * target + 2.5) else Word.UP
        if word is not None and (word is not Word.UP or self._said[0] is not word or self._said[1] - at < fresh / 2):
            self._said = (word, at + fresh)
            self._play.hear("hls", word, fresh)
        return pause + self._chance.uniform(0.0, 0.5)

    def _still(self, at: float) -> float:
        """For how long the edge has not moved, as far as a stall counts: the first two moves after it do not."""
        late = 2.0 * self._target
        spells = [*self._hiccups]
        if self.outage is not None:
            spells.append((self.outage.begin, self.outage.end))
        return max((at - begin for begin, end in spells if begin <= at < end + late), default=0.0)

    def _poll_owner(self, at: float) -> float:
        """What arrives at the platform, 10 to 60 s late. One poll without data is a doubt, two are a fact."""
        pause = (15.0 if self.doubt or self._gone else 60.0) * self._chance.uniform(0.9, 1.1)
        word = self._answer("owner", at)
        seen = at - self._chance.uniform(10.0, 60.0)
        arrives = not self._broken(seen) or (self.outage is not None and self.outage.what is Break.NOT_SHOWN)
        flickers = any(begin <= at < end for begin, end in self._flickers)
        if word is Word.UP and (not arrives or flickers):
            self._gone.append(at)
            word = Word.DOWN if len(self._gone) > 1 and at - self._gone[0] >= 10.0 else Word.UNKNOWN
        elif word is Word.UP:
            self._gone.clear()
        if word is not None:
            self._play.hear("youtube owner", word, max(2.5 * pause, 30.0), auto_stop=self._auto_stop)
        return pause

    def _poll_public(self, at: float) -> float:
        """Only that nobody has ended the broadcast, which an encoder's silence does not."""
        word = self._answer("public", at)
        if word is not None:
            self._play.hear("youtube public", word, 50.0)
        return 20.0 * self._chance.uniform(0.9, 1.1)

    def _answer(self, name: str, at: float) -> Word | None:
        """UP for an answer, UNKNOWN for an error, None for a poll that was lost."""
        if any(begin <= at < end for begin, end in self._bursts[name]):
            return Word.UNKNOWN
        luck = self._chance.random()
        return None if luck < LOST_POLL else Word.UNKNOWN if luck < LOST_POLL + FAILED_POLL else Word.UP

    # --- what is true ---

    def _broken(self, at: float) -> bool:
        return self._broken_between(at, at)

    def _broken_between(self, begin: float, end: float) -> bool:
        return self.outage is not None and self.outage.begin <= end and begin < self.outage.end

    def _spells(self, per_hour: float, length: tuple[float, float]) -> list[tuple[float, float]]:
        found, at = [], WARM
        while (at := at + self._chance.expovariate(per_hour / HOUR)) < self.hours * HOUR:
            lasts = self._chance.uniform(*length)
            found.append((at, at + lasts))
            at += lasts + 60.0
        return found

    # --- what came of it ---

    def _note(self) -> None:
        """Obey the engine's wish for a closer look, note its alarms, and forget what it said."""
        for command in self._play.commands:
            if isinstance(command, LookCloser):
                self.doubt = command.doubt
            elif isinstance(command, Record) and command.what == "alert rose":
                about = dict(command.about)
                if (about["monitor"], about["stage"]) == ("StreamInterrupted", "2"):
                    self.told.interrupted.append(self._play.now - START)
        self._play.commands.clear()


def healthy(number: int, hours: float) -> Evening:
    """An evening without an outage."""
    return Evening(number, SETUPS[number % len(SETUPS)][0], hours)


def broken(number: int) -> Evening:
    """An evening of half an hour with one outage that its witnesses can see."""
    chance = random.Random(-1 - number)
    witnesses, breaks = SETUPS[number % len(SETUPS)]
    begin = WARM + chance.uniform(60.0, 300.0)
    outage = Outage(breaks[number // len(SETUPS) % len(breaks)], begin, begin + chance.uniform(400.0, 900.0))
    return Evening(10**6 + number, witnesses, (outage.end + 120.0) / HOUR, outage)


def noticed_after(evening: Evening) -> float | None:
    """Seconds from the break to the halt, None where it was missed. Raises AssertionError for one before it."""
    outage = evening.outage
    assert outage is not None
    told = evening.run().interrupted
    assert all(at > outage.begin - 0.001 for at in told), f"a false alarm in {evening}"
    return next((at - outage.begin for at in told if at < outage.end), None)
