"""Jicofo, as far as the rooms can see it."""

import secrets
from dataclasses import dataclass

from slixmpp.xmlstream import ET

from supervisor.simulation import stanzas
from supervisor.simulation.client import bare
from supervisor.simulation.errors import SimulationError
from supervisor.simulation.places import Places
from supervisor.simulation.rooms import Occupant, RoomClient
from supervisor.simulation.stanzas import RecordingStatus, element, with_children

NICK = "focus"


@dataclass(slots=True)
class Conference:
    """What Jicofo holds of one room: the owner it made (a bare real JID), visitors, and the stream's status."""

    room: str
    owner: str | None = None
    visitors: int = 0
    recording: RecordingStatus | None = None


class Focus(RoomClient):
    """The focus account: first in, one owner made, the stream's status told, last out; many rooms, one connection.

    Args:
        places: the installation.
        resource: of the connection. Jicofo's is `focus`; two connections with the same one throw each other out.

    Attributes:
        elects: whether somebody is made owner where none is, as with Jicofo's `enable-auto-owner`; else only who logs
            in is, see `appoint`.
    """

    def __init__(self, places: Places, resource: str = NICK) -> None:
        super().__init__(f"{places.focus_jid}/{resource}", places.focus_password)
        self.hidden_domain = places.hidden_domain
        self.elects = True
        self.conferences: dict[str, Conference] = {}

    async def open_room(self, room: str, password: str | None = None) -> None:
        """Create a room (bare JID) as Jicofo does when the first browser asks for the conference.

        A `password` is needed where one is set already; in a real installation Jicofo is let in without.
        """
        conference = self.conferences[room] = Conference(room)
        await self.enter(room, NICK, self._children(conference), password)
        await self.ask(room, stanzas.room_form({"muc#roomconfig_whois": "anyone"}))
        self._elect(conference)

    def appoint(self, room: str, jid: str) -> None:
        """Make somebody (a bare real JID) owner, as Jicofo does with who has logged in."""
        self._conference(room).owner = jid
        self.forge(self._request(room, stanzas.ownership(jid)))

    async def open_brewery(self, room: str) -> None:
        """Enter the room of the Jibris (bare JID), creating it: no conference, and nobody is made owner there."""
        await self.enter(room, NICK, [])

    async def close_room(self, room: str) -> None:
        """Leave a room, whoever is in it."""
        self.conferences.pop(room, None)
        await self.depart(room)

    def stream_on(self, room: str, session_id: str, initiator: str | None) -> None:
        """Tell that the stream runs; `initiator` is the room JID of who started it."""
        self._tell(room, RecordingStatus("on", session_id, initiator))

    def stream_off(
        self, room: str, session_id: str, initiator: str | None = None, failure_reason: str | None = None
    ) -> None:
        """Tell that the stream has ended: stopped by somebody, failed, or (with neither) by itself."""
        self._tell(room, RecordingStatus("off", session_id, initiator, failure_reason))

    def record(self, room: str, session_id: str, *, on: bool) -> None:
        """Tell that a recording to a file runs, or has ended."""
        self._tell(room, RecordingStatus("on" if on else "off", session_id, mode="file"))

    def set_visitors(self, room: str, count: int) -> None:
        """Tell how many visitors follow the conference from elsewhere."""
        conference = self._conference(room)
        conference.visitors = count
        self.publish(room, self._children(conference))

    def take_presence(self, xml: ET.Element) -> None:
        """Do what Jicofo does when somebody comes or goes."""
        super().take_presence(xml)
        conference = self.conferences.get(xml.get("from", "").partition("/")[0])
        if conference is None or not self.views[conference.room].joined:
            return
        if xml.get("type") == "unavailable":
            self._after_leave(conference)
        self._elect(conference)

    def _after_leave(self, conference: Conference) -> None:
        members = self._members(conference)
        if conference.owner not in {bare(member.jid) for member in members}:
            conference.owner = None
        if not members:
            del self.conferences[conference.room]
            self.forge(element("presence", to=f"{conference.room}/{NICK}", type="unavailable"))

    def _elect(self, conference: Conference) -> None:
        # The first person, or who is owner already for a reason of the server's own; never a recorder.
        if not self.elects or conference.owner is not None or conference.room not in self.conferences:
            return
        people = [one for one in self._members(conference) if not bare(one.jid).endswith(f"@{self.hidden_domain}")]
        if not people:
            return
        owners = [one for one in people if one.affiliation == "owner"]
        chosen = (owners or people)[0]
        conference.owner = bare(chosen.jid)
        if chosen not in owners:
            self.forge(self._request(conference.room, stanzas.ownership(conference.owner)))

    def _members(self, conference: Conference) -> list[Occupant]:
        return [one for one in self.views[conference.room].occupants.values() if one.nick != NICK]

    def _tell(self, room: str, recording: RecordingStatus) -> None:
        conference = self._conference(room)
        conference.recording = recording
        self.publish(room, self._children(conference))

    def _children(self, conference: Conference) -> list[ET.Element]:
        return stanzas.focus_children(conference.room, conference.visitors, conference.recording)

    def _conference(self, room: str) -> Conference:
        try:
            return self.conferences[room]
        except KeyError:
            raise SimulationError(f"focus is not in {room}: open_room() first") from None

    @staticmethod
    def _request(room: str, query: ET.Element) -> ET.Element:
        return with_children(element("iq", to=room, type="set", id=secrets.token_hex(8)), [query])
