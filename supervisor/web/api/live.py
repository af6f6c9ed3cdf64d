"""Sessions and alerts: what is so now, and what support staff wish.

A wish is answered when the engine has taken it. What became of it is read from the engine's state, so one wish at a
time: else two of them could both take the outcome for their own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from supervisor.domain.events import MessageWritten, WishMade
from supervisor.domain.wishes import Wish
from supervisor.web.api import shapes, shown
from supervisor.web.api.paging import page
from supervisor.web.api.values import instant
from supervisor.web.api.wanted import MessageWanted, ResumeWanted
from supervisor.web.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from supervisor.alerts.open_alert import OpenAlert
    from supervisor.alerts.supervised import SessionView
    from supervisor.domain.events import Event
    from supervisor.engine import Engine
    from supervisor.web.api.operation import Call

    Take = Callable[[Event], Awaitable[None]]
    """Hands an event to the engine; done when it is taken and on record."""

NO_SESSION = "No session of this booking is under supervision now; see /api/v1/sessions."
NO_ALERT = "No alert of this id is open; see /api/v1/alerts."
NOT_PAUSED = "The session is not paused."
NOT_VERIFIED = (
    'The live stream is {phase}, so the public may not see the session. To go on all the same, send {{"force": true}}.'
)
NOT_SEEN = "The room is not seen at present, so nobody in it can be told; try again when it is."
NO_MODERATOR = "There is no moderator in the room who could read it."
OVERTAKEN = "Somebody in the room was faster; read the session again."
SERVER = "An alert of the server is not repeated or escalated, so there is nothing to acknowledge; it ends by itself."


class Live:
    """Handles them. ``clock`` gives seconds since the epoch."""

    def __init__(self, engine: Engine, clock: Callable[[], float], take: Take) -> None:
        self._engine = engine
        self._clock = clock
        self._take = take
        self._one_wish = asyncio.Lock()

    async def sessions(self, call: Call) -> shapes.Sessions:
        """The sessions under supervision."""
        now = self._clock()
        views = sorted(self._engine.sessions(now), key=lambda view: (view.booking.start, view.booking.id))
        part = page(views, call)
        return shapes.Sessions(
            sessions=[shown.session(view, now) for view in part.items], total=part.total, next_offset=part.next
        )

    async def session(self, call: Call) -> shapes.Session:
        """One of them."""
        return shown.session(self._find(call.id), self._clock())

    async def pause(self, call: Call) -> shapes.Session:
        """Halt a session."""
        async with self._one_wish:
            halted = self._find(call.id).paused
            if halted is not None:
                raise Problem(409, f"The session has been paused since {instant(halted.since)} by {halted.by}.")
            await self._take(WishMade(call.id, Wish.PAUSE, call.by))
            view = self._find(call.id)
        if view.paused is None or view.paused.by != call.by:
            raise Problem(409, OVERTAKEN)
        return shown.session(view, self._clock())

    async def resume(self, call: Call) -> shapes.Session:
        """Let a session go on."""
        assert isinstance(call.body, ResumeWanted)
        async with self._one_wish:
            if self._find(call.id).paused is None:
                raise Problem(409, NOT_PAUSED)
            await self._take(WishMade(call.id, Wish.RESUME, call.by, force=call.body.force))
            view = self._find(call.id)
        if view.paused is not None:
            raise Problem(409, NOT_VERIFIED.format(phase=view.stream))
        return shown.session(view, self._clock())

    async def message(self, call: Call) -> shapes.Session:
        """Tell the moderators something."""
        assert isinstance(call.body, MessageWanted)
        readers = self._find(call.id).moderators
        if not readers:
            raise Problem(409, NOT_SEEN if readers is None else NO_MODERATOR)
        await self._take(MessageWritten(call.id, call.body.text, call.by))
        return shown.session(self._find(call.id), self._clock())

    async def alerts(self, call: Call) -> shapes.Alerts:
        """The open alerts."""
        part = page(sorted(self._alerts(), key=lambda alert: (-alert.began, alert.id)), call)
        return shapes.Alerts(
            alerts=[shown.alert(alert) for alert in part.items], total=part.total, next_offset=part.next
        )

    async def acknowledge(self, call: Call) -> shapes.Alert:
        """Answer for an alert; whoever did it first stands."""
        alert = self._alert(call.id)
        if not alert.booking:
            raise Problem(409, SERVER)
        await self._take(WishMade(alert.booking, Wish.ACKNOWLEDGE, call.by, alert.monitor))
        return shown.alert(self._alert(call.id))

    def _find(self, booking: str) -> SessionView:
        for view in self._engine.sessions(self._clock()):
            if view.booking.id == booking:
                return view
        raise Problem(404, NO_SESSION)

    def _alerts(self) -> list[OpenAlert]:
        views = self._engine.sessions(self._clock())
        return [*(alert for view in views for alert in view.alerts), *self._engine.source_alerts()]

    def _alert(self, ident: str) -> OpenAlert:
        for alert in self._alerts():
            if alert.id == ident:
                return alert
        raise Problem(404, NO_ALERT)
