"""A YouTube on loopback: the three list methods of its API, the OAuth endpoints, and all the ways in which they fail.

Its clock is given, so a scripted evening can pass in seconds. It counts a unit for every call, also for one that it
refuses, and it refuses what the official discovery document does not allow.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from aiohttp import web

from supervisor.simulation import youtube_answers as answers
from supervisor.simulation.loopback import HOST
from supervisor.simulation.youtube_accounts import FakeAccounts
from supervisor.simulation.youtube_rules import METHODS, Method, objection
from supervisor.simulation.youtube_stage import FakeBroadcast

Check = Callable[[str, Any], None]
"""Gets the schema's name and the body of each good answer before it is sent; raises if it is wrong."""


class Trouble(StrEnum):
    """What can be wrong with the service itself."""

    UNAUTHORIZED = "401 authError"
    QUOTA = "403 quotaExceeded"
    RATE_403 = "403 rateLimitExceeded"
    RATE_429 = "429 with Retry-After"
    SERVER_ERROR = "503 backendError"
    KEY_INVALID = "400 keyInvalid"
    NOT_ENABLED = "403 liveStreamingNotEnabled"
    NOT_FOUND = "404 videoNotFound"
    SLOW = "a body that does not end in time"
    TRUNCATED = "JSON that was cut short"
    NOT_JSON = "a page of HTML"
    STALE = "the answer of an earlier time once more"


_ERRORS = {
    Trouble.UNAUTHORIZED: "authError",
    Trouble.QUOTA: "quotaExceeded",
    Trouble.RATE_403: "rateLimitExceeded",
    Trouble.RATE_429: "tooManyRequests",
    Trouble.SERVER_ERROR: "backendError",
    Trouble.KEY_INVALID: "keyInvalid",
    Trouble.NOT_ENABLED: "liveStreamingNotEnabled",
    Trouble.NOT_FOUND: "videoNotFound",
}


@dataclass(slots=True)
class _Ailment:
    trouble: Trouble
    methods: frozenset[str]
    times: int


@dataclass
class FakeYoutube:
    """The server. Enter it with ``async with``.

    Attributes:
        clock: Seconds since the epoch.
        check: Judges each good answer.
        api_key: The only key there is.
        units: Method to calls received; a call is a unit.
        retry_after: What a 429 asks for, seconds.
        slow: Seconds that a slow body takes.
        broadcasts: By video id.
        log: Method and parameters of each call but the credentials, for the tests to look at.
    """

    clock: Callable[[], float] = time.time
    check: Check | None = None
    api_key: str = field(default_factory=lambda: f"AIzaFake{secrets.token_hex(12)}")
    units: dict[str, int] = field(default_factory=dict)
    retry_after: int = 120
    slow: float = 3600.0
    broadcasts: dict[str, FakeBroadcast] = field(default_factory=dict)
    log: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.accounts = FakeAccounts(self.clock)
        self._ailments: list[_Ailment] = []
        self._last: dict[str, bytes] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/youtube/v3/{method}", self._list)
        app.router.add_post("/token", self._token)
        app.router.add_post("/device/code", self._device)
        # What a handler still does when its client is gone is nobody's business here.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Close the port, as if the network were gone; ``__aenter__`` opens the same one again."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        """For ``youtube.api_url``."""
        return f"http://{HOST}:{self._port}/youtube/v3"

    @property
    def token_url(self) -> str:
        """For ``youtube.token_url``."""
        return f"http://{HOST}:{self._port}/token"

    @property
    def device_url(self) -> str:
        """For ``youtube.device_url``."""
        return f"http://{HOST}:{self._port}/device/code"

    @property
    def total_units(self) -> int:
        """Units that all calls have cost."""
        return sum(self.units.values())

    def add(self, broadcast: FakeBroadcast) -> FakeBroadcast:
        """Put a broadcast on the channel."""
        self.broadcasts[broadcast.id] = broadcast
        return broadcast

    def suffer(self, trouble: Trouble, *methods: str, times: int = 10**9) -> None:
        """Let this happen to the coming calls of these methods (all if none is named)."""
        self._ailments.append(_Ailment(trouble, frozenset(methods or METHODS), times))

    def recover(self) -> None:
        """Let nothing be wrong any more."""
        self._ailments.clear()

    # --- the endpoints ---

    async def _list(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        self.units[name] = self.units.get(name, 0) + 1
        self.log.append((name, {key: value for key, value in request.query.items() if key != "key"}))
        method = METHODS.get(name)
        trouble = self._trouble(name)
        if trouble in _ERRORS:
            return self._error(_ERRORS[trouble])
        if method is None:
            return _json(404, {"error": {"code": 404, "message": "Not Found"}})
        refused = self._credential(method, request) or objection(method, request.query)
        if refused is not None:
            return self._error(*refused)
        return await self._answer(request, name, method, trouble)

    async def _answer(
        self, request: web.Request, name: str, method: Method, trouble: Trouble | None
    ) -> web.StreamResponse:
        cached = f"{name}?{request.query.get('id', '')}"
        if trouble is Trouble.STALE and cached in self._last:
            return web.Response(body=self._last[cached], content_type="application/json")
        page = answers.page(method.kind, self._rows(name, request), set(request.query["part"].split(",")))
        if self.check is not None:
            self.check(method.schema, page)
        body = self._last[cached] = json.dumps(page).encode()
        match trouble:
            case Trouble.SLOW:
                return await self._slowly(request, body)
            case Trouble.TRUNCATED:
                body = body[: len(body) // 2]
            case Trouble.NOT_JSON:
                return web.Response(text="<html><body>Sorry</body></html>", content_type="text/html")
        response = web.Response(body=body, content_type="application/json")
        response.enable_compression()
        return response

    def _rows(self, name: str, request: web.Request) -> list[dict[str, Any]]:
        now, ids = self.clock(), set(request.query.get("id", "").split(","))
        there = [one for one in self.broadcasts.values() if not one.situation(now).deleted]
        if name == "videos":
            public = [one for one in there if one.situation(now).privacy != "private"]
            return [answers.video(one, now) for one in public if one.id in ids]
        if name == "liveBroadcasts":
            return [answers.broadcast_row(one, now) for one in there if one.id in ids]
        return [answers.stream_row(one, now) for one in there if one.stream in ids]

    async def _slowly(self, request: web.Request, body: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(body[:10])
        await asyncio.sleep(self.slow)
        await response.write(body[10:])
        return response

    def _credential(self, method: Method, request: web.Request) -> tuple[str, str] | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            return None if self.accounts.knows(token) else ("authError", "Invalid Credentials")
        if method.owner:
            return "authError", "Login Required."
        if request.query.get("key") != self.api_key:
            return "keyInvalid", "API key not valid. Please pass a valid API key."
        return None

    def _trouble(self, name: str) -> Trouble | None:
        for ailment in self._ailments:
            if name in ailment.methods and ailment.times > 0:
                ailment.times -= 1
                return ailment.trouble
        return None

    def _error(self, reason: str, message: str = "") -> web.Response:
        status, body = answers.error(reason, message)
        headers = {"Retry-After": str(self.retry_after)} if status == 429 else None
        return _json(status, body, headers)

    async def _token(self, request: web.Request) -> web.Response:
        return _json(*self.accounts.token(await _form(request)))

    async def _device(self, request: web.Request) -> web.Response:
        return _json(*self.accounts.device(await _form(request)))


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


async def _form(request: web.Request) -> dict[str, str]:
    return {key: str(value) for key, value in (await request.post()).items()}
