"""The workload: rooms full of people who come, change their presence and go. Focus hears all of it, people are deaf."""

import asyncio
import gc
import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from types import TracebackType
from typing import Any, Self

from supervisor.simulation import Focus, Person, PrivateProsody
from tests.integration.daemon import booking

ROOMS = 60
PEOPLE = 30
SEED = 20261121
AT_ONCE = 20
IN_FLIGHT = 60
"""Presences on their way at the same time: one for each room, so that Prosody is busy and nothing piles up."""
PATIENCE = 60.0

Change = Callable[[Person], None]


def _mute(person: Person) -> None:
    person.state.audio_muted = True


def _raise_hand(person: Person) -> None:
    person.state.raised_hand_ms = 1_790_000_000_000


def _camera_off(person: Person) -> None:
    person.state.video_muted = True


def _as_at_first(person: Person) -> None:
    person.state.audio_muted = person.state.video_muted = False
    person.state.raised_hand_ms = None


CHANGES: tuple[Change, ...] = (_mute, _raise_hand, _camera_off, _as_at_first)
"""Everybody's changes, in this order: each one leaves another presence than before, and the last one the first."""


class HearingFocus(Focus):
    """Focus, who counts the presences it hears: one for each that the server has sent to the room."""

    presences = 0

    def take_presence(self, xml: Any) -> None:
        self.presences += 1
        super().take_presence(xml)

    async def has_heard(self, least: int) -> None:
        await self.wait_for(lambda: self.presences >= least, PATIENCE)


class Plenary:
    """So many rooms with so many people; use it with `async with`, which connects everybody. All happens by a seed.

    Args:
        moderator: what the first person of each room is; one of a class of its own is not deaf.
    """

    def __init__(
        self, prosody: PrivateProsody, rooms: int = ROOMS, people: int = PEOPLE, moderator: type[Person] = Person
    ) -> None:
        self.prosody = prosody
        self.focus = HearingFocus(prosody)
        self.people: dict[str, list[Person]] = {
            prosody.room(f"sala{n}"): [(Person if k else moderator)(prosody, f"Regidor{k}") for k in range(people)]
            for n in range(rooms)
        }
        self._chance = random.Random(SEED)  # noqa: S311 - a repeatable workload, no secret

    async def __aenter__(self) -> Self:
        await self.focus.open(self.prosody.c2s_port)
        everybody = [person for crowd in self.people.values() for person in crowd]
        for start in range(0, len(everybody), AT_ONCE):
            await asyncio.gather(*(p.open(self.prosody.c2s_port) for p in everybody[start : start + AT_ONCE]))
        for person in everybody:
            if type(person) is Person:
                person.deafen()
        gc.collect()
        gc.freeze()  # a collection that walks through all of them takes longer than what is measured
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The server's end is the quick way out; closing streams one by one takes longer than a bench.
        gc.unfreeze()
        for crowd in self.people.values():
            for person in crowd:
                await person.crash()
        await self.focus.close()

    @property
    def rooms(self) -> list[str]:
        return list(self.people)

    @property
    def bookings(self) -> list[dict[str, Any]]:
        """One booking for each room, that runs now."""
        nodes = [room.partition("@")[0] for room in self.people]
        return [booking(id=f"almatret-{node}", room=node, limit=PEOPLE) for node in nodes]

    async def open(self) -> None:
        """Open the rooms, and let the first person of each come in and be made moderator."""
        for room, crowd in self.people.items():
            await self.focus.open_room(room)
            await crowd[0].join(room)
            await self.focus.wait_for(partial(self._moderates, room, crowd[0].nick), PATIENCE)

    async def fill(self, start: int = 1, end: int | None = None) -> int:
        """Let the others come in, or some of them: the persons `start` to `end` of each room. Returns how many."""
        coming = self._shuffled({room: crowd[start:end] for room, crowd in self.people.items()})
        before = self.focus.presences
        for number, (room, person) in enumerate(coming, 1):
            await person.join(room)
            await self._pace(before, number)
        await self.focus.has_heard(before + len(coming))
        return len(coming)

    async def churn(self, start: int = 0, end: int | None = None) -> int:
        """Let the persons `start` to `end` of each room make all CHANGES. Returns how many that are."""
        before, number = self.focus.presences, 0
        for change in CHANGES:
            for room, person in self._shuffled({room: crowd[start:end] for room, crowd in self.people.items()}):
                change(person)
                person.publish(room, person.state.children())
                number += 1
                await self._pace(before, number)
        await self.focus.has_heard(before + number)
        return number

    def _moderates(self, room: str, nick: str) -> bool:
        found = self.focus.views[room].occupants.get(nick)
        return found is not None and found.role == "moderator"

    async def _pace(self, before: int, sent: int) -> None:
        if sent % AT_ONCE == 0:
            await self.focus.has_heard(before + sent - IN_FLIGHT)

    def _shuffled(self, people: dict[str, list[Person]]) -> list[tuple[str, Person]]:
        """Everybody in turn, one of each room at a time, in chance order within the room."""
        orders = [
            [(room, person) for person in self._chance.sample(crowd, len(crowd))] for room, crowd in people.items()
        ]
        return [one for row in zip_longest(*orders) for one in row if one is not None]


def rotated(items: tuple[Any, ...], times: int) -> Iterator[Any]:
    """Go through the items so many times, beginning with another one each time."""
    for start in range(times):
        yield from (items[(start + n) % len(items)] for n in range(len(items)))
