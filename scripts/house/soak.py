"""The long form of the faults: nothing lost, nothing doubled, nothing blocked."""

import argparse
import random
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from .audit import AuditError, Auditor, Payments, anchors_between
from .load import LoadedHouse

_FOLDER = Path(__file__).parents[2] / ".demo" / "soak"
_ENTITIES = 50
_RECEIPTS = 3
# How many of the kills hit Home Assistant before it is up, and how many the chain too.
_DURING_START, _WITHOUT_CHAIN = 0.25, 0.2
_WANTED_RATE = 1000
_HOUR = 3600

console = Console()


@dataclass
class Figures:
    """What was covered, in numbers."""

    kills: int = 0
    kills_during_start: int = 0
    kills_without_chain: int = 0
    outages: int = 0
    outage_seconds: float = 0
    noise: int = 0
    noise_seconds: float = 0
    states: int = 0
    seconds: float = 0
    most_lost: int = 0
    late: float = 0

    @property
    def rate(self) -> float:
        """State changes a second while the load ran."""
        return self.states / self.seconds if self.seconds else 0


class Soak:
    """A house under load that faults are put into, and an auditor who looks at it."""

    def __init__(self, folder: Path, *, rate: int, anchor_readings: int = 2000) -> None:
        """Start everything. Whoever makes one closes it."""
        self.house = LoadedHouse(
            folder, rate=rate, entities=_ENTITIES, anchor_readings=anchor_readings
        )
        self.auditor = Auditor(_ENTITIES)
        self.figures = Figures()
        self.stopping = False
        self._last_run = 0

    def kill(self, *, longest: float) -> None:
        """Kill Home Assistant at any instant, look at what it leaves, start it again.

        ``longest`` is for how many seconds it lives at most once it is up.

        Raises:
            AuditError: something is lost, doubled or changed.
        """
        chain_away = random.random() < _WITHOUT_CHAIN  # noqa: S311 - any
        if chain_away:
            self.house.end_chain()
            self.figures.kills_without_chain += 1
        if random.random() < _DURING_START:  # noqa: S311 - any
            self._end()
            self.house.home.launch()
            time.sleep(random.uniform(0, self.house.seconds_to_start))  # noqa: S311 - any
            self.figures.kills_during_start += 1
        else:
            time.sleep(random.uniform(0, longest))  # noqa: S311 - any
        self._end()
        self.figures.kills += 1
        if chain_away:
            self.house.restart_chain()
        self._begin()

    def _begin(self) -> None:
        """Start Home Assistant, and let it hand out receipts."""
        self.house.home.start()
        if self.auditor.size:
            self.auditor.receipts += self.house.receipts(self.auditor.size, _RECEIPTS)

    def _end(self) -> None:
        self.auditor.peek(self.house.log)
        self.house.home.kill()
        self._look()

    def _look(self) -> None:
        """Look at what a Home Assistant that was ended has left."""
        figures, progress = self.figures, self.house.progress
        last = self.auditor.look(self.house.log).get(progress.run)
        if progress.run == self._last_run:
            return  # it was ended before the load began
        self._last_run = progress.run
        if last is not None:
            figures.most_lost = max(figures.most_lost, progress.states - 1 - last)
        figures.states += progress.states
        figures.seconds += progress.seconds
        figures.late = max(figures.late, progress.late)

    def outage(self, seconds: float) -> None:
        """End the chain for a while, and let one anchor cover the backlog.

        Raises:
            AuditError: recording did not go on, or the backlog took several anchors.
        """
        log = self.house.log
        self.house.anchor()
        self.house.end_chain()
        size_before = self.auditor.peek(log)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self.stopping:
            time.sleep(min(left, 1))
        size_after = self.auditor.peek(log)
        self.house.restart_chain()
        self.house.anchor()
        if size_after <= size_before:
            raise AuditError("nothing was recorded while the chain was away")
        if between := anchors_between(log, size_before, size_after):
            raise AuditError(f"the backlog took {between} more anchors than one")
        self.figures.outages += 1
        self.figures.outage_seconds += seconds - max(left, 0)

    def make_noise(self, entities: int) -> None:
        """Let many entities that no source selects have states."""
        answer = self.house.home.action(
            "load_generator", "make_noise", {"entities": entities}, timeout=_HOUR
        )
        self.figures.noise += entities
        self.figures.noise_seconds += answer["seconds"]

    def finish(self) -> Payments:
        """Anchor all there is, end Home Assistant, and check all that was ever said.

        Raises:
            AuditError: something is lost, doubled, changed, or paid for twice.
        """
        self.house.anchor()
        self.auditor.receipts += self.house.receipts(self.auditor.size, _RECEIPTS)
        self.house.home.stop()
        self._look()
        return self.auditor.check_chain(
            self.house.chain, self.house.log, self.house.address
        )

    def close(self) -> None:
        """End every process."""
        self.house.close()


