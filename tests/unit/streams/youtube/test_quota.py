from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from supervisor.streams.youtube.faults import Fault, YoutubeError
from supervisor.streams.youtube.ledger_file import FileLedger
from supervisor.streams.youtube.quota import Ledger, MemoryLedger, Page, pacific_date, until_midnight

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 9, 3, 19, tzinfo=UTC).timestamp()  # noon in California
HOUR = 3600.0


class Clock:
    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


async def spend(ledger: Ledger, *, doubt: bool = False, most: int = 1000) -> int:
    """Spend until it is refused; how many it were."""
    for spent in range(most):
        try:
            await ledger.spend(doubt=doubt)
        except YoutubeError as error:
            assert error.fault in {Fault.SPENT, Fault.QUOTA}  # noqa: PT017 - it is a loop's end
            return spent
    return most


async def test_a_fifth_is_kept_from_routine_and_doubt_may_have_it() -> None:
    ledger = Ledger(MemoryLedger(), 100, Clock())
    assert await spend(ledger) == 80
    assert ledger.remaining == 20
    assert await spend(ledger, doubt=True) == 20
    assert ledger.remaining == 0


async def test_the_days_last_hours_have_a_tenth_of_their_own() -> None:
    clock = Clock()
    ledger = Ledger(MemoryLedger(), 100, clock)
    assert await spend(ledger) == 80
    clock.now = NOON + 8.5 * HOUR
    assert await spend(ledger) == 10


async def test_midnight_in_california_brings_a_new_page() -> None:
    clock = Clock()
    ledger = Ledger(MemoryLedger(), 10, clock)
    assert await spend(ledger, doubt=True) == 10
    clock.now = NOON + 12 * HOUR - 1
    assert await spend(ledger, doubt=True) == 0
    clock.now = NOON + 12 * HOUR
    assert await spend(ledger, doubt=True) == 10


async def test_a_clock_that_is_set_back_gives_no_unit_back() -> None:
    clock = Clock()
    ledger = Ledger(MemoryLedger(), 10, clock)
    assert await spend(ledger, doubt=True) == 10
    clock.now = NOON - 48 * HOUR
    assert await spend(ledger, doubt=True) == 0


async def test_youtubes_word_is_kept_over_a_restart_until_midnight(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "ledger.json"
    first = Ledger(FileLedger(path), 10, clock)
    await first.spend(doubt=False)
    await first.break_until_midnight()
    second = Ledger(FileLedger(path), 10, clock)
    await second.open()
    assert second.remaining == 0
    with pytest.raises(YoutubeError) as caught:
        await second.spend(doubt=True)
    assert caught.value.fault is Fault.QUOTA
    clock.now = NOON + 12 * HOUR
    assert await spend(second, doubt=True) == 10


async def test_each_unit_is_in_the_file_before_it_is_granted(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    ledger = Ledger(FileLedger(path), 100, Clock())
    for spent in range(1, 6):
        await ledger.spend(doubt=False)
        assert json.loads(path.read_text()) == {"day": "2026-09-03", "spent": spent, "broken": False}
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"day": "2026-09-03", "spent": "many", "broken": false}'])
async def test_a_ledger_that_cannot_be_read_grants_nothing_and_names_the_remedy(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ledger.json"
    path.write_text(content)
    with pytest.raises(YoutubeError, match=r"ledger\.json is no ledger; remove it"):
        await Ledger(FileLedger(path), 10, Clock()).spend(doubt=True)


async def test_what_cannot_be_written_is_not_granted(tmp_path: Path) -> None:
    with pytest.raises(YoutubeError, match="cannot be written: No such file or directory") as caught:
        await Ledger(FileLedger(tmp_path / "absent" / "ledger.json"), 10, Clock()).spend(doubt=True)
    assert caught.value.fault is Fault.SPENT


async def test_a_write_that_was_cut_short_leaves_the_old_page(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    store = FileLedger(path)
    await store.save(Page("2026-09-03", 7))
    (tmp_path / "ledger.json.new").write_text('{"day": "20')
    assert await store.load() == Page("2026-09-03", 7)
    await store.save(Page("2026-09-03", 8))
    assert await store.load() == Page("2026-09-03", 8)


async def test_nothing_may_be_spent_of_nothing() -> None:
    assert await spend(Ledger(MemoryLedger(), 0, Clock()), doubt=True) == 0


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25), ((2026, 9, 3), 24)])
def test_days_have_as_many_hours_as_they_have_there(day: tuple[int, int, int], hours: int) -> None:
    late = datetime(*day, 12, tzinfo=UTC).timestamp()
    midnight = late + until_midnight(late)
    start = midnight - hours * HOUR
    assert pacific_date(start) == pacific_date(midnight - 1) == "{:04}-{:02}-{:02}".format(*day)
    assert pacific_date(start - 1) < pacific_date(start) < pacific_date(midnight)
