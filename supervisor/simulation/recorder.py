"""A Jibri, as far as the rooms can see it."""

import secrets

from slixmpp.xmlstream import ET

from supervisor.simulation import stanzas
from supervisor.simulation.errors import SimulationError
from supervisor.simulation.places import Places
from supervisor.simulation.rooms import RoomClient


class Recorder(RoomClient):
    """A recorder's browser: an account of the hidden domain that enters one room and says which stream it carries.

    Args:
        places: the installation.
        name: resource of the connection; several recorders share the account, as Jibris do.
    """

    def __init__(self, places: Places, name: str = "jibri-1") -> None:
        super().__init__(f"{places.recorder_jid}/{name}", places.recorder_password)
        self.nick = secrets.token_hex(4)
        self.room = ""

    async def join(self, room: str, password: str | None = None) -> None:
        """Enter a room (bare JID) as an ordinary member with the feature that marks a Jibri."""
        await self.enter(room, self.nick, stanzas.recorder_children(None, None), password)
        self.room = room

    def stream(self, session_id: str, view_url: str | None = "https://video.invalid/live") -> None:
        """Tell which session this is, as Jibri does when its page is in the call and before anything is sent.

        Raises:
            SimulationError: the recorder is in no room.
        """
        self._tell(stanzas.recorder_children(session_id, view_url))

    def record(self, session_id: str) -> None:
        """Tell which session this is, as a Jibri does that writes a file.

        Raises:
            SimulationError: the recorder is in no room.
        """
        self._tell(stanzas.recorder_children(session_id, None, "file"))

    def _tell(self, children: list[ET.Element]) -> None:
        if not self.room:
            raise SimulationError("the recorder is in no room: join one first")
        self.publish(self.room, children)

    async def leave(self) -> None:
        """Leave the room."""
        await self.depart(self.room)
        self.room = ""
