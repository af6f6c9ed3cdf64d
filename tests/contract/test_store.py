"""What every store keeps its word on: SQLite and a real PostgreSQL, the same sentences."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect, text

from supervisor.domain import records as rec
from supervisor.domain.chronicle import problems
from supervisor.domain.events import Event, SourceLost, SourceSynced
from supervisor.store import Store, StoreError, StoreUnusableError
from supervisor.store.archive import Archive
from supervisor.store.engine import read_url, writing
from supervisor.store.migrate import migrate
from supervisor.store.migrations import MIGRATIONS
from supervisor.store.schema import metadata
from tests.postgres import PrivatePostgres

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.types import TypeEngine

ALERT = rec.AlertRow("b1", "StreamInterrupted", 1, "critical", 100.0, 101.5, owed=1, incident="i1", reason="gone")
INCIDENT = rec.Incident("i1", "b1", "ple@conference.example.org", "StreamInterrupted", 100.0)
ENTRY = rec.TimelineEntry("i1", 100.0, "opened", {"side": "encoder", "text": "l·l ñ"})
MESSAGE = rec.Outgoing("msg_1", "webhook", "example.org/1", "i1", "alert.firing", {"a": ["ñ", 1, None]}, 100.0)


@pytest.fixture(scope="module")
def postgres() -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    return request.getfixturevalue("postgres").database()


Opener = Callable[[], Awaitable[Store]]


@pytest.fixture
async def opened(address: str, events: list[Event]) -> AsyncIterator[Opener]:
    """Opens the same database as often as asked; the last store is closed at the end."""
    stores: list[Store] = []

    async def opener() -> Store:
        if stores:
            await stores[-1].close()
        store = Store.open(address)
        store.start(events.append)
        stores.append(store)
        return store

    yield opener
    if stores:
        assert await stores[-1].close() == 0


@pytest.fixture
def events() -> list[Event]:
    return []


LINE = rec.RollLine("b1", "a1", "person", 10.0, audio=True, video=None, name="Ñ")


async def test_a_roll_call_is_kept_line_by_line_and_is_over_when_it_is_said_to_be(opened: Opener) -> None:
    store = await opened()
    other = replace(LINE, booking="b2", region="eu-1", rtt_ms=412, loss=0.071)
    gone = replace(LINE, left=20.0, how="dropped", drops=1, video=False)
    await store.write([LINE, other])
    await store.write([gone])
    assert (gone, other) == (await opened()).load().roll
    store = await opened()
    await store.write([rec.RollEnded("b1", 30.0)])
    assert ((other,), [gone]) == (store.load().roll, await store.roll("b1"))
    await store.write([replace(LINE, id="a2")])
    assert {"a2"} == {line.id for line in store.load().roll if line.booking == "b1"}


async def test_what_was_written_is_there_after_a_restart(opened: Opener) -> None:
    store = await opened()
    silence = rec.Silence("s1", "b1", "", 900.0, "support", "works")
    booking = rec.BookingRow("b1", "ple", 50.0, None, {"room": "ple", "limit": 30})
    await store.write([ALERT, INCIDENT, ENTRY, MESSAGE, silence, booking])
    saved = (await opened()).load()
    assert rec.Saved((ALERT,), (INCIDENT,), (MESSAGE,), (silence,), (booking,)) == saved


async def test_the_last_word_about_a_thing_counts(opened: Opener) -> None:
    store = await opened()
    await store.write([ALERT, INCIDENT])
    later = replace(ALERT, stage=2, heard=1, acknowledged_by="0a1b2c3d moderator", acknowledged_at=120.0)
    paused = replace(INCIDENT, told=101.0, paused_by="0a1b2c3d moderator", paused_at=125.0)
    await store.write([later, paused])
    saved = store.load()
    assert ((later,), (paused,)) == (saved.alerts, saved.incidents)


async def test_what_is_over_is_not_restored_but_on_record(opened: Opener) -> None:
    store = await opened()
    closed = replace(INCIDENT, closed=200.0)
    await store.write([ALERT, INCIDENT, ENTRY, MESSAGE])
    await store.write([rec.AlertEnded("b1", "StreamInterrupted"), closed, rec.Sent("msg_1", 130.0)])
    assert rec.Saved() == store.load()
    assert [closed] == await store.incidents(0.0, 1000.0)
    assert [closed] == await store.incidents(100.0, 101.0, "b1")
    assert [] == await store.incidents(0.0, 100.0)
    assert [] == await store.incidents(0.0, 1000.0, "b2")
    assert [ENTRY] == await store.timeline("i1")
    assert {"sent": 1} == await store.messages()


async def test_a_batch_is_stored_whole_or_not_at_all(opened: Opener) -> None:
    store = await opened()
    wrong = rec.TimelineEntry("no such incident", 1.0, "opened")
    right = store.write([replace(INCIDENT, id="i2")])
    with pytest.raises(StoreError, match=r"IntegrityError|ForeignKeyViolation"):
        await store.write([ALERT, INCIDENT, MESSAGE, wrong])
    await right
    assert ((), ("i2",), ()) == (
        store.load().alerts,
        tuple(incident.id for incident in store.load().incidents),
        store.load().outgoing,
    )


async def test_a_wrong_batch_does_not_spoil_its_neighbours(opened: Opener) -> None:
    store = await opened()
    wrong = rec.TimelineEntry("no such incident", 1.0, "opened")
    batches = [[replace(INCIDENT, id=f"i{n}")] if n != 3 else [wrong] for n in range(8)]
    outcomes = await asyncio.gather(*map(store.write, batches), return_exceptions=True)
    assert [3] == [n for n, outcome in enumerate(outcomes) if isinstance(outcome, StoreError)]
    assert 7 == len(store.load().incidents)
    assert 0 == store.pending


async def test_storing_again_adds_nothing(opened: Opener) -> None:
    store = await opened()
    batch = [INCIDENT, ENTRY, MESSAGE]
    assert {"msg_1"} == await store.write(batch)
    assert frozenset() == await store.write(batch)
    assert [ENTRY] == await store.timeline("i1")
    assert (MESSAGE,) == store.load().outgoing


async def test_a_message_is_known_for_ever_even_when_sent(opened: Opener) -> None:
    store = await opened()
    await store.write([MESSAGE, rec.Sent("msg_1", 1.0)])
    again = await opened()
    assert frozenset() == await again.write([MESSAGE])
    assert () == again.load().outgoing


async def test_a_deferred_message_keeps_its_next_try_over_a_restart(opened: Opener) -> None:
    store = await opened()
    await store.write([MESSAGE, rec.Deferred("msg_1", 3, 160.0, "500")])
    assert (replace(MESSAGE, attempts=3, not_before=160.0),) == (await opened()).load().outgoing


async def test_a_dead_letter_can_be_read_and_stays_dead(opened: Opener) -> None:
    store = await opened()
    await store.write([MESSAGE, rec.Died("msg_1", 140.0, "550 no such user")])
    await store.write([rec.Deferred("msg_1", 1, 1.0, "late news"), rec.Sent("msg_1", 2.0)])
    assert () == store.load().outgoing
    assert [rec.DeadLetter(MESSAGE, 140.0, "550 no such user")] == await store.dead_letters()


async def test_a_quotas_last_day_survives(opened: Opener) -> None:
    store = await opened()
    assert await store.quota("p") is None
    await store.write([rec.QuotaDay("p", "2026-09-03", 3), rec.QuotaDay("p", "2026-09-03", 4)])
    assert rec.QuotaDay("p", "2026-09-03", 4) == await store.quota("p")
    await store.write([rec.QuotaDay("p", "2026-09-04", 5, tripped=True)])
    again = await opened()
    assert rec.QuotaDay("p", "2026-09-04", 5, tripped=True) == await again.quota("p")
    assert await again.quota("another") is None


async def test_thousands_of_batches_become_few_transactions(opened: Opener) -> None:
    store = await opened()
    batches = [[replace(INCIDENT, id=f"i{n}"), replace(MESSAGE, id=f"m{n}")] for n in range(2000)]
    await asyncio.gather(*map(store.write, batches))
    assert 2000 == len(store.load().outgoing)


async def test_closing_stores_what_waits_and_refuses_the_rest(opened: Opener) -> None:
    store = await opened()
    writes = [store.write([replace(INCIDENT, id=f"i{n}")]) for n in range(300)]
    assert 0 == await store.close()
    await asyncio.gather(*writes)
    with pytest.raises(StoreError, match="closed"):
        await store.write([INCIDENT])
    assert 300 == len((await opened()).load().incidents)


def kind(column: TypeEngine[Any]) -> str:
    """A column's type, in one word for what databases spell differently."""
    return re.sub("DOUBLE.*|REAL", "DOUBLE", str(column).upper())


