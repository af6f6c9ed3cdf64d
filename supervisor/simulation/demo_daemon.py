"""The daemon as an operator runs it: a process of its own, known by its log and its metrics."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.places import Places
from supervisor.simulation.process import ServerProcess

BOOKING = "almatret-demo"
ROOM = "plealmatret"
LIMIT = 30
LANGUAGE = "ca"
GRACE = 3.0
OVERRIDES = "JITSI_SUPERVISOR__"
START_WITHIN = 20.0
STOP_WITHIN = 15.0
POLL = 0.03

CONFIGURATION = """\
[xmpp]
component = "{places.component_jid}"
secret = "{places.component_secret}"
port = {port}
muc = ["{places.muc}", "{places.breakout}"]
focus = "{places.focus_jid}"
hidden_domain = "{places.hidden_domain}"

[web]
listen = "127.0.0.1:0"

[web.tokens.demo]
token = "{token}"

[web.tokens.wall]
token = "{wall}"

[store]
url = "sqlite:///{folder}/state.db"

[bookings]
files = ["bookings.toml"]

[streams]
allow_private_addresses = true

[monitors.ParticipantLimit]
for = "0s"
keep_firing_for = "1s"

[monitors.StreamInterrupted]
for = "0s"
keep_firing_for = "1s"
recorder_grace = "{grace:.0f}s"

[monitors.SourceLost]
for = "1s"
"""

BOOKINGS = """\
[[booking]]
id = "{booking}"
room = "{room}"
kind = "plenary"
title = "Ple ordinari de setembre"
organisation = "Ajuntament d'Almatret"
start = {start}
duration = "2h"
language = "{language}"
limit = {limit}
stream = {{ jibri = true, hls = "{hls}" }}
"""


class Metrics:
    """One answer of /metrics; what is absent is None."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def value(self, name: str, **labels: str) -> float | None:
        """Return the first series of that name with these labels."""
        full = f"jitsi_supervisor_{name}"
        found = (s.value for s in self._samples if s.name == full and labels.items() <= s.labels.items())
        return next(found, None)

    @property
    def heard(self) -> bool:
        """Whether the server is heard."""
        return self.value("source_up", source="xmpp") == 1

    @property
    def people(self) -> float | None:
        """The booked session's head count."""
        return self.value("session_participants", booking=BOOKING)

    @property
    def stream(self) -> str | None:
        """The state of the booked session's stream."""
        name = "jitsi_supervisor_session_stream_state"
        return next((s.labels["state"] for s in self._samples if s.name == name and s.value == 1), None)

    def firing(self, monitor: str, **labels: str) -> bool:
        """Whether an alert of that monitor fires, with these labels."""
        return bool(self.value("alerts", monitor=monitor, **labels))


