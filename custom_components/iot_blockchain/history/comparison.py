"""What differs between the log and Home Assistant's history of one entity.

Knows no Home Assistant. The log is taken to be right: nobody can change it unseen. All
times are in microseconds since 1970, as both sides keep them. What is no finding, and
why, is in docs/audit.md.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

type Span = tuple[int, int]
"""From a moment up to another one."""


class Kind(StrEnum):
    """What was done to the history."""

    ALTERED = "altered"
    """It says another state than the log."""
    DELETED = "deleted"
    """A reading is not in it."""
    INSERTED = "inserted"
    """It says a state that there was not."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A reading in the log, at an index.

    ``attributes`` are those that it has, with its unit and device class, as text.
    """

    time: int
    state: str
    index: int
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A state in the history; None where the entity was removed.

    ``is_change``: it says that the state changed then, and not only attributes.
    ``attributes`` are those that are kept, each in all ways in which a reading may
    write it, the first one to be shown.
    """

    time: int
    state: str | None
    is_change: bool = True
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: what the log has recorded, and what was found in the history.

    ``index`` is that of the reading which says so: at that moment, or the last before.
    It is about the state, or about an ``attribute``.
    """

    kind: Kind
    time: int
    recorded: str
    found: str | None
    index: int
    attribute: str | None = None


class Comparison:
    """Compares one entity, from the past on, a stretch of time after the other."""

    def __init__(
        self,
        covered: Sequence[Span],
        skipped: Collection[Span],
        reading: Recorded | None,
        row: Row | None,
    ) -> None:
        """Take what is known beforehand.

        ``covered``: when each change of the state became a reading, in order and
        without overlaps. ``skipped``: when nothing can be said. ``reading`` and
        ``row``: the last ones before what is compared.
        """
        self._covered = covered
        self._skipped = skipped
        self._reading = reading
        self._row = row
        # whether the last reading was missing in the history, and whether the history
        # says now what was found to be inserted
        self._missed = False
        self._strayed = False

    def compare(
        self,
        readings: Sequence[Recorded],
        rows: Sequence[Row],
        elsewhere: Collection[tuple[int, str | None]] = (),
    ) -> Iterator[Finding]:
        """Compare all of a stretch of time, both sides in the order of their times.

        ``elsewhere``: moments and states that the history has under another name.
        """
        # Of one moment, readings come before rows.
        merged: list[Recorded | Row] = [*readings, *rows]
        merged.sort(key=lambda each: each.time)
        for time, group in groupby(merged, key=lambda each: each.time):
            at_once = list(group)
            said = [each for each in at_once if isinstance(each, Recorded)]
            found = [each for each in at_once if isinstance(each, Row)]
            if not any(first <= time <= last for first, last in self._skipped):
                yield from self._compare_moment(said, found, elsewhere)
            if said:
                self._reading = said[-1]
                self._strayed = False
            if found:
                self._row = found[-1]

    def _compare_moment(
        self,
        said: Sequence[Recorded],
        found: Sequence[Row],
        elsewhere: Collection[tuple[int, str | None]],
    ) -> Iterator[Finding]:
        states = {row.state for row in found}
        missing = [
            reading
            for reading in said
            if reading.state not in states
            and (reading.time, reading.state) not in elsewhere
        ]
        recorded = {reading.state for reading in said}
        # A removed entity has no state, and an empty one is the same for the recorder.
        extra = [row for row in found if row.state and row.state not in recorded]
        while missing and extra:
            reading, row = missing.pop(0), extra.pop(0)
            yield _finding(Kind.ALTERED, reading.time, reading, row.state)
        for reading in said:
            yield from _altered_attributes(reading, found)
        if found:
            self._missed = False
        for reading in missing:
            yield from self._judge_missing(reading)
        for row in extra:
            yield from self._judge_extra(row)

    def _judge_missing(self, reading: Recorded) -> Iterator[Finding]:
        """Judge a reading of a moment of which the history says nothing."""
        before, row = self._reading, self._row
        if before is not None and _say_the_same(before, reading):
            return  # A repeated report. The history keeps changes only.
        since = row is not None and (before is None or row.time > before.time)
        if row is None:
            if not self._is_covered(reading.time):
                return
        elif _agree(reading, row) and (since or not self._missed):
            return  # It was recorded some time after it was reached.
        kind = Kind.DELETED
        if since and not self._is_covered(reading.time):
            kind = Kind.ALTERED
        self._missed = True
        found = None if kind is Kind.DELETED or row is None else row.state
        yield _finding(kind, reading.time, reading, found)

    def _judge_extra(self, row: Row) -> Iterator[Finding]:
        """Judge a row of a moment of which the log says nothing."""
        reading = self._reading
        if reading is None or not self._is_covered(row.time):
            return
        if self._row is not None and self._row.state == row.state:
            return  # If that is wrong, it was so before.
        if row.state != reading.state:
            self._strayed = True
        elif self._strayed and row.is_change:
            self._strayed = False  # back to what was so all the time
        else:
            return  # Only attributes changed, or nothing at all.
        kind = Kind.INSERTED if row.is_change else Kind.ALTERED
        yield _finding(kind, row.time, reading, row.state)

    def _is_covered(self, time: int) -> bool:
        """Say whether a change at a moment became a reading.

        Not at the first moment: what is recorded with that time was reached before.
        """
        place = bisect_right(self._covered, time, key=lambda span: span[0])
        if place == 0:
            return False
        first, last = self._covered[place - 1]
        return first < time <= last


def _say_the_same(one: Recorded, other: Recorded) -> bool:
    """Compare what both say: another source may have chosen other attributes."""
    common = one.attributes.keys() & other.attributes.keys()
    return one.state == other.state and all(
        one.attributes[name] == other.attributes[name] for name in common
    )


def _agree(reading: Recorded, row: Row) -> bool:
    return row.state == reading.state and not _altered(reading, row)


def _altered(reading: Recorded, row: Row) -> list[str]:
    """Return the attributes of which a row says something else.

    Of one that it does not hold it says nothing: the recorder leaves some out.
    """
    return [
        name
        for name, text in reading.attributes.items()
        if name in row.attributes and text not in row.attributes[name]
    ]


def _altered_attributes(reading: Recorded, found: Sequence[Row]) -> Iterator[Finding]:
    """Find what was done to the attributes of a reading that the history has."""
    rows = [row for row in found if row.state == reading.state]
    if not rows or any(not _altered(reading, row) for row in rows):
        return
    for name in _altered(reading, rows[0]):
        yield Finding(
            Kind.ALTERED,
            reading.time,
            reading.attributes[name],
            rows[0].attributes[name][0],
            reading.index,
            name,
        )


def _finding(kind: Kind, time: int, reading: Recorded, found: str | None) -> Finding:
    return Finding(kind, time, reading.state, found, reading.index)
