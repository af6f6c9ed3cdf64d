"""A meeting from the first to the last: what the demo, the tests and the benchmark arrange over and over."""

import asyncio
import secrets
from types import TracebackType
from typing import TYPE_CHECKING, Self

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.focus import Focus
from supervisor.simulation.person import Person
from supervisor.simulation.prosody import PrivateProsody
from supervisor.simulation.recorder import Recorder

if TYPE_CHECKING:
    from supervisor.simulation.client import Client

BATCH = 20
FIRST_NAMES = ("Aina", "Bernat", "Carla", "Dídac", "Elena", "Ferran", "Gemma", "Hugo", "Irene", "Jordi")


class Meeting:
    """A room with its focus, people and at most one stream; use it with `async with`.

    Args:
        prosody: the running server.
        name: the room's node.
        focus: a focus that is connected already and stays so; without one the meeting has its own.
        keep: whether people keep every stanza they receive.

    Attributes:
        persons: those in the room, in the order they came.
        password: the room's, which whoever comes later brings; see `lock`.
    """

    def __init__(self, prosody: PrivateProsody, name: str, *, focus: Focus | None = None, keep: bool = False) -> None:
        self.prosody = prosody
        self.room = prosody.room(name)
        self.focus = focus or Focus(prosody, f"focus-{name}")
        self.persons: list[Person] = []
        self.recorder: Recorder | None = None
        self.session_id = ""
        self.password: str | None = None
        self._owns_focus = focus is None
        self._keep = keep
        self._guests = 0
        self._recorders = 0

    async def __aenter__(self) -> Self:
        """Connect focus where it is ours, and let it create the room."""
        if self._owns_focus:
            await self.focus.open(self.prosody.c2s_port)
        await self.focus.open_room(self.room)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection of the meeting."""
        clients: list[Client] = [*self.persons]
        if self.recorder is not None:
            clients.append(self.recorder)
        if self._owns_focus:
            clients.append(self.focus)
        await asyncio.gather(*(client.close() for client in clients))

    @property
    def moderator(self) -> Person:
        """The first person in the room who is moderator.

        Raises:
            SimulationError: there is none.
        """
        for person in self.persons:
            if person.role == "moderator":
                return person
        raise SimulationError(f"{self.room} has no moderator")

    async def people(self, count: int) -> list[Person]:
        """Let `count` persons join, some at a time; the first of an empty room enters alone and becomes moderator.

        Returns:
            Those who have joined now.
        """
        came: list[Person] = []
        if not self.persons and count:
            first = await self.person()
            await first.wait_for(lambda: first.role == "moderator")
            came.append(first)
        while len(came) < count:
            came += await self._batch(min(BATCH, count - len(came)))
        return came

    async def person(self, name: str | None = None, password: str | None = None) -> Person:
        """Let one person join.

        Raises:
            JoinRefusedError: the server said no; the person's connection is closed again.
        """
        number, self._guests = self._guests, self._guests + 1
        person = Person(self.prosody, FIRST_NAMES[number % len(FIRST_NAMES)] if name is None else name, keep=self._keep)
        try:
            await person.open(self.prosody.c2s_port)
            await person.join(self.room, password or self.password)
        except BaseException:
            await person.close()
            raise
        self.persons.append(person)
        return person

    async def lock(self, password: str) -> None:
        """Let the moderator give the room a password."""
        await self.moderator.lock(password)
        self.password = password

    async def dismiss(self, person: Person) -> None:
        """Let a person leave and close the browser."""
        self.persons.remove(person)
        await person.leave()
        await person.close()

    async def start_stream(self, by: Person | None = None) -> str:
        """Start streaming: the recorder enters, then focus says `on`.

        Returns:
            The session's id.
        """
        self.session_id = secrets.token_hex(8)
        self.recorder = await self._recorder()
        self.focus.stream_on(self.room, self.session_id, (by or self.moderator).room_jid)
        return self.session_id

    async def stop_stream(self, by: Person | None = None) -> None:
        """Stop as a person does: focus says who it was, then the recorder leaves."""
        self.focus.stream_off(self.room, self.session_id, initiator=(by or self.moderator).room_jid)
        await self._dismiss_recorder()

    async def fail_stream(self, reason: str | None = "error") -> None:
        """Fail for good; without a reason it is Jibri who has ended by itself."""
        self.focus.stream_off(self.room, self.session_id, failure_reason=reason)
        await self._dismiss_recorder()

    async def lose_recorder(self) -> None:
        """Let the recorder crash while focus goes on saying `on`."""
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            await recorder.crash()

    async def failover(self) -> None:
        """Let another recorder take the session over: the room sees one leave and one come, and no `off`."""
        await self._dismiss_recorder()
        self.recorder = await self._recorder()

    async def _batch(self, count: int) -> list[Person]:
        # All are waited for before the first failure is told: who is still joining would be left behind.
        came = await asyncio.gather(*(self.person() for _ in range(count)), return_exceptions=True)
        for one in came:
            if isinstance(one, BaseException):
                raise one
        return [one for one in came if isinstance(one, Person)]

    async def _recorder(self) -> Recorder:
        self._recorders += 1
        # Resources are unique in the whole installation: the account is one.
        recorder = Recorder(self.prosody, f"jibri-{self._recorders}-{secrets.token_hex(2)}")
        await recorder.open(self.prosody.c2s_port)
        await recorder.join(self.room, self.password)
        recorder.stream(self.session_id)
        return recorder

    async def _dismiss_recorder(self) -> None:
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            await recorder.leave()
            await recorder.close()
