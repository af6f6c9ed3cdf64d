"""A real HLS stream: ffmpeg encodes a test picture and a tone, and a small server hands out what it writes.

The server does what nginx does: it knows nothing of the encoder, and goes on serving the last playlist with 200 for as
long as the file is there. Everything is on loopback, in a folder of its own, and ends by pid.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import web

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.loopback import HOST
from supervisor.simulation.process import ServerProcess

if TYPE_CHECKING:
    from types import TracebackType

PLAYLIST = "index.m3u8"
FRAMES = 10
"""Pictures a second: enough for a picture that moves, at about a hundredth of a core."""
_LIVE_WITHIN = 15.0
_POLL = 0.05


class StaticServer:
    """Serves a folder as it is, with ETag and Last-Modified, and counts the requests. An async context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner: web.AppRunner | None = None
        self.requests = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.+}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Close the port: whoever looks is refused."""
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str) -> str:
        """The address of a file of the folder."""
        if self._runner is None:
            raise SimulationError("the HLS server is not started")
        return f"http://{HOST}:{self._runner.addresses[0][1]}/{path}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        path = (self._folder / request.match_info["path"]).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            return web.Response(status=404)
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


@dataclass(frozen=True, slots=True)
class Picture:
    """What the encoder is fed with, and how fast: ``rate`` 1.0 is real time."""

    video: str = f"testsrc=size=160x90:rate={FRAMES}"
    audio: str = "sine=frequency=440:sample_rate=44100"
    rate: float = 1.0


@dataclass(eq=False)
class HlsEncoder:
    """ffmpeg writing one live playlist with a window of some segments into a folder.

    Attributes:
        folder: Where to; made if it is not there.
        target: Duration of a segment, seconds; whole, so that it is the playlist's target duration too.
    """

    folder: Path
    target: int = 2
    _picture: Picture = field(default_factory=Picture)
    _process: ServerProcess | None = None

    async def start(self) -> None:
        """Begin to encode; after an earlier end the playlist goes on, with a discontinuity."""
        _need_ffmpeg()
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        self._process = await ServerProcess.start(
            self._command(), output=self.folder / "ffmpeg.log", environment=dict(os.environ)
        )

    async def live(self) -> None:
        """Wait until the playlist has a segment. Raises SimulationError after some seconds."""
        playlist = self.folder / PLAYLIST
        try:
            async with asyncio.timeout(_LIVE_WITHIN + self.target):
                while True:
                    if "#EXTINF" in await asyncio.to_thread(_text, playlist):
                        return
                    await asyncio.sleep(_POLL)
        except TimeoutError:
            raise SimulationError(f"ffmpeg wrote no segment within {_LIVE_WITHIN + self.target} s") from None

    async def kill(self) -> None:
        """SIGKILL: the playlist stays as it is."""
        await self._running().kill()

    async def terminate(self) -> None:
        """SIGTERM: ffmpeg finishes the segment and writes EXT-X-ENDLIST."""
        await self._running().stop()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing moves."""
        self._running().freeze()

    def thaw(self) -> None:
        """SIGCONT: ffmpeg catches up with what it missed."""
        self._running().thaw()

    async def half_speed(self) -> None:
        """Go on with half a second of media per second."""
        await self._change(replace(self._picture, rate=0.5))

    async def gap(self, seconds: float) -> None:
        """Be away for some seconds and come back with a discontinuity, as after a lost uplink."""
        await self.kill()
        await asyncio.sleep(seconds)
        await self.start()

    async def black(self) -> None:
        """Go on with a black picture."""
        await self._change(replace(self._picture, video=f"color=black:size=160x90:rate={FRAMES}"))

    async def silence(self) -> None:
        """Go on with digital silence."""
        await self._change(replace(self._picture, audio="anullsrc=sample_rate=44100:channel_layout=mono"))

    async def normal(self) -> None:
        """Go on with picture and tone at full speed."""
        await self._change(Picture())

    async def close(self) -> None:
        """End the encoder, in whatever state it is."""
        if self._process is not None:
            await self._process.kill()

    def cpu_seconds(self) -> float:
        """What the encoder has used of a core, seconds."""
        return self._running().cpu_seconds()

    async def _change(self, picture: Picture) -> None:
        await self.kill()
        self._picture = picture
        await self.start()

    def _running(self) -> ServerProcess:
        if self._process is None:
            raise SimulationError("the encoder is not started")
        return self._process

    def _command(self) -> list[str]:
        picture = self._picture
        keyframes = ["-g", str(FRAMES * self.target), "-keyint_min", str(FRAMES * self.target), "-sc_threshold", "0"]
        return [
            *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "warning", "-threads", "1"),
            *("-readrate", str(picture.rate), "-f", "lavfi"),
            *("-i", f"{picture.video}[out0];{picture.audio}[out1]"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", *keyframes),
            *("-c:a", "aac", "-b:a", "32k"),
            *("-f", "hls", "-hls_time", str(self.target), "-hls_list_size", "5"),
            *("-hls_flags", "delete_segments+append_list+temp_file"),
            str(self.folder / PLAYLIST),
        ]


class HlsStream:
    """One encoder, its folder and its server: a whole stream for a demo or a test. An async context manager.

    The server is there at once and for as long as the context lasts; the encoder is the user's to start.

    Attributes:
        encoder: Writes what the server hands out.
        server: Where viewers look.
    """

    def __init__(self, target: int = 2) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="jitsi-supervisor-hls-")
        self.encoder = HlsEncoder(Path(self._folder.name) / "live", target)
        self.server = StaticServer(Path(self._folder.name))

    @property
    def url(self) -> str:
        """The address of the playlist."""
        return self.server.url(f"live/{PLAYLIST}")

    async def __aenter__(self) -> Self:
        try:
            _need_ffmpeg()
            await self.server.__aenter__()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.encoder.close()
        await self.server.stop()
        self._folder.cleanup()


def _need_ffmpeg() -> None:
    if shutil.which("ffmpeg") is None:
        raise SimulationError("no ffmpeg on PATH: apt install ffmpeg")


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
