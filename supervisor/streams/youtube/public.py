"""The public tier: what anybody with an API key may know of a video. One call for 50."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.streams.youtube import decode
from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.judge import judge_video
from supervisor.streams.youtube.rows import rows
from supervisor.streams.youtube.schedule import PUBLIC, Cadence, sweep_units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    from supervisor.streams.youtube.client import Credential, YoutubeApi
    from supervisor.streams.youtube.judge import Judgement
    from supervisor.streams.youtube.sweep import Asked


# Without a token there is nothing to refresh: whatever is refused, it is the key.
_KEY = frozenset({Fault.CONFIG, Fault.AUTH, Fault.DENIED})


class PublicTier:
    """Implements Tier with videos.list."""

    name = "public"

    def __init__(self, api: YoutubeApi, key: Credential, cadence: Cadence = PUBLIC) -> None:
        self._api = api
        self._key = key
        self.cadence = cadence

    def session(self) -> AbstractAsyncContextManager[object]:
        """The API's connection."""
        return self._api

    def units(self, streams: int, *, close: bool) -> float:  # noqa: ARG002 - trouble costs no more
        """One for 50."""
        return sweep_units(streams)

    async def look(self, asked: Sequence[Asked], now: float, *, doubt: bool) -> Mapping[str, Judgement]:  # noqa: ARG002 - it remembers nothing
        """Ask about the videos."""

        async def fetch(ids: Sequence[str]) -> Any:
            return await self._api.videos(ids, self._key, doubt=doubt)

        try:
            found = await rows([one.video for one in asked], fetch, decode.videos)
        except YoutubeError as error:
            if error.fault not in _KEY:
                raise
            remedy = "check youtube.api_key, what it is restricted to, and that the project has the YouTube Data API"
            raise YoutubeError(Fault.CONFIG, f"{error.reason}; {remedy}") from None
        return {one.booking: judge_video(found.get(one.video), one.start) for one in asked}

    def forget(self, booking: str) -> None:
        """Nothing is remembered."""
