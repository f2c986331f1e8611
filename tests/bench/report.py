"""What is printed: tables that say what was compared with what, in the same run."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Goal:
    """One measured figure beside its reference. ``met`` is None without a goal."""

    what: str
    measured: str
    reference: str
    ratio: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures, or of goals, with what has to be known to read it."""

    title: str
    rows: Sequence[Goal] | Sequence[Sequence[str]]
    columns: Sequence[str] = ("what", "measured", "reference", "ratio", "goal", "")
    notes: str = ""

    @property
    def goals(self) -> list[Goal]:
        """The rows that have a goal."""
        return [
            row for row in self.rows if isinstance(row, Goal) and row.met is not None
        ]

    def show(self, console: Console) -> None:
        """Print it."""
        shown = RichTable(title=self.title, title_justify="left", title_style="bold")
        for column in self.columns:
            shown.add_column(column, overflow="fold")
        for row in self.rows:
            if isinstance(row, Goal):
                shown.add_row(
                    row.what,
                    row.measured,
                    row.reference,
                    row.ratio,
                    row.goal,
                    _mark(row),
                )
            else:
                shown.add_row(*row)
        console.print()
        console.print(shown)
        if self.notes:
            console.print(Text(self.notes, style="dim"))


def _mark(row: Goal) -> str:
    if row.met is None:
        return ""
    return "[green]met[/]" if row.met else "[bold red]MISSED[/]"


def times(ratio: float) -> str:
    """Write a ratio."""
    return f"{ratio:.2f}"


def seconds(value: float) -> str:
    """Write a duration with three digits, in a unit that suits it."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def rate(value: float) -> str:
    """Write how many there are in a second."""
    return f"{value:,.0f}/s"


def megabytes(count: float) -> str:
    """Write a number of bytes."""
    return f"{count / _MILLION:,.1f} MB"
