"""An engine whose tape is written down and played again: what the daemon does, without the daemon."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from supervisor.replay.engines import RecordedEngine
from supervisor.replay.files import Reader, export
from supervisor.replay.player import Outcome, play
from supervisor.replay.policies import write_policy
from supervisor.replay.scribe import Scribe
from tests.unit.builders import Play

if TYPE_CHECKING:
    from supervisor.domain.records import EventLog
    from supervisor.engine import Engine
    from supervisor.replay.engines import Taken

BOOKING = "almatret-1"


class RecordedPlay(Play):
    """As `Play`; ``parts`` is what the store would hold."""

    def __init__(self, *bookings: Any, most: int = 10**9, **more: Any) -> None:
        self.tape: list[Taken] = []
        self.parts: list[EventLog] = []
        self._scribe: Scribe | None = None
        self._most = most
        super().__init__(*bookings, **more)

    def make_engine(self, *given: Any) -> Engine:
        engine = RecordedEngine(*given)
        engine.tape = self.tape.append
        muc, site, policy = given[:3]
        self._scribe = Scribe(site, muc, write_policy(policy), self._most)
        return engine

    def write_down(self) -> list[EventLog]:
        """What the recorder does twice a second."""
        assert self._scribe is not None
        taken = self.tape.copy()
        self.tape.clear()
        self.parts += self._scribe.take(taken)
        return self.parts

    def stop(self) -> list[EventLog]:
        """The daemon is stopped."""
        self.write_down()
        assert self._scribe is not None
        self.parts += self._scribe.end(self.now)
        return self.parts


def exported(parts: list[EventLog], session: str = BOOKING) -> bytes:
    """The file of a session."""
    own = sorted((part for part in parts if part.session == session), key=lambda part: (part.opened, part.part))
    return "".join(export(session, [part.lines for part in own])).encode()


def replayed(parts: list[EventLog], session: str = BOOKING) -> Outcome:
    """What a replay of it says."""
    return play(Reader(io.BytesIO(exported(parts, session)), "session.jsonl"))
