"""The roll call of a session: who came, how often, and whose microphone and camera were seen to work.

A pure reducer on the booked room's events. A person is an occupant id, which Jitsi makes anew at each connection, so
whoever drops out and comes back is two lines; only where the booking has ``attendance`` are names noted, and lines of
one name put together. *Seen to work* means that the microphone or camera was open once: what came through is not known.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from supervisor.domain import events as ev
from supervisor.domain.occupants import PEOPLE, Sort, written
from supervisor.domain.records import RollLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.domain.occupants import Occupant, Site

MOST = 1000
"""Occupant ids that are noted; whoever comes in and out all day long is not to fill the store."""

DROPPED = frozenset({"332", "333"})
"""XEP-0045: the server went down, or the client was not to be reached."""
REMOVED = frozenset({"301", "307", "321", "322"})
"""XEP-0045: somebody put the occupant out."""

OFTEN = 3
"""Visits from which on somebody has a trouble; a page is reloaded once where a microphone was to be allowed."""

GONE = "gone"
"""How somebody left whom a new reading of the room did not find again."""


@dataclass(slots=True)
class RollCall:
    """All lines of a session; ``names``: whether they may be noted; ``full``: somebody came whom `MOST` left out."""

    booking: str
    site: Site
    names: bool = False
    lines: dict[str, RollLine] = field(default_factory=dict)
    full: bool = False

    def take(self, event: ev.Event, now: float) -> list[RollLine]:
        """Take in an event of the booked room. Returns the lines that have changed."""
        match event:
            case ev.RoomRead(_, _, occupants):
                return self._read(occupants, now)
            case ev.OccupantSeen(_, occupant):
                return self._seen(occupant, now)
            case ev.OccupantLeft(_, nick, codes, dropped):
                how = "dropped" if dropped or codes & DROPPED else "removed" if codes & REMOVED else "left"
                return self._left(written(nick), how, now)
            case ev.MeetingEnded():
                return self._read((), now)
        return []

    def allow_names(self, *, names: bool) -> list[RollLine]:
        """The booking says whether names may be noted: where it no longer does, those that were noted go, too."""
        self.names = names
        return [] if names else [at for line in list(self.lines.values()) for at in self._put(replace(line, name=""))]

    def end(self, expected: Iterable[str], start: float) -> list[RollLine]:
        """The session is over. Returns a line, of no visits, for each of those who never came."""
        absent = missing(expected, self.lines.values()) if self.names else ()
        return [RollLine(self.booking, f"absent {n}", "", start, visits=0, name=name) for n, name in enumerate(absent)]

    def _read(self, occupants: tuple[Occupant, ...], now: float) -> list[RollLine]:
        here = {written(occupant.nick) for occupant in occupants}
        seen = [line for occupant in occupants for line in self._seen(occupant, now)]
        return seen + [line for id_ in sorted(self.lines.keys() - here) for line in self._left(id_, GONE, now)]

    def _seen(self, occupant: Occupant, now: float) -> list[RollLine]:
        sort = self.site.sort(occupant)
        if sort not in PEOPLE:
            return []
        id_ = written(occupant.nick)
        line = self.lines.get(id_)
        if line is None and len(self.lines) >= MOST:
            self.full = True
            return []
        line = line or RollLine(self.booking, id_, sort, now)
        if line.left is not None:
            # Not found in one reading and there in the next: we had looked away, it had not.
            visits = line.visits if line.how == GONE else line.visits + 1
            line = replace(line, left=None, how="", visits=visits)
        name = occupant.name.strip() if self.names else ""
        audio, video = _ever(line.audio, occupant.audio), _ever(line.video, occupant.video)
        return self._put(replace(line, audio=audio, video=video, name=name or line.name))

    def _left(self, id_: str, how: str, now: float) -> list[RollLine]:
        line = self.lines.get(id_)
        if line is None or line.left is not None:
            return []
        return self._put(replace(line, left=now, how=how, drops=line.drops + (how == "dropped")))

    def _put(self, line: RollLine) -> list[RollLine]:
        if self.lines.get(line.id) == line:
            return []
        self.lines[line.id] = line
        return [line]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the roll call says of one person. ``ids``: all that it came under; ``why``: what keeps it from being ready.

    The rest is as in `RollLine`, of all its lines together.
    """

    ids: tuple[str, ...]
    name: str
    via: str
    came: float
    left: float | None
    visits: int
    drops: int
    audio: bool | None
    video: bool | None
    why: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is known that is against it."""
        return not self.why


def answers(lines: Iterable[RollLine]) -> tuple[Answer, ...]:
    """One answer for each person, in the order in which they came."""
    people: dict[str, list[RollLine]] = {}
    for line in lines:
        if not line.visits:
            continue
        people.setdefault(f"name {folded(line.name)}" if folded(line.name) else f"id {line.id}", []).append(line)
    return tuple(sorted(map(_answer, people.values()), key=lambda answer: answer.came))


def missing(expected: Iterable[str], lines: Iterable[RollLine]) -> tuple[str, ...]:
    """The names of those who should have come and did not; letter case, accents and blanks don't matter."""
    came = {folded(line.name) for line in lines if line.visits}
    return tuple(name for name in expected if folded(name) not in came)


def folded(name: str) -> str:
    """A name as it is compared: ``  Núria  PUIG`` is ``nuria puig``."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(sign for sign in parts if not unicodedata.combining(sign)).split())


def _answer(lines: list[RollLine]) -> Answer:
    audio, video = None, None
    for line in lines:
        audio, video = _ever(audio, line.audio), _ever(video, line.video)
    drops, via = sum(line.drops for line in lines), lines[0].via
    left = [line.left for line in lines if line.left is not None]
    why = [text for text in (_trouble("microphone", audio), _trouble("camera", video, via)) if text]
    if drops:
        why.append("dropped once" if drops == 1 else f"dropped {drops} times")
    visits = sum(line.visits for line in lines)
    if visits >= OFTEN:
        why.append(f"came in {visits} times")
    return Answer(
        ids=tuple(line.id for line in lines),
        name=next((line.name for line in reversed(lines) if line.name), ""),
        via=via,
        came=min(line.came for line in lines),
        left=max(left) if len(left) == len(lines) else None,
        visits=visits,
        drops=drops,
        audio=audio,
        video=video,
        why=tuple(why),
    )


def _trouble(what: str, works: bool | None, via: str = "") -> str:  # noqa: FBT001 - None is a third value
    if works or via == Sort.DIAL_IN:  # a telephone has no camera
        return ""
    return f"{what} unknown" if works is None else f"{what} never on"


def _ever(before: bool | None, now: bool | None) -> bool | None:  # noqa: FBT001 - the same
    return before if now is None else bool(before) or now
