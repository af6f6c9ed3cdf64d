"""What the script lets happen, at real edges; each act ends when the daemon has seen it."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from supervisor.domain.evidence import Phase, Word
from supervisor.domain.occupants import Status
from supervisor.domain.room import Recording
from supervisor.domain.session import Session
from supervisor.engine import XMPP
from supervisor.simulation import Focus, Jibri, JoinRefusedError, Meeting, Person, PrivateProsody
from tests.integration.plenary.checks import clock
from tests.integration.plenary.hall import WITHIN, Hall, Listener

ID = "almatret-2026-09-03"
ROOM = "plealmatret"
TITLE = "Ple ordinari de setembre"
PASSWORD = "sesam"


class Books(Protocol):
    """Writes the bookings' file."""

    def __call__(self, *, twice: bool) -> None: ...


@dataclass
class Stage:
    """Everybody who takes part. ``moderator`` is the secretary's client that is or was last connected."""

    hall: Hall
    prosody: PrivateProsody
    books: Books
    clients: AsyncExitStack
    jibri: Jibri = field(init=False)
    brewery_focus: Focus = field(init=False)
    meeting: Meeting = field(init=False)
    guest: Person | None = None

    # --- the house ---

    async def open(self) -> None:
        """Jicofo and an idle Jibri are there before anything else; the bookings' file has a second, wrong booking."""
        self.brewery_focus, self.jibri = Focus(self.prosody, "focus-brewery"), Jibri(self.prosody)
        for client in (self.brewery_focus, self.jibri):
            await client.open(self.prosody.c2s_port)
            self.clients.push_async_callback(client.close)
        await self.brewery_focus.open_brewery(self.prosody.brewery)
        await self.jibri.offer()
        await self.hall.until(lambda: self.hall.engine.plant.recorders, "a recorder is known")
        await self.hall.until(lambda: self.hall.engine.diary.bookings, "the bookings are read")

    async def booked_once(self) -> None:
        self.books(twice=False)
        await self.sees(lambda session: not session.neighbours.rival)

    async def jibri_is(self, *, busy: bool) -> None:
        self.jibri.tell(busy=busy)
        recorders = self.hall.engine.plant.recorders
        await self.hall.until(lambda: all(seen.busy == busy for seen in recorders.values()), "the Jibri's state")

    async def sees(self, condition: Callable[[Session], Any]) -> None:
        """Wait until the engine sees it so, and all that follows from it is done."""
        supervised = self.hall.engine._supervised
        await self.hall.until(lambda: ID in supervised and condition(supervised[ID].session), "the engine sees it")
        await self.hall.quiet()

    async def counted(self) -> None:
        """The daemon counts those who are in the room, no more and no less."""
        expected = len(self.meeting.persons)
        await self.sees(lambda session: session.people == expected)

    # --- people ---

    async def begins(self) -> None:
        """Somebody opens the room: focus makes it, the secretary comes first."""
        self.meeting = await self.clients.enter_async_context(Meeting(self.prosody, ROOM))
        await self.secretary_comes()

    async def secretary_comes(self) -> None:
        person = await self.meeting.person("Secretària")
        if not self.meeting.focus.elects:
            self.meeting.focus.appoint(self.meeting.room, person.real_jid.partition("/")[0])
        await person.wait_for(lambda: person.role == "moderator")
        self.hall.listeners.append(Listener(person))
        await self.counted()
        await self.sees(lambda session: session.moderators == 1)

    async def secretary_drops(self) -> None:
        """Her computer dies. Jicofo waits for somebody who logs in."""
        self.meeting.focus.elects = False
        self.meeting.persons.remove(self.moderator)
        await self.moderator.crash()
        await self.counted()

    @property
    def moderator(self) -> Person:
        return self.hall.listeners[-1].person

    @property
    def others(self) -> list[Person]:
        return [person for person in self.meeting.persons if person is not self.moderator]

    async def come(self, count: int) -> None:
        await self.meeting.people(count)
        await self.counted()

    async def go(self, count: int) -> None:
        for person in self.others[len(self.others) - count :]:
            await self.meeting.dismiss(person)
        await self.counted()

    async def drops_out(self) -> None:
        person = self.others[-1]
        self.meeting.persons.remove(person)
        await person.crash()
        await self.counted()

    async def all_go(self) -> None:
        """First the others, then the secretary; after her only focus and nobody."""
        await self.go(len(self.others))
        await self.meeting.dismiss(self.moderator)
        await self.hall.until(lambda: ID not in self.hall.engine._supervised, "the session is closed")
        await self.hall.quiet()

    # --- the room ---

    async def title(self) -> None:
        self.moderator.name_room(TITLE)
        await self.moderator.wait_for(lambda: self.moderator.subject == TITLE)

    async def lock(self) -> None:
        await self.meeting.lock(PASSWORD)
        await self.sees(lambda session: session.main.password)

    async def focus_goes(self) -> None:
        await self.meeting.focus.close_room(self.meeting.room)
        await self.sees(lambda session: not session.main.focused)

    async def focus_comes(self) -> None:
        await self.meeting.focus.open_room(self.meeting.room, self.meeting.password)
        await self.sees(lambda session: session.main.focused)

    async def says(self, word: str) -> None:
        """The secretary writes one of our words, and reads the answer."""
        before = len(self.hall.listeners[-1].read)
        self.moderator.say(word)
        await self.hall.until(lambda: len(self.hall.listeners[-1].told()) > before, f"an answer to {word}")
        await self.hall.quiet()

    async def pauses(self) -> None:
        await self.says("!pausa")
        flag = f"SESSIÓ ATURADA des de les {clock(self.hall.clock.now)[:5]}"
        await self.moderator.wait_for(lambda: self.moderator.subject == flag, WITHIN)

    async def resumes(self) -> None:
        await self.says("!reprèn")
        await self.moderator.wait_for(lambda: self.moderator.subject == TITLE, WITHIN)

    async def somebody_says(self, word: str) -> None:
        """A participant writes it: it is a line of chat like any other."""
        who = self.others[0]
        who.say(word)
        await self.moderator.wait_for(
            lambda: any((message.who, message.body) == (who.nick, word) for message in self.moderator.messages)
        )
        assert self.moderator.subject == TITLE

    async def media(self, *, on: bool, people: int | None = None) -> None:
        for person in self.meeting.persons[:people]:
            (person.unmute if on else person.mute)()
            person.turn_camera(on=on)
        await self.sees(lambda session: session.main.all_muted is not on)

    async def records(self, *, on: bool) -> None:
        """A participant records on the own computer."""
        self.others[0].record(on=on)
        await self.sees(lambda session: (Recording.LOCAL in session.main.recordings) is on)

    async def knocks(self) -> None:
        """The lobby is opened, and somebody waits in it."""
        await self.moderator.close_doors()
        guest = self.guest = Person(self.prosody, "Convidat")
        self.clients.push_async_callback(guest.close)
        await guest.open(self.prosody.c2s_port)
        with pytest.raises(JoinRefusedError):  # who knows the password goes past the lobby
            await guest.join(self.meeting.room)
        await guest.knock(self.lobby)
        await self.sees(lambda session: session.main.waiting == 1)
        await self.counted()

    async def admits(self) -> None:
        guest = self.guest
        assert guest is not None
        self.moderator.admit(guest)
        await guest.wait_for(lambda: guest.invitations)
        await guest.join(self.meeting.room, PASSWORD)
        self.meeting.persons.append(guest)
        await guest.depart(self.lobby)
        await self.moderator.close_doors(closed=False)
        await self.counted()
        await self.sees(lambda session: session.main.waiting == 0 and not session.main.lobby)

    @property
    def lobby(self) -> str:
        return f"{ROOM}@{self.prosody.lobby}"

    # --- the stream ---

    async def stream_starts(self) -> None:
        await self.meeting.start_stream(self.moderator)
        await self.sees(lambda session: session.jibri.phase is Phase.LIVE)

    async def stream_fails(self) -> None:
        await self.meeting.fail_stream()
        await self.sees(lambda session: session.jibri.phase is Phase.INTERRUPTED and not session.main.recorder_session)

    async def stream_stops(self) -> None:
        await self.meeting.stop_stream(self.moderator)
        await self.sees(lambda session: session.jibri.phase is Phase.ENDED and not session.main.recorder_session)

    async def recorder_changes(self) -> None:
        """Another Jibri takes over; Jicofo says nothing of it."""
        before = self.meeting.recorder
        assert before is not None
        await self.meeting.failover()
        after = self.meeting.recorder
        assert after is not None
        await self.sees(lambda session: after.nick in session.main.occupants and before.nick not in session.main.sorts)
        await self.sees(lambda session: session.main.status and session.main.status.status is Status.ON)

    async def witness(self, name: str, word: Word, **more: Any) -> None:
        """What one who watches from outside sees from now on."""
        self.hall.witnesses[name].sees(word, **more)
        await self.hall.forward(self.hall.clock.now)

    # --- blindness ---

    async def all_blind(self) -> None:
        """Prosody stands still, and nobody who watches the stream gets an answer."""
        self.hall.frozen = True
        self.prosody.freeze()
        await self.hall.until(lambda: not self.hall.engine.sources()[XMPP], "the loss of the server is noticed")
        for witness in self.hall.witnesses.values():
            witness.sees(Word.UNKNOWN, detail="no answer")
        await self.hall.forward(self.hall.clock.now)

    async def all_seen(self) -> None:
        for name, word in (("hls", Word.UP), ("youtube public", Word.UP), ("youtube owner", Word.UP)):
            self.hall.witnesses[name].sees(word)
        self.prosody.thaw()
        self.hall.frozen = False
        await self.hall.until(lambda: self.hall.engine.sources()[XMPP], "the server is heard again")
        await self.hall.forward(self.hall.clock.now)
        await self.counted()
