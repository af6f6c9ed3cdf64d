"""What the runtime asks of the adapters. They are blind to each other and know only these shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from supervisor.domain.bookings import Booking
    from supervisor.domain.commands import Notify
    from supervisor.domain.events import Event

    Emit = Callable[[Event], None]
    """Puts an event into the inbox; never blocks, never raises."""


class Rooms(Protocol):
    """Joins and leaves rooms; answers with room events."""

    def watch(self, room: str, *, media: bool) -> None:
        """Join this room now, and again after every loss of the connection; a second call replaces the first.

        Args:
            room: Its bare JID.
            media: Whether everybody's media states are wanted, too: each mute is then an event.
        """
        ...

    def unwatch(self, room: str) -> None:
        """Leave this room."""
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
