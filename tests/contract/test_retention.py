"""What is deleted, when, and what remains: SQLite and a real PostgreSQL, the same sentences."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from supervisor.domain import records as rec
from supervisor.domain.chronicle import problems
from supervisor.domain.events import Event, SessionErased
from supervisor.domain.retention import KINDS, RETENTION, Erasure
from supervisor.ports import NotErasedError
from supervisor.settings.retention import Retention
from supervisor.store import Store
from supervisor.store.archive import Archive
from supervisor.store.holdings import HOLDINGS
from supervisor.store.janitor import House, Janitor
from supervisor.store.schema import metadata
from supervisor.store.shelf import Shelf
from supervisor.store.shredder import BATCH, Shredder
from tests.contract.test_store import address, postgres  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from supervisor.domain.changes import Change

DAY = 86_400.0
NOW = 100 * DAY
TEN = {kind.name: 10 * DAY for kind in KINDS}
OLD, YOUNG = NOW - 11 * DAY, NOW - 9 * DAY
UNTOUCHED = {"meta", "supervised"}
"""The schema's number and some counters; and what lapses by itself."""

INCIDENT = rec.Incident("b1/Limit/1", "b1", "ple@conference.example.org", "Limit", OLD, closed=OLD)
ENTRY = rec.TimelineEntry("b1/Limit/1", OLD, "opened", {"reason": "gone"})
LINE = rec.RollLine("b1", "a1b2c3d4", "person", OLD, left=OLD, name="Canary Planted")
FACTS = {"room": "ple", "start": "1970-03-31T00:00:00.000Z"}
OPENED = rec.ChronicleEntry("b1", OLD, "opened", FACTS)
BOOKING = rec.BookingRow("b1", "ple", OLD - 60, OLD, {"contacts": ["canary@planted.example"]})
MESSAGE = rec.Outgoing(
    "msg_1", "email", "support", "b1/Limit/1", "alert.firing", {"booking": "b1", "summary": "Canary"}, OLD
)
SILENCE = rec.Silence("s1", "b1", "", OLD, "desk", "since the canary asked")
STREAM = rec.StreamRow("b1", "live", "", "", OLD, 0.0)
ALERT = rec.AlertRow("b1", "Limit", 1, "warning", OLD, OLD, incident="b1/Limit/1")
LOG = rec.EventLog("b1", OLD, 1, OLD, "an event")
HELD = rec.SupervisionRow("b1", NOW + DAY)
ALL = (
    INCIDENT,
    ENTRY,
    LINE,
    rec.RollEnded("b1", OLD),
    OPENED,
    BOOKING,
    MESSAGE,
    rec.Sent("msg_1", OLD),
    SILENCE,
    STREAM,
    LOG,
)


class Place:
    """A store with its writer, and a janitor beside it."""

    def __init__(self, where: str) -> None:
        self.address = where
        self.store = Store.open(where)
        self.events: list[Event] = []
        self.files: list[str] = []
        self.now = NOW
        self.shredder = Shredder.open(where)
        self.janitor = Janitor(House(self.shredder, TEN, lambda: self.now, self.tell, self.remove))

    async def tell(self, event: Event) -> None:
        self.events.append(event)

    def remove(self, session: str) -> list[str]:
        self.files.append(session)
        return []

    async def write(self, *changes: Change) -> None:
        await self.store.write(changes)

    def count(self) -> dict[str, int]:
        """Rows by table, of those that have any."""
        with self.store._reading.connect() as connection:
            tables = metadata.sorted_tables
            found = {t.name: len(connection.execute(t.select()).all()) for t in tables if t.name not in UNTOUCHED}
        return {name: rows for name, rows in found.items() if rows}


@pytest.fixture
async def place(address: str) -> AsyncIterator[Place]:  # noqa: F811
    opened = Place(address)
    opened.store.start(opened.events.append)
    opened.events.clear()
    yield opened
    opened.janitor.close()
    assert 0 == await opened.store.close()


