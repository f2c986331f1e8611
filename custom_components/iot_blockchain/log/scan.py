"""Going through the readings of a log, one entity after the other, by their times."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from . import entry
from .database import StoreError, connect_to_read, translated_errors
from .merkle import leaf_hash

type Found = tuple[int, int, entry.Entry]
"""The index of an entry, its time in microseconds since 1970, and what it says."""

type Segment = tuple[str, int, int]
"""An entity by its name, from an index in the log up to another one."""


class Scan:
    """Reads a log on a connection of its own, while the log goes on.

    It holds as many entries in memory as are asked for. For an executor.

    Raises:
        StoreError: here and in every method, the log's file cannot be read, or an
            entry is not what its hash says.
    """

    def __init__(self, path: Path) -> None:
        """Open the file of a log."""
        self._connection = connect_to_read(path)
        self._numbers: dict[str, int] = dict(
            self._select("SELECT name, id FROM entity")
        )

    def close(self) -> None:
        """Close the file."""
        with translated_errors():
            self._connection.close()

    @property
    def entities(self) -> set[str]:
        """The names of all entities that the log has readings of."""
        return set(self._numbers)

    def acts(self) -> Iterator[Found]:
        """Go through all acts, in the order of the log."""
        return self._find("entity IS NULL ORDER BY number", ())

    def last_time(self, index: int) -> int:
        """Return the time of the last entry before an index, or 0."""
        return self._value("SELECT time FROM entry WHERE number = ?", (index - 1,)) or 0

    def page(
        self, segments: Sequence[Segment], first: int, stop: int, limit: int
    ) -> tuple[list[Found], int]:
        """Return readings of the times ``first`` up to ``stop``, in their order.

        If there are more than about ``limit``, they end before a moment earlier than
        ``stop``; that is returned, too.
        """
        while True:
            pages = [self._page(segment, first, stop, limit) for segment in segments]
            reached = min(
                (page[-1][1] for page in pages if len(page) == limit), default=stop
            )
            if reached > first:
                found = [each for page in pages for each in page if each[1] < reached]
                return sorted(found, key=lambda each: each[:2][::-1]), reached
            limit *= 2  # as many as that are of one moment

    def _page(self, segment: Segment, first: int, stop: int, limit: int) -> list[Found]:
        name, start, end = segment
        return list(
            self._find(
                "entity = ? AND time >= ? AND time < ? AND number >= ? AND number < ?"
                " ORDER BY time, number LIMIT ?",
                (self._numbers.get(name), first, stop, start, end, limit),
            )
        )

    def last(self, segments: Sequence[Segment], stop: int) -> Found | None:
        """Return the last reading before a time."""
        found = [
            each
            for name, start, end in segments
            for each in self._find(
                "entity = ? AND time < ? AND number >= ? AND number < ?"
                " ORDER BY time DESC, number DESC LIMIT 1",
                (self._numbers.get(name), stop, start, end),
            )
        ]
        return max(found, key=lambda each: each[1], default=None)

    def set_back(
        self, segments: Sequence[Segment], first: int, stop: int
    ) -> list[tuple[int, int]]:
        """Return the times that the clock went through more than once."""
        ranges: list[tuple[int, int]] = []
        for name, start, end in segments:
            with translated_errors():
                rows = self._connection.execute(
                    "SELECT time, latest FROM (SELECT time, max(time) OVER (ORDER BY"
                    " number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS"
                    " latest FROM entry WHERE entity = ? AND time >= ? AND time < ?"
                    " AND number >= ? AND number < ?) WHERE time < latest",
                    (self._numbers.get(name), first, stop, start, end),
                )
                for time, latest in rows:
                    if ranges and ranges[-1][1] == latest:
                        ranges[-1] = (min(time, ranges[-1][0]), latest)
                    else:
                        ranges.append((time, latest))
        return ranges

    def _find(self, condition: str, parameters: Sequence[object]) -> Iterator[Found]:
        with translated_errors(), closing(self._connection.cursor()) as cursor:
            for index, time, leaf, data in cursor.execute(
                "SELECT number, time, leaf, entry FROM entry"  # noqa: S608 - constants
                f" WHERE entry IS NOT NULL AND {condition}",
                parameters,
            ):
                if leaf_hash(data) != leaf:
                    raise StoreError(f"the entry {index} is damaged in the log's file")
                yield index, time, entry.decode(data)

    def _select(self, query: str) -> list[Any]:
        with translated_errors():
            return self._connection.execute(query).fetchall()

    def _value(self, query: str, parameters: Sequence[object]) -> int | None:
        with translated_errors():
            row = self._connection.execute(query, parameters).fetchone()
        return None if row is None else row[0]
