"""The bookings that were made over HTTP or by command: the store is polled, since the command line writes there too.

What is polled is one number; the bookings are read when it has changed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from supervisor.domain.booking_desk import MADE, Stock
from supervisor.domain.events import BookingsRead, BookingsUnreadable
from supervisor.ports import BookingsUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from supervisor.domain.events import Event
    from supervisor.domain.kinds import Kind
    from supervisor.ports import BookingShelf

POLL_INTERVAL = 1.0
"""Seconds between two looks."""


class MadeBookings:
    """A source of bookings.

    Args:
        shelf: Where they are.
        kinds: Name to kind.
        tell: Hands an event to the engine; done when it is taken.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        shelf: BookingShelf,
        kinds: Mapping[str, Kind],
        tell: Callable[[Event], Awaitable[None]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shelf = shelf
        self._kinds = kinds
        self._tell = tell
        self._sleep = sleep
        self._one_look = asyncio.Lock()
        self._stock: Stock | None = None
        self._trouble = ""

    def changed(self) -> dict[str, tuple[int, float]]:
        """Of each booking, how often it was changed and when it was last."""
        rows = {} if self._stock is None else self._stock.rows
        return {id_: (row.revision - 1, row.changed) for id_, row in rows.items()}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.poll()
            except BookingsUnavailableError as error:
                await self._complain(str(error))
            await self._sleep(POLL_INTERVAL)

    async def poll(self) -> Stock:
        """Look once; what is new has reached the engine when this is done.

        Raises:
            BookingsUnavailableError: The store can't be read.
        """
        async with self._one_look:
            if self._stock is None or await self._shelf.revision() != self._stock.revision:
                revision, rows = await self._shelf.read()
                stock = await asyncio.to_thread(Stock.of, revision, rows, self._kinds)
                await self._tell(BookingsRead(MADE, tuple(stock.bookings.values())))
                if stock.problems:
                    await self._tell(BookingsUnreadable(MADE, stock.problems))
                self._stock = stock
            self._trouble = ""
            return self._stock

    async def _complain(self, reason: str) -> None:
        if reason != self._trouble:
            self._trouble = reason
            await self._tell(BookingsUnreadable(MADE, (f"the store can't be read: {reason}",)))
