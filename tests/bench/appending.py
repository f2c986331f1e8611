"""Appending to the log on disk, beside pymerkle's append to a tree in memory."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from custom_components.iot_blockchain.log import entry
from custom_components.iot_blockchain.log.store import LogStore

from .logs import readings, signer
from .report import Goal, Table, rate, times
from .rounds import Rounds, timed
from .scale import Scale


def run(scale: Scale, _cache: Path, folder: Path) -> Iterator[Table]:
    """Measure both with the same readings, batch by batch."""
    batches = (
        readings(number * scale.batch, (number + 1) * scale.batch) for number in count()
    )
    tree = InmemoryTree()

    def append(entries: list[bytes]) -> None:
        for data in entries:
            tree.append_entry(data)

    with closing(LogStore.create(folder / "log.db", signer().verifier_key)) as store:
        rounds = Rounds(
            {
                "log": _each(batches, store.append),
                # It is given the bytes: it neither serialises nor salts.
                "pymerkle": _each(
                    ([entry.encode(reading) for reading in batch] for batch in batches),
                    append,
                ),
            },
            scale.rounds,
        )
    ratio = 1 / rounds.ratio("log", "pymerkle")
    yield Table(
        "Appending",
        [
            Goal(
                "log on disk: serialise, salt, hash, index, commit",
                rate(scale.batch / rounds.median("log")),
                "pymerkle 7 in memory, of ready bytes: "
                + rate(scale.batch / rounds.median("pymerkle")),
                times(ratio),
                "1 or more",
                ratio >= 1,
            )
        ],
        notes=f"Batches of {scale.batch:,}, {scale.rounds} rounds in turns, medians.",
    )


def _each[T](
    prepared: Iterator[T], action: Callable[[T], object]
) -> Callable[[], float]:
    """Time an action on what is prepared, but not the preparation."""

    def measure() -> float:
        value = next(prepared)
        return timed(lambda: action(value))

    return measure
