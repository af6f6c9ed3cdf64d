"""A stand-in for OBS: speaks obs-websocket 5 as its protocol.md has it, and refuses what OBS refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, Self

from aiohttp import WSMsgType, web

from supervisor.simulation.errors import SimulationError
from supervisor.simulation.loopback import HOST

if TYPE_CHECKING:
    from types import TracebackType

_OUTPUTS = 64
_NOT_IDENTIFIED, _AUTHENTICATION_FAILED, _UNSUPPORTED_RPC = 4007, 4009, 4010
_ACTIVE = frozenset({"STARTED", "RECONNECTED"})


class FakeObs:
    """Listens on loopback. An async context manager.

    Attributes:
        status: What GetStreamStatus answers; tests change it. ``outputBytes`` grows by ``rate`` with every question.
        rate: Bytes more at every question.
        mute: Answer nothing any more, with the connection open.
        asked: How often the status was asked for.
    """

    def __init__(self, password: str | None = None) -> None:
        self._password = password
        self._runner: web.AppRunner | None = None
        self._clients: set[web.WebSocketResponse] = set()
        self.rate = 100_000
        self.mute = False
        self.asked = 0
        self.status: dict[str, Any] = {
            "outputActive": False,
            "outputReconnecting": False,
            "outputTimecode": "00:00:00.000",
            "outputDuration": 0,
            "outputCongestion": 0.0,
            "outputBytes": 0,
            "outputSkippedFrames": 0,
            "outputTotalFrames": 0,
        }

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._runner is None:
            raise SimulationError("the fake OBS is not started")
        return f"ws://{HOST}:{self._runner.addresses[0][1]}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.drop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def state(self, name: str) -> None:
        """Change the output's state, e.g. ``STARTED``, and tell all clients."""
        self.status |= {"outputActive": name in _ACTIVE | {"RECONNECTING", "STOPPING"}}
        self.status |= {"outputReconnecting": name == "RECONNECTING"}
        event = {
            "eventType": "StreamStateChanged",
            "eventIntent": _OUTPUTS,
            "eventData": {"outputActive": name in _ACTIVE, "outputState": f"OBS_WEBSOCKET_OUTPUT_{name}"},
        }
        for client in tuple(self._clients):
            await client.send_json({"op": 5, "d": event})

    async def drop(self) -> None:
        """Close all connections."""
        for client in tuple(self._clients):
            await client.close()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("obswebsocket.json",))
        await socket.prepare(request)
        challenge = {name: base64.b64encode(os.urandom(32)).decode() for name in ("challenge", "salt")}
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.5.0", "rpcVersion": 1}
        if self._password is not None:
            hello["authentication"] = challenge
        await socket.send_json({"op": 0, "d": hello})
        if not await self._identified(socket, challenge):
            return socket
        self._clients.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.mute:
                    await self._answer(socket, json.loads(message.data)["d"])
        finally:
            self._clients.discard(socket)
        return socket

    async def _identified(self, socket: web.WebSocketResponse, challenge: dict[str, str]) -> bool:
        message = await socket.receive()
        if message.type is not WSMsgType.TEXT:
            return False
        identify = json.loads(message.data)
        refusal = 0
        if identify["op"] != 1:
            refusal = _NOT_IDENTIFIED
        elif identify["d"]["rpcVersion"] != 1:
            refusal = _UNSUPPORTED_RPC
        elif self._password is not None and identify["d"].get("authentication") != self._expected(challenge):
            refusal = _AUTHENTICATION_FAILED
        elif not identify["d"].get("eventSubscriptions", 0) & _OUTPUTS:
            raise SimulationError("the client does not ask for the events of outputs")
        if refusal:
            await socket.close(code=refusal)
            return False
        await socket.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        return True

    def _expected(self, challenge: dict[str, str]) -> str:
        inner = hashlib.sha256((str(self._password) + challenge["salt"]).encode())
        outer = hashlib.sha256(base64.b64encode(inner.digest()) + challenge["challenge"].encode())
        return base64.b64encode(outer.digest()).decode()

    async def _answer(self, socket: web.WebSocketResponse, request: dict[str, Any]) -> None:
        known = request["requestType"] == "GetStreamStatus"
        answer = {
            "requestType": request["requestType"],
            "requestId": request["requestId"],
            "requestStatus": {"result": known, "code": 100 if known else 204},
        }
        if known:
            self.asked += 1
            if self.status["outputActive"] and not self.status["outputReconnecting"]:
                self.status["outputBytes"] += self.rate
                self.status["outputTotalFrames"] += 60
            answer["responseData"] = dict(self.status)
        await socket.send_json({"op": 7, "d": answer})
