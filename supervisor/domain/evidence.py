"""Evidence about a session's live stream: what one witness says, and until when its word is good.

The rule that everything else rests on: an error, a quota, a time-out or silence is UNKNOWN, an id that is not there is
MISSING; neither is ever DOWN. Only a witness that *sees* the stream not running says DOWN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Word(StrEnum):
    """What a witness says."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    ENDED = "ended"
    STARTING = "starting"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """What the public gets, as the verdict sees it (:mod:`supervisor.domain.verdict`)."""

    SCHEDULED = "scheduled"
    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """On which side of the broadcast a witness stands; the alert's text names the side that failed."""

    ENCODER = "encoder"
    PLATFORM = "platform"
    VIEWERS = "viewers"


@dataclass(frozen=True, slots=True)
class Page:
    """What a platform tells of an announced broadcast, beside how its stream is.

    Attributes:
        state: In the platform's words: ``upcoming``, ``live``, ``ready``.
        privacy: ``public``, ``unlisted``, ``private``; empty if not told.
        bound: Whether a stream is bound to it; None where the witness can't see that.
        planned: Seconds since the epoch for which it is announced; None if not told.
        title: What the public reads above it. It may hold anything, so it is compared and never shown.
    """

    state: str
    privacy: str = ""
    bound: bool | None = None
    planned: float | None = None
    title: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One witness' word about one booking's stream.

    Attributes:
        booking: The booking's id.
        witness: Who says so: ``jibri``, ``jibri heartbeat``, ``ingest``, ``obs``, ``youtube owner``,
            ``youtube public``, ``hls``, ``content``. A new word of a witness about a booking replaces its old one.
        side: Where the witness stands.
        word: What it says.
        at: Instant of the observation, seconds since the epoch.
        fresh_until: Instant after which the word is UNKNOWN.
        direct: Whether the witness sees the media itself (HLS edge, ingest hook, encoder), not a platform's report.
        detail: Why, in a few words of the field's vocabulary (``streamStatus inactive``, ``edge unchanged 7.2 s``).
        planned: The stop or end was made by a person or announced by the encoder as a clean stop.
        auto_stop: The broadcast ends by itself soon after the encoder stops; None if not known.
        wrong: Why what the public sees is not this session live (``private``, ``another video``, ``upcoming``), else
            empty. It says nothing about the stream's health.
        since: Last instant at which the witness still saw the stream well, for DOWN and ENDED; None if it can't tell.
        advisory: To be shown, never alarming by itself (a black picture, ``videoIngestionStarved``).
        page: What the platform tells of the broadcast, for the preflight; None where it told nothing.
    """

    booking: str
    witness: str
    side: Side
    word: Word
    at: float
    fresh_until: float
    direct: bool = False
    detail: str = ""
    planned: bool = False
    auto_stop: bool | None = None
    wrong: str = ""
    since: float | None = None
    advisory: bool = False
    page: Page | None = None
