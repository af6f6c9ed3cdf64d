"""What the runtime asks of the adapters. They are blind to each other and know only these shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from supervisor.domain.news import Selection

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from supervisor.domain.bookings import Booking
    from supervisor.domain.changes import Change
    from supervisor.domain.commands import Moderate, Notify, Retitle
    from supervisor.domain.events import Event
    from supervisor.domain.records import BookingRemoved, BookingRow, Outgoing
    from supervisor.domain.retention import Erasure

    Emit = Callable[[Event], None]
    """Puts an event into the inbox; never blocks, never raises."""


class Rooms(Protocol):
    """Joins and leaves rooms; answers with room events."""

    def watch(self, room: str, *, media: bool, names: bool = False) -> None:
        """Join this room now, and again after every loss of the connection; a second call replaces the first.

        Args:
            room: Its bare JID.
            media: Whether everybody's media states are wanted, too: each mute is then an event.
            names: Whether the people's names are wanted: only where the booking allows to note them.
        """
        ...

    def unwatch(self, room: str) -> None:
        """Leave this room."""
        ...

    def moderate(self, order: Moderate) -> None:
        """Switch the room's audio moderation; answers with Moderated, or not at all where nothing is connected."""
        ...

    def retitle(self, order: Retitle) -> None:
        """Set or restore the room's title; answers with Retitled, or not at all where the room can't be reached."""
        ...


class Witness(Protocol):
    """Observes the streams of bookings; answers with EvidenceSeen. None of its calls blocks or raises."""

    def follow(self, booking: Booking) -> None:
        """Look at this booking's stream, if it has what this witness can see; a second call replaces the first."""
        ...

    def unfollow(self, booking: str) -> None:
        """Stop looking; an id that is not followed is no error."""
        ...

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """Look now and often while there is doubt, at leisure otherwise."""
        ...

    async def run(self) -> None:
        """Work until cancelled."""
        ...


class Channel(Protocol):
    """Sends notices; answers each with exactly one Told or NotTold."""

    def send(self, notice: Notify) -> None:
        """Start sending; never blocks, never raises."""
        ...


class Deliverer(Protocol):
    """Hands a text to a room's server."""

    def deliver(self, notice: Notify) -> asyncio.Future[tuple[str, ...]]:
        """Start delivering. The future gets the nicks it was sent to, or an error whose text is the reason."""
        ...


class Keeper(Protocol):
    """Keeps changes over a restart."""

    def write(self, batch: Sequence[Change]) -> asyncio.Future[frozenset[str]]:
        """Store changes in one transaction; never blocks, never raises.

        The future gets the keys of messages that were not stored before, when all is on disk.
        """
        ...


class BookingsMovedError(Exception):
    """Somebody else has changed the bookings since they were read; read them again."""


class BookingsUnavailableError(Exception):
    """The bookings can't be read or stored at present. The text is the reason."""


class BookingShelf(Protocol):
    """The bookings that were made over HTTP or by command, as they are stored; others may change them, too.

    Each raises BookingsUnavailableError where the store does not answer.
    """

    async def revision(self) -> int:
        """A number that grows with each change; cheap."""
        ...

    async def read(self) -> tuple[int, tuple[BookingRow, ...]]:
        """The revision, and all rows of it."""
        ...

    async def change(self, changes: Sequence[BookingRow | BookingRemoved], revision: int) -> None:
        """Store the changes together. Raises BookingsMovedError where that revision is not the present one."""
        ...


class NotErasedError(Exception):
    """A session can't be erased. The text is the reason, and what to do.

    Attributes:
        absent: Whether nothing is stored of it.
        erased: Its last deletion, where that is why.
    """

    def __init__(self, reason: str, *, absent: bool = False, erased: Erasure | None = None) -> None:
        super().__init__(reason)
        self.absent = absent
        self.erased = erased


class NotNowError(Exception):
    """The store can't be read or written at present. The text is the reason."""


class Eraser(Protocol):
    """Deletes what is stored."""

    async def erase(self, session: str, by: str) -> Sequence[Erasure]:
        """Delete all that is stored of a session. Returns the proofs. Raises NotErasedError or NotNowError."""
        ...


class Sender(Protocol):
    """One receiver outside the house. To be inherited from, for what most do not need.

    Attributes:
        channel: Name of the kind of way, as ``email``.
        target: Name of the receiver, for the record; never an address or a secret.
        kinds: Which messages it understands, see `supervisor.domain.news.Kind`.
        selection: What its receiver wants to hear of.
        repeat: Seconds after which it wants to tell its receiver again what still holds; None for never.
    """

    channel: str
    target: str
    kinds: frozenset[str]
    selection: Selection = Selection()
    repeat: float | None = None

    async def send(self, message: Outgoing) -> None:
        """Send it, or raise Permanent or Temporary of `supervisor.channels.errors`."""
        ...

    async def again(self) -> None:
        """Tell what still holds; fails as `send` does."""
        assert self.repeat is None, "who repeats has to say how"

    async def close(self) -> None:
        """Give back what is held open."""
        ...
