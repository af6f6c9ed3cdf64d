"""The live edge of a playlist: where it is, whether it moves, and what that says about the stream.

The edge is EXT-X-MEDIA-SEQUENCE plus the number of segments (and of partial ones), and the newest address. A server
must publish a new segment no later than 1.5 target durations (TD) after the last one (RFC 8216, 6.2.2). So an edge that
stands still for much longer *is* a stream that viewers do not get, although the playlist is still served with 200:
nginx does that for 20 to 40 s and longer.

`stall_after` is K = 3 TD, at least 1.5 TD plus `MARGIN`. Measured over real encoders, K = 1.5 and 2 flap at half
speed, and no healthy gap was above 1.5 TD; 3 TD is also what players wait. The look is timed to the very end of that
span (`due`), so that the verdict is later than K × TD by no more than one look's interval: 8 s at TD 2, 17 s at TD 5.

    observation                                                   from                  to
    ------------------------------------------------------------  --------------------  -------------------------------
    playlist, the first one                                       (nothing seen)        UNKNOWN, edge noted
    playlist, edge moved                                          UNKNOWN, MISSING      UP
    playlist, edge moved, the second time without a stall         DOWN, ENDED           UP
    playlist, media < 0.85 of wall over 30 s, or 0.7 over 5 TD    UP                    DEGRADED
    playlist, edge moved, media >= 0.9 of wall over 30 s          DEGRADED              UP
    playlist, edge unmoved for stall_after or longer              any but ENDED         DOWN, even if never seen moving
    playlist, edge unmoved for less                               UNKNOWN by an error   what it was before the error
    playlist with ENDLIST                                         any                   ENDED; planned if it was live
    404 or 410, never a playlist before                           any                   MISSING
    404 or 410, for stall_after or longer without a break         any but ENDED         DOWN
    404 or 410, for less                                          UP, DEGRADED          UNKNOWN
    anything else: refused, 5xx, time-out, no playlist, too big   any                   UNKNOWN

Media that is late by more than a target duration counts as missing while it is still missing, so DEGRADED may precede
DOWN. The short window is for an encoder at half speed, which the long one shows only after 9 s; it is 5 TD, at least
10 s, so that single segments do not matter. A gap that is too short for a stall, such as 8 s at TD 5, is media
missing from the last 30 s. An edge behind the last one is a lagging cache if we have seen its newest address, else a
restarted encoder, which is a move. ``DOWN`` and ``ENDED`` outlive 404: that is how servers clean up. Nothing that is
merely unreachable is DOWN.

Time is an argument, in seconds of any clock that never jumps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from supervisor.domain.evidence import Word

if TYPE_CHECKING:
    from supervisor.streams.hls.playlist import Media

K = 3.0
"""Target durations without a new segment after which viewers get nothing."""
MARGIN = 2.5
"""Seconds above the 1.5 target durations that RFC 8216 allows, for network and caches. It counts below TD 1.7 s."""
WINDOW = 30.0
"""Seconds over which progress is measured."""
SLOW = 0.85
"""Media seconds per wall second below which the encoder cannot keep up."""
QUICK, QUICK_WINDOW, QUITE_SLOW = 5.0, 10.0, 0.7
"""Target durations, but at least seconds, over which an encoder that is much too slow is seen sooner; its ratio."""
WELL = 0.9
"""The ratio from which it can again."""
FRESH_MOVES = 2
"""Moves after which a stream that was down is up: one may be the last of a dying encoder."""
NOTED_FOR = 30.0
"""Seconds for which a discontinuity or a restart is mentioned."""

_WAITING = "edge not yet seen moving"


@dataclass(frozen=True, slots=True)
class Gone:
    """The server says that there is no such playlist: 404 or 410."""

    status: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """There is no knowing; ``reason`` in a few words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Edge:
    """All that is remembered of one playlist.

    Attributes:
        word: What is known of the stream.
        detail: Why.
        planned: The encoder announced the end of a stream that was live.
        media: The newest playlist, None before the first one.
        known: The word apart from errors, to come back to after them.
        moved_at: When the edge last moved, or was first seen.
        live: Whether the edge was ever seen moving.
        moves: Moves since the last stall or end, `FRESH_MOVES` at most.
        gained: Media seconds seen since the first playlist.
        marks: Instants of moves with ``gained`` then, the oldest first, reaching back `WINDOW` seconds.
        gone_since: Since when there is nothing but 404, else None.
        note: What is worth mentioning beside the word.
        noted_at: When it happened.
    """

    word: Word = Word.UNKNOWN
    detail: str = "not looked at yet"
    planned: bool = False
    media: Media | None = None
    known: Word = Word.UNKNOWN
    moved_at: float = 0.0
    live: bool = False
    moves: int = 0
    gained: float = 0.0
    marks: tuple[tuple[float, float], ...] = ()
    gone_since: float | None = None
    note: str = ""
    noted_at: float = 0.0

    @property
    def target(self) -> float | None:
        """Target duration, seconds."""
        return None if self.media is None else self.media.target

    @property
    def came_at(self) -> float:
        """When the newest segment came: before ``moved_at`` where we could not look for a while."""
        return self.marks[-1][0] if self.marks else self.moved_at

    @property
    def due(self) -> float | None:
        """The instant just after which a look can tell a stall; None where a stall would say nothing new."""
        if self.media is None or self.known in {Word.DOWN, Word.ENDED}:
            return None
        return self.moved_at + stall_after(self.media.target)


