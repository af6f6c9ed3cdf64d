"""The engine's two halves of a replay: one that tells a tape what it did, and one that starts from what a tape holds.

Both are the engine itself, so that nothing of it has to be said twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from supervisor.alerts.lifecycle import Rule
from supervisor.domain import events as ev
from supervisor.domain.commands import Record
from supervisor.domain.diary import OVERRUN, Diary, Neighbours
from supervisor.domain.occupants import Occupant
from supervisor.domain.plant import BREWERY
from supervisor.domain.records import AlertRow, Incident, Saved, StreamRow
from supervisor.engine import Engine
from supervisor.replay.circumstances import Circumstances, DiaryPage, RoomBefore
from supervisor.replay.disguise import MUC
from supervisor.replay.happened import OPENED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from supervisor.alerts.desk import Policy
    from supervisor.alerts.supervised import Supervised
    from supervisor.domain.bookings import Booking
    from supervisor.domain.commands import Command
    from supervisor.domain.occupants import Site
    from supervisor.domain.records import RollLine
    from supervisor.domain.room import Room

TURNS = frozenset({ev.BookingsRead, ev.SourceLost, ev.SourceSynced})
"""The events at which sessions open."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A step of more than one session.

    Attributes:
        now: When.
        event: What happened; None for a tick.
        commands: What followed.
        ripe: The sessions whose time it was, in a tick.
        paged: Whether it was time to open and close sessions.
        opened: The circumstances of those that were opened.
        pages: What is booked now, by the session's id, where bookings were read.
    """

    now: float
    event: ev.Event | None
    commands: Sequence[Command]
    ripe: tuple[str, ...] = ()
    paged: bool = False
    opened: tuple[Circumstances, ...] = ()
    pages: Mapping[str, DiaryPage] = field(default_factory=dict)


Taken = tuple[float, ev.Event, "Sequence[Command]"] | Turn
"""What is on a tape: of most events only this, since it is the engine's thread that notes it."""


class RecordedEngine(Engine):
    """Puts every event and tick on a tape, with what followed."""

    tape: Callable[[Taken], None]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.tape = lambda _: None
        self._given_back: dict[str, list[AlertRow | Incident | StreamRow | RollLine]] = {}

    def handle(self, event: ev.Event, now: float) -> list[Command]:
        """As in `Engine`."""
        before = [each.session.booking for each in self._supervised.values()] if type(event) is ev.BookingsRead else ()
        try:
            commands = super().handle(event, now)
        except Exception:
            self.tape((now, event, ()))  # what it died of is the most interesting of all
            raise
        if type(event) in TURNS:
            pages = {booking.id: self._page(booking) for booking in before}
            self.tape(Turn(now, event, commands, opened=self._opened(commands, now), pages=pages))
        else:
            self.tape((now, event, commands))
        return commands

    def tick(self, now: float) -> list[Command]:
        """As in `Engine`."""
        paged = now >= self._next_page
        ripe = tuple(id_ for id_, supervised in self._supervised.items() if supervised.due <= now)
        commands = super().tick(now)
        if paged or ripe:
            self.tape(Turn(now, None, commands, ripe, paged, self._opened(commands, now) if paged else ()))
        return commands

    def _restore(self, supervised: Supervised) -> None:
        id_ = supervised.session.booking.id
        self._given_back[id_] = self._saved.get(id_, [])
        super()._restore(supervised)

    def _opened(self, commands: Iterable[Command], now: float) -> tuple[Circumstances, ...]:
        ids = [dict(c.about)["booking"] for c in commands if isinstance(c, Record) and c.what == OPENED]
        return tuple(self._circumstances(self._supervised[id_], now) for id_ in ids if id_ in self._supervised)

    def _page(self, booking: Booking) -> DiaryPage:
        diary = self._diary
        neighbours = diary.neighbours(booking)
        in_force = diary.bookings.get(booking.id)
        return DiaryPage(in_force, neighbours.rival, neighbours.kin, diary.followed(in_force or booking))

    def _circumstances(self, supervised: Supervised, now: float) -> Circumstances:
        """How things stand right after an opening: what the step has changed it changes again when it is replayed."""
        booking, rooms = supervised.session.booking, supervised.session.rooms
        rows = self._given_back.pop(booking.id, [])
        return Circumstances(
            page=self._page(booking),
            sources=tuple(ev.SourceLost(source, why) for source, why in self._sources.lost.items()),
            recorders=tuple(self.plant.recorders.values()),
            brewery=tuple(Occupant(nick, brewery=status) for nick, status in self._brewery.statuses.items()),
            rooms=tuple(_before(room) for room in rooms if room.read_once or room.meeting),
            breakouts=tuple(room.jid for room in rooms[1:]),
            silences=tuple(self.silences.in_force(now)),
            alerts=tuple(row for row in rows if isinstance(row, AlertRow)),
            incidents=tuple(row for row in rows if isinstance(row, Incident)),
            streams=tuple(row for row in rows if isinstance(row, StreamRow)),
        )


