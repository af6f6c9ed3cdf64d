"""Readiness: the daemon has once seen all it needs. Later blindness is an alert, not unreadiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supervisor.engine import Engine


NEEDED = ("xmpp", "store")
"""The sources without which nothing works. A witness of streams that is lost is an alert."""


class Readiness:
    """Remembers what has been seen once."""

    def __init__(self, engine: Engine, booking_sources: frozenset[str]) -> None:
        self._engine = engine
        self._booking_sources = booking_sources
        self._seen: set[str] = set()

    def unread(self) -> list[str]:
        """The sources of bookings that have not said anything yet."""
        return sorted(self._booking_sources - self._engine.booking_sources)

    def missing(self) -> list[str]:
        """What has not been seen yet, in words; empty when ready."""
        sources = self._engine.sources()
        self._seen |= {source for source, heard in sources.items() if heard}
        waiting = [f"first sync of {source}" for source in NEEDED if source in sources and source not in self._seen]
        return waiting + [f"bookings of {source}" for source in self.unread()]
