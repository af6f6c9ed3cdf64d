"""What can go wrong in the simulation."""


class SimulationError(Exception):
    """The simulated place could not be built or did not answer in time; the text says what and where."""


class JoinRefusedError(SimulationError):
    """The server refused a join.

    Args:
        room: bare JID of the room.
        condition: the stanza error's defined condition, such as `not-authorized`.
        text: the error's human text, empty where there is none.
    """

    def __init__(self, room: str, condition: str, text: str = "") -> None:
        super().__init__(f"{room}: {condition}{f' ({text})' if text else ''}")
        self.room = room
        self.condition = condition
        self.text = text