class GivenDiary(Diary):
    """Knows one booking, by what was recorded of the real diary."""

    page: DiaryPage

    def turn_to(self, page: DiaryPage) -> None:
        """Take over what is booked."""
        self.page = page
        self.bookings = {page.booking.id: page.booking} if page.booking is not None else {}
        self.closed = {id_: known for id_, known in self.closed.items() if self.bookings.get(id_) == known}

    def read(self, *_: Any) -> list[Any]:
        """Nothing: what a source told is on the page."""
        return []

    def due(self, now: float) -> Iterator[Booking]:
        """As in `Diary`."""
        for id_, booking in self.bookings.items():
            if booking.supervised_from <= now < booking.end + OVERRUN and id_ not in self.closed:
                yield booking

    def succeeded(self, booking: Booking, now: float) -> bool:  # noqa: ARG002 - there is one
        """As in `Diary`."""
        return now >= self.page.followed

    def neighbours(self, booking: Booking) -> Neighbours:  # noqa: ARG002 - there is one
        """As in `Diary`."""
        return Neighbours(self.page.rival, self.page.kin)


class ReplayedEngine(Engine):
    """Begins in the middle, and turns its pages when the recorded one did."""

    def __init__(self, site: Site, policy: Policy, given: Circumstances) -> None:
        self._given_diary = GivenDiary()
        # Alerts of sources belong to no session: they are neither recorded nor compared.
        super().__init__(MUC, site, policy, Rule(enabled=False), self._given_diary)
        self.restore(Saved(given.alerts, given.incidents, silences=given.silences, streams=given.streams))
        self._sources.lost |= {source.source: source.reason for source in given.sources}
        if given.brewery:
            self._brewery.take(ev.RoomRead(site.brewery or BREWERY, "", given.brewery))
        self.plant.recorders = {seen.source: seen for seen in given.recorders}
        self.turn_to(given.page)
        main = given.page.booking.room_jid(MUC) if given.page.booking is not None else ""
        for breakout in given.breakouts:
            self._rooms.opened(breakout, main)
        for room in given.rooms:
            list(self._rooms.watch(room.jid))
            _resume(self._rooms[room.jid], room)

    def turn_to(self, page: DiaryPage) -> None:
        """The bookings were read: this is what they say now."""
        self._given_diary.turn_to(page)

    def tick_as(self, now: float, *, paged: bool) -> list[Command]:
        """Let time pass as it was let pass."""
        self._next_page = now if paged else inf
        return self.tick(now)


_KEPT = tuple(name for name in RoomBefore.__dataclass_fields__ if name not in {"jid", "occupants"})


def _before(room: Room) -> RoomBefore:
    values = {name: getattr(room, name) for name in _KEPT}
    return RoomBefore(room.jid, occupants=tuple(room.occupants.values()), **values)


def _resume(room: Room, before: RoomBefore) -> None:
    for name in _KEPT:
        setattr(room, name, getattr(before, name))
    for occupant in before.occupants:
        room.seen(occupant)