FACTS = {"room": "ple", "start": "2026-09-03T17:00:00.000Z"}
OPENED = rec.ChronicleEntry("b1", 1000.0, "opened", FACTS)


def counted(n: int, session: str = "b1") -> rec.ChronicleEntry:
    return rec.ChronicleEntry(session, 1000.0 + n, "people", {"people": n, "text": "l·l ñ"})


async def test_entries_of_a_record_are_sealed_as_they_are_stored(opened: Opener) -> None:
    store = await opened()
    await store.write([OPENED, counted(1)])
    await store.write([counted(2), rec.ChronicleEntry("b2", 1000.0, "opened", {**FACTS, "room": "other"})])
    chronicle = await store.chronicle("b1")
    assert [] == problems(chronicle)
    assert [(1, "opened"), (2, "people"), (3, "people")] == [(link.seq, link.what) for link in chronicle.links]
    assert 1 == len((await store.chronicle("b2")).links)
    assert () == (await store.chronicle("b3")).links


async def test_a_record_that_is_stored_again_and_again_is_one_chain(opened: Opener) -> None:
    """At least once: whatever part of what happened is repeated, in whichever process, nothing forks."""
    whole = [OPENED, *(counted(n) for n in range(1, 6))]
    for cut in range(1, len(whole) + 1):
        store = await opened()
        await store.write(whole[:cut])
        await store.write(whole[cut - 1 :][:2])
    chronicle = await (await opened()).chronicle("b1")
    assert [] == problems(chronicle)
    assert ["opened", *(f"1970-01-01T00:16:4{n}.000Z" for n in range(1, 6))] == [
        link.at if link.seq > 1 else link.what for link in chronicle.links
    ]


