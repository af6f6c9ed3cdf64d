"""Somebody with jitsi-meet open in a browser."""

import hashlib
import re
import time

from slixmpp.xmlstream import ET

from supervisor.simulation import stanzas
from supervisor.simulation.client import bare
from supervisor.simulation.errors import SimulationError
from supervisor.simulation.places import Places
from supervisor.simulation.rooms import Message, Occupant, RoomClient, RoomView

UUID_HEAD = re.compile(r"[0-9a-f]{8}-")


class Person(RoomClient):
    """An anonymous client that does in a room what lib-jitsi-meet does.

    Args:
        places: the installation; only its domain is used.
        display_name: how the person wants to be called; browsers show a default where it is empty.
        keep: whether every stanza received is kept in `heard`.

    Attributes:
        invitations: bare JIDs of the rooms to which this person was invited.
    """

    def __init__(self, places: Places, display_name: str = "", *, keep: bool = False) -> None:
        super().__init__(places.domain, keep=keep)
        self.room = ""
        self.invitations: list[str] = []
        self.state = stanzas.PersonState("", display_name)
        if display_name:
            self.state.email = f"{display_name.lower()}@mail.invalid"
            self.state.avatar_url = f"https://pictures.invalid/{display_name.lower()}.png"

    @property
    def display_name(self) -> str:
        """How the person is called."""
        return self.state.display_name

    @property
    def nick(self) -> str:
        """The nick in the room: the first 8 hexadecimal digits of the anonymous account."""
        return endpoint_id(str(self.boundjid.user))

    @property
    def real_jid(self) -> str:
        """The JID of the connection."""
        return str(self.boundjid)

    @property
    def room_jid(self) -> str:
        """The JID in the room."""
        return f"{self.room}/{self.nick}"

    @property
    def view(self) -> RoomView:
        """What this person knows of the room.

        Raises:
            SimulationError: the person is in none.
        """
        try:
            return self.views[self.room]
        except KeyError:
            raise SimulationError(f"{self.display_name or self.nick} is in no room: join one first") from None

    @property
    def messages(self) -> list[Message]:
        """The chat as this person has received it."""
        return self.view.messages

    @property
    def occupants(self) -> dict[str, Occupant]:
        """Who is in the room, by nick, oneself included."""
        return self.view.occupants

    @property
    def subject(self) -> str | None:
        """The room's subject, None before the server has told it."""
        return self.view.subject

    @property
    def role(self) -> str:
        """This person's role now: `moderator`, `participant`, or empty outside."""
        me = self.view.me
        return me.role if me else ""

    async def join(self, room: str, password: str | None = None) -> None:
        """Enter a room and wait for one's own presence.

        Raises:
            JoinRefusedError: the server said no; it carries the condition.
        """
        self.state.endpoint = self.nick
        await self.enter(room, self.nick, self.state.children(), password)
        self.room = room

    async def leave(self) -> None:
        """Leave the room in good order."""
        await self.depart(self.room)
        self.room = ""

    def mute(self) -> None:
        """Turn the microphone off."""
        self.state.audio_muted = True
        self._publish()

    def unmute(self) -> None:
        """Turn the microphone on."""
        self.state.audio_muted = False
        self._publish()

    def turn_camera(self, *, on: bool) -> None:
        """Turn the camera on or off."""
        self.state.video_muted = not on
        self._publish()

    def raise_hand(self) -> None:
        """Raise the hand."""
        self.state.raised_hand_ms = int(time.time() * 1000)
        self._publish()

    def lower_hand(self) -> None:
        """Lower the hand."""
        self.state.raised_hand_ms = None
        self._publish()

    def record(self, *, on: bool) -> None:
        """Record the conference to the own disk, or stop that; the client tells all others."""
        self.state.records = on
        self._publish()

    async def knock(self, lobby: str) -> None:
        """Enter a lobby (bare JID), as the client does that was sent there; leaving it is `depart(lobby)`.

        Raises:
            JoinRefusedError: the server said no.
        """
        await self.enter(lobby, self.nick, [stanzas.element("nick", stanzas.NICK, self.display_name)])

    def admit(self, guest: "Person") -> None:
        """Let somebody in who waits in the lobby; the server obeys moderators only."""
        invite = stanzas.element("invite", stanzas.MUC_USER, to=guest.real_jid)
        entry = stanzas.with_children(stanzas.element("x", stanzas.MUC_USER), [invite])
        self.forge(stanzas.with_children(stanzas.element("message", to=self.room), [entry]))

    def say(self, text: str) -> None:
        """Write into the chat."""
        self.forge(stanzas.groupchat(self.room, text))

    def name_room(self, subject: str) -> None:
        """Ask for another subject; the server obeys moderators only."""
        self.forge(stanzas.subject(self.room, subject))

    async def lock(self, password: str) -> None:
        """Give the room a password, empty for none.

        Raises:
            SimulationError: the server obeys moderators only.
        """
        await self.ask(self.room, stanzas.room_form({"muc#roomconfig_roomsecret": password}))

    async def close_doors(self, *, closed: bool = True) -> None:
        """Admit members only; with Jitsi's own modules that is what opens the lobby.

        Whoever is in the room is made a member before, or the server would put them out.

        Raises:
            SimulationError: the server obeys moderators only.
        """
        strangers = [bare(one.jid) for one in self.occupants.values() if one.affiliation == "none"]
        if closed and strangers:
            await self.ask(self.room, stanzas.membership(strangers))
        await self.ask(self.room, stanzas.room_form({"muc#roomconfig_membersonly": "1" if closed else "0"}))

    async def next_message(self, within: float = 10.0) -> Message:
        """Wait for one more line of chat than there is now, and return it."""
        view, known = self.view, len(self.view.messages)
        await self.wait_for(lambda: len(view.messages) > known, within)
        return view.messages[known]

    def take_message(self, xml: ET.Element) -> None:
        """Notice an invitation; the rest belongs to the room."""
        super().take_message(xml)
        if xml.find(f"{{{stanzas.MUC_USER}}}x/{{{stanzas.MUC_USER}}}invite") is not None:
            self.invitations.append(xml.get("from", ""))

    def _publish(self) -> None:
        self.publish(self.room, self.state.children())


def endpoint_id(user: str) -> str:
    """Return the endpoint id of an account name: the head of a UUID.

    Jitsi's authentication names accounts by UUID; Prosody's own has other random names, of which a digest is taken.
    """
    return user[:8] if UUID_HEAD.match(user) else hashlib.sha256(user.encode()).hexdigest()[:8]
