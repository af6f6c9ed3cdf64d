"""The day's limit holds whatever kills the daemon, and whenever."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from supervisor.simulation.youtube import FakeYoutube

DAILY = 150
KILLS = 25


async def test_the_limit_holds_over_twenty_five_sigkills_at_any_moment(tmp_path: Path) -> None:
    dice = random.Random(7)
    ledger = f"sqlite:///{tmp_path}/state.db"
    async with FakeYoutube() as fake:
        fake.api_key = "k"
        for _ in range(KILLS):
            process = await _start(fake, ledger)
            # Between the first call and the next few: each call is a write and a request of about a millisecond each.
            before = fake.total_units
            while fake.total_units == before and process.returncode is None:
                await asyncio.sleep(0.001)
            await asyncio.sleep(dice.random() * 0.006)
            if process.returncode is None:
                process.kill()
            await process.wait()
        killed_at = fake.total_units
        last = await _start(fake, ledger)
        out, _ = await asyncio.wait_for(last.communicate(), 60)
        assert out.decode().split() == ["spent"]
        assert 0 < killed_at <= fake.total_units <= DAILY
        # A unit too many for each kill at the most, never one too few.
        assert fake.total_units >= DAILY - KILLS


async def test_a_kill_between_the_write_and_the_call_costs_exactly_that_unit(tmp_path: Path) -> None:
    ledger = f"sqlite:///{tmp_path}/state.db"
    async with FakeYoutube() as fake:
        fake.api_key = "k"
        for done in range(1, 6):
            process = await _start(fake, ledger, "suicide")
            await asyncio.wait_for(process.wait(), 60)
            assert (fake.total_units, _spent(tmp_path / "state.db")) == (2 * done, 3 * done)


def _spent(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT units FROM quota").fetchone()[0])


async def _start(fake: FakeYoutube, ledger: str, *more: str) -> asyncio.subprocess.Process:
    script = Path(__file__).with_name("killed.py")
    return await asyncio.create_subprocess_exec(
        sys.executable, script, fake.api_url, ledger, str(DAILY), *more, stdout=asyncio.subprocess.PIPE
    )
