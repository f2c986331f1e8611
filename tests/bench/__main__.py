"""Runs the measurements, and says which goals are met."""

import argparse
import os
import platform
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from rich.console import Console

from .measurements import MEASUREMENTS, measure
from .report import Goal
from .scale import FULL, QUICK

_CACHE: Final = Path(__file__).parents[2] / ".tools" / "bench"
_WIDTH: Final = 150


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="with small logs")
    parser.add_argument(
        "measurement", nargs="*", metavar="MEASUREMENT", help=", ".join(MEASUREMENTS)
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.measurement) - set(MEASUREMENTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    console = Console(width=_WIDTH)
    console.print(
        f"[bold]{datetime.now(UTC):%Y-%m-%d}[/], {os.cpu_count()} cores,"
        f" {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    scale = QUICK if arguments.quick else FULL
    goals: list[Goal] = []
    _CACHE.mkdir(parents=True, exist_ok=True)
    for name in arguments.measurement or MEASUREMENTS:
        # Each in a process of its own, so that none inherits memory from another.
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            for table in process.submit(measure, name, scale, _CACHE).result():
                table.show(console)
                goals += table.goals
    missed = [goal for goal in goals if not goal.met]
    console.print(f"\n[bold]{len(goals) - len(missed)} of {len(goals)} goals met.[/]")
    for goal in missed:
        console.print(f"[red]missed:[/] {goal.what}: {goal.measured} ({goal.goal})")


if __name__ == "__main__":
    main()
