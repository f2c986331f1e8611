"""Reading many entries out of the large log while it is written to.

This is what a streamed export would be made of; there is no export to measure yet.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import batched, count
from pathlib import Path
from shutil import copyfile
from statistics import median
from threading import Thread

from custom_components.iot_blockchain.log.store import LogStore

from . import logs
from .memory import Growth
from .report import Goal, Table, megabytes, rate, seconds, times
from .rounds import timed
from .scale import Scale

_BATCH = 1000
_APPENDED = 100
_BOUND = 50e6


def run(scale: Scale, cache: Path, folder: Path) -> Iterator[Table]:
    """Measure the reading, its memory, and what it does to the writer."""
    path = folder / "log.db"
    copyfile(logs.large_log(cache, scale), path)
    numbers = count(scale.log)
    with closing(LogStore(path)) as store:

        def append() -> float:
            first = next(numbers) * _APPENDED
            records = logs.readings(first, first + _APPENDED)
            return timed(lambda: store.append(records))

        size = sum(map(len, store.entries(0, _BATCH))) * scale.exported // _BATCH
        alone = [append() for _ in range(scale.rounds)]
        reading: list[float] = []
        reader = Thread(
            target=lambda: reading.append(timed(lambda: _read(store, scale.exported)))
        )
        with Growth() as growth:
            reader.start()
            meanwhile = [append()]
            while reader.is_alive():
                meanwhile.append(append())
            reader.join()
    yield Table(
        "Reading for an export",
        [
            Goal(
                f"memory added by {scale.exported:,} entries, {_BATCH:,} at a time",
                megabytes(growth.most),
                f"the entries: {megabytes(size)}",
                times(growth.most / size),
                f"under {megabytes(_BOUND)}",
                growth.most < _BOUND,
            ),
            Goal(
                f"appending {_APPENDED} readings meanwhile",
                seconds(median(meanwhile)),
                f"without: {seconds(median(alone))}",
                times(median(meanwhile) / median(alone)),
            ),
            Goal("entries read", rate(scale.exported / reading[0]), "", ""),
        ],
        notes="An export does not exist yet: this is LogStore.entries, in batches.",
    )


def _read(store: LogStore, stop: int) -> None:
    for numbers in batched(range(stop), _BATCH, strict=False):
        store.entries(numbers[0], numbers[-1] + 1)
