"""Exporting many entries of the large log while it is written to."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import batched, count
from pathlib import Path
from shutil import copyfile
from statistics import median
from threading import Thread
from zipfile import ZIP_DEFLATED, ZipFile

from custom_components.iot_blockchain.log import checkpoint
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.export import export
from custom_components.iot_blockchain.log.store import LogStore

from . import logs
from .memory import Growth
from .report import Goal, Table, megabytes, rate, seconds, times
from .rounds import Rounds, timed
from .scale import Scale

_BATCH = 1000
_APPENDED = 100
_BOUND = 50e6


def run(scale: Scale, cache: Path, folder: Path) -> Iterator[Table]:
    """Measure the export, its memory, and what it does to the writer."""
    path = folder / "log.db"
    copyfile(logs.large_log(cache, scale), path)
    with closing(LogStore(path)) as store:
        growth = _memory(store, scale, folder)
        yield _speed(store, scale, folder, growth)
        yield _meanwhile(store, scale, folder)


def _memory(store: LogStore, scale: Scale, folder: Path) -> Growth:
    """Export once, before anything else has grown the process."""
    note = _checkpoint(store, scale.exported)
    with Growth() as growth:
        _export(store, note, folder)
    return growth


def _speed(store: LogStore, scale: Scale, folder: Path, growth: Growth) -> Table:
    """Compare the export with what it costs to zip the entries and nothing else."""
    note = _checkpoint(store, scale.exported)
    exports = max(scale.rounds // 10, 1)
    rounds = Rounds(
        {
            "export": lambda: timed(lambda: _export(store, note, folder)),
            "dump": lambda: timed(lambda: _dump(store.path, scale.exported, folder)),
        },
        exports,
    )
    size = sum(map(len, store.entries(0, scale.exported // 100))) * 100
    return Table(
        "Exporting",
        [
            Goal(
                f"memory added by exporting {scale.exported:,} entries",
                megabytes(growth.most),
                f"the entries: {megabytes(size)}",
                times(growth.most / size),
                f"under {megabytes(_BOUND)}",
                growth.most < _BOUND,
            ),
            Goal(
                "entries, with every hash checked and the root computed",
                rate(scale.exported / rounds.median("export")),
                "sqlite3 and zipfile, entries alone:"
                f" {rate(scale.exported / rounds.median('dump'))}",
                times(1 / rounds.ratio("export", "dump")),
            ),
            Goal(
                "size of the file",
                megabytes((folder / "export.zip").stat().st_size),
                f"the dump: {megabytes((folder / 'dump.zip').stat().st_size)}",
                times(
                    (folder / "export.zip").stat().st_size
                    / (folder / "dump.zip").stat().st_size
                ),
            ),
        ],
        notes=f"{exports} rounds in turns, medians. How many times as fast, and as"
        " large. The export also holds the tree, which cannot be compressed.",
    )


def _meanwhile(store: LogStore, scale: Scale, folder: Path) -> Table:
    numbers = count(scale.log)

    def append() -> float:
        first = next(numbers) * _APPENDED
        records = logs.readings(first, first + _APPENDED)
        return timed(lambda: store.append(records))

    note = _checkpoint(store, scale.exported)
    alone = [append() for _ in range(scale.rounds)]
    exporter = Thread(target=lambda: _export(store, note, folder))
    exporter.start()
    meanwhile = [append()]
    while exporter.is_alive():
        meanwhile.append(append())
    exporter.join()
    return Table(
        "Recording during an export",
        [
            Goal(
                f"appending {_APPENDED} readings meanwhile",
                seconds(median(meanwhile)),
                f"without: {seconds(median(alone))}",
                times(median(meanwhile) / median(alone)),
            )
        ],
        notes=f"{len(alone)} times without, {len(meanwhile)} times meanwhile; medians.",
    )


def _checkpoint(store: LogStore, size: int) -> str:
    current = Checkpoint(store.origin, size, store.root(size))
    return checkpoint.sign(current, logs.signer())


def _export(store: LogStore, note: str, folder: Path) -> None:
    with (folder / "export.zip").open("wb") as output:
        for _ in export(store, note, output):
            pass


def _dump(path: Path, stop: int, folder: Path) -> None:
    """Put the entries into a ZIP file, as whoever has only a script would."""
    with (
        closing(sqlite3.connect(path)) as connection,
        ZipFile(folder / "dump.zip", "w", ZIP_DEFLATED) as archive,
        archive.open("entries", "w", force_zip64=True) as output,
    ):
        rows = connection.execute(
            "SELECT entry FROM entry WHERE number < ? ORDER BY number", (stop,)
        )
        for batch in batched(rows, _BATCH, strict=False):
            output.write(b"".join(entry + b"\n" for (entry,) in batch))
