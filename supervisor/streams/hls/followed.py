"""One followed playlist: what was last fetched of it, and what a look makes of the next answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yarl import URL

from supervisor.domain.evidence import Word
from supervisor.streams.hls.edge import Edge, Gone, Unreachable, advance
from supervisor.streams.hls.fetch import Answer, Fetcher, FetchError
from supervisor.streams.hls.guard import AddressRefusedError
from supervisor.streams.hls.playlist import Master, Media, PlaylistError, parse

if TYPE_CHECKING:
    from supervisor.tasks import Backoff

QUICKEST, SLOWEST = 1.0, 1.5
"""Bounds, in seconds, of half a target duration between looks at an edge that has not moved (RFC 8216, 6.3.4). The
upper one is less polite than the RFC where TD is above 3 s: at TD 5 a cut has to be seen within 17 s."""
AT_LEISURE = 5.0
"""Seconds between looks where there is nothing to lose: before the stream has begun, and after its end."""
EARLY = 0.9
"""Share of a segment's duration after which its successor is looked for: looks that came a full duration later would
drift away from the encoder's rhythm until they are a whole segment late."""
LATE = 1.25
"""Target durations after which the next segment of a stream that is up is late, and looked for twice as often."""
DOUBTED = 2.0
"""Most seconds between looks while there is doubt, errors included."""


@dataclass(slots=True, eq=False)
class Followed:
    """A booking's playlist.

    Attributes:
        booking: Its id.
        address: As the booking has it.
        backoff: Paces the looks after errors.
        edge: What is known of it.
        doubt: Another witness doubts the stream.
        playlist: Where the media playlist is, once known, behind a master.
        due: When the next look is, in seconds of the loop's clock.
    """

    booking: str
    address: URL
    backoff: Backoff
    edge: Edge = field(default_factory=Edge)
    doubt: bool = False
    playlist: URL | None = None
    due: float = 0.0
    _known: Answer | None = None
    _body: int = 0
    _failed: bool = False

    async def look(self, fetcher: Fetcher) -> Media | Gone | Unreachable | None:
        """Fetch the playlist once, through its master if need be. Never raises; see `edge.advance` for the answer."""
        try:
            seen = await self._fetch(fetcher, self.playlist or self.address)
            if isinstance(seen, Gone) and self.playlist is not None:
                self._forget()  # the variant vanished: its master may have another
                seen = await self._fetch(fetcher, self.address)
            if isinstance(seen, Master):
                seen = await self._variant(fetcher, seen)
        except (FetchError, AddressRefusedError) as error:
            self._forget()
            return Unreachable(str(error))
        return seen

    def take(self, seen: Media | Gone | Unreachable | None, now: float) -> None:
        """Note what a look brought. ``now``: seconds of the loop's clock."""
        self.edge = advance(self.edge, seen, now)
        self._failed = isinstance(seen, Unreachable)
        if not self._failed:
            self.backoff.reset()

    def wait(self, now: float) -> float:
        """Seconds until the next look."""
        if self._failed:
            pause = self.backoff.next()
        elif self.edge.word in {Word.MISSING, Word.ENDED}:
            pause = AT_LEISURE
        else:
            pause = self._beat(now)
        return min(pause, DOUBTED) if self.doubt else pause

    @property
    def base(self) -> URL:
        """Where relative addresses of the media playlist start from."""
        return self.address if self._known is None else self._known.url

    @property
    def interval(self) -> float:
        """Most seconds between two looks at the stream as it is, errors apart."""
        if self.edge.word in {Word.MISSING, Word.ENDED}:
            return AT_LEISURE
        return max(self.half, EARLY * (self.edge.target or 0.0))

    @property
    def half(self) -> float:
        """Seconds between looks at an edge that has not moved."""
        return min(max((self.edge.target or 0.0) / 2, QUICKEST), SLOWEST)

    def _beat(self, now: float) -> float:
        edge = self.edge
        pause = self.half
        if edge.moved_at == now and edge.media is not None and edge.media.durations and not self.doubt:
            pause = max(pause, EARLY * min(edge.media.durations[-1], edge.media.target) - (now - edge.came_at))
        elif edge.known is Word.UP and now - edge.came_at > LATE * (edge.target or 0.0):
            pause /= 2
        if edge.due is None or edge.due <= now:
            return pause
        return min(pause, edge.due - now + 0.001)

    async def _variant(self, fetcher: Fetcher, master: Master) -> Media | Gone | None:
        base = self.base
        self._forget()
        try:
            playlist = base.join(URL(master.cheapest.address))
        except ValueError:
            raise FetchError("the master playlist names an impossible address") from None
        self.playlist = playlist
        seen = await self._fetch(fetcher, playlist)
        if isinstance(seen, Master):
            raise FetchError("a master playlist that names a master playlist")
        return seen

    async def _fetch(self, fetcher: Fetcher, url: URL) -> Master | Media | Gone | None:
        answer = await fetcher.get(url, self._known)
        if answer.status == 304:
            if self._known is None or self.edge.media is None:
                raise FetchError("status 304, although nothing was known")
            return None
        if answer.status != 200:
            return Gone(answer.status)
        return self._parsed(answer)

    def _parsed(self, answer: Answer) -> Master | Media | None:
        fingerprint = hash(answer.body)
        unchanged = fingerprint == self._body and self.edge.media is not None and self._known is not None
        self._body = fingerprint
        # The body is not kept: a night's window of segments is megabytes, and there are hundreds of streams.
        self._known = Answer(200, answer.url, b"", answer.etag, answer.modified)
        if unchanged:
            return None
        try:
            return parse(answer.body.decode("utf-8", "replace"))
        except PlaylistError as error:
            raise FetchError(str(error)) from None

    def _forget(self) -> None:
        """Begin again at the booking's own address, with nothing known of it."""
        self.playlist = None
        self._known = None
        self._body = 0
