"""The bookings that were made here, as the daemon and the command line change them side by side.

Each change says what state it was made from, and is refused when that is no longer the present one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from supervisor.ports import BookingsMovedError, BookingsUnavailableError
from supervisor.store import queries
from supervisor.store.apply import apply, count_change
from supervisor.store.engine import reading
from supervisor.store.failures import permanent, temporary
from supervisor.store.migrate import brought_up
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection, Engine

    from supervisor.domain.records import BookingRemoved, BookingRow

Result = TypeVar("Result")


class Shelf:
    """Blocks, for 2 s at most while another process writes. Made by `Shelf.open`, from any thread."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        self._writing = writing
        self._reading = reading

    @classmethod
    def open(cls, address: str) -> Shelf:
        """Open the store's database, and bring it to this version's schema.

        Raises:
            StoreUnusableError: With the place and the remedy.
        """
        url, engine = brought_up(address)
        return cls(engine, reading(url))

    def revision(self) -> int:
        """A number that grows with each change."""
        return self._within(self._reading, queries.bookings_revision)

    def read(self) -> tuple[int, tuple[BookingRow, ...]]:
        """The revision, and all rows of it."""
        return self._within(self._reading, lambda c: (queries.bookings_revision(c), tuple(queries.bookings(c))))

    def change(self, changes: Sequence[BookingRow | BookingRemoved], revision: int) -> None:
        """Store the changes together.

        Raises:
            BookingsMovedError: That revision is not the present one.
        """

        def do(connection: Connection) -> None:
            count_change(connection)  # first: it takes the lock, on every database
            if queries.bookings_revision(connection) != revision + 1:
                raise BookingsMovedError
            for change in changes:
                apply(connection, change)

        self._within(self._writing, do)

    def close(self) -> None:
        """Give back what is held open."""
        self._writing.dispose()
        self._reading.dispose()

    def _within(self, engine: Engine, question: Callable[[Connection], Result]) -> Result:
        try:
            with engine.begin() as connection:
                return question(connection)
        except DBAPIError as error:
            raise BookingsUnavailableError(temporary(error) or permanent(error)) from None


class ThreadedShelf:
    """The same beside the loop: implements the port BookingShelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._worker = Worker("bookings")

    async def revision(self) -> int:
        """A number that grows with each change."""
        return await self._worker.do(self._shelf.revision)

    async def read(self) -> tuple[int, tuple[BookingRow, ...]]:
        """The revision, and all rows of it."""
        return await self._worker.do(self._shelf.read)

    async def change(self, changes: Sequence[BookingRow | BookingRemoved], revision: int) -> None:
        """Store the changes together."""
        await self._worker.do(lambda: self._shelf.change(changes, revision))

    def close(self) -> None:
        """Give back what is held open."""
        if self._worker.close():
            self._shelf.close()
