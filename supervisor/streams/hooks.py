"""The encoder's side, told by others: nginx-rtmp's notifications and Jibri's webhook.

Both are pushes into our web server. Here is what they mean; nothing here knows HTTP: a handler gets a parsed body and
returns what to answer. Bodies come from the network, so decoding is total. Mounted by `supervisor.streams.hook_routes`.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supervisor.domain.events import EvidenceSeen
from supervisor.domain.evidence import Evidence, Side, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from supervisor.domain.bookings import Booking
    from supervisor.ports import Emit

INGEST = "ingest"
HEARTBEAT = "jibri heartbeat"

UPDATED = 90.0
"""Seconds for which a publisher is believed in without being heard of: three of nginx-rtmp's update periods (30 s)."""
STICKY = 12 * 3600.0
"""Seconds for which the word of an end holds: until the next publisher, but not into another day's session."""
SILENT = 150.0
"""Seconds without a word from a Jibri, which posts every minute and at every change, after which it is unknown."""
MOST_JIBRIS = 1000
"""Jibris that are remembered: a body can name any."""
_LONGEST_WORD = 128
_TICK = 10.0


@dataclass(frozen=True, slots=True)
class Publishing:
    """A publisher began, goes on or ended. ``name`` is semi-secret: it is compared, and never shown."""

    name: str
    client: str
    ended: bool


_CALLS = {"publish": False, "update_publish": False, "publish_done": True}


def decode_publishing(form: Iterable[tuple[str, str]]) -> Publishing | None:
    """Read a notification of nginx-rtmp; None for one that says nothing of a publisher.

    Args:
        form: The fields in their order. nginx-rtmp appends the arguments of the publisher's own address, so of fields
            with one name only the first is nginx's word.
    """
    fields: dict[str, str] = {}
    for key, value in form:
        fields.setdefault(key, value)
    ended = _CALLS.get(fields.get("call", ""))
    name = fields.get("name", "")
    return None if ended is None or not name else Publishing(name, fields.get("clientid", ""), ended)


@dataclass(frozen=True, slots=True)
class JibriStatus:
    """What a Jibri says of itself: ``busy`` is IDLE, BUSY or EXPIRED, ``health`` HEALTHY or UNHEALTHY."""

    jibri: str
    busy: str
    health: str


def decode_jibri(body: Any) -> JibriStatus | None:
    """Read the body of ``POST …/v1/status``; None if it is no such body. ``body``: parsed JSON, of any shape."""
    status = body.get("status") if isinstance(body, dict) else None
    health = status.get("health") if isinstance(status, dict) else None
    if not isinstance(status, dict) or not isinstance(health, dict):
        return None
    found = [body.get("jibriId"), status.get("busyStatus"), health.get("healthStatus")]
    words = [word for word in found if isinstance(word, str) and 0 < len(word) <= _LONGEST_WORD]
    return JibriStatus(*words) if len(words) == len(found) else None


class IngestHooks:
    """The witness ``ingest`` for bookings with ``stream.ingest``: who publishes to an nginx-rtmp. A Witness.

    A second publisher of a taken name is refused by nginx, and its end reported all the same; so the clients are told
    apart, and only the end of the last one is the stream's. One that is not heard of for `UPDATED` seconds is
    forgotten, because an nginx that crashes reports no end.

    Args:
        emit: Gets EvidenceSeen.
        clock: Seconds since the epoch.
    """

    def __init__(self, emit: Emit, clock: Callable[[], float] = time.time) -> None:
        self._emit = emit
        self._clock = clock
        self._followed: dict[str, str] = {}
        self._clients: dict[str, dict[str, float]] = {}

    def follow(self, booking: Booking) -> None:
        """Listen for this booking's stream. What was heard before is not repeated: it is not known to be so still."""
        self.unfollow(booking.id)
        if booking.stream.ingest is not None:
            self._followed[booking.id] = booking.stream.ingest

    def unfollow(self, booking: str) -> None:
        """Stop listening."""
        name = self._followed.pop(booking, None)
        if name is not None and name not in self._followed.values():
            self._clients.pop(name, None)

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """Nothing can be asked: this witness only listens."""

    async def run(self) -> None:
        """Nothing to do: it works when it is told."""
        await asyncio.Event().wait()

    def notified(self, form: Iterable[tuple[str, str]]) -> None:
        """Take a notification, whatever is in it; names that no booking has are forgotten at once."""
        told = decode_publishing(form)
        if told is None or told.name not in self._followed.values():
            return
        now = self._clock()
        clients = self._clients.setdefault(told.name, {})
        if told.ended:
            clients.pop(told.client, None)
        else:
            clients[told.client] = now
        for client in [client for client, heard in clients.items() if now - heard > UPDATED]:
            del clients[client]
        for booking, name in self._followed.items():
            if name == told.name:
                self._say(booking, now, publishing=bool(clients))

    def _say(self, booking: str, now: float, *, publishing: bool) -> None:
        word, fresh, detail = (Word.UP, UPDATED, "publishing") if publishing else (Word.DOWN, STICKY, "publisher gone")
        self._emit(
            EvidenceSeen(
                Evidence(booking, INGEST, Side.ENCODER, word, now, now + fresh, direct=True, detail=detail),
            )
        )


