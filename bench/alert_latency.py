"""How long the 31st person's coming takes to be read by the moderator.

From just before the join is written to the 31st person's connection, to the moderator's client having parsed and
understood the message. All of it: Prosody, the module, the daemon, and back. The other rooms go on meanwhile.
"""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from bench.plenary import SEED, Plenary
from bench.processes import at_rest, waited_seconds
from bench.table import Row
from supervisor.simulation import Person, PrivateProsody
from tests.integration.daemon import QUICK, Daemon

NAME = "alert_latency"
SAMPLES = 200
WARM = 20
CHANGES_A_SECOND = 15.0
"""What 1,800 people do in a plenary that is lively; each of our samples is two joins, two leaves and a line more."""
PAUSE = (0.03, 0.09)
WITHIN = 10.0
GOAL_MS = 50.0
COLLECTORS = {
    "Prosody's garbage collector as it comes": ">collectgarbage()",
    "gc = generational": '>collectgarbage("generational")',
}
"""What Prosody's option `gc` chooses; it can be chosen while it runs."""
WORDS = "more than the recommended"


class Moderator(Person):
    """Somebody who notes when a text with certain words was read."""

    words = ""
    read: asyncio.Future[float] | None = None

    def take_message(self, xml: Any) -> None:
        super().take_message(xml)
        if self.read is not None and not self.read.done() and self.words in self.messages[-1].body:
            self.read.set_result(time.monotonic())

    def reads(self, words: str) -> asyncio.Future[float]:
        """Begin to look for these words. The future gets the instant."""
        self.words, self.read = words, asyncio.get_running_loop().create_future()
        return self.read


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds: of the alert, of a line of chat of the same minute; and for how long our processes had no processor."""

    alert: float
    waited: float
    chat: float


def rows() -> list[Row]:
    """Measure."""
    found = asyncio.run(_samples())
    return [_row(what, samples) for what, samples in found.items()]


def _row(what: str, samples: list[Sample]) -> Row:
    alert, chat = _cuts([sample.alert for sample in samples]), _cuts([sample.chat for sample in samples])
    own = _cuts([max(0.0, sample.alert - sample.waited) for sample in samples])
    return Row(
        f"31st join to moderator, {len(samples)} times; {what}",
        f"p50 {alert[0]:.1f} ms, p99 {alert[1]:.1f} ms (with free processors {own[0]:.1f}, {own[1]:.1f})",
        f"a line of chat p50 {chat[0]:.1f} ms, p99 {chat[1]:.1f} ms",
        alert[1] / chat[1],
        f"p99 ≤ {GOAL_MS:.0f} ms",
        alert[1] <= GOAL_MS,
    )


def _cuts(seconds: list[float]) -> tuple[float, float]:
    """Return p50 and p99 in milliseconds."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return cuts[49] * 1e3, cuts[98] * 1e3


async def _samples() -> dict[str, list[Sample]]:
    # With a margin of 1, two have to go before the next one too many is told again.
    patience = {"ParticipantLimit": {**QUICK["ParticipantLimit"], "margin": 1}}
    found: dict[str, list[Sample]] = {}
    async with PrivateProsody() as prosody, Plenary(prosody, moderator=Moderator) as plenary:
        await plenary.open()
        await plenary.fill()
        guest = Person(prosody, "Trenta-u")
        await guest.open(prosody.c2s_port)
        guest.deafen()
        with TemporaryDirectory() as folder:
            async with Daemon(prosody, Path(folder), *plenary.bookings, **patience) as daemon:
                await at_rest(prosody.pid, daemon.pid)
                others = asyncio.create_task(_go_on(plenary))
                pids = (prosody.pid, daemon.pid, os.getpid())
                try:
                    for what, command in COLLECTORS.items():
                        await prosody.shell(command)
                        several = [await _sample(plenary, guest, number, pids) for number in range(WARM + SAMPLES)]
                        found[what] = several[WARM:]
                finally:
                    others.cancel()
                    await asyncio.wait({others})
        await guest.crash()
    return found


async def _sample(plenary: Plenary, guest: Person, number: int, pids: Sequence[int]) -> Sample:
    room = plenary.rooms[number % len(plenary.rooms)]
    crowd, present = plenary.people[room], plenary.focus.views[room].occupants
    moderator, last = crowd[0], crowd[-1]
    if not isinstance(moderator, Moderator):
        raise TypeError("the first of a room is its moderator")
    await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - no secret
    read = moderator.reads(f"line {number}")
    began = time.monotonic()
    crowd[1].say(f"line {number}")
    chat = await _within(read) - began
    await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - no secret
    read = moderator.reads(WORDS)
    waited = sum(waited_seconds(pid) for pid in pids)
    began = time.monotonic()
    await guest.join(room)
    alert = await _within(read) - began
    waited = sum(waited_seconds(pid) for pid in pids) - waited
    await guest.leave()
    await last.leave()
    await plenary.focus.wait_for(lambda: guest.nick not in present and last.nick not in present)
    await last.join(room)
    await plenary.focus.wait_for(lambda: last.nick in present)
    return Sample(alert, waited, chat)


async def _within(read: asyncio.Future[float]) -> float:
    async with asyncio.timeout(WITHIN):
        return await read


async def _go_on(plenary: Plenary) -> None:
    """Let the people of all rooms change their presence for ever, except the last of each, who comes and goes."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable workload, no secret
    while True:
        await asyncio.sleep(chance.expovariate(CHANGES_A_SECOND))
        room = chance.choice(plenary.rooms)
        person = chance.choice(plenary.people[room][:-1])
        person.state.audio_muted = not person.state.audio_muted
        person.publish(room, person.state.children())
