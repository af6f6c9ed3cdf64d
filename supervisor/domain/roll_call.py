"""The roll call of a session: who came, how often, and whose microphone and camera were seen to work.

A pure reducer on the booked room's events. A person is an occupant id, which Jitsi makes anew at each connection, so
whoever drops out and comes back is two lines; only where the booking has ``attendance`` are names noted, and lines of
one name put together. *Seen to work* means that the microphone or camera was open once: what came through is not known.
Of the line the bridge tells, where it is asked; the looks at it are not stored, only what follows from them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from supervisor.domain import events as ev
from supervisor.domain.line_quality import Looks, troubles
from supervisor.domain.occupants import PEOPLE, Sort, written
from supervisor.domain.records import RollLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from supervisor.domain.occupants import Occupant, Site
    from supervisor.domain.plant import Endpoint

_T = TypeVar("_T")

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
    looks: dict[str, Looks] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        """Whether anybody who was called is there."""
        return any(line.left is None for line in self.lines.values())

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
            case ev.EndpointsSeen(_, _, endpoints):
                return [line for endpoint in endpoints for line in self._looked(endpoint)]
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
        region = occupant.region or line.region
        return self._put(replace(line, audio=audio, video=video, name=name or line.name, region=region))

    def _left(self, id_: str, how: str, now: float) -> list[RollLine]:
        line = self.lines.get(id_)
        if line is None or line.left is not None:
            return []
        self.looks.pop(id_, None)
        return self._put(replace(line, left=now, how=how, drops=line.drops + (how == "dropped")))

    def _looked(self, endpoint: Endpoint) -> list[RollLine]:
        line = self.lines.get(written(endpoint.id))
        if line is None or line.left is not None:
            return []
        looks = self.looks.setdefault(line.id, Looks())
        looks.take(endpoint)
        rtt_ms, loss = looks.rtt_ms, looks.loss
        # What was stored before a restart, or of the visit before, holds until there is something newer.
        return self._put(
            replace(
                line,
                rtt_ms=line.rtt_ms if rtt_ms is None else rtt_ms,
                loss=line.loss if loss is None else loss,
            )
        )

    def _put(self, line: RollLine) -> list[RollLine]:
        if self.lines.get(line.id) == line:
            return []
        self.lines[line.id] = line
        return [line]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the roll call says of one person. ``ids``: all that it came under; ``why``: what keeps it from being ready.

    The rest is as in `RollLine`, of all its lines together; region and line are the last that are known.
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
    region: str | None
    rtt_ms: int | None
    loss: float | None
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
    rtt_ms, loss = _last(line.rtt_ms for line in lines), _last(line.loss for line in lines)
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
        region=_last(line.region for line in lines),
        rtt_ms=rtt_ms,
        loss=loss,
        why=(*why, *troubles(rtt_ms, loss)),
    )


def _last(values: Iterable[_T | None]) -> _T | None:
    """The last of them that is known."""
    return next((value for value in reversed(tuple(values)) if value is not None), None)


def _trouble(what: str, works: bool | None, via: str = "") -> str:  # noqa: FBT001 - None is a third value
    if works or via == Sort.DIAL_IN:  # a telephone has no camera
        return ""
    return f"{what} unknown" if works is None else f"{what} never on"


def _ever(before: bool | None, now: bool | None) -> bool | None:  # noqa: FBT001 - the same
    return before if now is None else bool(before) or now
