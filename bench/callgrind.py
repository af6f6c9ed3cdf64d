"""Counting a Prosody's instructions with valgrind: slow, and nearly the same number every time."""

import asyncio
import re
import shlex
import shutil
import stat
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

WITHIN = 60.0
TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)


class Callgrind:
    """A Prosody that valgrind runs, uncounted until it is told. All in a folder of its own.

    Attributes:
        prosody: the executable to start.
    """

    def __init__(self, folder: Path, prosody: str = "prosody") -> None:
        self._out = folder / "counted"
        real = Path(_found(prosody))
        interpreter = real.read_bytes().partition(b"\n")[0].decode().removeprefix("#!").split()
        if Path(interpreter[0]).name == "env":
            interpreter = interpreter[1:]
        command = [
            *(_found("valgrind"), "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={self._out}"),
            *(_found(interpreter[0]), *interpreter[1:], str(real)),
        ]
        self.prosody = folder / "prosody"
        self.prosody.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        self.prosody.chmod(self.prosody.stat().st_mode | stat.S_IXUSR)
        (folder / "prosodyctl").symlink_to(real.with_name("prosodyctl"))

    async def begin(self, pid: int) -> None:
        """Count from here on."""
        await self._control("--instr=on", pid)

    async def end(self, pid: int) -> int:
        """Stop counting. Returns how many instructions there were since `begin`."""
        known = set(self._dumps())
        await self._control("--instr=off", pid)
        await self._control("--dump", pid)
        totals = [TOTALS.search(dump.read_text()) for dump in self._dumps() if dump not in known]
        return sum(int(found[1]) for found in totals if found)

    def _dumps(self) -> list[Path]:
        return list(self._out.parent.glob(f"{self._out.name}.*"))

    async def _control(self, order: str, pid: int) -> None:
        process = await asyncio.create_subprocess_exec(
            _found("callgrind_control"), order, str(pid), stdin=DEVNULL, stdout=PIPE, stderr=PIPE
        )
        try:
            async with asyncio.timeout(WITHIN):
                said, complained = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        if process.returncode or b"OK" not in said:
            raise RuntimeError(f"callgrind_control {order}: {(said + complained).decode()}")


def _found(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"no {name} to run: install it (Debian: apt install valgrind)")
    return found
