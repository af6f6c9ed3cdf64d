"""Those who watch the stream from outside, in virtual time: they renew what they say as the real ones do."""

from dataclasses import dataclass, field
from math import inf
from typing import Any

from supervisor.domain.bookings import Booking
from supervisor.domain.evidence import Evidence, Page, Side, Word


@dataclass
class Scripted:
    """One of them, behind the port Witness.

    Attributes:
        every: Seconds between two looks; a change that the script makes is seen at its instant.
        fresh: Seconds for which a word holds.
        booking: Whom it follows; empty for nobody.
        due: When it looks next.
    """

    name: str
    side: Side
    every: float
    fresh: float
    direct: bool = False
    booking: str = ""
    due: float = inf
    word: Word = Word.UNKNOWN
    more: dict[str, Any] = field(default_factory=dict)

    def follow(self, booking: Booking) -> None:
        self.booking, self.due = booking.id, -inf

    def unfollow(self, booking: str) -> None:
        assert self.booking == booking
        self.booking, self.due = "", inf

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """The script says when it looks."""

    async def run(self) -> None:
        """Its clock is the stage's."""

    def sees(self, word: Word, **more: Any) -> None:
        """From now on it says this."""
        self.word, self.more = word, more
        if self.booking:
            self.due = -inf

    def look(self, now: float) -> Evidence:
        self.due = now + self.every
        return Evidence(
            booking=self.booking,
            witness=self.name,
            side=self.side,
            word=self.word,
            at=now,
            fresh_until=now + self.fresh,
            direct=self.direct,
            **self.more,
        )


def watchers(start: float) -> dict[str, Scripted]:
    """A playlist that is not there yet, and a broadcast that is announced for ``start``."""
    made = (
        Scripted("hls", Side.VIEWERS, 6.0, 18.0, direct=True),
        Scripted("youtube public", Side.PLATFORM, 20.0, 50.0),
        Scripted("youtube owner", Side.PLATFORM, 60.0, 150.0),
    )
    hls, public, owner = made
    page = Page("upcoming", "public", planned=start, title="Ple ordinari de setembre")
    hls.sees(Word.MISSING, detail="404")
    public.sees(Word.STARTING, detail="liveBroadcastContent upcoming", wrong="upcoming", page=page)
    bound = Page("ready", "public", bound=True, planned=start, title="Ple ordinari de setembre")
    owner.sees(Word.STARTING, detail="lifeCycleStatus ready", page=bound)
    return {witness.name: witness for witness in made}
