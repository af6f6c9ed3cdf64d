"""Looks into segments for a black picture and digital silence: advisory evidence, never an alarm by itself.

Needs PyAV, the optional extra ``content``; `available` says whether it is there. Only key frames are decoded: a segment
costs 17 to 115 ms of a core, in a thread, one at a time for all streams. Measured: a black picture has luma 0.0 and a
slide 0.35 upwards; an encoder fed with nothing gives -180 dB, a quiet hall -40. A frozen picture is not looked for: a
slide that nobody changes is the same to any threshold.
"""

from __future__ import annotations

import array
import asyncio
import io
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import structlog
from yarl import URL

from supervisor.domain.events import EvidenceSeen
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.streams.hls.fetch import Fetcher, FetchError
from supervisor.streams.hls.guard import AddressRefusedError, system_look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from supervisor.ports import Emit
    from supervisor.streams.hls.guard import LookUp, Rules
    from supervisor.streams.hls.playlist import Media

log = structlog.get_logger()

WITNESS = "content"
EVERY = 10.0
"""Seconds between two samples of one stream."""
PERSISTS = 20.0
"""Seconds for which it must have been black or silent: between two speakers both are usual for some seconds."""
DEADLINE = 5.0
"""Seconds that decoding may take."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a segment: ten seconds at 12 Mbit/s."""
WAITING = 64
"""Samples that may wait for their turn; what comes on top is left out."""
BLACK = 2.0
"""Mean luma, of 255, up to which a picture is black."""
SILENT = 8
"""Highest sample, of 32767, up to which sound is digital silence: -72 dB, far below any microphone's noise."""
LARGEST_PICTURE = 4096 * 2304
"""Pixels of a picture that is decoded: larger ones are no stream of a session, but fill the memory."""
_WIDTH, _HEIGHT = 160, 90


@dataclass(frozen=True, slots=True)
class Sample:
    """One segment. None: it has no picture, or no sound."""

    luma: float | None
    peak: int | None

    @property
    def black(self) -> bool:
        """Whether there is a picture, and it is black."""
        return self.luma is not None and self.luma <= BLACK

    @property
    def silent(self) -> bool:
        """Whether there is sound, and it is digital silence."""
        return self.peak is not None and self.peak <= SILENT


@dataclass(frozen=True, slots=True)
class Content:
    """Since when a stream is black and silent, in seconds; None while it is not."""

    black_since: float | None = None
    silent_since: float | None = None

    def after(self, sample: Sample, at: float) -> Content:
        """The content after a sample."""
        return Content(
            _since(self.black_since, at, holds=sample.black), _since(self.silent_since, at, holds=sample.silent)
        )

    def complaint(self, at: float) -> str:
        """What has persisted for long enough, empty if nothing."""
        found = {"black picture": self.black_since, "digital silence": self.silent_since}
        return ", ".join(
            f"{what} for {at - since:.0f} s"
            for what, since in found.items()
            if since is not None and at - since >= PERSISTS
        )


def available() -> bool:
    """Whether PyAV is installed."""
    return find_spec("av") is not None


def examine(segment: bytes) -> Sample:
    """Decode a segment's key frames and sound.

    Args:
        segment: MPEG-TS, or fragmented MP4 with its header in front.

    Raises:
        ValueError: It cannot be decoded.
    """
    import av  # noqa: PLC0415 - optional, and it takes its time

    try:
        with av.open(io.BytesIO(segment)) as container:
            return Sample(_luma(container), _peak(container))
    except (av.FFmpegError, MemoryError, RuntimeError) as error:
        raise ValueError(f"the segment cannot be decoded ({type(error).__name__})") from None


def _luma(container: Any) -> float | None:
    """The brightest key frame's mean luma: a segment in which anything lights up is not black."""
    if not container.streams.video:
        return None
    stream = container.streams.video[0]
    if stream.codec_context.width * stream.codec_context.height > LARGEST_PICTURE:
        raise ValueError("the picture is too large")
    stream.codec_context.skip_frame = "NONKEY"
    means = [_mean(frame) for frame in container.decode(stream)]
    container.seek(0)
    return max(means, default=None)


