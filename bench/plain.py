"""The baseline: a slixmpp component that enters rooms as XEP-0045's plugin does it, and keeps their rosters.

`python -m bench.plain JID SECRET HOST PORT ROOM…` is the component itself. It says `joined` when it is in all rooms;
on SIGTERM it says how many occupants it knows, leaves, and ends.
"""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from slixmpp import JID, ComponentXMPP

from supervisor.simulation import PrivateProsody

DOMAIN = "plain.meet.test"
SECRET = "plain-secret"
NICK = "plain"
WITHIN = 30.0


class Plain:
    """The component as a process of its own; use it with `async with`, which lets it enter the rooms.

    Attributes:
        known: how many occupants it knew in the end, itself included.
    """

    def __init__(self, prosody: PrivateProsody, rooms: Sequence[str]) -> None:
        self._command = [sys.executable, "-m", "bench.plain", DOMAIN, SECRET]
        self._command += [prosody.host, str(prosody.component_port), *rooms]
        self._process: Process | None = None
        self.known = 0

    @property
    def pid(self) -> int:
        return self._running.pid

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(*self._command, stdout=PIPE)
        if await self._line() != "joined":
            raise RuntimeError("the plain component did not get into its rooms")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._running
        if process.returncode is None:
            process.terminate()
        try:
            self.known = int(await self._line() or 0)
            async with asyncio.timeout(WITHIN):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    @property
    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("the plain component is not running: use it with `async with`")
        return self._process

    async def _line(self) -> str:
        output = self._running.stdout
        if output is None:
            return ""
        async with asyncio.timeout(WITHIN):
            return (await output.readline()).decode().strip()


async def keep_rosters(jid: str, secret: str, host: str, port: int, rooms: Sequence[str]) -> None:
    """Be the component until SIGTERM."""
    component = ComponentXMPP(jid, secret, host, port)
    component.register_plugin("xep_0045")
    loop = asyncio.get_running_loop()
    started, stopping = asyncio.Event(), asyncio.Event()
    component.add_event_handler("session_start", lambda _: started.set())
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    component.connect()
    muc = component.plugin["xep_0045"]
    async with asyncio.timeout(WITHIN):
        await started.wait()
        await asyncio.gather(
            *(muc.join_muc_wait(JID(room), NICK, presence_options={"pfrom": JID(jid)}) for room in rooms)
        )
    print("joined", flush=True)
    await stopping.wait()
    print(sum(len(muc.get_roster(room) or ()) for room in rooms), flush=True)
    for room in rooms:
        component.send_raw(f"<presence from='{jid}' to='{room}/{NICK}' type='unavailable'/>")
    await component.disconnect(wait=2.0)


if __name__ == "__main__":
    asyncio.run(keep_rosters(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5:]))
