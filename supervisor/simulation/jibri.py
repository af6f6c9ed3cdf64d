"""A Jibri, as far as its brewery can see it; what it does in the rooms is the recorder's."""

from supervisor.simulation import stanzas
from supervisor.simulation.places import Places
from supervisor.simulation.rooms import RoomClient


class Jibri(RoomClient):
    """A Jibri's connection to the brewery, where it tells whether it can be asked to record.

    Args:
        places: the installation.
        name: nickname in the brewery, and resource of the connection: all Jibris share one account.
    """

    def __init__(self, places: Places, name: str = "jibri-1") -> None:
        super().__init__(f"{places.jibri_jid}/{name}", places.jibri_password)
        self.brewery = places.brewery
        self.nick = name

    async def offer(self) -> None:
        """Enter the brewery, idle and healthy."""
        await self.enter(self.brewery, self.nick, [stanzas.jibri_status(busy=False, healthy=True)])

    def tell(self, *, busy: bool = False, healthy: bool = True) -> None:
        """Tell how it is now. A Jibri does so when something has changed, and only then."""
        self.publish(self.brewery, [stanzas.jibri_status(busy=busy, healthy=healthy)])
