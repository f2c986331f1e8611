"""Which entries of a log are of a period, and what the log did not see in it."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from . import schema
from .database import connect_to_read, translated_errors
from .entry import ACT, Entry

_ENDLESS = 2**63 - 1
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


class TooManyError(Exception):
    """The period holds more entries than were asked for at most."""


class Why(StrEnum):
    """Why nothing is known of a time."""

    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    """Home Assistant, or its recording, did not run."""
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which the log knows nothing, and knows that.

    ``entity`` is None where it is so for all of them; ``since`` is None where the gap
    began before the first entry, and ``until`` where it is not over at the last one.
    """

    why: Why
    since: datetime | None
    until: datetime | None
    entity: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what programs are told of it."""
        return {
            "reason": self.why,
            "entity": self.entity,
            "start": self.since and self.since.isoformat(),
            "end": self.until and self.until.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as it stands in the log's file."""

    index: int
    data: bytes


def entries_of_period(
    path: Path, entities: Collection[str], since: datetime, until: datetime, most: int
) -> range | None:
    """Return the indexes of all entries that a log wrote in a period.

    They are those of all its entities, because only what follows on one another proves
    that nothing is left out. All readings of ``entities`` with a time in the period
    are among them, also where a clock was set. None where there is no such reading.
    For an executor.

    Raises:
        TooManyError: they are more than ``most``.
        StoreError: the file cannot be read.
    """
    period = schema.microseconds(since), schema.microseconds(until)
    with closing(connect_to_read(path)) as connection, translated_errors():
        found: list[int] = []
        for entity in entities:
            # One more than is wanted tells that there are too many, without a count.
            found += _first(
                connection,
                "SELECT number FROM entry WHERE entity ="
                " (SELECT id FROM entity WHERE name = ?) AND time BETWEEN ? AND ?"
                " LIMIT ?",
                (entity, *period, most + 1),
            )
        if not found:
            return None
        times = _Times(connection)
        first = min(*found, bisect_left(times, period[0]))
        stop = max(max(found) + 1, bisect_right(times, period[1]))
    if stop - first > most:
        raise TooManyError
    return range(first, stop)


def count_readings(path: Path, entities: Collection[str], indexes: range) -> int:
    """Return how many of the entries at these indexes are readings of entities.

    For an executor.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        rows = connection.execute(
            "SELECT name FROM entry JOIN entity ON entity.id = entry.entity"
            " WHERE number >= ? AND number < ?",
            (indexes.start, indexes.stop),
        )
        return sum(name in entities for (name,) in rows)


class _Times(Sequence[int]):
    """The times of all entries, in microseconds, read one by one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        (last,) = _first(connection, "SELECT max(number) FROM entry", ())
        self._length = last + 1

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> int:  # type: ignore[override]
        query = "SELECT time FROM entry WHERE number = ?"
        (time,) = _first(self._connection, query, (index,))
        return time


def readings_before(
    path: Path,
    entity: str,
    since: datetime,
    until: datetime,
    *,
    before: int | None,
    most: int,
) -> list[KeptEntry]:
    """Return the last readings of an entity in a period, the last first.

    ``before`` is the index of a reading: only those that stand before it in this order
    are returned, at most ``most``. Erased ones are left out. For an executor.

    Raises:
        StoreError: the file cannot be read.
    """
    low, high = schema.microseconds(since), schema.microseconds(until)
    with closing(connect_to_read(path)) as connection, translated_errors():
        end = (high, _ENDLESS)
        if before is not None:
            query = "SELECT time FROM entry WHERE number = ?"
            times = _first(connection, query, (before,))
            end = min([end, *((time, before) for time in times)])
        rows = connection.execute(
            "SELECT number, entry FROM entry WHERE entity ="
            " (SELECT id FROM entity WHERE name = ?) AND time >= ?"
            " AND (time, number) < (?, ?) AND entry IS NOT NULL"
            " ORDER BY time DESC, number DESC LIMIT ?",
            (entity, low, *end, most),
        ).fetchall()
    return [KeptEntry(*row) for row in rows]


def acts_of_period(
    path: Path, since: datetime, until: datetime, most: int
) -> list[KeptEntry]:
    """Return the last acts in a period, at most ``most``, the first first.

    For an executor.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        rows = connection.execute(
            "SELECT number, entry FROM entry WHERE entity IS NULL"
            " AND time BETWEEN ? AND ? AND entry IS NOT NULL"
            " ORDER BY time DESC, number DESC LIMIT ?",
            (schema.microseconds(since), schema.microseconds(until), most),
        ).fetchall()
    return [KeptEntry(*row) for row in reversed(rows)]


def entities(path: Path) -> list[str]:
    """Return the entities that a log has readings of. For an executor.

    Raises:
        StoreError: the file cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        return [
            name
            for (name,) in connection.execute("SELECT name FROM entity ORDER BY name")
        ]


def gaps(entries: Iterable[Entry], entities: Collection[str], first: int) -> list[Gap]:
    """Name the times of which the log saw that nothing is known, as they began.

    Those of single entities are named only for ``entities``. ``first`` is the index of
    the first entry. See docs/formats.md, "Acts about recording".
    """
    seen = _Gaps(first)
    before: datetime | None = None
    for entry in entries:
        if entry.type == ACT:
            seen.see_act(str(entry.members["act"]), entry.time, before)
        elif (entity := entry.entity) is not None and entity in entities:
            seen.see_state(entity, state_of(entry), entry.time)
        before = entry.time
    return sorted(seen.found, key=lambda gap: gap.since or _EARLIEST)


class _Gaps:
    """The gaps that were seen so far.

    Those not over yet are at ``_open``, by their entity, or the reason for all.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self.found: list[Gap] = []
        self._open: dict[str, int] = {}
        self._pauses_known = False

    def see_act(self, act: str, time: datetime, before: datetime | None) -> None:
        match act:
            case "stopped":
                self._begin(Gap(Why.STOPPED, time, None))
            case "started":
                # A log begins so, too.
                if before is not None or self._first > 0:
                    # Without a word of its end, it ran until the entry before.
                    self._begin(Gap(Why.STOPPED, before, None))
                    self._end(Why.STOPPED, time)
            case "paused":
                self._begin(Gap(Why.PAUSED, time, None))
            case "resumed":
                if not self._pauses_known:
                    self._begin(Gap(Why.PAUSED, None, None))
                self._end(Why.PAUSED, time)
        self._pauses_known |= act in {"paused", "resumed"}

    def see_state(self, entity: str, state: str, time: datetime) -> None:
        why = Why(state) if state in {Why.UNAVAILABLE, Why.UNKNOWN} else None
        if (number := self._open.get(entity)) is not None:
            if self.found[number].why is why:
                return
            self._end(entity, time)
        if why is not None:
            self._begin(Gap(why, time, None, entity))

    def _begin(self, gap: Gap) -> None:
        """Begin a gap, unless it has begun."""
        name = gap.entity or gap.why
        if name not in self._open:
            self._open[name] = len(self.found)
            self.found.append(gap)

    def _end(self, name: str, time: datetime) -> None:
        if (number := self._open.pop(name, None)) is not None:
            gap = self.found[number]
            # A clock can have been set back.
            since = gap.since and min(gap.since, time)
            self.found[number] = replace(gap, since=since, until=time)


def state_of(entry: Entry) -> str:
    """Return what a reading says: of a signed one, what its device says."""
    return str(entry.members.get("state", entry.claims.get("value", "")))


def _first(
    connection: sqlite3.Connection, query: str, parameters: Sequence[object]
) -> list[int]:
    return [value for (value,) in connection.execute(query, parameters)]
