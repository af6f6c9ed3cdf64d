"""Writes what is on the tape, for each session what concerns it. In a thread of its own; the engine's only hands over.

What is written names nobody, see `supervisor.replay.disguise`. A session's log is bounded: where it is full, or where
some of it could not be stored, it is cut, since what comes after a gap can't be played.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf, nextafter
from typing import TYPE_CHECKING, Any

from supervisor import __version__
from supervisor.alerts.chronicler import sealed
from supervisor.domain import events as ev
from supervisor.domain.commands import Record
from supervisor.domain.records import EventLog
from supervisor.replay import steps
from supervisor.replay.codec import encode
from supervisor.replay.disguise import Disguise
from supervisor.replay.engines import Turn
from supervisor.replay.happened import CLOSED, OPENED, happened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from supervisor.domain.commands import Command
    from supervisor.domain.occupants import Site
    from supervisor.replay.circumstances import Circumstances, DiaryPage
    from supervisor.replay.engines import Taken
    from supervisor.replay.happened import Happened

EVERYBODY = (ev.SourceLost, ev.SourceSynced, ev.BookingsRead, ev.RecordersSeen, ev.SilenceSet, ev.SilenceLifted)
"""What every session depends on."""


@dataclass(slots=True, eq=False)
class Life:
    """One session's supervision by this process: what was written and is not stored yet.

    Attributes:
        disguise: Its own.
        rooms: Its rooms' JIDs, breakout rooms too.
        opened: When it began.
        lines: To be stored.
        size: Signs written so far.
        parts: How often something was handed on.
        rival: The id that a reason may name.
    """

    disguise: Disguise
    rooms: set[str]
    opened: float
    lines: list[str] = field(default_factory=list)
    size: int = 0
    parts: int = 0
    rival: str = ""


class Scribe:
    """All sessions under supervision. ``most``: bytes of one session's log; 0 for nothing at all."""

    def __init__(self, site: Site, muc: str, policy: dict[str, Any], most: int) -> None:
        self._site = site
        self._muc = muc
        self._policy = policy
        self._most = most
        self._lives: dict[str, Life] = {}
        self._by_room: dict[str, list[Life]] = {}
        self._last = -inf

    def take(self, tape: Iterable[Taken]) -> list[EventLog]:
        """Write down what is on a tape. Returns what is to be stored."""
        done: list[Life] = []
        now = 0.0
        for taken in tape:
            if isinstance(taken, Turn):
                now = taken.now
                done += self._turn(taken)
            else:
                now, event, commands = taken
                done += self._event(event, commands, now)
        return [row for life in (*done, *self._lives.values()) if (row := _row(life, now)) is not None]

    def end(self, now: float) -> list[EventLog]:
        """The process ends, the sessions may go on in another one."""
        rows = []
        for id_, life in list(self._lives.items()):
            self._finish(id_, steps.STOPPED, now)
            rows.append(_row(life, now))
        return [row for row in rows if row is not None]

    def cut(self, sessions: Iterable[str], why: str, now: float) -> list[EventLog]:
        """Something of these sessions is lost, so their logs end. Returns what can be stored of that, if it can."""
        found = [(id_, life) for id_ in set(sessions) if (life := self._lives.get(id_)) is not None]
        for id_, life in found:
            life.lines.clear()
            self._finish(id_, f"{steps.CUT}: {why}", now)
        return [row for _, life in found if (row := _row(life, now)) is not None]

    @property
    def sessions(self) -> tuple[str, ...]:
        """Those that are written down now."""
        return tuple(self._lives)

    # --- steps ---

    def _turn(self, turn: Turn) -> Iterator[Life]:
        event, whole = turn.event, turn.event is not None or turn.paged
        fresh = {given.page.booking.id: given for given in turn.opened if given.page.booking is not None}
        before = tuple(self._lives) if whole else turn.ripe
        for id_ in before:
            if (life := self._lives.get(id_)) is not None:
                page = turn.pages.get(id_)
                # Of a session that closed and opened anew in this step, each half has its own part.
                yield from self._write(id_, life, turn, turn.commands[: _opening(turn.commands, id_)], page)
        for id_, given in fresh.items():
            if given.page.booking is not None and sealed(given.page.booking) and self._most:
                life = self._open(given, turn.now)
                page = given.page if isinstance(event, ev.BookingsRead) else None
                yield from self._write(id_, life, turn, turn.commands[_opening(turn.commands, id_) :], page)

    def _event(self, event: ev.Event, commands: Sequence[Command], now: float) -> Iterator[Life]:
        if type(event) not in steps.RECORDED or not self._lives:
            return
        for id_, life in self._concerned(event):
            self._line(life, now, steps.event(event, life.disguise), self._then(id_, life, commands, now))
            yield from self._after(id_, life, commands, now)
            if isinstance(event, ev.RoomClosed):
                self._forget_room(life, event.room)

    def _write(
        self, id_: str, life: Life, turn: Turn, commands: Sequence[Command], page: DiaryPage | None
    ) -> Iterator[Life]:
        said = steps.tick(paged=turn.paged) if turn.event is None else steps.event(turn.event, life.disguise)
        if page is not None:
            said["page"] = encode(_shown(page), life.disguise)
            life.rival = page.rival
        self._line(life, turn.now, said, self._then(id_, life, commands, turn.now))
        yield from self._after(id_, life, commands, turn.now)

    def _concerned(self, event: ev.Event) -> list[tuple[str, Life]]:
        match event:
            case ev.EvidenceSeen(evidence):
                ids: Iterable[str] = (evidence.booking,)
            case ev.WishMade(booking) | ev.MessageWritten(booking):
                ids = (booking,)
            case ev.Told(notice) | ev.NotTold(notice):
                ids = (notice.rsplit("/", 3)[0],)
            case ev.RoomOpened(room, main):
                ids = self._breakout(room, main)
            case _:
                room = getattr(event, "room", "")
                if isinstance(event, EVERYBODY) or (room and room == self._site.brewery):
                    ids = tuple(self._lives)
                elif isinstance(event, ev.RoomClosed) and any(
                    room == life.disguise.room for life in self._lives.values()
                ):
                    ids = ()  # of a booked room its own events tell
                else:
                    ids = tuple(life.disguise.booking for life in self._by_room.get(room, ()))
        return [(id_, self._lives[id_]) for id_ in ids if id_ in self._lives]

    def _breakout(self, room: str, main: str) -> tuple[str, ...]:
        lives = [life for life in self._lives.values() if main and life.disguise.room == main]
        for life in lives:
            if room not in life.rooms:
                life.rooms.add(room)
                self._by_room.setdefault(room, []).append(life)
        return tuple(life.disguise.booking for life in lives)

    # --- lives ---

    def _open(self, given: Circumstances, now: float) -> Life:
        booking = given.page.booking
        assert booking is not None
        main = booking.room_jid(self._muc)
        # No two openings share an instant: a log's parts are found and put in order by it.
        self._last = max(now, nextafter(self._last, inf))
        rooms, disguise = {main, *given.breakouts}, Disguise(self._site, booking.id, main)
        life = Life(disguise, rooms, self._last, rival=given.page.rival)
        self._lives[booking.id] = life
        for room in life.rooms:
            self._by_room.setdefault(room, []).append(life)
        shown = replace(given, page=_shown(given.page))
        self._add(life, steps.opening(now, __version__, self._policy, shown, life.disguise))
        return life

    def _after(self, id_: str, life: Life, commands: Iterable[Command], now: float) -> Iterator[Life]:
        """End a log whose session closed, or that is full."""
        closed = any(isinstance(c, Record) and c.what == CLOSED and dict(c.about)["booking"] == id_ for c in commands)
        if closed or life.size > self._most:
            full = f"{steps.CUT}: it is longer than {self._most} bytes, see store.event_log_bytes"
            self._finish(id_, steps.OVER if closed else full, now)
            yield life

    def _finish(self, id_: str, why: str, now: float) -> None:
        life = self._lives.pop(id_)
        for room in tuple(life.rooms):
            self._forget_room(life, room)
        self._add(life, steps.text({"at": now, "ended": why}))

    def _forget_room(self, life: Life, room: str) -> None:
        life.rooms.discard(room)
        users = self._by_room.get(room, [])
        if life in users:
            users.remove(life)
        if not users:
            self._by_room.pop(room, None)

    def _line(self, life: Life, now: float, said: dict[str, Any], then: list[Happened]) -> None:
        self._add(life, steps.step(now, said, then))

    def _add(self, life: Life, line: str) -> None:
        life.lines.append(line)
        life.size += len(line) + 1

    def _then(self, id_: str, life: Life, commands: Sequence[Command], now: float) -> list[Happened]:
        if not commands:
            return []
        disguise, rival = life.disguise, life.rival
        found = []
        for each in happened(commands, id_, now):
            reason = each.reason
            if rival and reason.endswith(f" {rival}"):
                reason = reason.removesuffix(rival) + disguise.mark(rival)
            found.append(replace(each, reason=disguise.words(reason), by=disguise.by(each.by)))
        return found


def _row(life: Life, now: float) -> EventLog | None:
    if not life.lines:
        return None
    lines, life.lines = "\n".join(life.lines), []
    life.parts += 1
    return EventLog(life.disguise.booking, life.opened, life.parts, now, lines)


def _shown(page: DiaryPage) -> DiaryPage:
    """The room's name is in the title, because titles are compared with both, see `supervisor.domain.preflight`."""
    booking = page.booking
    if booking is None:
        return page
    return replace(page, booking=replace(booking, title=f"{booking.title} {booking.room}"))


def _opening(commands: Sequence[Command], id_: str) -> int:
    """The place of the session's opening among the commands; after them if it was not opened."""
    for number, command in enumerate(commands):
        if isinstance(command, Record) and command.what == OPENED and dict(command.about)["booking"] == id_:
            return number
    return len(commands)
