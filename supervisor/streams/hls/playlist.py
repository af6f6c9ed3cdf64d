"""Reads HLS playlists as far as a live edge needs it. Total: any text gives a playlist or PlaylistError.

Only what the edge is made of is kept; unknown tags are skipped, as RFC 8216 (6.3.1) asks of clients. LL-HLS
(draft-pantos-hls-rfc8216bis) adds partial segments and, in delta updates, a count of skipped ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 4 * 1024 * 1024
"""Characters of a playlist that are read: a whole night's window of two-second segments fits."""
RECENT = 32
"""Newest segments that are remembered: more than go by between two looks."""

_LONGEST_TARGET = 3600.0
_DIGITS = re.compile(r"\s*([0-9]{1,18})\s*")
_DECIMAL = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{0,9})?)")
_ATTRIBUTE = re.compile(r'([A-Z0-9-]{1,64})=("[^"]*"|[^",]*)')


class PlaylistError(ValueError):
    """The text is no playlist of which an edge could be read; the message says why, and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One rendition of a master playlist. ``bandwidth`` is in bits a second, 0 where it is not said."""

    address: str
    bandwidth: int


@dataclass(frozen=True, slots=True)
class Master:
    """A playlist of playlists; has at least one variant."""

    variants: tuple[Variant, ...]

    @property
    def cheapest(self) -> Variant:
        """The variant of the lowest bandwidth: its edge is as good as any other's, and costs viewers' server least."""
        return min(self.variants, key=lambda variant: variant.bandwidth)


@dataclass(frozen=True, slots=True)
class Media:
    """A playlist of segments.

    Attributes:
        target: Target duration, seconds.
        sequence: EXT-X-MEDIA-SEQUENCE, the number of the first segment.
        count: Whole segments, those skipped by a delta update included.
        parts: Partial segments after the last whole one.
        parts_duration: Seconds of these.
        durations: Seconds of the newest whole segments, `RECENT` at most, the newest last.
        addresses: Addresses of these, without their query.
        newest: Address of the newest whole segment as written; empty without one.
        discontinuities: How many there were up to the edge.
        ended: Whether the encoder said that nothing more will come.
        dated: EXT-X-PROGRAM-DATE-TIME of the newest dated segment as written, else empty.
        header: Address of the newest EXT-X-MAP as written, else empty.
        plain: Whether segments are whole files that anybody can decode: neither encrypted nor byte ranges.
    """

    target: float
    sequence: int = 0
    count: int = 0
    parts: int = 0
    parts_duration: float = 0.0
    durations: tuple[float, ...] = ()
    addresses: tuple[str, ...] = ()
    newest: str = ""
    discontinuities: int = 0
    ended: bool = False
    dated: str = ""
    header: str = ""
    plain: bool = True

    @property
    def edge(self) -> int:
        """The number of the segment that would come next."""
        return self.sequence + self.count

    @property
    def last(self) -> str:
        """Address of the newest segment without its query, which may carry a token that changes with every look."""
        return self.addresses[-1] if self.addresses else ""


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    target: float | None = None
    sequence: int = 0
    count: int = 0
    parts: int = 0
    parts_duration: float = 0.0
    durations: list[float] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    discontinuities: int = 0
    ended: bool = False
    dated: str = ""
    header: str = ""
    plain: bool = True
    duration: float | None = None
    bandwidth: int | None = None

    def address(self, line: str) -> None:
        """Take a line that is no tag: the address of what the tags before it described."""
        if self.bandwidth is not None:
            self.variants.append(Variant(line, self.bandwidth))
            self.bandwidth = None
            return
        self.addresses.append(line)
        self.durations.append(self.duration or 0.0)
        self.count += 1
        self.duration = None
        self.parts = 0
        self.parts_duration = 0.0

    def tag(self, name: str, value: str) -> None:  # noqa: C901, PLR0912 - a table of tags, one line of effect each
        """Take a tag."""
        match name:
            case "#EXTINF":
                self.duration = _decimal(value)
            case "#EXT-X-TARGETDURATION":
                self.target = _decimal(value)
            case "#EXT-X-MEDIA-SEQUENCE":
                self.sequence = _digits(value)
            case "#EXT-X-DISCONTINUITY-SEQUENCE":
                self.discontinuities += _digits(value)
            case "#EXT-X-DISCONTINUITY":
                self.discontinuities += 1
            case "#EXT-X-ENDLIST":
                self.ended = True
            case "#EXT-X-PROGRAM-DATE-TIME":
                self.dated = value.strip()[:64]
            case "#EXT-X-PART":
                self.parts += 1
                self.parts_duration += _decimal(_attributes(value).get("DURATION", "0"))
            case "#EXT-X-SKIP":
                self.count += _digits(_attributes(value).get("SKIPPED-SEGMENTS", "0"))
            case "#EXT-X-STREAM-INF":
                self.bandwidth = _digits(_attributes(value).get("BANDWIDTH", "0"))
            case "#EXT-X-MAP":
                self.header = _attributes(value).get("URI", "")
                self.plain = self.plain and "BYTERANGE" not in _attributes(value)
            case "#EXT-X-KEY":
                self.plain = self.plain and _attributes(value).get("METHOD", "NONE") == "NONE"
            case "#EXT-X-BYTERANGE":
                self.plain = False


def parse(text: str) -> Master | Media:
    """Read a playlist.

    Args:
        text: The body of the answer.

    Raises:
        PlaylistError: It is longer than `LONGEST`, or no playlist, or says no target duration.
    """
    if len(text) > LONGEST:
        raise PlaylistError(f"longer than {LONGEST} characters")
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].split(maxsplit=1)[:1] != ["#EXTM3U"]:
        raise PlaylistError("not a playlist: it does not begin with #EXTM3U")
    reading = _Reading()
    for raw in lines[1:]:
        line = raw.strip()
        if line.startswith("#EXT"):
            name, _, value = line.partition(":")
            reading.tag(name, value)
        elif line and not line.startswith("#"):
            reading.address(line)
    return Master(tuple(reading.variants)) if reading.variants else _media(reading)


def _media(reading: _Reading) -> Media:
    target = reading.target or max(reading.durations, default=0.0)
    if not 0 < target <= _LONGEST_TARGET:
        raise PlaylistError("no usable EXT-X-TARGETDURATION")
    return Media(
        target=target,
        sequence=reading.sequence,
        count=reading.count,
        parts=reading.parts,
        parts_duration=reading.parts_duration,
        durations=tuple(reading.durations[-RECENT:]),
        addresses=tuple(address.partition("?")[0] for address in reading.addresses[-RECENT:]),
        newest=reading.addresses[-1] if reading.addresses else "",
        discontinuities=reading.discontinuities,
        ended=reading.ended,
        dated=reading.dated,
        header=reading.header,
        plain=reading.plain,
    )


def _digits(value: str) -> int:
    found = _DIGITS.match(value)
    return int(found[1]) if found else 0


def _decimal(value: str) -> float:
    found = _DECIMAL.match(value)
    return float(found[1]) if found else 0.0


def _attributes(value: str) -> dict[str, str]:
    return {name: text.strip('"') for name, text in _ATTRIBUTE.findall(value)}
