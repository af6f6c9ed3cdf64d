"""Roll calls: of a session under supervision as it is now, of one that is over as it was stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supervisor.domain.roll_call import missing
from supervisor.web.api import shown
from supervisor.web.api.past import read
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.engine import Engine
    from supervisor.web.api import shapes
    from supervisor.web.api.operation import Call
    from supervisor.web.api.past import Records

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

NO_ROLL_CALL = (
    "There is no roll call of this booking. One is kept where the kind has roll_call = true, from half an hour before "
    "the start on."
)


class Rolls:
    """Handles them. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float], records: Records) -> None:
        self._engine = engine
        self._clock = clock
        self._records = records

    async def roll_call(self, call: Call) -> shapes.RollCall:
        """Who came, who is ready, who is not and why, who is missing."""
        for view in self._engine.sessions(self._clock()):
            booking, roll = view.booking, view.roll
            if booking.id == call.id and booking.kind.roll_call:
                absent = missing(booking.expected, roll.lines.values()) if roll.names else ()
                return shown.roll_call(booking.id, roll.lines.values(), absent, over=False)
        lines = await read(self._records.roll(call.id)) if _ID.fullmatch(call.id) else ()
        if not lines:
            raise Problem(404, NO_ROLL_CALL)
        absent = tuple(line.name for line in lines if not line.visits)
        return shown.roll_call(call.id, lines, absent, over=True)
