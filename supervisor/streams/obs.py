"""The witness in a town's OBS, over obs-websocket 5: one connection to each OBS that a followed booking names.

The addresses are the operator's own, from ``[streams.obs.NAME]``, so the guard of bookings' addresses does not concern
them. Source: obs-websocket's docs/generated/protocol.md.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from supervisor.domain.events import EvidenceSeen
from supervisor.domain.evidence import Evidence, Side, Word
from supervisor.streams.obs_state import Changed, Lost, Output, Status, advance
from supervisor.tasks import Backoff, Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from supervisor.domain.bookings import Booking
    from supervisor.ports import Emit

WITNESS = "obs"
BEAT = 2.0
"""Seconds between two questions for the stream's status; half of that while there is doubt."""
ANSWER_WITHIN = 3.0
"""Seconds that connecting, and each answer, may take."""
FRESH = 3 * BEAT
NEVER = 12 * 3600.0
"""Seconds for which a word holds that only a new configuration can change."""
OUTPUTS = 64
"""EventSubscription::Outputs, the category of StreamStateChanged."""
AUTHENTICATION_FAILED = 4009
"""WebSocketCloseCode::AuthenticationFailed."""
LARGEST = 256 * 1024
"""Bytes of a message."""

HELLO, IDENTIFY, IDENTIFIED, EVENT, REQUEST, RESPONSE = 0, 1, 2, 5, 6, 7


@dataclass(frozen=True, slots=True)
class Place:
    """Where an OBS listens, e.g. ``ws://192.0.2.7:4455``, and its password, if it has one."""

    url: str
    password: str | None = field(default=None, repr=False)


class ObsError(Exception):
    """The connection to an OBS could not be made or ended; the text says why, and holds no address."""


