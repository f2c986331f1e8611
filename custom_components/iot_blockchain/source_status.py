"""How far the sources of a log are: what is read of them, and their entities show."""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .intake.recording import Recording
from .log import holdings


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How many readings a source has recorded, and the times of the last ones."""

    recorded: int
    last: datetime | None
    last_anchored: datetime | None


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What was found of a source, when so many entries were anchored."""

    size: int
    entities: AbstractSet[str]
    time: datetime | None


class SourceStatuses:
    """Reads how far the sources of one log are."""

    def __init__(self, path: Path, recording: Recording) -> None:
        """Take the log's file, and what records into it."""
        self._path = path
        self._recording = recording
        self._known: dict[str, _Anchored] = {}

    def read(self, anchored: int) -> Mapping[str, SourceStatus]:
        """Return those of all sources, by their ids; slow, for an executor.

        A block holds the first ``anchored`` entries of the log.

        Raises:
            StoreError: the log's file cannot be read.
        """
        statuses = {}
        for source, entities in self._recording.selected().items():
            tally = self._recording.tally(source)
            if tally.index is not None and tally.index < anchored:
                found = _Anchored(anchored, entities, tally.last_time)
            else:
                found = self._look_back(source, entities, anchored)
            self._known[source] = found
            statuses[source] = SourceStatus(tally.readings, tally.last_time, found.time)
        return statuses

    def _look_back(
        self, source: str, entities: AbstractSet[str], anchored: int
    ) -> _Anchored:
        """Look for the last anchored reading in the log, but only where that can help.

        An entity that was renamed has readings under its old name, too.
        """
        known = self._known.get(source, _Anchored(0, frozenset(), None))
        if known.size == anchored and known.entities == entities:
            return known
        time = holdings.last_time(self._path, entities, anchored) if anchored else None
        if known.time is not None and known.size <= anchored:
            time = known.time if time is None else max(time, known.time)
        return _Anchored(anchored, entities, time)
