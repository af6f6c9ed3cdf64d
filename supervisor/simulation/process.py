"""One server process: started, frozen, thawed, killed and measured by its own pid."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.loopback import is_open

STOP_WITHIN = 5.0
POLL = 0.02
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class ServerProcess:
    """A child process with its standard output in a file. Make it with `start`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, command: Sequence[str], *, output: Path, environment: Mapping[str, str]) -> Self:
        """Start `command`; what it prints goes to the end of the file `output`."""
        with output.open("ab") as sink:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=sink, stderr=sink, env=dict(environment)
            )
        return cls(process)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    async def wait_for_ports(self, ports: Sequence[int], *, within: float) -> None:
        """Wait until every loopback port accepts connections.

        Raises:
            SimulationError: the process ended, or `within` seconds have passed.
        """
        try:
            async with asyncio.timeout(within):
                for port in ports:
                    while not await is_open(port):
                        self._complain_if_ended()
                        await asyncio.sleep(POLL)
        except TimeoutError as error:
            raise SimulationError(f"the server did not open ports {list(ports)} in {within} s") from error

    @property
    def exit_code(self) -> int | None:
        """Exit code, negative after a signal; None while the process runs."""
        return self._process.returncode

    async def stop(self, within: float = STOP_WITHIN) -> int:
        """Ask the process to end, and kill it where it has not after so many seconds.

        Returns:
            The exit code, negative where a signal ended it.
        """
        if self._signal(signal.SIGCONT):
            self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(within):
                return await self._process.wait()
        except TimeoutError:
            await self.kill()
            return -signal.SIGKILL

    async def kill(self) -> None:
        """End the process at once."""
        self._signal(signal.SIGKILL)
        await self._process.wait()

    def freeze(self) -> None:
        """Stop the process' time."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the process go on."""
        self._signal(signal.SIGCONT)

    def cpu_seconds(self) -> float:
        """Return the user and system time of the process, in seconds."""
        # The name in brackets may hold anything; the fields are counted from behind it.
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def _signal(self, number: signal.Signals) -> bool:
        if self._process.returncode is not None:
            return False
        self._process.send_signal(number)
        return True

    def _complain_if_ended(self) -> None:
        if self._process.returncode is not None:
            raise SimulationError(f"the server ended by itself with code {self._process.returncode}")
