"""The incidents as a table for spreadsheets: RFC 4180, and nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from supervisor.domain.chronicle import stamp

if TYPE_CHECKING:
    from supervisor.report.account import Account
    from supervisor.report.troubles import Trouble

COLUMNS = (
    "session",
    "incident",
    "monitor",
    "interruption",
    "stage",
    "side",
    "reason",
    "from",
    "to",
    "seconds",
    "detected",
    "first_told",
    "told",
    "acknowledged_at",
    "acknowledged_by",
    "paused_at",
    "paused_by",
    "resumed_at",
    "resumed_by",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table(account: Account) -> str:
    """Write it: a header, then one line for each incident."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for trouble in account.troubles:
        writer.writerow([harmless(cell) for cell in _cells(account.session, trouble)])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it: with an apostrophe before what would be a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _cells(session: str, trouble: Trouble) -> list[str]:
    first = trouble.pauses[0] if trouble.pauses else None
    last = trouble.pauses[-1] if trouble.pauses else None
    told = trouble.tellings
    return [
        session,
        trouble.id,
        trouble.monitor,
        "yes" if trouble.interruption else "no",
        trouble.stage,
        trouble.side,
        trouble.reason,
        stamp(trouble.start),
        _at(trouble.end),
        "" if trouble.end is None else f"{trouble.end - trouble.start:.3f}",
        stamp(trouble.detected),
        _at(told[0].at if told else None),
        "; ".join(f"{each.people} {each.whom}" for each in told),
        _at(trouble.acknowledged_at),
        trouble.acknowledged_by,
        _at(first.start if first else None),
        first.by if first else "",
        _at(last.end if last else None),
        last.resumed_by if last else "",
    ]


def _at(instant: float | None) -> str:
    return "" if instant is None else stamp(instant)
