"""All that is measured."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import appending, event_loop, exporting, fleet, growth, receipts
from .report import Table
from .scale import Scale

type Measurement = Callable[[Scale, Path, Path], Iterator[Table]]
"""Takes how large, the folder of logs that are kept, and one for this run."""

MEASUREMENTS: Final[Mapping[str, Measurement]] = {
    "appending": appending.run,
    "event-loop": event_loop.run,
    "receipts": receipts.run,
    "exporting": exporting.run,
    "growth": growth.run,
    "fleet": fleet.run,
}


def measure(name: str, scale: Scale, cache: Path) -> list[Table]:
    """Run one of them to its end."""
    # Beside the kept logs, because copies of them are as large as they are.
    with TemporaryDirectory(dir=cache) as folder:
        return list(MEASUREMENTS[name](scale, cache, Path(folder)))