def stall_after(target: float) -> float:
    """Seconds that the edge may stand still at a target duration of so many seconds."""
    return max(K * target, 1.5 * target + MARGIN)


def advance(edge: Edge, seen: Media | Gone | Unreachable | None, at: float) -> Edge:
    """Return the edge after an observation.

    Args:
        edge: What was known.
        seen: What the look brought; None: the playlist is unchanged.
        at: When, in seconds.
    """
    match seen:
        case Unreachable(reason):
            return replace(edge, word=Word.UNKNOWN, detail=reason, planned=False, gone_since=None)
        case Gone(status):
            return _gone(edge, status, at)
        case None:
            return edge if edge.media is None else _playlist(edge, edge.media, edge.media, at)
        case _:
            return _playlist(edge, edge.media, seen, at)


def _gone(edge: Edge, status: int, at: float) -> Edge:
    since = at if edge.gone_since is None else edge.gone_since
    edge = replace(edge, gone_since=since)
    if edge.media is None:
        return replace(edge, word=Word.MISSING, detail=f"{status}, never seen")
    if edge.known is Word.ENDED:
        return replace(edge, word=Word.ENDED, planned=edge.live, detail=f"{status} after ENDLIST")
    if edge.known is Word.DOWN or at - since >= stall_after(edge.media.target):
        return _say(replace(edge, moves=0, marks=()), Word.DOWN, f"{status} for {at - since:.1f} s", at)
    return replace(edge, word=Word.UNKNOWN, detail=f"{status}, for how long is not yet known")


def _playlist(edge: Edge, old: Media | None, new: Media, at: float) -> Edge:
    edge = replace(edge, gone_since=None)
    if old is None:
        edge = replace(edge, media=new, moved_at=at, marks=((at, 0.0),))
        return _ended(edge, at) if new.ended else _say(edge, Word.UNKNOWN, _WAITING, at)
    if _behind(old, new):
        new = old
    edge = _note(replace(edge, media=new), old, new, at)
    moved = _moved(old, new)
    if moved:
        edge = _move(edge, old, new, at)
    return _ended(edge, at) if new.ended else _judge(edge, new, at, moved=moved)


def _behind(old: Media, new: Media) -> bool:
    """Whether this is an older state of the same stream, from a cache that lags."""
    return (new.edge, new.parts) < (old.edge, old.parts) and (not new.last or new.last in old.addresses)


def _moved(old: Media, new: Media) -> bool:
    return (old.edge, old.parts, old.last) != (new.edge, new.parts, new.last)


