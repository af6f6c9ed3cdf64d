"""What the demo's scenes share: the server, the daemon, the meeting, and what its people read."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from supervisor.i18n import translators
from supervisor.simulation.demo_daemon import LANGUAGE, ROOM, Daemon
from supervisor.simulation.demo_screen import Screen
from supervisor.simulation.demo_story import Step
from supervisor.simulation.errors import SimulationError
from supervisor.simulation.hls import HlsStream
from supervisor.simulation.meeting import Meeting
from supervisor.simulation.person import Person
from supervisor.simulation.prosody import PrivateProsody
from supervisor.simulation.rooms import Message

READ_WITHIN = 10.0
SETTLED_IN = 0.2
PLACE = re.compile(r"%\((\w+)\)[sd]")


class Marks:
    """How much each person had read at some instant; who came later counts as having read nothing since."""

    def __init__(self, persons: Iterable[Person]) -> None:
        self._counts = {person: len(person.messages) for person in persons}

    def since(self, person: Person) -> list[Message]:
        """What a person has read since then, but for the opening line, which everybody gets some time after coming."""
        read = person.messages[self._counts[person] :] if person in self._counts else []
        return [message for message in read if "/opening/" not in message.id]


@dataclass(slots=True)
class Stage:
    """Everything that a scene needs. `public` is what citizens watch, `meeting` that of the latest `open_room`."""

    screen: Screen
    prosody: PrivateProsody
    daemon: Daemon
    public: HlsStream
    _open: Meeting | None = None
    _connections: AsyncExitStack = field(default_factory=AsyncExitStack)
    _catalan: Callable[[str], str] = field(default_factory=lambda: translators()[LANGUAGE])

    @property
    def room(self) -> str:
        """The booked room's JID."""
        return self.prosody.room(ROOM)

    @property
    def meeting(self) -> Meeting:
        """The meeting in the room.

        Raises:
            SimulationError: the room was not opened.
        """
        if self._open is None:
            raise SimulationError("the room is not open")
        return self._open

    async def open_room(self) -> None:
        """Let focus create the room."""
        self._open = await self._connections.enter_async_context(Meeting(self.prosody, ROOM, keep=True))

    async def disconnect(self) -> None:
        """Close what is left of all connections."""
        self._open = None
        await self._connections.aclose()

    def marks(self) -> Marks:
        """Note how much everybody has read."""
        return Marks(self.meeting.persons)

    def others(self) -> list[Person]:
        """Everybody but the moderator."""
        return [person for person in self.meeting.persons if person is not self.meeting.moderator]

    async def tell(
        self, text: str, msgid: str, cause: Callable[[], Awaitable[object]], within: float = READ_WITHIN
    ) -> None:
        """Tell a step: `cause` happens, and the moderator reads `msgid` in the booking's language, but nobody else.

        What is measured begins with `cause` and ends with the reading.
        """
        shown: tuple[Message, str] | None = None
        with self.screen.step(text) as step:
            marks = self.marks()
            _, shown = await asyncio.gather(cause(), self._read(step, marks, self.meeting.moderator, msgid, within))
            await asyncio.sleep(SETTLED_IN)
            for person in self.others():
                step.expect(not marks.since(person), f"a participant read it too: {marks.since(person)}")
        if shown is not None:
            message, english = shown
            await self.screen.bubble(message.display_name, message.body, english)

    async def quiet(self, step: Step, marks: Marks, seconds: float) -> None:
        """Expect that nobody in the room has read anything since `marks`, and reads nothing for so many seconds."""
        await asyncio.sleep(seconds)
        for person in self.meeting.persons:
            read = [message.body for message in marks.since(person)]
            step.expect(not read, f"somebody read {read}")

    def pattern(self, msgid: str) -> re.Pattern[str]:
        """What a text looks like in the booking's language, whatever stands in its places."""
        return _pattern(self._catalan(msgid))

    async def read(self, step: Step, marks: Marks, person: Person, msgid: str) -> tuple[str, str, str]:
        """Wait until a person reads a text; return its sender, the text, and what it says in English."""
        message, english = await self._read(step, marks, person, msgid, READ_WITHIN)
        return message.display_name, message.body, english

    async def _read(self, step: Step, marks: Marks, person: Person, msgid: str, within: float) -> tuple[Message, str]:
        """Measure until somebody reads a text; return the message, and what it says in English."""
        pattern = self.pattern(msgid)

        def found() -> tuple[Message, re.Match[str]] | None:
            matches = ((message, pattern.fullmatch(message.body)) for message in marks.since(person))
            return next(((message, match) for message, match in matches if match), None)

        with self.screen.measured(step):
            await person.wait_for(found, within)
        read = found()
        if read is None:
            raise SimulationError("what was read is gone")
        return read[0], PLACE.sub(lambda place: read[1][place[1]], msgid)


def _pattern(text: str) -> re.Pattern[str]:
    """Make a pattern of a text with `%(name)s` places; each becomes a group of that name."""
    fixed = PLACE.split(text)
    parts = [re.escape(part) if number % 2 == 0 else f"(?P<{part}>[\\d:]+)" for number, part in enumerate(fixed)]
    return re.compile("".join(parts))