def authentication(password: str, salt: str, challenge: str) -> str:
    """The answer to Hello's challenge: base64 of SHA256, twice, as the protocol has it."""
    secret = base64.b64encode(hashlib.sha256(f"{password}{salt}".encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256(f"{secret}{challenge}".encode()).digest()).decode()


def decode(text: str) -> tuple[int, dict[str, Any]]:
    """A message's opcode and data. Raises ObsError for anything else."""
    try:
        message = json.loads(text)
        code, data = message["op"], message["d"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ObsError("OBS sent what is no message of obs-websocket 5") from None
    if not isinstance(code, int) or not isinstance(data, dict):
        raise ObsError("OBS sent what is no message of obs-websocket 5")
    return code, data


def decode_event(data: Mapping[str, Any]) -> Changed | None:
    """What an Event says of the stream, if it does."""
    inner = data.get("eventData")
    state = inner.get("outputState") if isinstance(inner, dict) else None
    return Changed(state) if data.get("eventType") == "StreamStateChanged" and isinstance(state, str) else None


def decode_status(data: Mapping[str, Any]) -> Status | None:
    """The status in a RequestResponse; None for the answer to something else. Raises ObsError where it was refused."""
    if data.get("requestType") != "GetStreamStatus":
        return None
    inner = data.get("responseData")
    if not isinstance(inner, dict):
        raise ObsError("OBS does not tell its stream's status")
    return Status(
        active=inner.get("outputActive") is True,
        reconnecting=inner.get("outputReconnecting") is True,
        congestion=float(_number(inner.get("outputCongestion"))),
        bytes=int(_number(inner.get("outputBytes"))),
        skipped_frames=int(_number(inner.get("outputSkippedFrames"))),
        total_frames=int(_number(inner.get("outputTotalFrames"))),
    )


def _number(value: object) -> float:
    """The number; 0 for what is none. JSON as Python reads it may hold infinities."""
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
    return value if usable else 0  # type: ignore[return-value]  # it is a number, see above


class ObsWitness:
    """Implements the port Witness for bookings with ``stream.obs``.

    Args:
        places: Name to OBS, all that are configured.
        emit: Gets EvidenceSeen.
        clock: Seconds since the epoch, for the evidence.
    """

    def __init__(self, places: Mapping[str, Place], emit: Emit, clock: Callable[[], float] = time.time) -> None:
        self._emit = emit
        self._clock = clock
        self._connections = {name: _Connection(name, place, self._say) for name, place in places.items()}

    def follow(self, booking: Booking) -> None:
        """Listen to this booking's OBS."""
        self.unfollow(booking.id)
        name = booking.stream.obs
        if name is None:
            return
        connection = self._connections.get(name)
        if connection is None:
            output = Output(detail=f"there is no [streams.obs.{name}] in the configuration")
            self._say(booking.id, output, NEVER)
            return
        connection.followers[booking.id] = False
        connection.wanted.set()

    def unfollow(self, booking: str) -> None:
        """Stop listening; an OBS that nobody follows is disconnected from."""
        for connection in self._connections.values():
            if connection.followers.pop(booking, None) is not None and not connection.followers:
                connection.wanted.clear()

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """Ask more often while there is doubt."""
        for connection in self._connections.values():
            if booking in connection.followers:
                connection.followers[booking] = doubt

    async def run(self) -> None:
        """Keep all connections until cancelled."""
        if not self._connections:
            await asyncio.Event().wait()
        tasks = Tasks()
        try:
            for name, connection in self._connections.items():
                tasks.start(f"obs {name}", connection.run())
            await tasks.wait()
        finally:
            await tasks.close()

    def _say(self, booking: str, output: Output, fresh: float = FRESH) -> None:
        now = self._clock()
        self._emit(
            EvidenceSeen(
                Evidence(
                    booking=booking,
                    witness=WITNESS,
                    side=Side.ENCODER,
                    word=output.word,
                    at=now,
                    fresh_until=now + (NEVER if output.word is Word.ENDED else fresh),
                    direct=True,
                    detail=output.detail,
                    planned=output.planned,
                )
            )
        )


@dataclass(eq=False)
class _Connection:
    """One OBS. ``followers`` are the bookings that name it, with their doubt."""

    name: str
    place: Place
    say: Callable[[str, Output], None]
    followers: dict[str, bool] = field(default_factory=dict)
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    output: Output = field(default_factory=Output)

    async def run(self) -> None:
        """Connect whenever somebody follows, again after every loss."""
        backoff = Backoff(0.5, 10.0)
        while True:
            await self.wanted.wait()
            try:
                await self._live(backoff)
                self.output = Output()  # nobody follows any more: what comes later is another session
            except ObsError as error:
                self._take(Lost(str(error)))
                await asyncio.sleep(backoff.next())

    async def _live(self, backoff: Backoff) -> None:
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_connect=ANSWER_WITHIN)) as session:
                async with asyncio.timeout(ANSWER_WITHIN):
                    socket = await session.ws_connect(
                        self.place.url, protocols=("obswebsocket.json",), max_msg_size=LARGEST, autoping=True
                    )
                async with socket:
                    async with asyncio.timeout(ANSWER_WITHIN):
                        await self._identify(socket)
                    backoff.reset()
                    await self._listen(socket)
        except TimeoutError:
            raise ObsError(f"OBS does not answer within {ANSWER_WITHIN:.0f} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ObsError(f"no connection to OBS ({type(error).__name__})") from None

    async def _identify(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        code, hello = await self._receive(socket)
        if code != HELLO:
            raise ObsError("OBS did not say hello")
        answer: dict[str, object] = {"rpcVersion": 1, "eventSubscriptions": OUTPUTS}
        challenge = hello.get("authentication")
        if isinstance(challenge, dict):
            if self.place.password is None:
                raise ObsError(f"OBS asks for a password; write streams.obs.{self.name}.password")
            salt, text = str(challenge.get("salt", "")), str(challenge.get("challenge", ""))
            answer["authentication"] = authentication(self.place.password, salt, text)
        await socket.send_json({"op": IDENTIFY, "d": answer})
        code, _ = await self._receive(socket)
        if code != IDENTIFIED:
            raise ObsError("OBS did not accept us")

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Ask for the status at every beat, and take what comes, while somebody follows."""
        loop = asyncio.get_running_loop()
        number = 0
        while self.wanted.is_set():
            number += 1
            asked = {"requestType": "GetStreamStatus", "requestId": str(number)}
            await socket.send_json({"op": REQUEST, "d": asked})
            beat = BEAT / 2 if any(self.followers.values()) else BEAT
            again = loop.time() + beat
            async with asyncio.timeout(ANSWER_WITHIN):
                while not await self._answered(socket):
                    pass
            try:
                async with asyncio.timeout_at(again):
                    while True:
                        await self._answered(socket)
            except TimeoutError:
                continue

    async def _answered(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Take one message; True if it was the status."""
        code, data = await self._receive(socket)
        told = decode_event(data) if code == EVENT else decode_status(data) if code == RESPONSE else None
        if told is not None:
            self._take(told)
        return isinstance(told, Status)

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> tuple[int, dict[str, Any]]:
        message = await socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return decode(message.data)
        if socket.close_code == AUTHENTICATION_FAILED:
            raise ObsError(f"OBS refuses the password; correct streams.obs.{self.name}.password")
        raise ObsError("OBS closed the connection")

    def _take(self, told: Changed | Status | Lost) -> None:
        self.output = advance(self.output, told, asyncio.get_running_loop().time())
        for booking in tuple(self.followers):
            self.say(booking, self.output)
