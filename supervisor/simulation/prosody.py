"""A Prosody of our own: started for one purpose, on the loopback interface, gone without a trace afterwards."""

import asyncio
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from supervisor.simulation.configuration import MODULE, Layout, Options, quoted, render
from supervisor.simulation.errors import SimulationError
from supervisor.simulation.loopback import HOST, raise_file_limit, spare_ports
from supervisor.simulation.places import Places
from supervisor.simulation.process import ServerProcess

START_WITHIN = 30.0
SHELL_WITHIN = 10.0
CHECKOUT_PLUGINS = Path(__file__).parents[2] / "deploy" / "prosody"


@dataclass(eq=False, kw_only=True)
class PrivateProsody(Places):
    """A running Prosody with the hosts of a Jitsi installation; use it with `async with`.

    Args:
        executable: name or path of Prosody; its `prosodyctl` is expected beside it.
        jitsi_plugins: folder of the real Jitsi modules, or None for Prosody's own behaviour only.
        with_module: whether our module runs on the MUC hosts.
        module_path: folder of our module; by default that of the checkout this file is in.
        component: whether the supervisor's component exists.
        options: further options by host (`*` is the global section), each value written as Lua.
        strangers: secrets of further external components, by domain.
        log_level: the least that goes to the log: debug, info, warn or error.

    Raises:
        SimulationError: an executable or our module is missing, or the server did not come up.
    """

    executable: str | Path = "prosody"
    jitsi_plugins: Path | None = None
    with_module: bool = True
    module_path: Path = CHECKOUT_PLUGINS
    component: bool = True
    options: Mapping[str, Options] = field(default_factory=dict)
    strangers: Mapping[str, str] = field(default_factory=dict)
    log_level: str = "info"
    folder: Path = field(init=False)
    host: str = field(init=False, default=HOST)
    _process: ServerProcess | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Look for what will be needed, and take the ports: they stay the same over restarts."""
        self.executable = _executable(str(self.executable))
        plugins = _plugins(self.module_path) if self.with_module else None
        self.c2s_port, self.component_port, http_port = spare_ports(3)
        self.folder = Path(tempfile.mkdtemp(prefix="prosody-"))
        self._layout = Layout(
            places=self,
            folder=self.folder,
            c2s_port=self.c2s_port,
            component_port=self.component_port,
            http_port=http_port,
            plugins=plugins,
            jitsi=self.jitsi_plugins,
            component=self.component,
            log_level=self.log_level,
            root=os.geteuid() == 0,
            options=self.options,
            strangers=self.strangers,
        )

    async def __aenter__(self) -> Self:
        """Write the folder and start the server."""
        try:
            self._write_folder()
            await self.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server and remove its folder."""
        await self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def process(self) -> ServerProcess:
        """The running server.

        Raises:
            SimulationError: it is not running.
        """
        if self._process is None:
            raise SimulationError("Prosody is not running: start() it first")
        return self._process

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        return self.process.pid

    @property
    def configuration(self) -> Path:
        """The configuration file."""
        return self.folder / "prosody.cfg.lua"

    async def start(self) -> None:
        """Start the server on its ports and wait until they accept connections."""
        raise_file_limit()
        self._process = await ServerProcess.start(
            [str(self.executable), "--config", str(self.configuration), "-F"],
            output=self.folder / "output.txt",
            environment=self._environment(),
        )
        try:
            await self._process.wait_for_ports([self.c2s_port, self.component_port], within=START_WITHIN)
        except SimulationError as error:
            raise SimulationError(f"{error}\n{self._output()}\n{self.log_text()}") from error

    async def stop(self) -> None:
        """Ask the server to end, insist if it does not; nothing happens where it is not running."""
        if self._process is not None:
            await self._process.stop()
            self._process = None

    async def restart(self) -> None:
        """End the server in good order and start it again on the same ports."""
        await self.stop()
        await self.start()

    async def kill(self) -> None:
        """End the server at once, as a crash does; `start()` brings it back on the same ports."""
        await self.process.kill()
        self._process = None

    def freeze(self) -> None:
        """Stop the server's time: connections stay open and nobody answers."""
        self.process.freeze()

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self.process.thaw()

    def cpu_seconds(self) -> float:
        """Return the processor time the server has used since it started, in seconds."""
        return self.process.cpu_seconds()

    def log_text(self) -> str:
        """Return the server's log from its first start on, empty before it."""
        log = self.folder / "prosody.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def log_complaints(self) -> list[str]:
        """Return the log's lines of level error and those of a Lua traceback."""
        return [line for line in self.log_text().splitlines() if "\terror\t" in line or "traceback" in line.lower()]

    async def shell(self, command: str) -> str:
        """Run one command of Prosody's own shell; a leading `>` makes it a Lua expression.

        Returns:
            What the shell prints, without the prompt's decoration.

        Raises:
            SimulationError: the shell failed or did not answer in time.
        """
        process = await asyncio.create_subprocess_exec(
            self._prosodyctl(),
            "--config",
            str(self.configuration),
            "shell",
            command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=self._environment(),
        )
        try:
            async with asyncio.timeout(SHELL_WITHIN):
                output, _ = await process.communicate()
        except TimeoutError as error:
            raise SimulationError(f"prosodyctl shell {command!r} gave no answer in {SHELL_WITHIN} s") from error
        finally:
            if process.returncode is None:  # no answer, or we were interrupted: it must not outlive us
                process.kill()
                await process.wait()
        text = output.decode(errors="replace").strip()
        if process.returncode:
            raise SimulationError(f"prosodyctl shell {command!r} failed: {text}")
        return text.removeprefix("|").removeprefix("OK:").strip()

    async def version(self) -> str:
        """Return the server's version."""
        return (await self.shell(">prosody.version")).split()[-1].strip('"')

    async def occupants(self, room: str) -> int:
        """Return how many occupants Prosody itself counts in a room, everybody included; 0 where there is none."""
        host = room.partition("@")[2]
        lookup = f"prosody.hosts[{quoted(host)}].modules.muc.get_room_from_jid({quoted(room)})"
        count = "local n = 0 for _ in r:each_occupant() do n = n + 1 end return n"
        return int(await self._number(f"(function() local r = {lookup} if not r then return 0 end {count} end)()"))

    async def has_room(self, room: str) -> bool:
        """Tell whether a room exists on the server."""
        host = room.partition("@")[2]
        lookup = f"prosody.hosts[{quoted(host)}].modules.muc.get_room_from_jid({quoted(room)})"
        return await self._number(f"({lookup} and 1 or 0)") == "1"

    async def reload_module(self) -> None:
        """Load our module anew on the MUC hosts, as an operator does after an upgrade."""
        for host in (self.muc, self.breakout, self.internal):
            await self.shell(f'module:reload("{MODULE}", "{host}")')

    async def _number(self, expression: str) -> str:
        answer = await self.shell(f">{expression}")
        digits = [word for word in answer.replace("|", " ").replace(":", " ").split() if word.isdigit()]
        if not digits:
            raise SimulationError(f"the shell answered {answer!r} where a number was expected")
        return digits[-1]

    def _write_folder(self) -> None:
        (self.folder / "certs").mkdir()  # Prosody complains in its log where there is none
        for host, user, password in (
            (self.auth_domain, "focus", self.focus_password),
            (self.auth_domain, "jibri", self.jibri_password),
            (self.hidden_domain, "recorder", self.recorder_password),
        ):
            accounts = self.folder / "data" / host.replace(".", "%2e") / "accounts"
            accounts.mkdir(parents=True, exist_ok=True)
            (accounts / f"{user}.dat").write_text(f'return {{ ["password"] = {quoted(password)}; }};\n')
        self.configuration.write_text(render(self._layout))

    def _environment(self) -> dict[str, str]:
        environment = dict(os.environ)
        if self.jitsi_plugins:
            # Debian 12 ships two libraries that Jitsi's modules want for older Luas only; they run on 5.4 too.
            environment["LUA_PATH"] = "/usr/share/lua/5.3/?.lua;/usr/share/lua/5.2/?.lua;;"
        return environment

    def _prosodyctl(self) -> str:
        return _executable(str(Path(self.executable).with_name("prosodyctl")))

    def _output(self) -> str:
        output = self.folder / "output.txt"
        return output.read_text(errors="replace") if output.exists() else ""


def _executable(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SimulationError(f"no {name} to run: install Prosody (Debian: apt install prosody) or give its path")
    return found


def _plugins(folder: Path) -> Path:
    if not (folder / f"mod_{MODULE}.lua").is_file():
        raise SimulationError(f"no mod_{MODULE}.lua in {folder}: run from a checkout, or pass module_path")
    return folder
