"""The owner's tier: whether data arrive, and how well. For the broadcasts of one channel, which agreed to it.

A look is one call of liveStreams for the broadcasts that are live. Their life cycle is asked for, in one more call,
only while it may change what we say: when it is not known or not live yet, while anything is wrong, and every five
minutes anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from supervisor.streams.youtube import decode
from supervisor.streams.youtube.decode import Broadcast, LifeCycleStatus, Stream
from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.judge import Memory, judge_broadcast
from supervisor.streams.youtube.oauth import LOGIN
from supervisor.streams.youtube.rows import rows
from supervisor.streams.youtube.schedule import OWNER, Cadence, sweep_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from supervisor.streams.youtube.client import Credential, YoutubeApi
    from supervisor.streams.youtube.judge import Judgement
    from supervisor.streams.youtube.oauth import Access
    from supervisor.streams.youtube.sweep import Asked

LIFE_EVERY = 300.0
"""Seconds for which a life cycle that is live is believed while data arrive."""

_CONSENT = frozenset({Fault.CONFIG, Fault.AUTH, Fault.DENIED})


@dataclass(slots=True)
class Known:
    """What is remembered of one booking's broadcast. ``read``: when its life cycle was read."""

    broadcast: Broadcast | None = None
    read: float = 0.0
    closer: bool = False
    memory: Memory = field(default_factory=Memory)

    def outdated(self, now: float) -> bool:
        """Whether its life cycle has to be asked for."""
        life = self.broadcast.life if self.broadcast else None
        return life is not LifeCycleStatus.LIVE or self.closer or not self.read <= now < self.read + LIFE_EVERY


class OwnerTier:
    """Implements Tier with liveBroadcasts.list and liveStreams.list."""

    name = "owner"

    def __init__(self, api: YoutubeApi, access: Access, cadence: Cadence = OWNER) -> None:
        self._api = api
        self._access = access
        self._known: dict[str, Known] = {}
        self.cadence = cadence

    def session(self) -> AbstractAsyncContextManager[object]:
        """The API's connection."""
        return self._api

    def units(self, streams: int, *, close: bool) -> float:
        """One for 50, and one more for the life cycles: in trouble always, else every five minutes."""
        return sweep_units(streams) * (2.0 if close else 1.0 + min(self.cadence.base / LIFE_EVERY, 1.0))

    async def look(self, asked: Sequence[Asked], now: float, *, doubt: bool) -> Mapping[str, Judgement]:
        """Ask about the broadcasts and the streams bound to them."""
        known = {one.booking: self._known.setdefault(one.booking, Known()) for one in asked}
        if doubt or any(one.outdated(now) for one in known.values()):
            await self._read_lives(asked, known, now, doubt=doubt)
        live = [one.broadcast.stream for one in known.values() if one.broadcast is not None and _carries(one.broadcast)]
        found = await self._rows(live, self._api.streams, decode.streams, doubt=doubt)
        return {booking: _judge(one, found, now) for booking, one in known.items()}

    def forget(self, booking: str) -> None:
        """Drop what is remembered."""
        self._known.pop(booking, None)

    async def _read_lives(self, asked: Sequence[Asked], known: Mapping[str, Known], now: float, *, doubt: bool) -> None:
        found = await self._rows([one.video for one in asked], self._api.broadcasts, decode.broadcasts, doubt=doubt)
        for one in asked:
            known[one.booking].broadcast, known[one.booking].read = found.get(one.video), now

    async def _rows(
        self, ids: Sequence[str], call: Callable[..., Any], read: Callable[[Any], Mapping[str, Any]], *, doubt: bool
    ) -> dict[str, Any]:
        async def fetch(some: Sequence[str]) -> Any:
            return await self._allowed(lambda credential: call(some, credential, doubt=doubt))

        return await rows(ids, fetch, read)

    async def _allowed(self, call: Callable[[Credential], Any]) -> Any:
        """Make a call; where the token is refused, get another one and try exactly once more."""
        try:
            return await call(await self._access.credential())
        except YoutubeError as error:
            if error.fault is not Fault.AUTH:
                raise _with_remedy(error) from None
        try:
            return await call(await self._access.credential(force=True))
        except YoutubeError as error:
            raise _with_remedy(error) from None


def _with_remedy(error: YoutubeError) -> YoutubeError:
    if error.fault not in _CONSENT:
        return error
    return YoutubeError(Fault.DENIED, f"{error.reason}; check that the channel may stream live, then {LOGIN}")


def _carries(broadcast: Broadcast) -> bool:
    return broadcast.life is LifeCycleStatus.LIVE and bool(broadcast.stream)


def _judge(known: Known, streams: Mapping[str, Stream], now: float) -> Judgement:
    broadcast = known.broadcast
    stream = streams.get(broadcast.stream) if broadcast is not None else None
    judgement, known.memory = judge_broadcast(broadcast, stream, known.memory, now)
    known.closer = judgement.closer
    return judgement