def show(soak: Soak, payments: Payments) -> None:
    """Show what was covered."""
    figures, size = soak.figures, soak.auditor.size
    rows: Sequence[tuple[str, str]] = [
        ("kills of Home Assistant", f"{figures.kills}"),
        ("  before it was up", f"{figures.kills_during_start}"),
        ("  while the chain was away", f"{figures.kills_without_chain}"),
        ("state changes", f"{figures.states:,} in {figures.seconds:,.0f} s"),
        ("  a second", f"{figures.rate:,.0f}"),
        ("entries committed", f"{size:,}"),
        ("  lost, doubled or changed", "0"),
        (
            "most states that a kill took, not yet committed",
            f"{figures.most_lost:,} ({figures.most_lost / (figures.rate or 1):.2f} s)",
        ),
        ("longest that the event loop was late", f"{figures.late:.2f} s"),
        (
            "chain away",
            f"{figures.outages} times, {figures.outage_seconds / _HOUR:.2f} h in all",
        ),
        (
            "entities of noise",
            f"{figures.noise:,} in {figures.noise_seconds:.1f} s, none recorded",
        ),
        (
            "transactions paid for",
            ", ".join(f"{count} {kind}" for kind, count in payments.kinds.items()),
        ),
        ("  that failed", f"{payments.failed}"),
        ("  paid for twice", "0"),
        ("entries anchored", f"{payments.anchored:,}"),
        (
            "receipts handed out, all of which verify",
            f"{payments.receipts.total()}, {payments.receipts['anchored']} anchored",
        ),
    ]
    table = Table(title="What was covered", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, figure in rows:
        table.add_row(name, figure)
    console.print(table)


def run(soak: Soak, *, kills: int, hours: float, noise: int) -> None:
    """Put all faults in, and show how far that is.

    Raises:
        AuditError: something is lost, doubled or changed.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as progress:
        if noise:
            task = progress.add_task("Noise", total=1, note=f"{noise:,} entities")
            soak.make_noise(noise)
            progress.advance(task)
        task = progress.add_task("Kills", total=kills, note="")
        while soak.figures.kills < kills and not soak.stopping:
            soak.kill(longest=5)
            note = f"{soak.auditor.size:,} entries, {soak.figures.rate:,.0f} states/s"
            progress.update(task, completed=soak.figures.kills, note=note)
            if not console.is_terminal:
                console.print(f"{soak.figures.kills} of {kills} kills, {note}")
        if hours and not soak.stopping:
            task = progress.add_task("Chain away", total=1, note=f"{hours:g} h")
            soak.outage(hours * _HOUR)
            progress.advance(task)


def main() -> int:
    """Run the soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of Home Assistant")
    parser.add_argument(
        "--hours", type=float, default=1, help="for how long the chain is away"
    )
    parser.add_argument(
        "--noise", type=int, default=1_000_000, help="entities that nobody selects"
    )
    parser.add_argument("--rate", type=int, default=1500, help="state changes a second")
    arguments = parser.parse_args()
    shutil.rmtree(_FOLDER, ignore_errors=True)
    with console.status("Starting a chain and a Home Assistant"):
        soak = Soak(_FOLDER, rate=arguments.rate)

    def stop(_number: int, _frame: object) -> None:
        console.print("Ending. Ctrl-C again ends at once, and checks nothing.")
        soak.stopping = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        run(soak, kills=arguments.kills, hours=arguments.hours, noise=arguments.noise)
        with console.status("Checking all that was recorded, paid for, handed out"):
            payments = soak.finish()
        show(soak, payments)
    except KeyboardInterrupt:
        return 130
    except Exception as err:  # noqa: BLE001 - said to the person at the terminal
        console.print(f"[red]The soak failed:[/] {err}")
        console.print(f"What it left is in {_FOLDER.relative_to(Path.cwd())}.")
        return 1
    finally:
        soak.close()
    if soak.figures.rate < _WANTED_RATE:
        console.print(
            f"[yellow]This machine did not manage {_WANTED_RATE:,} states a second.[/]"
        )
    return 130 if soak.stopping else 0


if __name__ == "__main__":
    sys.exit(main())