def _note(edge: Edge, old: Media, new: Media, at: float) -> Edge:
    if new.edge < old.edge:
        return replace(edge, note="restarted", noted_at=at, marks=())
    if new.discontinuities > old.discontinuities:
        return replace(edge, note="discontinuity", noted_at=at)
    return replace(edge, note="") if edge.note and at - edge.noted_at > NOTED_FOR else edge


def _move(edge: Edge, old: Media, new: Media, at: float) -> Edge:
    gain = _gain(old, new)
    gained = edge.gained + gain
    # What came while we could not look is taken to have come in time: the next look's lateness is ours, not theirs.
    blind = edge.word is Word.UNKNOWN and edge.marks
    came = min(at, edge.came_at + gain) if blind else at
    marks = (*edge.marks, (came, gained))
    while len(marks) > 2 and marks[1][0] <= at - WINDOW:  # the first mark stays until the second covers the window
        marks = marks[1:]
    moves = min(edge.moves + 1, FRESH_MOVES)
    return replace(edge, gained=gained, marks=marks, moved_at=at, moves=moves, live=True)


def _gain(old: Media, new: Media) -> float:
    """Media seconds between two edges; a restart gains nothing that could be known."""
    if new.edge < old.edge:
        return 0.0
    fresh = new.edge - old.edge
    listed = new.durations[-fresh:] if fresh else ()
    missed = (fresh - len(listed)) * (sum(listed) / len(listed) if listed else new.target)
    return sum(listed) + missed + new.parts_duration - old.parts_duration


def _ended(edge: Edge, at: float) -> Edge:
    return replace(_say(replace(edge, moves=0, marks=()), Word.ENDED, "ENDLIST", at), planned=edge.live)


def _progress(edge: Edge, span: float, at: float) -> float | None:
    """Media seconds gained per wall second over about so many seconds; None while that is not known.

    From one move to another, so that the phase of looks and segments does not matter.
    """
    if not edge.marks:
        return None
    end = max(edge.came_at, at - (edge.target or 0.0))
    began, before = next((mark for mark in reversed(edge.marks) if mark[0] <= end - span), (end, 0.0))
    return (edge.gained - before) / (end - began) if began < end else None


def _slow(edge: Edge, at: float) -> str:
    """What is wrong with the progress, empty if nothing."""
    limit = WELL if edge.known is Word.DEGRADED else SLOW
    for span, least in ((WINDOW, limit), (max(QUICK * (edge.target or 0.0), QUICK_WINDOW), QUITE_SLOW)):
        ratio = _progress(edge, span, at)
        if ratio is not None and ratio < least:
            return f"{ratio:.2f} s of media per second over {span:.0f} s"
    return ""


def _judge(edge: Edge, media: Media, at: float, *, moved: bool) -> Edge:
    still = at - edge.moved_at
    if still >= stall_after(media.target) and not (edge.known is Word.ENDED and not edge.moves):
        never = "" if edge.live else ", never seen moving"
        return _say(replace(edge, moves=0, marks=()), Word.DOWN, f"edge unchanged {still:.1f} s{never}", at)
    slow = _slow(edge, at) if edge.known in {Word.UP, Word.DEGRADED} or edge.moves >= FRESH_MOVES else ""
    if not moved and not slow:
        waiting = _WAITING if edge.known is Word.UNKNOWN else "reachable again"
        return edge if edge.word is edge.known is not Word.UNKNOWN else _say(edge, edge.known, waiting, at)
    if edge.known in {Word.DOWN, Word.ENDED} and edge.moves < FRESH_MOVES:
        return _say(edge, edge.known, "edge moved once", at)
    if slow:
        return _say(edge, Word.DEGRADED, slow, at)
    if edge.known is Word.DEGRADED and _progress(edge, WINDOW, at) is None:
        return _say(edge, Word.DEGRADED, "was too slow, not measured anew yet", at)
    return _say(edge, Word.UP, "edge moves", at)


def _say(edge: Edge, word: Word, detail: str, at: float) -> Edge:
    noted = f"; {edge.note} {at - edge.noted_at:.0f} s ago" if edge.note else ""
    return replace(edge, word=word, known=word, planned=False, detail=f"{detail}{noted}")
