"""What an OBS says of its stream, as a machine over the messages of obs-websocket 5. Pure; time is an argument.

    told                                                       from            to
    ---------------------------------------------------------  --------------  ---------------------------------------
    OUTPUT_STARTING                                            any             STARTING
    OUTPUT_STARTED, OUTPUT_RECONNECTED, bytes grew             any but DOWN    UP
    the same, the second time                                  DOWN            UP
    OUTPUT_STOPPED after OUTPUT_STOPPING                       any             ENDED, planned: a person pressed stop
    OUTPUT_STOPPED alone                                       any             DOWN: OBS gave up
    OUTPUT_RECONNECTING, or outputReconnecting, for 5 s        any             DOWN
    active, bytes not grown for 5 s                            any             DOWN: the uplink is stuck, TCP is not cut
    active, congestion > 0.5 or skipped > 5 %, over 30 s       UP              DEGRADED
    active, neither                                            DEGRADED        UP
    not active                                                 UP, DEGRADED    DOWN: it stopped while we did not hear
    not active                                                 nothing known   UNKNOWN: not streaming yet
    the connection to OBS is lost                              any             UNKNOWN

Source: obs-websocket's protocol 5 (StreamStateChanged, GetStreamStatus). OBS emits STOPPING only for a stop that was
asked for; when it runs out of retries there is STOPPED alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from supervisor.domain.evidence import Word

PATIENCE = 5.0
"""Seconds of reconnecting, or without a byte sent, after which the stream is down."""
WINDOW = 30.0
"""Seconds over which congestion and skipped frames are measured."""
CONGESTED = 0.5
SKIPPED = 0.05
FRESH_UPS = 2

_PREFIX = "OBS_WEBSOCKET_OUTPUT_"


@dataclass(frozen=True, slots=True)
class Changed:
    """StreamStateChanged with this ``outputState``."""

    state: str


@dataclass(frozen=True, slots=True)
class Status:
    """The answer to GetStreamStatus, in the protocol's own names without ``output``."""

    active: bool
    reconnecting: bool = False
    congestion: float = 0.0
    bytes: int = 0
    skipped_frames: int = 0
    total_frames: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection to OBS could not be made, or ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class Output:
    """The state of one OBS' stream.

    Attributes:
        word: What is known.
        detail: Why.
        planned: A person ended it.
        known: The word apart from lost connections.
        stopping: OBS said that it is stopping.
        ups: Fresh signs of life since it was down.
        reconnecting_since: Since when it tries to, else None.
        status: The newest status while active.
        grew_at: When the bytes last grew.
        window: Statuses with their instants, the oldest first, reaching back `WINDOW` seconds.
    """

    word: Word = Word.UNKNOWN
    detail: str = "not connected yet"
    planned: bool = False
    known: Word = Word.UNKNOWN
    stopping: bool = False
    ups: int = 0
    reconnecting_since: float | None = None
    status: Status | None = None
    grew_at: float = 0.0
    window: tuple[tuple[float, Status], ...] = ()


def advance(output: Output, told: Changed | Status | Lost, at: float) -> Output:
    """Return the state after what OBS told. ``at``: seconds of a clock that never jumps."""
    match told:
        case Lost(reason):
            return replace(output, word=Word.UNKNOWN, detail=reason, planned=False, status=None, window=())
        case Changed(state):
            return _changed(output, state.removeprefix(_PREFIX), at)
        case Status():
            return _active(output, told, at) if told.active or told.reconnecting else _inactive(output)


def _changed(output: Output, state: str, at: float) -> Output:
    match state:
        case "STARTING":
            return _say(replace(output, stopping=False), Word.STARTING, "OBS is starting")
        case "STARTED" | "RECONNECTED":
            return _up(replace(output, stopping=False, reconnecting_since=None, grew_at=at), f"OBS has {state.lower()}")
        case "STOPPING":
            return replace(output, stopping=True)
        case "STOPPED":
            return _stopped(output)
        case "RECONNECTING":
            return replace(output, reconnecting_since=_since(output, at))
    return output


def _stopped(output: Output) -> Output:
    if output.stopping:
        return replace(_say(output, Word.ENDED, "stopped in OBS"), planned=True, stopping=False)
    return _down(output, "OBS stopped without being told to")


def _inactive(output: Output) -> Output:
    if output.known in {Word.UP, Word.DEGRADED} and not output.stopping:
        return _down(output, "OBS is not streaming")
    if output.known is Word.UNKNOWN:
        return _say(output, Word.UNKNOWN, "OBS is not streaming yet")
    return replace(output, word=output.known, planned=output.known is Word.ENDED)


def _active(output: Output, status: Status, at: float) -> Output:
    if status.reconnecting:
        since = _since(output, at)
        output = replace(output, reconnecting_since=since, window=())
        if at - since >= PATIENCE:
            return _down(output, f"OBS reconnects since {at - since:.0f} s")
        return replace(output, word=output.known)
    before = output.status
    grew = before is not None and status.bytes != before.bytes
    output = replace(output, status=status, reconnecting_since=None)
    if before is None:  # the first look after a lost connection: nothing to compare with
        return replace(output, grew_at=at)
    if grew:
        output = replace(output, grew_at=at, window=_window(output.window, status, at))
        return _up(output, "OBS is streaming")
    if at - output.grew_at >= PATIENCE:
        return _down(output, f"OBS sent nothing for {at - output.grew_at:.0f} s")
    return output


def _window(window: tuple[tuple[float, Status], ...], status: Status, at: float) -> tuple[tuple[float, Status], ...]:
    if window and status.bytes < window[-1][1].bytes:  # a new stream counts from nothing
        window = ()
    window = (*window, (at, status))
    while len(window) > 2 and window[1][0] <= at - WINDOW:
        window = window[1:]
    return window


def _up(output: Output, detail: str) -> Output:
    if output.known is Word.DOWN and output.ups + 1 < FRESH_UPS:
        return replace(output, word=Word.DOWN, ups=output.ups + 1)
    bad = _bad(output.window)
    return _say(output, Word.DEGRADED if bad else Word.UP, bad or detail)


def _bad(window: tuple[tuple[float, Status], ...]) -> str:
    """What is wrong with the uplink over the window, empty if nothing or if it is too short."""
    if not window or window[-1][0] - window[0][0] < WINDOW:
        return ""
    first, last = window[0][1], window[-1][1]
    congestion = sum(status.congestion for _, status in window) / len(window)
    skipped = (last.skipped_frames - first.skipped_frames) / max(last.total_frames - first.total_frames, 1)
    if congestion > CONGESTED:
        return f"congestion {congestion:.2f} over {WINDOW:.0f} s"
    return f"{skipped:.0%} of frames skipped over {WINDOW:.0f} s" if skipped > SKIPPED else ""


def _down(output: Output, detail: str) -> Output:
    return _say(replace(output, window=(), stopping=False), Word.DOWN, detail)


def _say(output: Output, word: Word, detail: str) -> Output:
    return replace(output, word=word, known=word, detail=detail, planned=False, ups=0)


def _since(output: Output, at: float) -> float:
    return at if output.reconnecting_since is None else output.reconnecting_since
