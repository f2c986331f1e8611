"""What a log holds of its entities: questions that can take a while.

Each is asked on a connection of its own, so that nothing that is recorded or anchored
meanwhile waits for the answer. All are for an executor.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from . import schema
from .database import connect_to_read, translated_errors

_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """The readings of one entity in a stretch of a log.

    ``last`` is the index of the last one.
    """

    readings: int
    last: int


@dataclass(frozen=True, slots=True)
class Period:
    """The readings of one entity in a period: how many, and the outermost times.

    Without any, both times are None.
    """

    readings: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def __add__(self, other: Period) -> Period:
        """Take the readings of both."""
        return Period(
            self.readings + other.readings,
            min(filter(None, (self.first, other.first)), default=None),
            max(filter(None, (self.last, other.last)), default=None),
        )


def stretches(path: Path, first: int, stop: int) -> Mapping[str, Stretch]:
    """Say which entities have readings in the entries ``first`` up to ``stop``.

    Raises:
        StoreError: the file cannot be read.
    """
    found: dict[str, Stretch] = {}
    with closing(connect_to_read(path)) as connection, translated_errors():
        # Some at a time: the first anchor of an old log can hold millions of entries.
        for start in range(first, stop, _ROWS):
            for name, readings, last in connection.execute(
                "SELECT name, count(*), max(number) FROM entry"
                " JOIN entity ON entity.id = entry.entity"
                " WHERE number >= ? AND number < ? GROUP BY entity.id",
                (start, min(start + _ROWS, stop)),
            ):
                before = found[name].readings if name in found else 0
                found[name] = Stretch(before + readings, last)
    return found


def last_readings(path: Path) -> dict[str, int]:
    """Return the index of the reading with the latest time of each entity.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        return dict(
            connection.execute(
                "SELECT name, (SELECT number FROM entry WHERE entry.entity = entity.id"
                " ORDER BY time DESC, number DESC LIMIT 1) FROM entity"
            )
        )


def period(
    path: Path,
    entity: str,
    since: datetime,
    until: datetime,
    *,
    first: int = 0,
    stop: int | None = None,
) -> Period:
    """Count the readings of an entity from a time on and before another one.

    Only those in the entries ``first`` up to ``stop`` are counted; without ``stop``, up
    to the end.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        readings, earliest, latest = connection.execute(
            "SELECT count(*), min(time), max(time) FROM entry"
            " WHERE entity = (SELECT id FROM entity WHERE name = ?)"
            " AND time >= ? AND time < ? AND number >= ? AND (number < ? OR ? IS NULL)",
            (
                entity,
                schema.microseconds(since),
                schema.microseconds(until),
                first,
                stop,
                stop,
            ),
        ).fetchone()
    if not readings:
        return Period()
    return Period(readings, schema.time_of(earliest), schema.time_of(latest))
