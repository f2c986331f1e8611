"""The audit: is Home Assistant's own history still what the log has recorded?

The recorder is asked in its executor, the log on a connection of its own, one entity
after the other and a page at a time. docs/audit.md says what is compared, and what not.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..intake.recording import Recording
from ..log.entry import READING, Entry
from ..log.scan import Found, Scan
from . import coverage
from .comparison import Comparison, Finding, Kind, Recorded, Row
from .coverage import Coverage, ToldAct
from .recorder_history import Kept, RecorderHistory, microseconds, moment

_PAGE = 500
# attributes that are members of their own in an entry
_OWN_MEMBERS: Final = {ATTR_UNIT_OF_MEASUREMENT: "unit", ATTR_DEVICE_CLASS: "class"}
_ALL = 10**9
MOST_FINDINGS: Final = 100
"""So many findings are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Named:
    """A finding, and the entity that it is about."""

    entity: str
    finding: Finding

    @property
    def time(self) -> datetime:
        """When the state is, or was, or should have been."""
        return moment(self.finding.time)


@dataclass(slots=True)
class Result:
    """What an audit has found.

    It has compared from ``first`` to ``last``, so many ``entities`` with so many
    ``readings``. ``asked`` are the entities that it was to compare, ``not_kept`` those
    of them that the recorder does not keep. ``away`` is when it kept nothing.
    """

    first: datetime
    last: datetime
    away: Sequence[tuple[datetime, datetime]] = ()
    entities: int = 0
    readings: int = 0
    asked: set[str] = field(default_factory=set)
    not_kept: list[str] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    findings: list[Named] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many findings there are."""
        return self.counts.total()

    def add(self, entity: str, finding: Finding) -> None:
        """Count a finding, and keep the first ones of all entities."""
        self.counts[finding.kind] += 1
        self.findings.append(Named(entity, finding))
        if len(self.findings) > 2 * MOST_FINDINGS:
            self.cut()

    def cut(self) -> None:
        """Leave the first ones, in the order of their times."""
        self.findings.sort(key=lambda each: (each.finding.time, each.entity))
        del self.findings[MOST_FINDINGS:]


async def async_audit(
    hass: HomeAssistant,
    path: Path,
    recording: Recording,
    *,
    first: datetime | None = None,
    last: datetime | None = None,
    entities: Collection[str] | None = None,
) -> Result:
    """Compare the history with a log, all that is kept of it or a part.

    Raises:
        HistoryError: the recorder cannot be asked.
        StoreError: the log's file cannot be read, or is damaged.
    """
    history = RecorderHistory(hass)
    while True:
        now = dt_util.utcnow()
        # From here on, all until now is on both sides.
        await history.async_settle()
        await recording.async_flush()
        kept = await history.async_kept()
        start = max(first, moment(kept.first)) if first else moment(kept.first)
        result = Result(start, min(last, now) if last else now)
        scan = await hass.async_add_executor_job(Scan, path)
        try:
            await _Audit(hass, history, scan, kept, result).async_run(entities)
        finally:
            await hass.async_add_executor_job(scan.close)
        if (await history.async_kept()).oldest <= microseconds(start):
            result.cut()
            return result
        # The recorder has purged meanwhile what was still to be compared.


class _Audit:
    """One run of an audit, which writes what it finds into its result."""

    def __init__(
        self,
        hass: HomeAssistant,
        history: RecorderHistory,
        scan: Scan,
        kept: Kept,
        result: Result,
    ) -> None:
        self._run = hass.async_add_executor_job
        self._history = history
        self._scan = scan
        self._kept = kept
        self._result = result
        self._first = microseconds(result.first)
        self._stop = microseconds(result.last)

    async def async_run(self, entities: Collection[str] | None) -> None:
        """Compare these entities, or all."""
        told = await self._run(_read_acts, self._scan)
        names = told.present_names(self._scan.entities)
        self._result.away = [
            (moment(start), moment(end))
            for start, end in self._kept.away
            if end > self._first and start < self._stop
        ]
        self._result.asked = names if entities is None else names & set(entities)
        for entity in sorted(self._result.asked):
            if entity in self._kept.entities and self._history.is_kept(entity):
                await self._compare(entity, told)
            else:
                self._result.not_kept.append(entity)

    async def _compare(self, entity: str, told: Coverage) -> None:
        number, segments = self._kept.entities[entity], told.segments(entity)
        # Where the recorder could not rename, it has the past under the old name.
        others = {
            self._kept.entities[name]
            for name, _, _ in segments
            if name != entity and name in self._kept.entities
        }
        back = await self._run(self._scan.set_back, segments, self._first, self._stop)
        before = await self._run(self._scan.last, segments, self._first)
        comparison = Comparison(
            [] if others else told.spans.get(entity, []),
            [*back, *self._kept.away],
            next(iter(_recorded([before] if before else [])), None),
            await self._history.async_last(number, self._first),
        )
        start, compared = self._first, 0
        while start < self._stop:
            rows, end = await self._history.async_page(number, start, self._stop, _PAGE)
            found, end = await self._run(self._scan.page, segments, start, end, _PAGE)
            readings = _recorded(found)
            elsewhere: set[tuple[int, str | None]] = set()
            for other in others:
                more, _ = await self._history.async_page(other, start, end, _ALL)
                elsewhere |= {(row.time, row.state) for row in more}
            for finding in await self._run(
                _findings,
                comparison,
                readings,
                [row for row in rows if row.time < end],
                elsewhere,
            ):
                self._result.add(entity, finding)
            start, compared = end, compared + len(readings)
        self._result.entities += bool(compared)
        self._result.readings += compared


def _read_acts(scan: Scan) -> Coverage:
    acts = (
        ToldAct(index, time, str(entry.members["act"]), entry.members)
        for index, time, entry in scan.acts()
    )
    return coverage.read(acts, scan.last_time, microseconds(dt_util.utcnow()))


def _recorded(found: Iterable[Found]) -> list[Recorded]:
    """Return the readings that Home Assistant had a state of, and not only a device."""
    return [
        Recorded(time, str(entry.members["state"]), index, _attributes(entry))
        for index, time, entry in found
        if entry.type == READING
    ]


def _attributes(entry: Entry) -> dict[str, str]:
    """Return what a reading has beside its state, by Home Assistant's own names."""
    chosen = entry.members.get("attributes", {})
    assert isinstance(chosen, Mapping)
    said = {name: entry.members.get(member) for name, member in _OWN_MEMBERS.items()}
    told = {**said, **chosen}
    return {name: str(value) for name, value in told.items() if value is not None}


def _findings(
    comparison: Comparison,
    readings: Sequence[Recorded],
    rows: Sequence[Row],
    elsewhere: Collection[tuple[int, str | None]],
) -> list[Finding]:
    return list(comparison.compare(readings, rows, elsewhere))