async def test_a_batch_that_fails_leaves_no_hole_in_the_record(opened: Opener) -> None:
    store = await opened()
    await store.write([OPENED])
    with pytest.raises(StoreError):
        await store.write([counted(1), rec.TimelineEntry("no such incident", 1.0, "opened")])
    await store.write([counted(2)])
    chronicle = await store.chronicle("b1")
    assert ([], [1, 2]) == (problems(chronicle), [link.seq for link in chronicle.links])


CHANGES = (
    "UPDATE chronicle SET detail = replace(detail, '2', '3') WHERE seq = 2",
    "UPDATE chronicle SET at = '1970-01-01T00:16:41.001Z' WHERE seq = 2",
    "UPDATE chronicle SET what = 'told' WHERE seq = 3",
    "UPDATE chronicle SET detail = replace(detail, ',', ', ') WHERE seq = 2",
    "DELETE FROM chronicle WHERE seq = 2",
    "DELETE FROM chronicle WHERE seq = 4",
    "UPDATE chronicle SET seq = 30 WHERE seq = 3",
    "DELETE FROM chronicle_heads",
    "UPDATE chronicle_heads SET room = 'another'",
    "UPDATE chronicle_heads SET seq = 3, hash = (SELECT hash FROM chronicle WHERE seq = 3)",
)


@pytest.mark.parametrize("change", CHANGES)
async def test_what_somebody_changed_in_the_database_is_found_and_stops_nobody(
    opened: Opener, address: str, change: str
) -> None:
    store = await opened()
    await store.write([OPENED, *(counted(n) for n in (12, 22, 32))])
    assert [] == problems(await store.chronicle("b1"))
    meddler = writing(read_url(address))
    with meddler.begin() as connection:
        connection.execute(text(change))
    meddler.dispose()
    assert problems(await store.chronicle("b1"))
    await store.write([ALERT, counted(42)])
    assert (ALERT,) == store.load().alerts
    if "chronicle_heads" not in change:
        assert problems(await store.chronicle("b1"))


