"""How much each source has recorded, counted as it is written.

The log knows entities and not sources, and entities are renamed, and come and go. So
what is written is counted for the sources that select its entity then, and the counts
are kept in the log's file, written with the readings themselves.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import orjson

from ..log import holdings
from ..log.entry import Act, Record

_MEMORY: Final = "source "


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source has recorded.

    ``last`` is the time of the last reading in UNIX seconds, ``index`` its place in the
    log; None before the first.
    """

    readings: int = 0
    last: float | None = None
    index: int | None = None

    @property
    def last_time(self) -> datetime | None:
        """The time of the last reading."""
        return None if self.last is None else datetime.fromtimestamp(self.last, UTC)

    def to_json(self) -> str:
        """Write it as ``from_json`` reads it."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(**orjson.loads(text))


class SourceTallies:
    """Those of one log. ``in`` and ``[]`` take the id of a source."""

    def __init__(self) -> None:
        """Count from nothing; ``recall`` takes what was counted before."""
        self._tallies: dict[str, Tally] = {}
        # which sources select an entity now, and what was seen and not written yet
        self._selecting: Mapping[str, Collection[str]] = {}
        self._counted: Mapping[str, Collection[str]] = {}

    def recall(
        self,
        memory: Mapping[str, str],
        selected: Mapping[str, Collection[str]],
        known: Collection[str],
        path: Path,
    ) -> None:
        """Take what the log remembers of the sources in ``selected``; for an executor.

        Of a source that is ``known`` to the log, but was never counted, the readings
        that the log holds of its entities count. ``path`` is the log's file.

        Raises:
            StoreError: the log's file cannot be used.
        """
        for source, entities in selected.items():
            if (text := memory.get(_MEMORY + source)) is not None:
                self._tallies[source] = Tally.from_json(text)
            elif source in known:
                held = holdings.held(path, entities)
                last = None if held.last is None else held.last.timestamp()
                self._tallies[source] = Tally(held.readings, last, held.index)
            else:
                self._tallies[source] = Tally()

    def select(self, selected: Mapping[str, Iterable[str]]) -> None:
        """Count for these sources what is seen of these entities from now on."""
        selecting: dict[str, list[str]] = {}
        for source, entities in selected.items():
            for entity in entities:
                selecting.setdefault(entity, []).append(source)
        self._selecting = selecting
        self._counted = {**self._counted, **selecting}

    def settle(self) -> None:
        """Count only for what is selected now: all that was seen before is written."""
        self._counted = self._selecting

    def __getitem__(self, source: str) -> Tally:
        """Return what a source has recorded."""
        return self._tallies.get(source, Tally())

    def counting(self, records: Sequence[Record], first: int) -> dict[str, Tally]:
        """Return the tallies that change with records, of which ``first`` is the index.

        For an executor.
        """
        counts: Counter[str] = Counter()
        last: dict[str, int] = {}
        for offset, record in enumerate(records):
            if not isinstance(record, Act):
                counts[record.entity] += 1
                last[record.entity] = offset
        changed: dict[str, Tally] = {}
        for entity, offset in sorted(last.items(), key=lambda item: item[1]):
            for source in self._counted.get(entity, ()):
                before = changed.get(source, self[source])
                changed[source] = Tally(
                    before.readings + counts[entity],
                    records[offset].time.timestamp(),
                    first + offset,
                )
        return changed

    def keep(self, changed: Mapping[str, Tally]) -> None:
        """Take what ``counting`` returned: it is written."""
        self._tallies |= changed


def to_memory(tallies: Mapping[str, Tally]) -> dict[str, str]:
    """Return what the log is to remember of tallies."""
    return {_MEMORY + source: tally.to_json() for source, tally in tallies.items()}
