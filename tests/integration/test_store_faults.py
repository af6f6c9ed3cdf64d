"""The disk is full, or somebody holds the database: nothing that was to be stored is lost, and it is told once."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from supervisor.channels.dispatch import Dispatcher
from supervisor.domain import records as rec
from supervisor.domain.events import Event, SourceLost, SourceSynced
from supervisor.ports import Sender
from supervisor.store import Store, StoreBusyError, StoreUnusableError
from supervisor.store.engine import read_url, writing
from supervisor.store.migrate import migrate
from supervisor.store.migrations import MIGRATIONS
from supervisor.streams.youtube import KeptLedger, Ledger
from supervisor.streams.youtube.faults import YoutubeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


class Disk:
    """Gives the database's file a most size, as a full disk does: SQLite answers with SQLITE_FULL."""

    def __init__(self, store: Store) -> None:
        self.pages = 2**30

        @event.listens_for(store._writing, "begin")
        def limit(connection: object) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={self.pages}")  # type: ignore[attr-defined]

    def fill(self) -> None:
        self.pages = 1  # no less than it has already

    def empty(self) -> None:
        self.pages = 2**30


class Receiver(Sender):
    channel, target, kinds = "webhook", "a", frozenset({"alert.firing"})

    def __init__(self) -> None:
        self.got: list[str] = []

    async def send(self, message: rec.Outgoing) -> None:
        self.got.append(message.id)

    async def close(self) -> None:
        pass


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
async def store(tmp_path: Path, events: list[Event]) -> AsyncIterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path}/state.db", most=200)
    store.start(events.append)
    yield store
    await store.close()


def batch(number: int) -> list[rec.Change]:
    """An incident with its alert, a line and a message of some size, so that a full disk is soon noticed."""
    incident = rec.Incident(f"i{number}", "b1", "ple", "StreamInterrupted", float(number))
    message = rec.Outgoing(f"m{number}", "webhook", "a", f"i{number}", "alert.firing", {"text": "x" * 2000}, 0.0)
    alert = rec.AlertRow("b1", "StreamInterrupted", 1, "critical", 0.0, float(number))
    return [alert, incident, rec.TimelineEntry(f"i{number}", float(number), "opened"), message]


async def soon(fact: Callable[[], bool], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.01)


async def test_a_full_disk_loses_nothing_and_is_told_once(store: Store, events: list[Event]) -> None:
    disk = Disk(store)
    disk.fill()
    writes = [store.write(batch(number)) for number in range(150)]
    await soon(lambda: len(events) > 1)
    await asyncio.sleep(1.0)
    assert [SourceSynced("store"), SourceLost("store", "disk full")] == events
    assert "disk full" == store.trouble
    assert not any(write.done() for write in writes[100:])
    disk.empty()
    await asyncio.wait_for(asyncio.gather(*writes), 10)
    await soon(lambda: len(events) == 3)
    assert SourceSynced("store") == events[-1]
    assert 150 == len(store.load().incidents)
    assert 150 == len(store.load().outgoing)
    assert (0, "") == (store.pending, store.trouble)


async def test_while_the_disk_is_full_memory_is_bounded_and_only_what_can_wait_is_refused(store: Store) -> None:
    disk = Disk(store)
    disk.fill()
    one = [change for change in batch(1) if isinstance(change, rec.AlertRow | rec.Incident)]
    writes = [store.write([*one, *batch(number)]) for number in range(100)]
    await soon(lambda: bool(store.trouble))
    with pytest.raises(StoreBusyError, match="disk full"):
        await store.write([rec.BookingRow("b", "ple", 0.0, None, {})])
    alerts = [store.write(one) for _ in range(5000)]
    # One alert and one incident, however often they changed; every line and message stays.
    await soon(lambda: store.pending <= 301)
    disk.empty()
    await asyncio.wait_for(asyncio.gather(*writes, *alerts), 10)
    assert (1, 100, 100) == tuple(map(len, (store.load().alerts, store.load().incidents, store.load().outgoing)))


async def test_alerts_leave_the_house_while_nothing_can_be_stored(store: Store) -> None:
    Disk(store).fill()
    receiver = Receiver()
    dispatcher = Dispatcher([receiver], store)
    dispatcher.start()
    written = [store.write(batch(number)) for number in range(40)]
    for number, stored in enumerate(written):
        dispatcher.post([change for change in batch(number) if isinstance(change, rec.Outgoing)], stored)
    await soon(lambda: len(receiver.got) == 40)
    await dispatcher.close()
    assert sorted(receiver.got) == sorted(f"m{number}" for number in range(40))
    left = await store.close(0.2)
    assert left > 0
    await asyncio.gather(*written, return_exceptions=True)


