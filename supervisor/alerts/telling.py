"""What the people in the room have been told of an alert, and what they are to be told next.

A toast in Jitsi lives five seconds and there may be no moderator at that moment, so telling has a life of its own:

- a rise is told at once;
- a fall is told at once, if a higher stage was told (the all-clear is always sent, but once);
- while it lasts it is told again every ``repeat`` seconds, if the stage is of those that repeat;
- what reached nobody (no moderator there, server gone) is tried again every ``RETRY`` seconds while it is still true;
  an all-clear for at most ``GIVE_UP`` seconds, since after that nobody waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

RETRY = 5.0
GIVE_UP = 120.0


@dataclass(frozen=True, slots=True)
class Telling:
    """``heard``: the stage last told to somebody; ``owed``: the stage to be told now, None when nothing is owed.

    ``due``: when to tell; ``waiting``: the id of a notice that is under way; ``since``: the instant of the fact owed,
    of a repetition the one at which it is due: how late it is told is counted from there.
    """

    heard: int = 0
    owed: int | None = None
    due: float | None = None
    since: float = 0.0
    waiting: str = ""
    count: int = 0

    def deadline(self) -> float | None:
        """The instant of the next telling; None while an answer is awaited."""
        return None if self.waiting else self.due


def rose(telling: Telling, stage: int, now: float) -> Telling:
    """The alert rose to this stage."""
    return replace(telling, heard=_heard(telling), owed=stage, due=now, since=now, waiting="")


def fell(telling: Telling, stage: int, now: float) -> Telling:
    """The alert fell to this stage. Nothing is owed to people who have heard of nothing higher."""
    heard = _heard(telling)
    if heard > stage:
        return replace(telling, heard=heard, owed=stage, due=now, since=now, waiting="")
    return replace(telling, owed=None, due=None, waiting="")


def sent(telling: Telling, notice: str) -> Telling:
    """A notice is on its way."""
    return replace(telling, waiting=notice, count=telling.count + 1)


def told(telling: Telling, repeat: float | None, now: float) -> Telling:
    """Somebody has it. ``repeat``: seconds until it is told again, None for never."""
    owed = telling.heard if telling.owed is None else telling.owed
    # After an all-clear nothing is left to be cleared, even where a milder stage still holds.
    heard = owed if owed >= telling.heard else 0
    if repeat is None:
        return replace(telling, heard=heard, owed=None, due=None, waiting="")
    return replace(telling, heard=heard, due=now + repeat, since=now + repeat, waiting="")


def missed(telling: Telling, now: float) -> Telling:
    """Nobody has it: try again soon, an all-clear not for ever."""
    if telling.owed is None or (telling.owed < telling.heard and now - telling.since > GIVE_UP):
        return replace(telling, owed=None, due=None, waiting="", heard=telling.owed or 0)
    return replace(telling, due=now + RETRY, waiting="")


def postponed(telling: Telling, now: float) -> Telling:
    """The trouble seems to be over, but not for long enough to say so: neither repeat it nor clear it yet."""
    return replace(telling, due=now + RETRY)


def _heard(telling: Telling) -> int:
    """The stage that people know of; a notice that is under way is taken as heard, so that its all-clear is owed."""
    return max(telling.heard, telling.owed or 0) if telling.waiting else telling.heard


def settled(telling: Telling) -> Telling:
    """Somebody answered for it: what was told is not told again, only its end will be."""
    if telling.owed is None or telling.waiting or telling.owed != telling.heard:
        return telling
    return replace(telling, owed=None, due=None)
