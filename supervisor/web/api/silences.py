"""Silences: nothing is told of what they match, for a time."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from supervisor.domain.events import SilenceLifted, SilenceSet
from supervisor.domain.records import Silence
from supervisor.web.api import shapes, shown
from supervisor.web.api.paging import page
from supervisor.web.api.wanted import SilenceWanted
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from supervisor.engine import Engine
    from supervisor.web.api.live import Take
    from supervisor.web.api.operation import Call

LONGEST = 30 * 86_400.0
"""Seconds that a silence may last: nobody remembers an older one, and the trouble is still there."""
MOST = 1000
"""Silences at one time."""

NO_SILENCE = "There is no silence of this id, or its time is over; see /api/v1/silences."
PAST = "is over already; write an instant ahead"
TOO_LONG = "is more than 30 days ahead; shorten it, and renew it if it has to last"
FULL = f"There are {MOST} silences already; lift some."


class Silences:
    """Handles them. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float], take: Take) -> None:
        self._engine = engine
        self._clock = clock
        self._take = take

    async def listed(self, call: Call) -> shapes.Silences:
        """Those whose time is not over."""
        part = page(sorted(self._valid(), key=lambda silence: (silence.until, silence.id)), call)
        return shapes.Silences(
            silences=[shown.silence(each) for each in part.items], total=part.total, next_offset=part.next
        )

    async def add(self, call: Call) -> shapes.Silence:
        """Set one."""
        wanted, now = call.body, self._clock()
        assert isinstance(wanted, SilenceWanted)
        key = "until" if "until" in wanted.model_fields_set else "duration"
        until = wanted.until if key == "until" else now + wanted.duration
        if not now < until <= now + LONGEST:
            detail = PAST if until <= now else TOO_LONG
            raise Problem(422, "The silence has no possible end.", errors=[{"field": f"body.{key}", "detail": detail}])
        if len(self._valid()) >= MOST:
            raise Problem(409, FULL)
        silence = Silence(secrets.token_hex(8), wanted.booking, wanted.monitor, until, call.by, wanted.comment)
        await self._take(SilenceSet(silence))
        return shown.silence(silence)

    async def lift(self, call: Call) -> None:
        """End one."""
        if all(silence.id != call.id for silence in self._valid()):
            raise Problem(404, NO_SILENCE)
        await self._take(SilenceLifted(call.id, call.by))

    def _valid(self) -> list[Silence]:
        now = self._clock()
        return self._engine.silences.in_force(now)
