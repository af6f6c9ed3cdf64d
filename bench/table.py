"""What a bench hands back, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

PLAIN_WIDTH = 180


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        measured: ours, with its unit.
        baseline: what it is compared with; empty where there is nothing to compare.
        ratio: measured by baseline, None without a baseline.
        goal: in words, empty where none is set.
        met: whether the goal is met, None without one.
    """

    what: str
    measured: str
    baseline: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


def show(console: Console, benches: Sequence[tuple[str, Sequence[Row]]]) -> None:
    """Print one table of all rows."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("bench", "what", "measured", "baseline"):
        table.add_column(head, overflow="fold")
    for head in ("ratio", "goal", "met"):
        table.add_column(head, no_wrap=True)
    for name, rows in benches:
        for number, row in enumerate(rows):
            ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
            table.add_row(
                "" if number else name, row.what, row.measured, row.baseline, ratio, row.goal, _verdict(row.met)
            )
    console.print(table)


def console_for_table() -> Console:
    """Make the console: plain and wide where nobody looks at a terminal."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, no_color=True, width=PLAIN_WIDTH)


def _verdict(met: bool | None) -> str:  # noqa: FBT001 - it is the value of a field
    return "" if met is None else "[green]yes[/]" if met else "[red]no[/]"