def test_every_table_has_its_period_and_every_period_its_key() -> None:
    names = [kind.name for kind in KINDS]
    assert set(metadata.tables) - UNTOUCHED == {
        table.name for holding in HOLDINGS for table in (holding.table, *holding.beside)
    }
    assert set(names) - {"copies"} == {holding.kind for holding in HOLDINGS}
    assert names == list(Retention().periods)
    assert {kind.name: kind.period for kind in KINDS} == Retention().periods


async def test_what_is_over_its_period_goes_and_is_not_missed_elsewhere(place: Place) -> None:
    await place.write(*ALL, rec.QuotaDay("p", "1970-03-01", 3))
    await place.janitor.sweep()
    assert {"erasures": 2} == place.count()
    (proof,) = [await place.store.erasure("b1")]
    assert proof is not None
    assert ("records", NOW, 1, "ple", NOW - 10 * DAY, RETENTION, 64) == (
        proof.kind, proof.at, proof.entries, proof.room, proof.until, proof.by, len(proof.seal),
    )  # fmt: skip
    await place.janitor.sweep()
    assert [] == place.events
    place.now += 11 * DAY
    await place.janitor.sweep()
    assert {} == place.count()


async def test_what_is_within_its_period_stays(place: Place) -> None:
    young = [
        replace(INCIDENT, opened=YOUNG, closed=YOUNG), ENTRY, replace(OPENED, at=YOUNG), replace(BOOKING, ends=YOUNG),
        replace(LINE, left=YOUNG), MESSAGE, rec.Sent("msg_1", YOUNG), replace(SILENCE, until=YOUNG),
        replace(STREAM, since=YOUNG),
    ]  # fmt: skip
    await place.write(*young)
    before = place.count()
    await place.janitor.sweep()
    assert before == place.count()
    assert 9 == sum(before.values())


async def test_nothing_goes_of_a_session_under_supervision(place: Place) -> None:
    await place.write(*ALL, HELD)
    before = place.count()
    await place.janitor.sweep()
    assert {**before, "silences": 0} == {**place.count(), "silences": 0}
    assert [] == problems(await place.store.chronicle("b1"))


async def test_a_supervision_that_nobody_renews_holds_nothing(place: Place) -> None:
    await place.write(*ALL, replace(HELD, until=NOW - 1))
    await place.janitor.sweep()
    assert {"erasures": 2} == place.count()


async def test_a_room_that_is_always_open_keeps_what_goes_on_and_not_what_is_over(place: Place) -> None:
    now = replace(INCIDENT, id="b1/Limit/2", closed=None)
    halted = replace(INCIDENT, id="b1/Limit/3", paused_at=OLD)
    here, gone = replace(LINE, id="00000001", left=None), replace(LINE, id="00000002")
    await place.write(INCIDENT, ENTRY, now, halted, here, gone, STREAM, replace(HELD, endless=True))
    await place.janitor.sweep()
    assert {now.id, halted.id} == {each.id for each in await place.store.incidents(0.0, NOW)}
    assert [here] == await place.store.roll("b1")
    assert (STREAM,) == place.store.load().streams


async def test_no_message_that_waits_goes_and_no_key_that_is_needed(place: Place) -> None:
    waiting, letter = replace(MESSAGE, id="w"), replace(MESSAGE, id="l", payload={"booking": "b2"}, expires=NOW + DAY)
    await place.write(waiting, letter, rec.Sent("l", OLD))
    await place.janitor.sweep()
    assert {"outbox": 2} == place.count()
    assert (waiting,) == place.store.load().outgoing


async def test_an_open_incident_of_a_session_that_is_long_over_is_not_open_for_ever(place: Place) -> None:
    left = replace(INCIDENT, closed=None)
    await place.write(left, replace(left, id="young", opened=YOUNG), ENTRY)
    await place.janitor.sweep()
    assert ["young"] == [each.id for each in await place.store.incidents(0.0, NOW)]


async def test_a_booking_that_goes_is_a_change_of_the_bookings(place: Place) -> None:
    shelf = Shelf.open(place.address)
    always = replace(BOOKING, id="always", ends=None)
    await place.write(BOOKING, always)
    before = shelf.revision()
    await place.janitor.sweep()
    assert (True, (always,)) == (shelf.revision() > before, shelf.read()[1])
    shelf.close()


