"""The recorder hands on what is on the tape; whatever fails there, supervision does not notice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from supervisor.domain.records import EventLog
from supervisor.replay.engines import RecordedEngine
from supervisor.replay.policies import write_policy
from supervisor.replay.recorder import Recorder
from supervisor.replay.scribe import Scribe
from supervisor.replay.show import as_text
from supervisor.store.failures import StoreError
from tests.unit.builders import Play, booking, focus, people, person
from tests.unit.replay.tape import replayed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from supervisor.domain.changes import Change
    from supervisor.engine import Engine


class Disk:
    """A store: ``broken`` if it refuses the next batch."""

    def __init__(self) -> None:
        self.rows: list[EventLog] = []
        self.broken = False

    def write(self, batch: Sequence[Change]) -> asyncio.Future[frozenset[str]]:
        done: asyncio.Future[frozenset[str]] = asyncio.get_running_loop().create_future()
        if self.broken:
            self.broken = False
            done.set_exception(StoreError("disk full"))
        else:
            self.rows += [change for change in batch if isinstance(change, EventLog)]
            done.set_result(frozenset())
        return done


class DaemonPlay(Play):
    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(booking(limit=3), began=-60.0)

    def make_engine(self, *given: Any) -> Engine:
        engine = RecordedEngine(*given)
        self.recorder = Recorder(Scribe(given[1], given[0], write_policy(given[2]), 10**6), self.disk, lambda: self.now)
        engine.tape = self.recorder.take
        return engine


async def test_what_is_on_the_tape_is_stored_and_can_be_played() -> None:
    play = DaemonPlay(Disk())
    play.room(focus(), *people(2))
    play.recorder.flush()
    play.at(10.0).come(person("p7"), person("p8"))
    await play.recorder.close()
    outcome = replayed(play.disk.rows)
    assert outcome.same
    assert "the daemon was stopped" == outcome.played[-1].what
    assert "alert rose" in {getattr(each.what, "what", "") for each in outcome.played}


async def test_what_the_store_refuses_cuts_the_log_and_nothing_else() -> None:
    play = DaemonPlay(Disk())
    play.room(focus(), *people(2))
    play.recorder.flush()
    async with asyncio.timeout(30):
        while not play.disk.rows:
            await asyncio.sleep(0)
    play.disk.broken = True
    play.at(10.0).come(person("p7"))
    async with asyncio.timeout(30):
        while len(play.disk.rows) < 2:
            play.recorder.flush()
            await asyncio.sleep(0)
    play.at(20.0).come(person("p8"), person("p9"))
    assert {"ParticipantLimit": "exceeded"} == play.firing
    await play.recorder.close()
    outcome = replayed(play.disk.rows)
    assert outcome.same
    assert "the store could not take it" == outcome.cut
    assert "Same as recorded" in "".join(as_text(outcome))