class Daemon:
    """`jitsi-supervisor run` with a configuration for the demo; use it with `async with`.

    Args:
        places: the installation.
        port: where Prosody listens for components.
        folder: an empty folder, for configuration, bookings, state and log.
        hls: address of the playlist that the public looks at.
    """

    def __init__(self, places: Places, port: int, folder: Path, hls: str) -> None:
        self.configuration = folder / "jitsi-supervisor.toml"
        self.log = folder / "log.jsonl"
        self.address = ""
        self._token = secrets.token_urlsafe(24)
        self.wall_token = secrets.token_hex(8)
        now = datetime.now().astimezone().replace(microsecond=0)
        self.configuration.write_text(
            CONFIGURATION.format(
                places=places, port=port, folder=folder, grace=GRACE, token=self._token, wall=self.wall_token
            )
        )
        (folder / "bookings.toml").write_text(
            BOOKINGS.format(booking=BOOKING, room=ROOM, start=now.isoformat(), language=LANGUAGE, limit=LIMIT, hls=hls)
        )
        self._process: ServerProcess | None = None
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Start the process and wait until its HTTP side answers."""
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))
        try:
            # The operator's own overrides are for the operator's own daemon.
            environment = {name: value for name, value in os.environ.items() if not name.startswith(OVERRIDES)}
            command = [*_command(), "run", "--config", str(self.configuration)]
            self._process = await ServerProcess.start(command, output=self.log, environment=environment)
            self.address = str((await self.logged("started", START_WITHIN))["address"])
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            await self._process.stop()
        if self._http is not None:
            await self._http.close()

    async def stop(self) -> int:
        """Send SIGTERM and return the exit code; one that has to be killed is no success."""
        if self._process is None:
            raise SimulationError("the daemon was not started")
        return await self._process.stop(STOP_WITHIN)

    async def logged(self, event: str, within: float = 10.0) -> dict[str, Any]:
        """Wait for a line of the log and return it.

        Raises:
            SimulationError: the daemon ended, or has not written it in time.
        """
        return await self._eventually(
            lambda: next((line for line in self._lines() if line.get("event") == event), None),
            within,
            f'"{event}" in its log',
        )

    async def verdict(self, phase: str, witnesses: set[str], within: float = 10.0) -> None:
        """Wait until the stream's last verdict in the log is this one, said by exactly these witnesses.

        Raises:
            SimulationError: it was not in time.
        """

        def last() -> dict[str, Any] | None:
            lines = [line for line in self._lines() if line.get("event") == "stream verdict"]
            same = lines and (lines[-1]["phase"], set(lines[-1]["witnesses"].split(", "))) == (phase, witnesses)
            return lines[-1] if same else None

        await self._eventually(last, within, f"{phase} by {', '.join(sorted(witnesses))} in its log")

    async def metrics(self) -> Metrics:
        """Read /metrics now."""
        if self._http is None:
            raise SimulationError("the daemon was not started")
        try:
            async with self._http.get(f"{self.address}/metrics") as response:
                return Metrics(await response.text())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SimulationError(f"{self.address}/metrics does not answer: {error}") from error

    async def api(self, path: str) -> dict[str, Any]:
        """Read something of the API."""
        if self._http is None:
            raise SimulationError("the daemon was not started")
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            async with self._http.get(f"{self.address}/api/v1/{path}", headers=headers) as response:
                answer: dict[str, Any] = await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SimulationError(f"{self.address}/api/v1/{path} does not answer: {error}") from error
        if response.status != HTTPStatus.OK:
            raise SimulationError(f"/api/v1/{path}: {answer.get('detail', response.status)}")
        return answer

    async def until(self, true: Callable[[Metrics], object], what: str, within: float = 10.0) -> Metrics:
        """Read /metrics until something is true of it, and return that answer.

        Raises:
            SimulationError: it was not in time; `what` names it.
        """
        try:
            async with asyncio.timeout(within):
                while True:
                    metrics = await self.metrics()
                    if true(metrics):
                        return metrics
                    await asyncio.sleep(POLL)
        except TimeoutError as error:
            raise SimulationError(f"/metrics did not show {what} within {within:.0f} s") from error

    def last_lines(self, count: int = 10) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:]) if self.log.exists() else ""

    def _lines(self) -> Iterator[dict[str, Any]]:
        for line in self.log.read_text().splitlines(keepends=True):
            if line.startswith("{") and line.endswith("}\n"):  # the last one may be half written
                yield json.loads(line)

    async def _eventually(self, find: Callable[[], dict[str, Any] | None], within: float, what: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(within):
                while True:
                    found = find()
                    if found is not None:
                        return found
                    if self._process is not None and self._process.exit_code is not None:
                        raise SimulationError(f"the daemon ended with {self._process.exit_code}:\n{self.last_lines()}")
                    await asyncio.sleep(POLL)
        except TimeoutError as error:
            raise SimulationError(f"the daemon has not said {what} within {within:.0f} s") from error


def _command() -> list[str]:
    installed = Path(sys.executable).with_name("jitsi-supervisor")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "supervisor"]
