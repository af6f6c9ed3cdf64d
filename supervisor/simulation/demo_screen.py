"""How the demo looks in the terminal: 80 columns, and plain text where nobody watches."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.align import Align
from rich.box import ROUNDED, SIMPLE
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from supervisor.simulation.demo_story import Step, Story
from supervisor.simulation.errors import SimulationError

WIDTH = 80
BUBBLE_WIDTH = 70
TO_READ = 1.8


class Screen:
    """Prints the story as it happens, and keeps it."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._console.width = min(WIDTH, self._console.width)
        self.story = Story()

    def title(self, text: str) -> None:
        """Begin."""
        self._console.print(Panel(Text(text, justify="center", style="bold"), box=ROUNDED, style="cyan"))

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show what there is, as names and values."""
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in facts:
            table.add_row(name, value)
        self._console.print(table)

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._console.print()
        self._console.rule(f"[bold]{title}", align="left")

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Tell a step: what is expected within comes true, or is shown and kept as failed. The story goes on."""
        step = Step(text)
        self.story.steps.append(step)
        try:
            with self._console.status(f"[dim]{text} …"):
                yield step
        except SimulationError as error:
            step.problems.append(str(error))
        self._tell(step)

    @contextmanager
    def measured(self, step: Step) -> Iterator[None]:
        """Measure how long what is within takes."""
        began = time.monotonic()
        yield
        step.took = time.monotonic() - began

    def aside(self, text: str) -> None:
        """Add a remark to the step before."""
        self._console.print(_row("", Text(" "), Text(text, style="dim"), ""))

    async def bubble(self, sender: str, text: str, english: str) -> None:
        """Show a chat message as its reader sees it, and leave time to read it."""
        head = Text.assemble((sender, "bold"), "  ", (_clock(), "dim"))
        body = Group(head, Text(text))
        panel = Panel(body, title="what the moderator's Jitsi shows", title_align="left", box=ROUNDED, style="yellow")
        self._console.print(Align.right(panel, width=BUBBLE_WIDTH))
        self._console.print(Padding(Text(f"({english})", style="dim"), (0, 0, 0, WIDTH - BUBBLE_WIDTH + 2)))
        await self.pause()

    async def pause(self, seconds: float = TO_READ) -> None:
        """Wait for the reader, where there is one."""
        if self._console.is_terminal:
            await asyncio.sleep(seconds)

    def trouble(self, text: str) -> None:
        """Say what went wrong outside of the steps."""
        self._console.print(Text(text, style="bold red"))

    def summary(self) -> None:
        """Show all steps once more, with what was measured, and the verdict."""
        self.chapter("What came true")
        table = Table(box=SIMPLE, show_edge=False, expand=True)
        table.add_column("", width=1)
        table.add_column("step", ratio=1)
        table.add_column("measured", justify="right", no_wrap=True)
        for step in self.story.steps:
            table.add_row(_mark(step), step.text, _seconds(step.took))
        self._console.print(table)
        self._console.print(self._verdict())

    def _verdict(self) -> RenderableType:
        story = self.story
        if not story.exit_code:
            return Text(f"✓ All {len(story.steps)} steps came true.", style="bold green")
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(style="red")
        for step in story.failed:
            table.add_row(_mark(step), f"{step.text}: {'; '.join(step.problems)}")
        if not story.ended:
            table.add_row(Text("✗", style="bold red"), "The story was not told to its end.")
        return Group(table, Text(f"{len(story.failed)} of {len(story.steps)} steps failed.", style="bold red"))

    def _tell(self, step: Step) -> None:
        self._console.print(_row(_clock(), _mark(step), Text(step.text), _seconds(step.took)))
        for problem in step.problems:
            self._console.print(_row("", Text(" "), Text(problem, style="red"), ""))


def _row(when: str, mark: Text, text: Text, took: str) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=8, style="dim")
    table.add_column(width=1)
    table.add_column(ratio=1)
    table.add_column(justify="right", style="cyan", no_wrap=True)
    table.add_row(when, mark, text, took)
    return table


def _mark(step: Step) -> Text:
    return Text("✓", style="green") if step.came_true else Text("✗", style="bold red")


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")


def _seconds(took: float | None) -> str:
    if took is None:
        return ""
    return f"{took * 1000:.0f} ms" if took < 1 else f"{took:.1f} s"
