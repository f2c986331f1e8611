"""What a long run shows: how far it is, and what it has covered."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

_EVERY: Final = 30.0

type Tell = Callable[[float, str], None]
"""Takes how much is done, and a note on it."""


@dataclass
class Covered:
    """What was done, how often, and what was wrong with it."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, what: str, amount: str) -> None:
        """Add a line."""
        self.rows.append((what, amount))

    def show(self, console: Console) -> None:
        """Show it to a person."""
        table = Table(title="What was covered", title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(justify="right")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        for failure in self.failures:
            console.print(f"✗ {failure}", style="red", markup=False)


class Display:
    """Bars in a terminal, and lines where there is none."""

    def __init__(self, console: Console) -> None:
        """Take the terminal, or whatever stands in its place."""
        self.console = console
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
        )

    @contextmanager
    def part(self, what: str, total: float) -> Iterator[Tell]:
        """Show one part of the run, from its begin to its end."""
        if self.console.is_terminal:
            task = self._bars.add_task(what, total=total, note="")
            with self._bars:
                yield lambda done, note: self._bars.update(
                    task, completed=done, note=note
                )
        else:
            lines = _Lines(self.console, what, total)
            yield lines.tell
            lines.show()


class _Lines:
    """A line now and then, and one at the end."""

    def __init__(self, console: Console, what: str, total: float) -> None:
        self._console = console
        self._what, self._total = what, total
        self._begun = self._shown = time.monotonic()
        self._last = (0.0, "")
        self._console.print(what)

    def tell(self, done: float, note: str) -> None:
        self._last = (done, note)
        if time.monotonic() - self._shown >= _EVERY:
            self.show()

    def show(self) -> None:
        self._shown = time.monotonic()
        done, note = self._last
        self._console.print(
            f"{self._what}: {done:,.0f} of {self._total:,.0f}"
            f" after {self._shown - self._begun:,.0f} s, {note}",
            soft_wrap=True,
        )
