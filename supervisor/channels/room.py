"""The in-room channel: a notice becomes a message from the room itself to the people it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.domain.events import NotTold, Told

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from supervisor.domain.commands import Notify
    from supervisor.ports import Deliverer, Emit


class RoomChannel:
    """Implements the port Channel.

    ``tried`` gets each try's outcome (``told``, ``nobody`` was there to be told, ``failed``) and the fact's instant.
    """

    def __init__(self, deliverer: Deliverer, emit: Emit, tried: Callable[[str, float], None]) -> None:
        self._deliverer = deliverer
        self._emit = emit
        self._tried = tried

    def send(self, notice: Notify) -> None:
        """Hand the notice over; the answer comes as Told or NotTold."""
        self._deliverer.deliver(notice).add_done_callback(lambda done: self._answered(notice, done))

    def _answered(self, notice: Notify, done: asyncio.Future[tuple[str, ...]]) -> None:
        if done.cancelled():
            self._emit(NotTold(notice.notice, "cancelled"))
            return
        error = done.exception()
        if error is not None:
            self._tried("failed", notice.since)
            self._emit(NotTold(notice.notice, str(error)))
            return
        self._tried("told" if done.result() else "nobody", notice.since)
        self._emit(Told(notice.notice, done.result()))