class JibriHeartbeats:
    """What all Jibris last said of themselves, and the advisory witness ``jibri heartbeat``. A Witness.

    A heartbeat names no room, and BUSY may be a recording. So it speaks for a booking only where no other is possible:
    one Jibri, and one followed booking that counts on a Jibri. Even then it is advisory and never DOWN; the recorder
    in the room is the witness. Its use is the silence: a Jibri host that lost power is noticed by its missing beat
    before XMPP notices. With several Jibris their states are for whoever watches over the recorders.

    Args:
        emit: Gets EvidenceSeen.
        clock: Seconds since the epoch.
    """

    def __init__(self, emit: Emit, clock: Callable[[], float] = time.time) -> None:
        self._emit = emit
        self._clock = clock
        self._heard: dict[str, tuple[JibriStatus, float]] = {}
        self._followed: set[str] = set()
        self._silent: set[str] = set()

    def follow(self, booking: Booking) -> None:
        """Speak for this booking, if it counts on a Jibri and is the only one."""
        self._followed.discard(booking.id)
        if booking.stream.jibri:
            self._followed.add(booking.id)

    def unfollow(self, booking: str) -> None:
        """Speak for it no longer."""
        self._followed.discard(booking)

    def look_closer(self, booking: str, *, doubt: bool) -> None:
        """Nothing can be asked: this witness only listens."""

    async def run(self) -> None:
        """Notice silence until cancelled."""
        while True:
            self.check()
            await asyncio.sleep(_TICK)

    def notified(self, body: Any) -> bool:
        """Take the body of ``POST …/v1/status``; False if it is none."""
        status = decode_jibri(body)
        if status is None:
            return False
        if status.jibri not in self._heard and len(self._heard) >= MOST_JIBRIS:
            return True
        self._heard[status.jibri] = (status, self._clock())
        self._silent.discard(status.jibri)
        self._say()
        return True

    def states(self) -> dict[str, JibriStatus | None]:
        """Every Jibri ever heard by name; None for those that fell silent."""
        now = self._clock()
        return {name: None if now - at > SILENT else status for name, (status, at) in self._heard.items()}

    def check(self) -> None:
        """Speak if a Jibri has fallen silent since the last time."""
        silent = {name for name, status in self.states().items() if status is None}
        if silent - self._silent:
            self._silent = silent
            self._say()

    def _say(self) -> None:
        if len(self._heard) != 1 or len(self._followed) != 1:
            return
        (booking,) = self._followed
        (status,) = self.states().values()
        word, detail = _worded(status)
        now = self._clock()
        self._emit(
            EvidenceSeen(
                Evidence(booking, HEARTBEAT, Side.ENCODER, word, now, now + SILENT, detail=detail, advisory=True),
            )
        )


def _worded(status: JibriStatus | None) -> tuple[Word, str]:
    """What a Jibri's state says of a stream."""
    if status is None:
        return Word.UNKNOWN, f"no heartbeat for {SILENT:.0f} s"
    if status.health != "HEALTHY":
        return Word.DEGRADED, "Jibri is unhealthy"
    if status.busy == "BUSY":
        return Word.UP, "Jibri is busy"
    return Word.UNKNOWN, "Jibri is not busy"
