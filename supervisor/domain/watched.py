"""Which rooms are watched, how much of each, and which breakout rooms belong to which main room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.domain.commands import Command, Unwatch, Watch
from supervisor.domain.room import Room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supervisor.domain.occupants import Site


class WatchedRooms:
    """The mirrored rooms. Who needs a room asks for it; when nobody does any more, it is released."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rooms: dict[str, Room] = {}
        self._asked: dict[str, tuple[bool, bool]] = {}
        self._main_of: dict[str, str] = {}

    def __getitem__(self, jid: str) -> Room:
        """A room that is watched. Raises KeyError."""
        return self._rooms[jid]

    def get(self, jid: str) -> Room | None:
        """A room; None if it is not watched."""
        return self._rooms.get(jid)

    def opened(self, breakout: str, main: str) -> None:
        """A breakout room was opened."""
        self._main_of[breakout] = main

    def closed(self, room: str) -> bool:
        """A room was closed; whether it was a breakout room that was known."""
        return self._main_of.pop(room, None) is not None

    def with_breakouts(self, main: str) -> list[str]:
        """A main room and the breakout rooms that it has now."""
        return [main, *(room for room, its in self._main_of.items() if its == main)]

    def watch(self, room: str, *, media: bool = False, names: bool = False) -> Iterator[Command]:
        """Watch a room; one that is watched already is joined anew only where more of it is wanted."""
        before = self._asked.get(room, (False, False))
        asked = (media or before[0], names or before[1])
        if room in self._rooms and asked == before:
            return
        if room not in self._rooms:
            self._rooms[room] = Room(room, self._site)
        self._asked[room] = asked
        yield Watch(room, *asked)

    def release(self, room: str) -> Iterator[Command]:
        """Watch a room no longer."""
        if self._rooms.pop(room, None) is not None:
            self._asked.pop(room, None)
            yield Unwatch(room)
