"""How long the 31st person's coming takes to be read by the moderator.

From just before the join is written to the 31st person's connection, to the moderator's client having parsed and
understood the message. All of it: Prosody, the module, the daemon, and back. The other rooms go on meanwhile.
"""

import asyncio
import random
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from bench.plenary import SEED, Plenary
from bench.processes import at_rest
from bench.table import Row
from supervisor.simulation import Person, PrivateProsody
from tests.integration.daemon import QUICK, Daemon

NAME = "alert_latency"
SAMPLES = 240
WARM = 20
CHANGES_A_SECOND = 15.0
"""Twice what 1,800 people do in a plenary, and each of our samples is two joins and two leaves more."""
PAUSE = (0.05, 0.15)
WITHIN = 10.0
GOAL_MS = 50.0
WORDS = "more than the recommended"


class Moderator(Person):
    """Somebody who notes when the alert was read."""

    reads: asyncio.Future[float] | None = None

    def take_message(self, xml: Any) -> None:
        super().take_message(xml)
        if self.reads is not None and not self.reads.done() and self.messages and WORDS in self.messages[-1].body:
            self.reads.set_result(time.monotonic())

    async def has_read(self) -> float:
        """Wait for the alert. Returns the instant."""
        if self.reads is None:
            raise RuntimeError("nobody waits for this moderator")
        async with asyncio.timeout(WITHIN):
            return await self.reads


def rows() -> list[Row]:
    """Measure."""
    found = sorted(asyncio.run(_samples()))
    cuts = quantiles(found, n=100, method="inclusive")
    p50, p99 = cuts[49] * 1e3, cuts[98] * 1e3
    return [
        Row(f"31st join to moderator, p50 of {len(found)}", f"{p50:.1f} ms"),
        Row(
            f"31st join to moderator, p99 (worst {found[-1] * 1e3:.1f} ms)",
            f"{p99:.1f} ms",
            goal=f"≤ {GOAL_MS:.0f} ms",
            met=p99 <= GOAL_MS,
        ),
    ]


async def _samples() -> list[float]:
    # With a margin of 1, two have to go before the next one too many is told again.
    patience = {"ParticipantLimit": {**QUICK["ParticipantLimit"], "margin": 1}}
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
                try:
                    found = [await _sample(plenary, guest, number) for number in range(WARM + SAMPLES)]
                finally:
                    others.cancel()
                    await asyncio.wait({others})
        await guest.crash()
    return found[WARM:]


async def _sample(plenary: Plenary, guest: Person, number: int) -> float:
    room = plenary.rooms[number % len(plenary.rooms)]
    crowd, present = plenary.people[room], plenary.focus.views[room].occupants
    moderator, last = crowd[0], crowd[-1]
    if not isinstance(moderator, Moderator):
        raise TypeError("the first of a room is its moderator")
    await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - no secret
    moderator.reads = asyncio.get_running_loop().create_future()
    began = time.monotonic()
    await guest.join(room)
    told = await moderator.has_read()
    await guest.leave()
    await last.leave()
    await plenary.focus.wait_for(lambda: guest.nick not in present and last.nick not in present)
    await last.join(room)
    await plenary.focus.wait_for(lambda: last.nick in present)
    return told - began


async def _go_on(plenary: Plenary) -> None:
    """Let the people of all rooms change their presence for ever, except the last of each, who comes and goes."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable workload, no secret
    while True:
        await asyncio.sleep(chance.expovariate(CHANGES_A_SECOND))
        room = chance.choice(plenary.rooms)
        person = chance.choice(plenary.people[room][:-1])
        person.state.audio_muted = not person.state.audio_muted
        person.publish(room, person.state.children())