async def test_an_event_log_that_goes_before_its_record_is_not_the_record(place: Place) -> None:
    await place.write(replace(OPENED, at=YOUNG), LOG)
    await place.janitor.sweep()
    assert {"chronicle": 1, "chronicle_heads": 1, "erasures": 1} == place.count()
    assert await place.store.erasure("b1") is None


async def test_a_record_without_its_head_goes_by_its_entries(place: Place) -> None:
    later = replace(OPENED, session="b2", at=YOUNG)
    await place.write(OPENED, later, replace(OPENED, session="b2", at=OLD))
    with place.shredder._writing.begin() as connection:
        connection.exec_driver_sql("DELETE FROM chronicle_heads")
    await place.janitor.sweep()
    assert {"chronicle": 2, "erasures": 1} == place.count()


async def test_many_rows_go_a_few_at_a_time(place: Place) -> None:
    await place.write(*(replace(INCIDENT, id=f"i{n}") for n in range(BATCH + 1)))
    (holding,) = [each for each in HOLDINGS if each.table.name == "incidents"]
    assert [BATCH, 1, 0] == [place.shredder.forget(holding, NOW - 10 * DAY, NOW)[0] for _ in range(3)]


# --- by session ---


async def test_all_of_a_session_goes_and_nothing_of_another(place: Place) -> None:
    other = [
        replace(INCIDENT, id="b10/Limit/1", booking="b10"), replace(ENTRY, incident="b10/Limit/1"),
        replace(LINE, booking="B1"), replace(OPENED, session="b10"), replace(BOOKING, id="b10"),
        replace(MESSAGE, id="msg_2", payload={"booking": "B1"}), replace(SILENCE, id="s2", booking=""),
    ]  # fmt: skip
    await place.write(*other)
    before = place.count()
    await place.write(*ALL, ALERT)
    seal = (await place.store.chronicle("b1")).head
    assert seal is not None
    proofs = await place.janitor.erase("b1", "desk")
    assert {"erasures": 7, **before} == place.count()
    expected = {"records": 4, "roll_call": 1, "bookings": 1, "messages": 1, "silences": 1, "states": 2, "event_log": 1}
    assert expected == {proof.kind: proof.entries for proof in proofs}
    assert Erasure("b1", "records", NOW, 4, "ple", seal.hash, None, "desk") == await place.store.erasure("b1")
    assert ["b1"] == place.files


async def test_what_was_erased_is_known_to_the_engine_now_and_after_a_restart(place: Place) -> None:
    await place.write(*ALL)
    await place.janitor.look()
    await place.janitor.erase("b1", "desk")
    assert [SessionErased("b1", NOW)] == place.events
    await place.janitor.look()
    assert 1 == len(place.events)
    assert {"b1": NOW} == dict(place.store.load().erased)
    with Archive.open(place.address) as archive:
        assert "b1" == getattr(archive.gone("ple"), "session", None)
        assert archive.gone("b2") is None


async def test_what_comes_late_of_an_erased_session_is_not_stored(place: Place) -> None:
    await place.write(*ALL)
    await place.janitor.erase("b1", "desk")
    before = place.count()
    await place.write(replace(LOG, part=2, at=NOW - 1.0))
    assert before == place.count()
    await place.write(replace(LOG, opened=NOW + 1.0, at=NOW + 2.0))  # a session of the same booking after that
    assert {**before, "event_log": 1} == place.count()


async def test_what_the_command_erased_the_daemon_hears_of(place: Place) -> None:
    await place.janitor.look()
    await place.write(*ALL)
    command = Shredder.open(place.address)
    command.erase("b1", NOW, "command line")
    command.close()
    await place.janitor.look()
    assert [SessionErased("b1", NOW)] == place.events


REFUSALS: list[tuple[str, Callable[[], list[Change]]]] = [
    ("under supervision", lambda: [HELD]),
    ("1 messages about it wait", lambda: [replace(MESSAGE, id="w")]),
]


