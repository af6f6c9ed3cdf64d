"""The ledger's page in the store, where everything else is that has to survive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from supervisor.domain.records import QuotaDay
from supervisor.streams.youtube.quota import LedgerError, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from supervisor.domain.changes import Change

T = TypeVar("T")

PROJECT = "youtube"
PATIENCE = 2.0
"""Seconds for a disk that is busy. Who has to wait longer for a unit does without: a late look is of no use."""


class KeptLedger:
    """Implements LedgerStore.

    Args:
        write: Stores changes; done when they are on disk, failed if they never will be.
        read: Looks a project's last day up; None where there never was one.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Change]], asyncio.Future[frozenset[str]]],
        read: Callable[[str], asyncio.Future[QuotaDay | None]],
    ) -> None:
        self._write = write
        self._read = read

    async def load(self) -> Page | None:
        """Read the page; None where none was ever written."""
        day = await _answer(self._read(PROJECT), "read")
        return None if day is None else Page(day.day, day.units, day.tripped)

    async def save(self, page: Page) -> None:
        """Return only once the page is on the disk."""
        await _answer(self._write([QuotaDay(PROJECT, page.day, page.spent, page.broken)]), "written")


async def _answer(future: asyncio.Future[T], what: str) -> T:
    """Wait for the store. What it was told stays told: cancelling the wait does not take a unit back."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(future)
    except TimeoutError:
        future.add_done_callback(_look)
        raise LedgerError(f"it was not {what} within {PATIENCE:.0f} s; see the store's trouble in the log") from None
    except Exception as error:
        raise LedgerError(f"it cannot be {what}: {error}") from error


def _look(future: asyncio.Future[Any]) -> None:
    """Look at a late answer, so that nobody complains that an error was not looked at."""
    if not future.cancelled():
        future.exception()
