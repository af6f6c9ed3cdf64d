"""The ledger of a daily quota: what was spent is on disk before the call is made."""

from __future__ import annotations

from concurrent.futures import TimeoutError as TooLate
from typing import TYPE_CHECKING

from supervisor.domain.records import QuotaSpent, QuotaTripped
from supervisor.store.failures import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from supervisor.domain.records import Change


class LedgerUnavailableError(Exception):
    """Spending could not be put on record, so the call must not be made. The text is the reason."""


class Ledger:
    """The days of one project. Made by `supervisor.store.store.Store.ledger`.

    Its calls wait for the disk, some milliseconds as a rule, ``patience`` seconds at most. While the store is in
    trouble they fail at once.

    Args:
        project: Whose quota; one API key is one project.
        put: Queues changes.
        read: Looks a day up: project, day → units, tripped.
        trouble: Says why nothing can be stored at present; empty if it can.
        patience: Seconds.
    """

    def __init__(
        self,
        project: str,
        put: Callable[[Sequence[Change]], Future[frozenset[str]]],
        read: Callable[[str, str], tuple[int, bool]],
        trouble: Callable[[], str],
        patience: float = 0.5,
    ) -> None:
        self._project = project
        self._put = put
        self._read = read
        self._trouble = trouble
        self._patience = patience

    def load(self, day: str) -> tuple[int, bool]:
        """Look up a day.

        Args:
            day: In the quota's own calendar, ``YYYY-MM-DD``.

        Returns:
            Units counted, and whether the project said that they are used up.
        """
        return self._read(self._project, day)

    def spend(self, day: str, units: int) -> None:
        """Count units before they are used; on disk when this returns.

        Raises:
            LedgerUnavailableError: They may or may not be counted; the call must not be made.
        """
        self._wait(QuotaSpent(self._project, day, units))

    def trip(self, day: str) -> None:
        """Note that the day's quota is used up; on disk when this returns.

        Raises:
            LedgerUnavailableError: It is not on record now.
        """
        self._wait(QuotaTripped(self._project, day))

    def _wait(self, change: Change) -> None:
        why = self._trouble()
        if why:
            raise LedgerUnavailableError(why)
        try:
            self._put([change]).result(self._patience)
        except TooLate:
            raise LedgerUnavailableError("the disk did not answer in time") from None
        except StoreError as error:
            raise LedgerUnavailableError(str(error)) from None