@pytest.mark.parametrize(("why", "more"), REFUSALS)
async def test_what_still_goes_on_is_not_erased(place: Place, why: str, more: Callable[[], list[Change]]) -> None:
    await place.write(*ALL, *more())
    before = place.count()
    with pytest.raises(NotErasedError, match=why):
        await place.janitor.erase("b1", "desk")
    assert (before, []) == (place.count(), place.events)


async def test_where_nothing_is_left_it_is_said_why(place: Place) -> None:
    with pytest.raises(NotErasedError) as caught:
        await place.janitor.erase("b1", "desk")
    assert (True, None) == (caught.value.absent, caught.value.erased)
    await place.write(*ALL)
    await place.janitor.erase("b1", "desk")
    with pytest.raises(NotErasedError) as caught:
        await place.janitor.erase("b1", "wall")
    assert ("b1", "desk") == (getattr(caught.value.erased, "session", ""), getattr(caught.value.erased, "by", ""))


async def test_a_booking_that_is_to_come_is_not_withdrawn_by_erasing_what_was(place: Place) -> None:
    ahead = replace(BOOKING, starts=NOW, ends=NOW + 60)
    await place.write(OPENED, ahead)
    await place.janitor.erase("b1", "desk")
    assert {"bookings": 1, "erasures": 1} == place.count()


# --- the files of SQLite ---


def held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("state.db*")))


@pytest.mark.parametrize("by", ["period", "session", "table"])
async def test_what_was_deleted_is_in_no_file_any_more(tmp_path: Path, by: str) -> None:
    place = Place(f"sqlite:///{tmp_path}/state.db")
    place.store.start(place.events.append)
    await place.write(*ALL)
    # More than a page each: what is deleted lies on pages of its own.
    await place.write(*(replace(LINE, id=f"{n:08x}", name=f"Canary Planted {'x' * 500}") for n in range(200)))
    (tmp_path / "state.db.before-5").write_bytes(held(tmp_path))
    assert b"Canary Planted" in held(tmp_path)
    if by == "table":
        # Only deleted, without the janitor's care: the log beside the file still has it.
        with place.shredder._writing.begin() as connection:
            connection.exec_driver_sql("DELETE FROM roll")
        assert b"Canary Planted" in (tmp_path / "state.db-wal").read_bytes()
    else:
        place.now += 11 * DAY if by == "period" else 0.0
        await (place.janitor.erase("b1", "desk") if by == "session" else place.janitor.sweep())
        assert (by == "period") == (tmp_path / "state.db.before-5").exists()
        (tmp_path / "state.db.before-5").unlink(missing_ok=True)
        assert b"anary" not in held(tmp_path)
    place.janitor.close()
    await place.store.close()


def test_copies_go_in_their_time(tmp_path: Path) -> None:
    shredder = Shredder.open(f"sqlite:///{tmp_path}/state.db")
    old, other = tmp_path / "state.db.before-5", tmp_path / "other.db.before-5"
    for path in (old, other):
        path.write_bytes(b"")
    made = old.stat().st_mtime
    assert [] == shredder.drop_copies(made)
    assert ["state.db.before-5"] == shredder.drop_copies(made + 1)
    assert [False, True] == [old.exists(), other.exists()]
    shredder.close()


async def test_another_process_that_comes_and_goes_takes_nothing_from_the_daemon(tmp_path: Path) -> None:
    """Who opens and closes the file as a whole loses all locks on it, and whoever is last may delete its log."""
    place = Place(f"sqlite:///{tmp_path}/state.db")
    place.store.start(place.events.append)
    place.store.load()
    await place.write(INCIDENT)
    late = Shredder.open(place.address)
    other = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(*c.execute(sys.argv[2]).fetchone()); c.close()"
    )

    def asked(what: str) -> bytes:
        command = [sys.executable, "-c", other, str(tmp_path / "state.db"), what]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.strip()

    assert b"1" == asked("SELECT count(*) FROM incidents")
    await place.write(replace(INCIDENT, id="i2"))
    assert b"2" == asked("SELECT count(*) FROM incidents")
    late.close()
    place.janitor.close()
    await place.store.close()
