"""Silences: what support staff asked not to be told of, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.domain.commands import Command, Keep, Record
from supervisor.domain.events import SilenceSet
from supervisor.domain.records import SilenceEnded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from supervisor.domain.events import SilenceLifted
    from supervisor.domain.records import Silence


class Silences:
    """Those that were set, by id. Where a silence names no booking or no monitor, it is for all of them."""

    def __init__(self) -> None:
        self._set: dict[str, Silence] = {}

    def restore(self, saved: Iterable[Silence]) -> None:
        """Take over what was stored."""
        self._set = {silence.id: silence for silence in saved}

    def in_force(self, now: float) -> list[Silence]:
        """Those whose time is not over, the oldest first."""
        return [silence for silence in self._set.values() if now < silence.until]

    def cover(self, booking: str, monitor: str, now: float) -> bool:
        """Whether nothing is to be told of a monitor in a booking at an instant."""
        return any(
            now < silence.until and silence.booking in {"", booking} and silence.monitor in {"", monitor}
            for silence in self._set.values()
        )

    def forget(self, booking: str) -> None:
        """Let those go that were for this booking alone."""
        self._set = {id_: silence for id_, silence in self._set.items() if silence.booking != booking}

    def take(self, event: SilenceSet | SilenceLifted) -> Iterator[Command]:
        """Set one, or lift it; one that is not there is no error."""
        if isinstance(event, SilenceSet):
            silence = self._set[event.silence.id] = event.silence
            about = (("booking", silence.booking), ("monitor", silence.monitor), ("by", silence.by))
            yield Record("silence set", (("silence", silence.id), *about))
            yield Keep(silence)
        elif self._set.pop(event.id, None) is not None:
            yield Record("silence lifted", (("silence", event.id), ("by", event.by)))
            yield Keep(SilenceEnded(event.id))
