"""The sealed record of a session: a chain of entries, each of which holds the hash of the one before.

    previous(1) = SHA-256 of {"facts": detail of entry 1, "format": 1, "session": id}
    hash(n)     = SHA-256 of {"at", "detail", "previous", "seq", "session", "what"} of entry n
    previous(n) = hash(n - 1)

Each object is written as RFC 8785 says (sorted keys, no spaces, UTF-8; there is no fraction in it, so every language
spells it alike). The chain has a head: the number and the hash of its last entry, kept beside it, so that entries taken
from its end are missed.

What that proves: that nothing between the first entry and a head that somebody has written down elsewhere was changed,
removed, added or moved. What it does not: who has the whole store can make a new chain with a new head. So the head is
printed and mailed.

Invariant: the stored entries of a session are numbered 1, 2, 3 … without a gap, and each goes with its forerunner. Only
the store's writer numbers and hashes them, in the transaction that stores them, by what is stored: so no loss and no
repetition before that transaction can break the chain or fork it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from supervisor.domain.records import ChronicleEntry

FORMAT: Literal[1] = 1
SEAL = "SHA-256 over RFC 8785 JSON"
OPENED = "opened"
CHANGED = "changed"
CLOSED = "closed"
PEOPLE = "people"
UNKNOWN = "unknown"
STREAM = "stream"
PREFLIGHT = "preflight"
RISEN, EASED, RECOVERED = "risen", "eased", "recovered"
TOLD, ACKNOWLEDGED, PAUSED, RESUMED = "told", "acknowledged", "paused", "resumed"

LONGEST = 300
"""Characters of a text in an entry; all of ours are shorter."""
MOST_PROBLEMS = 20
"""Problems that are named; more say nothing new."""

MODERATOR = " (moderator)"
_OCCUPANT = re.compile("[0-9a-f]{8}")
# What no database and no JSON of ours can hold, and what would break a line.
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class UnreadableChronicleError(Exception):
    """The record is empty or damaged, so that nothing can be drawn from it. The text says why."""


@dataclass(frozen=True, slots=True)
class Link:
    """A stored entry. ``at`` is RFC 3339 in UTC with milliseconds, ``detail`` canonical JSON of an object."""

    session: str
    seq: int
    at: str
    what: str
    detail: str
    hash: str

    @property
    def told(self) -> dict[str, Any]:
        """The detail, read."""
        return dict(json.loads(self.detail))

    @property
    def instant(self) -> float:
        """Seconds since the epoch."""
        return seconds(self.at)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain, and what the session is found by.

    Attributes:
        session: The booking's id.
        seq: Number of the last entry.
        hash: Its hash.
        room: The room's node, as ``[tenant]plealmatret``; empty where no entry has named it.
        starts: The booked start.
        until: Instant of the last entry.
    """

    session: str
    seq: int
    hash: str
    room: str = ""
    starts: float = 0.0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Chronicle:
    """A session's record as it is stored. ``head`` is None where it is missing."""

    session: str
    links: tuple[Link, ...]
    head: Head | None = None


