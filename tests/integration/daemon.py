"""The daemon as an operator runs it: its own process, a configuration file, HTTP to look at it."""

import asyncio
import datetime as dt
import json
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from supervisor.simulation import Person, PrivateProsody

CEST = dt.timezone(dt.timedelta(hours=2))
SERIES = re.compile(r"^jitsi_supervisor_(\w+?)(?:\{(.*)\})? (\S+)$")

QUICK = {
    "ParticipantLimit": {"for": "0s", "keep_firing_for": "0s"},
    "StreamInterrupted": {"recorder_grace": "2s", "keep_firing_for": "0s"},
    "SourceLost": {"for": "0s"},
}


def booking(**words: Any) -> dict[str, Any]:
    """A plenary that has just begun."""
    started = dt.datetime.now(CEST).replace(microsecond=0) - dt.timedelta(minutes=1)
    usual = {
        "id": "almatret-1",
        "room": "sala1",
        "kind": "plenary",
        "title": "Ple ordinari",
        "organisation": "Ajuntament",
        "start": started,
        "duration": "2h",
        "language": "en",
        "limit": 5,
    }
    return {**usual, **words}


def toml(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


class Daemon:
    """`jitsi-supervisor run`; use it with `async with`. Stopped with SIGTERM, which must end it with 0.

    ``sections`` are further sections of the configuration, by name; ``monitors`` those of monitors.
    """

    def __init__(
        self,
        prosody: PrivateProsody,
        folder: Path,
        *bookings: Mapping[str, Any],
        sections: Mapping[str, Mapping[str, Any]] | None = None,
        brewery: str | None = None,
        **monitors: Any,
    ) -> None:
        self._prosody = prosody
        self._brewery = brewery
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "daemon.log"
        self._seen = ""
        self.bookings_file = folder / "bookings.toml"
        self.book(*bookings)
        self._configure({**QUICK, **monitors}, sections or {})

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code = await self.stop()
        assert error is not None or code == 0, self.log_text()

    async def start(self) -> None:
        self._seen = self.log_text() if self._log.exists() else ""
        arguments = (sys.executable, "-m", "supervisor", "run", "--config", str(self._folder / "supervisor.toml"))
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*arguments, stdout=log, stderr=log)
        self.address = await self.eventually(self._started, 20)
        await self.ready()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            return await self._process.wait()

    async def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def book(self, *bookings: Mapping[str, Any]) -> None:
        """Write the bookings file, in one step as editors do."""
        lines = []
        for words in bookings:
            lines += ["[[booking]]", *(f"{key} = {toml(value)}" for key, value in words.items())]
        self.write_bookings("\n".join(lines) + "\n")

    def write_bookings(self, text: str) -> None:
        fresh = self.bookings_file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.bookings_file)

    async def ready(self) -> None:
        async def is_ready() -> bool:
            async with aiohttp.ClientSession() as http, http.get(f"{self.address}/readyz") as response:
                return response.status == 200

        await self.until(is_ready, 20)

    async def metrics(self) -> dict[str, float]:
        """Every series of ours without its prefix: `alerts{booking="b",…}` → value."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.address}/metrics") as response:
            text = await response.text()
        found = (SERIES.match(line) for line in text.splitlines())
        return {f"{m[1]}{{{m[2]}}}" if m[2] else m[1]: float(m[3]) for m in found if m}

    async def people(self) -> float | None:
        return await self._one("session_participants")

    async def source_up(self) -> float | None:
        return await self._one("source_up")

    async def alerts(self, of: str | None = None) -> set[tuple[str, str]]:
        """(monitor, severity) of each alert that fires, of one booking (of none: "") or of all."""
        names = [name for name, value in (await self.metrics()).items() if name.startswith("alerts{") and value > 0]
        wanted = (name for name in names if of is None or label(name, "booking") == of)
        return {(label(name, "monitor"), label(name, "severity")) for name in wanted}

    async def stream(self, of: str | None = None) -> str | None:
        """The state of a booking's stream (of the first, if it does not matter); None while it is unknown."""
        metrics = await self.metrics()
        states = (n for n, value in metrics.items() if n.startswith("session_stream_state{") and value == 1)
        return next((label(name, "state") for name in states if of is None or label(name, "booking") == of), None)

    def log_text(self) -> str:
        return self._log.read_text()

    def log_events(self, event: str) -> list[dict[str, Any]]:
        fresh = self.log_text().removeprefix(self._seen)
        lines = (json.loads(line) for line in fresh.splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == event]

    async def until(self, condition: Callable[[], Any], within: float = 10.0) -> float:
        """Wait until an async condition is true; returns the seconds it took."""
        began = time.monotonic()
        await self.eventually(condition, within)
        return time.monotonic() - began

    async def eventually(self, condition: Callable[[], Any], within: float) -> Any:
        deadline = time.monotonic() + within
        while True:
            assert self.running, f"the daemon has ended:\n{self.log_text()}"
            result = await condition()
            if result:
                return result
            assert time.monotonic() < deadline, f"not within {within} s: {condition}\n{self.log_text()[-4000:]}"
            await asyncio.sleep(0.05)

    async def becomes(self, expected: Any, look: Callable[[], Any], within: float = 10.0) -> float:
        """Wait until what is looked at is what is expected; returns the seconds it took."""

        async def same() -> bool:
            return bool(await look() == expected)

        return await self.until(same, within)

    async def _one(self, name: str) -> float | None:
        return next((value for key, value in (await self.metrics()).items() if key.partition("{")[0] == name), None)

    async def _started(self) -> str | None:
        events = self.log_events("started")
        return events[-1]["address"] if events else None

    def _configure(self, monitors: Mapping[str, Mapping[str, Any]], further: Mapping[str, Mapping[str, Any]]) -> None:
        at = self._prosody
        sections = {
            "xmpp": {
                "component": at.component_jid,
                "secret": at.component_secret,
                "port": at.component_port,
                "muc": [at.muc, at.breakout],
                "focus": at.focus_jid,
                "hidden_domain": at.hidden_domain,
                **({"brewery": self._brewery} if self._brewery else {}),
            },
            "web": {"listen": "127.0.0.1:0"},
            "store": {"url": f"sqlite:///{self._folder / 'state.db'}"},
            "alerts": {"opening_line": False},
            "bookings": {"files": [str(self.bookings_file)]},
            **{f"monitors.{name}": options for name, options in monitors.items()},
            **further,
        }
        lines = []
        for section, options in sections.items():
            lines += [f"[{section}]", *(f"{key} = {toml(value)}" for key, value in options.items())]
        (self._folder / "supervisor.toml").write_text("\n".join(lines) + "\n")


def texts(person: Person) -> list[str]:
    return [message.body for message in person.messages]


async def hears(person: Person, words: str, within: float = 10.0) -> str:
    """Wait until a person reads a message with these words."""
    await person.wait_for(lambda: any(words in body for body in texts(person)), within)
    return next(body for body in texts(person) if words in body)


def label(series: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', series)
    return found[1] if found else ""
