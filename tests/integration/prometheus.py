"""Debian's Prometheus and Alertmanager on spare loopback ports, with the files of deploy/ and a test's patience."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import pytest
import yaml
from aiohttp import web

from supervisor.simulation.loopback import spare_ports
from supervisor.simulation.process import ServerProcess

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
Series = dict[str, Any]


def program(name: str, package: str) -> str:
    """Where a program is; without it nothing here can be tested."""
    found = shutil.which(name)
    if found is None:
        raise pytest.UsageError(f"no {name} on PATH (apt install {package})")
    return found


def run(name: str, package: str, *arguments: str | Path) -> str:
    """Run a tool of theirs, and return what it prints. A failure shows all that it says."""
    done = subprocess.run([program(name, package), *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


class Peer(ABC):
    """A server of theirs; use it with `async with`. ``folder`` is its own."""

    ready = "/-/ready"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (self.port,) = spare_ports(1)
        self.folder = folder
        self.address = f"127.0.0.1:{self.port}"

    @abstractmethod
    def command(self) -> list[str]:
        """Program and arguments."""

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(f"http://{self.address}")
        self._log = self.folder / "log"
        self._process = await ServerProcess.start(self.command(), output=self._log, environment=os.environ)
        await self._process.wait_for_ports([self.port], within=20)
        await self.eventually(self._is_ready)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()
        await self._process.stop()

    async def _is_ready(self) -> bool:
        async with self._http.get(self.ready) as answer:
            return answer.status == 200

    async def eventually(self, condition: Any, within: float = 20.0) -> Any:
        """Wait until an async condition is true, and return what it says."""
        deadline = time.monotonic() + within
        while not (result := await condition()):
            assert time.monotonic() < deadline, f"not within {within} s: {condition}\n{self._log.read_text()[-3000:]}"
            await asyncio.sleep(0.1)
        return result


class Prometheus(Peer):
    """With the configuration and the rules of deploy/, but scraping each second and with ``for: 1s``."""

    def __init__(self, folder: Path, target: str, alertmanager: str = "127.0.0.1:1") -> None:
        super().__init__(folder)
        config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [alertmanager]
        (job,) = config["scrape_configs"]
        job["scrape_interval"] = "1s"
        job["static_configs"][0]["targets"] = [target.removeprefix("http://")]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        (folder / "rules").mkdir()
        for path in RULES:
            quick = re.sub(r"^(\s+)for: \w+$", r"\1for: 1s", path.read_text(), flags=re.MULTILINE)
            (folder / "rules" / path.name).write_text(quick)

    def command(self) -> list[str]:
        return [
            program("prometheus", "prometheus"),
            f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.folder}/data",
            f"--web.listen-address={self.address}",
            "--rules.alert.resend-delay=1s",  # what fires before Alertmanager is known is told again
            "--log.level=warn",
        ]

    async def asked(self, path: str, **parameters: str | float) -> Any:
        """What its API answers."""
        async with self._http.get(f"/api/v1/{path}", params=parameters) as answer:
            said = await answer.json()
        assert "success" == said["status"], (parameters, said)
        return said["data"]

    async def series(self, expression: str) -> list[Series]:
        """What an expression gives now."""
        found: list[Series] = (await self.asked("query", query=expression))["result"]
        return found

    async def history(self, expression: str, begin: float) -> list[Series]:
        """What it gave from an instant until now, second by second."""
        asked = await self.asked("query_range", query=expression, start=begin, end=time.time(), step=1)
        found: list[Series] = asked["result"]
        return found

    async def becomes(self, expression: str, within: float = 20.0) -> None:
        """Wait until an expression gives anything."""

        async def gives() -> bool:
            return bool(await self.series(expression))

        gives.__qualname__ = expression
        await self.eventually(gives, within)


class Alertmanager(Peer):
    """With the routes of deploy/; its receivers are ``http://hooks/NAME``. It waits a moment instead of 5 s."""

    def __init__(self, folder: Path, hooks: str) -> None:
        super().__init__(folder)
        text = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text()
        text = re.sub(r"https://(\w+)\.example\.org/hook", rf"{hooks}/\1", text)
        text = re.sub(r"group_(wait|interval): \w+", r"group_\1: 500ms", text)
        (folder / "alertmanager.yml").write_text(text)

    def command(self) -> list[str]:
        return [
            program("prometheus-alertmanager", "prometheus-alertmanager"),
            f"--config.file={self.folder}/alertmanager.yml",
            f"--storage.path={self.folder}/data",
            f"--web.listen-address={self.address}",
            "--cluster.listen-address=",
        ]


class Hooks:
    """Whoever is told: notes which receiver got which alert, in which state. Use it with `async with`."""

    def __init__(self) -> None:
        self.got: set[tuple[str, str, str]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/{receiver}", self._take)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        for alert in (await request.json()).get("alerts", ()):
            self.got.add((request.match_info["receiver"], alert["labels"]["alertname"], alert["status"]))
        return web.Response()