def _mean(frame: Any) -> float:
    plane = frame.reformat(width=_WIDTH, height=_HEIGHT, format="gray").planes[0]
    rows = memoryview(plane)
    total = sum(sum(rows[line * plane.line_size : line * plane.line_size + _WIDTH]) for line in range(_HEIGHT))
    return total / (_WIDTH * _HEIGHT)


def _peak(container: Any) -> int | None:
    import av  # noqa: PLC0415 - as above

    if not container.streams.audio:
        return None
    resampler = av.AudioResampler(format="s16", layout="mono")
    return max(
        (_loudest(resampler.resample(frame)) for frame in container.decode(container.streams.audio[0])), default=None
    )


def _loudest(frames: Iterable[Any]) -> int:
    peak = 0
    for frame in frames:
        samples = array.array("h", bytes(frame.planes[0])[: frame.samples * 2])
        peak = max(peak, max(samples, default=0), -min(samples, default=0))
    return peak


def _since(since: float | None, at: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return at if since is None else since


class Sampler:
    """Takes samples of the streams that it is offered, and emits what it finds as witness ``content``.

    Args:
        rules: Which addresses may be fetched.
        emit: Gets EvidenceSeen.
        look_up: Resolves names.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, rules: Rules, emit: Emit, look_up: LookUp = system_look_up, clock: Callable[[], float] = time.time
    ) -> None:
        self._rules = rules
        self._emit = emit
        self._look_up = look_up
        self._clock = clock
        self._queue: asyncio.Queue[tuple[str, URL, Media]] = asyncio.Queue(WAITING)
        self._taken: dict[str, float] = {}
        self._content: dict[str, Content] = {}

    def offer(self, booking: str, base: URL, media: Media) -> None:
        """Tell of a booking's newest segment; most offers are declined."""
        now = self._clock()
        if now - self._taken.get(booking, 0.0) < EVERY or not media.plain or not media.newest or self._queue.full():
            return
        self._taken[booking] = now
        self._queue.put_nowait((booking, base, media))

    def forget(self, booking: str) -> None:
        """Drop what is known of a booking."""
        self._taken.pop(booking, None)
        self._content.pop(booking, None)

    async def run(self) -> None:
        """Take samples until cancelled."""
        fetcher = Fetcher(self._rules, self._look_up)
        # One thread of our own: a decoder that does not come back costs the samples, not the name look-ups.
        thread = ThreadPoolExecutor(1, "content")
        try:
            while True:
                booking, base, media = await self._queue.get()
                await self._sample(booking, _segment(fetcher, base, media), thread)
        finally:
            thread.shutdown(wait=False, cancel_futures=True)
            await fetcher.close()

    async def _sample(self, booking: str, fetching: Coroutine[None, None, bytes], thread: ThreadPoolExecutor) -> None:
        try:
            segment = await fetching
            async with asyncio.timeout(DEADLINE):
                sample = await asyncio.get_running_loop().run_in_executor(thread, examine, segment)
        except (FetchError, AddressRefusedError, ValueError, TimeoutError) as error:
            # No word at all is UNKNOWN soon enough, and the edge's witness says what cannot be reached.
            log.debug("segment not examined", booking=booking, reason=str(error) or "took too long")
            return
        if booking in self._taken:
            self._say(booking, sample)

    def _say(self, booking: str, sample: Sample) -> None:
        now = self._clock()
        content = self._content[booking] = self._content.get(booking, Content()).after(sample, now)
        complaint = content.complaint(now)
        self._emit(
            EvidenceSeen(
                Evidence(
                    booking=booking,
                    witness=WITNESS,
                    side=Side.VIEWERS,
                    word=Word.DEGRADED if complaint else Word.UP,
                    at=now,
                    fresh_until=now + 3 * EVERY,
                    direct=True,
                    detail=complaint or "picture and sound",
                    advisory=True,
                )
            )
        )


async def _segment(fetcher: Fetcher, base: URL, media: Media) -> bytes:
    header = b""
    if media.header:
        header = (await fetcher.get(base.join(URL(media.header)), largest=LARGEST)).body
    answer = await fetcher.get(base.join(URL(media.newest)), largest=LARGEST)
    if answer.status != 200:
        raise FetchError(f"status {answer.status}")
    return header + answer.body
