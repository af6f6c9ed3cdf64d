"""The lines of an event log: how a supervision began, each step with what followed from it, how it ended.

    line         has
    -----------  -----------------------------------------------------------------------------------------------
    head         ``format``, ``version``, ``program``, ``session``, ``lives``: the first line of an exported file
    opening      ``opened``: the instant; ``program``, ``site``, ``policy``, ``given`` (`Circumstances`): a process
                 took the session under supervision; after a restart there is another one
    step         ``at``, and either ``event`` and its ``is``, or ``tick`` (``"time"`` or ``"pages"``); ``page`` where
                 bookings were read; ``then``: what became of the alerts
    ending       ``ended``: why nothing follows: ``over``, ``stopped``, or ``cut`` with the reason
    last line    ``end``: how many lines come before it; without it the file is not whole

Unknown keys are errors where a program reads what it was not made for; a field that is missing has its default.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from supervisor.domain import events as ev
from supervisor.domain.occupants import Site
from supervisor.replay.circumstances import Circumstances, DiaryPage
from supervisor.replay.codec import UnfitError, decode, encode, number
from supervisor.replay.happened import Happened
from supervisor.replay.policies import read_policy

if TYPE_CHECKING:
    from supervisor.alerts.desk import Policy
    from supervisor.replay.disguise import Disguise

FORMAT, VERSION = "jitsi-supervisor event log", 1
OVER, STOPPED, CUT = "over", "stopped", "cut"
RECORDED: frozenset[type] = frozenset(
    {
        ev.SourceLost,
        ev.SourceSynced,
        ev.RoomOpened,
        ev.RoomClosed,
        ev.RoomRead,
        ev.MeetingBegan,
        ev.OccupantSeen,
        ev.OccupantLeft,
        ev.MeetingEnded,
        ev.RoomStateSeen,
        ev.Told,
        ev.NotTold,
        ev.BookingsRead,
        ev.EvidenceSeen,
        ev.CommandGiven,
        ev.WishMade,
        ev.MessageWritten,
        ev.Retitled,
        ev.SilenceSet,
        ev.SilenceLifted,
        ev.RecordersSeen,
    }
)
"""Events on which a session's alerts depend. Bridges are the server's; titles, moderation, lines change no alert."""
_EVENTS = {event.__name__: event for event in RECORDED}


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Opening:
    """A process takes the session under supervision."""

    at: float
    program: str
    site: Site
    policy: Policy
    given: Circumstances


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the engine. ``event`` is None for a tick, of which ``paged`` says whether it opens and closes."""

    at: float
    event: ev.Event | None
    paged: bool
    page: DiaryPage | None
    then: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """Why nothing follows."""

    at: float
    why: str


Line = Opening | Step | Ending


def text(line: dict[str, Any]) -> str:
    """A line, without its end."""
    return _encode(line)


def opening(at: float, program: str, policy: Any, given: Circumstances, disguise: Disguise) -> str:
    """Write how it begins; ``policy`` is written already."""
    site = encode(disguise.shown_site(), disguise)
    return text({"opened": at, "program": program, "site": site, "policy": policy, "given": encode(given, disguise)})


def step(at: float, said: dict[str, Any], then: list[Happened]) -> str:
    """Write a step; ``said`` is what `event` or `tick` made."""
    line = {"at": at, **said}
    if then:
        line["then"] = [{f.name: v for f in fields(each) if (v := getattr(each, f.name))} for each in then]
    return text(line)


def event(happened: ev.Event, disguise: Disguise) -> dict[str, Any]:
    """Write an event, for `step`."""
    said = encode(happened, disguise)
    return {"event": type(happened).__name__, "is": said} if said else {"event": type(happened).__name__}


def tick(*, paged: bool) -> dict[str, Any]:
    """Write a tick, for `step`."""
    return {"tick": "pages" if paged else "time"}


def read(line: Any) -> Line:
    """Read a line that is neither the first nor the last of a file.

    Raises:
        UnfitError: It is no such line.
    """
    if not isinstance(line, dict):
        raise UnfitError("an object is wanted")
    if "opened" in line:
        return Opening(
            number(line["opened"], "opened"),
            str(line.get("program"))[:64],
            decode(Site, line.get("site")),
            read_policy(line.get("policy")),
            decode(Circumstances, line.get("given")),
        )
    if "ended" in line:
        return Ending(number(line.get("at"), "at"), str(line["ended"])[:300])
    if "at" not in line:
        raise UnfitError("it has neither opened nor at nor ended, so it is no line of an event log")
    page = decode(DiaryPage, line["page"]) if "page" in line else None
    return Step(number(line["at"], "at"), _event(line), line.get("tick") == "pages", page, _then(line.get("then", [])))


def _event(line: dict[str, Any]) -> ev.Event | None:
    if "tick" in line:
        return None
    name = line.get("event")
    cls = _EVENTS.get(name) if isinstance(name, str) else None
    if cls is None:
        raise UnfitError(f"event: {str(name)[:64]!r} is none of {', '.join(sorted(_EVENTS))}")
    read: ev.Event = decode(cls, line.get("is", {}))
    return read


def _then(given: Any) -> tuple[Happened, ...]:
    if not isinstance(given, list):
        raise UnfitError("then: a list is wanted")
    return tuple(decode(Happened, each) for each in given)
