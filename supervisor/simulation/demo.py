"""`jitsi-supervisor demo`: the whole thing on this machine, with a server and people of its own.

A private Prosody, the daemon as a process of its own, people as real clients, and a real stream that ffmpeg encodes:
nothing is pretended except that those who talk are programs. Each step is checked from where it matters, a
participant's client, /metrics or the log.
"""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from supervisor.simulation.demo_daemon import GRACE, LIMIT, Daemon
from supervisor.simulation.demo_outage import the_server_dies
from supervisor.simulation.demo_people import (
    before_the_session,
    everybody_leaves,
    the_room_fills,
    thirty_are_recommended,
)
from supervisor.simulation.demo_screen import Screen
from supervisor.simulation.demo_stage import Stage
from supervisor.simulation.demo_stream import the_stream_runs
from supervisor.simulation.errors import SimulationError
from supervisor.simulation.hls import HlsStream
from supervisor.simulation.prosody import PrivateProsody

SCENES = (
    before_the_session,
    the_room_fills,
    thirty_are_recommended,
    the_stream_runs,
    the_server_dies,
    everybody_leaves,
)
TARGET = 2
"""Seconds of a segment."""
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Tell the story. Returns 0 if every step came true, else 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shall still see the story
    screen = Screen()
    try:
        asyncio.run(_play(screen))
    except SimulationError as error:
        screen.trouble(str(error))
    except (asyncio.CancelledError, KeyboardInterrupt):
        screen.trouble("Interrupted: everything that was started has been ended.")
        return 1
    screen.summary()
    return screen.story.exit_code


async def _play(screen: Screen) -> None:
    _end_in_good_order()
    screen.title("jitsi-supervisor: a plenary session, from its booking to its end")
    jitsi = os.environ.get("JITSI_PLUGINS")
    with tempfile.TemporaryDirectory(prefix="jitsi-supervisor-demo-") as folder:
        async with (
            PrivateProsody(jitsi_plugins=Path(jitsi) if jitsi else None) as prosody,
            HlsStream(TARGET) as public,
            Daemon(prosody, prosody.component_port, Path(folder), public.url) as daemon,
        ):
            _introduce(screen, await prosody.version(), jitsi, daemon)
            await _tell(Stage(screen, prosody, daemon, public))


async def _tell(stage: Stage) -> None:
    story = stage.screen.story
    try:
        for scene in SCENES:
            await scene(stage)
        story.ended = True
    finally:
        await stage.disconnect()
        if story.failed:
            stage.screen.trouble(f"The end of the daemon's log:\n{stage.daemon.last_lines()}")


def _introduce(screen: Screen, version: str, jitsi: str | None, daemon: Daemon) -> None:
    modules = f"the real ones in {jitsi}" if jitsi else "none (JITSI_PLUGINS names the folder of the real ones)"
    screen.facts(
        (
            ("server", f"Prosody {version}, private, on loopback ports"),
            ("Jitsi's modules", modules),
            ("the daemon", "jitsi-supervisor run --config jitsi-supervisor.toml"),
            ("the stream", f"real HLS, encoded by ffmpeg, segments of {TARGET} s"),
            ("metrics", f"{daemon.address}/metrics  (open this while it runs)"),
            ("wall", f"{daemon.address}/  (watch the story there; token {daemon.wall_token})"),
            ("booking", f"Ple ordinari de setembre, Ajuntament d'Almatret, limit {LIMIT}"),
            ("patience", f"short: limit 0 s, lost recorder {GRACE:.0f} s, lost server and all clear 1 s"),
        )
    )


def _end_in_good_order() -> None:
    """Let the first signal unwind everything, and no second one disturb that."""
    loop, story = asyncio.get_running_loop(), asyncio.current_task()
    left = [] if story is None else [story.cancel]

    def once() -> None:
        if left:
            left.pop()()

    for number in ENDING_SIGNALS:
        loop.add_signal_handler(number, once)
