"""What a log holds of some entities, taken together.

Each question is asked on a connection of its own, so that nothing that is recorded or
anchored meanwhile waits for the answer. All are for an executor.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from . import schema
from .database import connect_to_read, translated_errors


@dataclass(frozen=True, slots=True)
class Holding:
    """The readings of some entities.

    ``last`` is the latest time of them, ``index`` where that reading stands; None
    without any.
    """

    readings: int
    last: datetime | None = None
    index: int | None = None


def held(path: Path, entities: Iterable[str]) -> Holding:
    """Say what a log holds of some entities.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        readings = sum(
            connection.execute(
                "SELECT count(*) FROM entry"
                " WHERE entity = (SELECT id FROM entity WHERE name = ?)",
                (entity,),
            ).fetchone()[0]
            for entity in entities
        )
        last = _last_of(connection, entities)
    if last is None:
        return Holding(readings)
    return Holding(readings, schema.time_of(last[0]), last[1])


def last_time(path: Path, entities: Iterable[str], size: int) -> datetime | None:
    """Return the latest time of a reading of some entities in the first ``size`` ones.

    It takes the longer, the more readings of them stand behind those.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        last = _last_of(connection, entities, size)
    return None if last is None else schema.time_of(last[0])


def _last_of(
    connection: sqlite3.Connection, entities: Iterable[str], size: int | None = None
) -> tuple[int, int] | None:
    """Return time and index of the reading with the latest time."""
    rows = (
        connection.execute(
            "SELECT time, number FROM entry"
            " WHERE entity = (SELECT id FROM entity WHERE name = ?)"
            " AND (? IS NULL OR number < ?)"
            " ORDER BY time DESC, number DESC LIMIT 1",
            (entity, size, size),
        ).fetchone()
        for entity in entities
    )
    return max((row for row in rows if row is not None), default=None)