async def test_a_command_reads_a_record_beside_the_daemon(opened: Opener, address: str) -> None:
    with pytest.raises(StoreUnusableError, match=r"no such file|has schema 0"):
        Archive.open(address)
    store = await opened()
    await store.write([OPENED, replace(OPENED, session="b0", detail={**FACTS, "start": "2026-09-04T17:00:00.000Z"})])
    with Archive.open(address) as archive:
        assert ("b0", None) == (archive.latest("ple"), archive.latest("other"))
        assert [] == problems(archive.chronicle("b1"))


async def test_a_store_that_was_never_started_closes_at_once(address: str) -> None:
    store = Store.open(address)
    async with asyncio.timeout(2):
        assert 0 == await store.close()


async def test_the_migrated_database_is_the_schema(address: str) -> None:
    engine = writing(read_url(address))
    migrate(engine, read_url(address))
    found = inspect(engine)
    for table in metadata.sorted_tables:
        columns = {
            column["name"]: (kind(column["type"]), column["nullable"]) for column in found.get_columns(table.name)
        }
        assert {column.name: (kind(column.type), bool(column.nullable)) for column in table.columns} == columns
        assert [column.name for column in table.primary_key] == found.get_pk_constraint(table.name)[
            "constrained_columns"
        ]
        assert {index.name for index in table.indexes} == {index["name"] for index in found.get_indexes(table.name)}
    assert {table.name for table in metadata.sorted_tables} == set(found.get_table_names())
    engine.dispose()


async def test_a_newer_schema_is_refused_with_the_remedy(address: str) -> None:
    engine = writing(read_url(address))
    migrate(engine, read_url(address))
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '99' WHERE key = 'schema'"))
    engine.dispose()
    known = len(MIGRATIONS)
    with pytest.raises(StoreUnusableError, match=rf"has schema 99, this version knows {known}; install the") as caught:
        Store.open(address)
    assert "s3cret" not in str(caught.value)


async def test_a_step_that_fails_leaves_nothing_behind(address: str) -> None:
    engine = writing(read_url(address))
    migrate(engine, read_url(address))
    steps = [*MIGRATIONS, ("CREATE TABLE more (a TEXT)", "this is no SQL")]
    with pytest.raises(Exception, match="syntax error"):
        migrate(engine, read_url(address), steps)
    assert not inspect(engine).has_table("more")
    assert 1 == migrate(engine, read_url(address), [*MIGRATIONS, ("CREATE TABLE more (a TEXT)",)])
    assert inspect(engine).has_table("more")
    engine.dispose()


async def test_a_store_says_that_it_works_when_it_starts(opened: Opener, events: list[Event]) -> None:
    await opened()
    assert [SourceSynced("store")] == events


async def test_a_server_that_goes_away_is_told_once_and_nothing_is_lost(events: list[Event]) -> None:
    with PrivatePostgres() as server:
        store = Store.open(server.database())
        store.start(events.append)
        await store.write([INCIDENT])
        server.stop()
        writes = [store.write([replace(INCIDENT, id=f"j{n}")]) for n in range(5)]
        for _ in range(100):
            await asyncio.sleep(0.1)
            if len(events) > 1:
                break
        assert [SourceSynced, SourceLost] == [type(event) for event in events]
        port = server.port
        server.start(port)
        await asyncio.wait_for(asyncio.gather(*writes), 30)
        assert 6 == len(store.load().incidents)
        assert [SourceSynced, SourceLost, SourceSynced] == [type(event) for event in events]
        assert 0 == await store.close()


LOG = rec.EventLog("b1", 100.0, 1, 130.0, '{"opened":100.0}')


async def test_an_event_log_is_read_in_the_order_of_its_writing(opened: Opener, address: str) -> None:
    store = await opened()
    later, again = replace(LOG, part=2, lines="two"), replace(LOG, opened=900.0, lines="three")
    await store.write([again])
    await store.write([LOG, replace(LOG, session="b2")])
    await store.write([later, LOG])
    expected = [LOG.lines, "two", "three"]
    assert expected == await store.event_log("b1")
    with Archive.open(address) as archive:
        assert (expected, []) == (archive.event_log("b1"), archive.event_log("b3"))
