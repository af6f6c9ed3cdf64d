"""What looking at 300 playlists costs: they move every 2 s, and are served by another process."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from aiohttp import web

from bench.hls_cut import Ear, booking
from supervisor.domain.evidence import Word
from supervisor.streams.hls.guard import Rules
from supervisor.streams.hls.probe import HlsProbe
from supervisor.tasks import Tasks

NAME = "hls_scale"
EDGES = 300
TARGET = 2.0
WARM = 10.0
SECONDS = 40.0
MOST_CORE, MOST_MEMORY = 15.0, 80.0
"""Percent of a core, and MB."""


def _playlist(number: int) -> str:
    """The playlist of now; each stream has its own phase."""
    edge = int((time.monotonic() + number * TARGET / EDGES) / TARGET)
    head = f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{TARGET:.0f}\n#EXT-X-MEDIA-SEQUENCE:{edge - 6}\n"
    return head + "".join(f"#EXTINF:{TARGET:.6f},\nlive{number}-{n}.ts\n" for n in range(edge - 6, edge))


async def _serve() -> None:
    asked = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal asked
        if request.path == "/asked":
            return web.Response(text=str(asked))
        asked += 1
        return web.Response(text=_playlist(int(request.path[1:-5])))

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _probe(port: int) -> dict[str, float]:
    ear = Ear()
    tasks = Tasks()
    probe = HlsProbe(Rules(allow_private_addresses=True), ear)
    tasks.start("probe", probe.run())
    for number in range(EDGES):
        probe.follow(booking(f"live {number}", f"http://127.0.0.1:{port}/{number}.m3u8"))
    await asyncio.sleep(WARM)
    began, used = time.monotonic(), time.process_time()
    await asyncio.sleep(SECONDS)
    core = 100 * (time.process_time() - used) / (time.monotonic() - began)
    await tasks.close()
    return {
        "core": core,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "wrong": sum(words != [Word.UNKNOWN, Word.UP] for words in ear.changes.values()),
    }


def measure() -> dict[str, float]:
    """``core`` in percent, ``memory`` in MB, ``looks`` a second, and ``wrong``: streams that were not simply up."""
    command = [sys.executable, "-m", "bench.hls_scale"]
    root = Path(__file__).parents[1]
    with subprocess.Popen([*command, "serve"], cwd=root, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            done = subprocess.run([*command, "probe", port], cwd=root, capture_output=True, text=True, check=True)
            found: dict[str, float] = json.loads(done.stdout)
            found["looks"] = asyncio.run(_asked(int(port))) / (WARM + SECONDS)
        finally:
            server.kill()
    return found


async def _asked(port: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /asked HTTP/1.0\r\n\r\n")
    body = (await reader.read()).rpartition(b"\r\n")[2]
    writer.close()
    return int(body)


def rows() -> list[tuple[str, str, str, bool]]:
    """What was measured, the figure, the goal, and whether it is met."""
    found = measure()
    what = f"HLS, {EDGES} edges that move every {TARGET:g} s"
    return [
        (f"{what}: share of a core", f"{found['core']:.1f} %", f"<= {MOST_CORE:g} %", found["core"] <= MOST_CORE),
        (f"{what}: memory", f"{found['memory']:.0f} MB", f"<= {MOST_MEMORY:g} MB", found["memory"] <= MOST_MEMORY),
        (f"{what}: looks a second", f"{found['looks']:.0f}", "as many as needed", True),
        (f"{what}: not simply up", f"{found['wrong']:.0f}", "0", found["wrong"] == 0),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(_serve())
    elif sys.argv[1:2] == ["probe"]:
        print(json.dumps(asyncio.run(_probe(int(sys.argv[2])))))
    else:
        for row in rows():
            print(*row, sep=" | ")