def canonical(value: object) -> str:
    """JSON as RFC 8785 has it, for values without fractions."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def stamp(instant: float) -> str:
    """Write an instant: ``2026-09-03T17:00:00.000Z``."""
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(stamped: str) -> float:
    """Read what `stamp` wrote. Raises ValueError for anything else."""
    return datetime.strptime(stamped, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def clean(text: str) -> str:
    """A text that came from outside, on one line and bounded."""
    return _UNFIT.sub(" ", text)[:LONGEST]


def whose(by: str) -> str:
    """Who did something: a token's name, or a moderator's occupant id, which says nothing outside its meeting.

    Jitsi's ids are eight hexadecimal digits. Another client may choose its own name for one; that is not written.
    """
    ident, role = by[: -len(MODERATOR)], by[-len(MODERATOR) :]
    if role == MODERATOR and not _OCCUPANT.fullmatch(ident):
        return "a moderator"
    return "somebody" if "@" in by else clean(by)


def append(chain: Head | None, last: Link | None, entry: ChronicleEntry) -> tuple[Link, Head]:
    """Number and seal an entry.

    Where the head does not go with the last entry, somebody has changed the store: the one that is further is followed,
    so that the break stays to be seen and nothing that happens is lost for it.

    Args:
        chain: The stored head.
        last: The stored entry of the highest number.
        entry: What happened.

    Returns:
        The entry as it is to be stored, and the new head.
    """
    seq, previous = max(((end.seq, end.hash) for end in (last, chain) if end is not None), default=(0, ""), key=_number)
    if chain is not None and chain.seq == seq:
        previous = chain.hash
    detail = canonical(dict(entry.detail))
    at = stamp(entry.at)
    previous = previous or genesis(entry.session, detail)
    link = _sealed(Link(entry.session, seq + 1, at, entry.what, detail, ""), previous)
    return link, head_after(chain, link)


def head_after(chain: Head | None, link: Link) -> Head:
    """The head of a chain whose last entry this is."""
    room, starts = (chain.room, chain.starts) if chain is not None else ("", 0.0)
    if link.what in {OPENED, CHANGED}:
        facts = link.told
        room, starts = str(facts["room"]), seconds(str(facts["start"]))
    return Head(link.session, link.seq, link.hash, room, starts, link.instant)


def genesis(session: str, detail: str) -> str:
    """What the first entry has for the hash of its forerunner: a hash of what the session is about."""
    return _hash({"facts": json.loads(detail), "format": FORMAT, "session": session})


def problems(chronicle: Chronicle) -> list[str]:
    """All that shows that a record is not as it was written; empty if it is whole."""
    if not chronicle.links:
        return ["the record has no entries"] if chronicle.head is None else ["all entries are missing"]
    found = [*_broken(chronicle.session, chronicle.links), *_wrong_head(chronicle)]
    more = len(found) - MOST_PROBLEMS
    return [*found[:MOST_PROBLEMS], f"and {more} more"] if more > 0 else found


def _broken(session: str, links: Sequence[Link]) -> Iterator[str]:
    previous = ""
    for place, link in enumerate(links, 1):
        if link.seq != place:
            yield f"entry {link.seq} stands where {place} has to: entries were removed, added or moved"
        if link.session != session:
            yield f"entry {link.seq} belongs to another session"
        try:
            bare = replace(link, session=session, seq=place)
            expected = _sealed(bare, previous or genesis(session, link.detail))
            same = link.hash == expected.hash and canonical(json.loads(link.detail)) == link.detail
            seconds(link.at)
        except (ValueError, RecursionError):
            same = False
        if not same:
            yield f"entry {link.seq} is not what was sealed, or its forerunner is not"
        previous = link.hash


def _wrong_head(chronicle: Chronicle) -> Iterator[str]:
    last, head = chronicle.links[-1], chronicle.head
    if head is None:
        yield "the head of the chain is missing"
        return
    if (head.seq, head.hash) != (last.seq, last.hash):
        yield f"the head names entry {head.seq}, the last is {last.seq}: entries were removed from the end, or added"
        return
    expected: Head | None = None
    try:
        for link in chronicle.links:
            expected = head_after(expected, link)
    except (ValueError, KeyError):
        return  # the entry itself is named
    if head != expected:
        yield "the head says of room, start or end what the entries do not"


def _sealed(bare: Link, previous: str) -> Link:
    """The entry with the hash that it has to have after that forerunner."""
    content = {**asdict(bare), "detail": json.loads(bare.detail), "previous": previous}
    del content["hash"]
    return replace(bare, hash=_hash(content))


def _hash(content: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(content).encode("utf-8", "surrogatepass")).hexdigest()


def _number(end: tuple[int, str]) -> int:
    return end[0]


def as_row(item: Link | Head) -> dict[str, Any]:
    """Its columns."""
    return asdict(item)
