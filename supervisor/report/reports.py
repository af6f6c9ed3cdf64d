"""Reads a record and has its report drawn, beside the loop: a long session takes some tenths of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supervisor.report.formats import render
from supervisor.report.shape import Report
from supervisor.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from supervisor.domain.chronicle import Chronicle
    from supervisor.domain.retention import Erasure
    from supervisor.report.formats import Format, Rendered


class Reports:
    """The reports of all sessions.

    Args:
        read: Reads a session's record.
        erased: Reads what is left to be said of a record that was deleted.
    """

    model = Report
    """What the JSON form looks like."""

    def __init__(
        self, read: Callable[[str], Awaitable[Chronicle]], erased: Callable[[str], Awaitable[Erasure | None]]
    ) -> None:
        self._read = read
        self.erased = erased
        self._worker = Worker("reports")

    async def report(self, session: str, form: Format, language: str = "") -> Rendered | None:
        """Draw one; None where there is no record of that session.

        Raises:
            UnreadableChronicleError: The record is damaged beyond reading.
        """
        chronicle = await self._read(session)
        if not chronicle.links:
            return None
        return await self._worker.do(lambda: render(chronicle, form, language))

    def close(self) -> None:
        """End the thread."""
        self._worker.close()