async def test_a_database_that_another_process_holds_is_waited_for(
    store: Store, events: list[Event], tmp_path: Path
) -> None:
    await store.write(batch(0))
    with subprocess.Popen(  # noqa: ASYNC220 - its start takes no time worth waiting for
        [sys.executable, "-c", HOLD, tmp_path / "state.db", "4"], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert "held\n" == await asyncio.to_thread(holder.stdout.readline)
        ledger, began = Ledger(KeptLedger(store.write, store.quota), 10, time.time), time.monotonic()
        with pytest.raises(YoutubeError, match="not written within"):
            await ledger.spend(doubt=True)
        assert time.monotonic() - began < 3.0
        writes = [store.write(batch(number)) for number in range(1, 30)]
        await soon(lambda: len(events) > 1)
        assert SourceLost("store", "locked by another process") == events[1]
        # Who reads is not disturbed.
        assert 1 == len(await store.incidents(0.0, 100.0))
        await asyncio.wait_for(asyncio.gather(*writes), 15)
    await soon(lambda: len(events) == 3)
    assert [SourceSynced, SourceLost, SourceSynced] == [type(event) for event in events]
    assert 30 == len(store.load().incidents)


async def test_closing_never_hangs_on_a_disk_that_stays_full(store: Store) -> None:
    Disk(store).fill()
    writes = [store.write(batch(number)) for number in range(100)]
    began = time.monotonic()
    left = await store.close(0.5)
    assert time.monotonic() - began < 3
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert (301, 100) == (left, len(lost))  # one alert, however often it changed


async def test_the_loop_never_waits_for_the_disk(store: Store, tmp_path: Path) -> None:
    waits = []
    with sqlite3.connect(tmp_path / "state.db", isolation_level=None) as held:
        held.execute("BEGIN EXCLUSIVE")
        for number in range(500):
            began = time.perf_counter()
            store.write(batch(number))
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.001)
        held.execute("ROLLBACK")
    held.close()
    await soon(lambda: store.pending == 0)
    # The machine may have other things to do once in a while; a lock or a disk would show in every one.
    assert sorted(waits)[-10] < 0.02
    assert max(waits) < 0.5


def test_the_file_is_for_nobody_else_to_read(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/state.db"
    Store.open(address)
    assert 0o600 == (tmp_path / "state.db").stat().st_mode & 0o777


def test_a_copy_is_made_before_a_migration(tmp_path: Path) -> None:
    url = read_url(f"sqlite:///{tmp_path}/state.db")
    engine = writing(url)
    migrate(engine, url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('mark', 'before')")
    migrate(engine, url, [*MIGRATIONS, ("UPDATE meta SET value = 'after' WHERE key = 'mark'",)])
    engine.dispose()
    known = len(MIGRATIONS)
    copy = tmp_path / f"state.db.before-{known + 1}"
    assert 0o600 == copy.stat().st_mode & 0o777
    for path, expected in ((copy, ("before", str(known))), (tmp_path / "state.db", ("after", str(known + 1)))):
        connection = sqlite3.connect(path)
        found = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        connection.close()
        assert expected == (found["mark"], found["schema"])
    assert [] == list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("expected", "address"),
    [
        ("is not a database address", "s3cret"),
        ("mysql is not supported", "mysql://me:s3cret@db/x"),
        ("names no file", "sqlite://"),
        ("No such file or directory; make the folder", "sqlite:////no/such/folder/state.db"),
        ("server not reached; mend that", "postgresql://me:s3cret@127.0.0.1:1/x"),
    ],
)
def test_a_store_that_cannot_be_opened_tells_the_remedy(expected: str, address: str) -> None:
    with pytest.raises(StoreUnusableError, match=expected) as caught:
        Store.open(address)
    assert "s3cret" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("not a database, but long enough to look at" * 100)
    with pytest.raises(StoreUnusableError, match=r"state\.db: .*NOTADB; is it a database of this daemon"):
        Store.open(f"sqlite:///{path}")


def test_a_process_that_forgets_to_close_still_ends(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\nfrom supervisor.store import Store\n"
        "async def main():\n    store = Store.open(sys.argv[1])\n    store.start(lambda event: None)\n"
        "    await store.incidents(0.0, 1.0)\nasyncio.run(main())\n"
    )
    command = [sys.executable, "-c", code, f"sqlite:///{tmp_path}/state.db"]
    done = subprocess.run(command, timeout=20, check=False, cwd=os.getcwd())  # noqa: PTH109
    assert 0 == done.returncode
