"""The receipt of a period: all that a log wrote in it, with nothing left out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

import probatio as vol
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..chain.journal import Journal, Status, Submission
from ..coordinator import LogCoordinator
from ..exceptions import failed, invalid
from ..log import ranges
from ..log.database import StoreError
from ..log.entry import Entry, decode
from ..log.note import VerifierKey
from ..log.ranges import Gap, TooManyError
from ..log.receipt import Receipt
from ..log_status import AnchorStatus
from .predecessors import named_in
from .said import readings_said

ATTR_DURATION: Final = "duration"
ATTR_END: Final = "end"
ATTR_START: Final = "start"

PERIOD_FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_START): cv.datetime,
    vol.Optional(ATTR_END): cv.datetime,
    vol.Optional(ATTR_DURATION): cv.positive_time_period,
}

MOST_ENTRIES: Final = 20_000
"""So many an action answers with: some seven megabytes."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time that was asked for, both ends included."""

    since: datetime
    until: datetime

    @staticmethod
    def is_asked_for(data: Mapping[str, Any]) -> bool:
        """Say whether an action was called with a period."""
        return not {ATTR_START, ATTR_END, ATTR_DURATION}.isdisjoint(data)

    @classmethod
    def of(cls, data: Mapping[str, Any], now: datetime) -> Self:
        """Read what an action was called with; without an end it ends now.

        Raises:
            ServiceValidationError: it makes no sense.
        """
        start, end, duration = (
            data.get(name) for name in (ATTR_START, ATTR_END, ATTR_DURATION)
        )
        start, end = (time and in_a_zone(time) for time in (start, end))
        if None not in {start, end, duration}:
            raise invalid("period_twice")
        if start is None and duration is None:
            raise invalid("period_without_start")
        length = duration or timedelta()
        try:
            until = end or (start + length if start and duration else now)
            since = start or until - length
        except OverflowError as err:
            raise invalid("period_beyond_calendar") from err
        return cls.between(since, until)

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Self:
        """Take two times; without a zone, they are of Home Assistant's.

        Raises:
            ServiceValidationError: the second is before the first.
        """
        start, end = in_a_zone(start), in_a_zone(end)
        if start > end:
            raise invalid(
                "period_backwards", start=start.isoformat(), end=end.isoformat()
            )
        return cls(start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A period with its receipt, and what is to be said of it.

    ``entries`` are those of the receipt. ``anchors`` are all that hold some of them
    first, by size: none where the receipt names none. ``status`` is how far the anchor
    of the last one is. ``waiting`` are the readings of the period that came after it.
    """

    entities: Collection[str]
    receipt: Receipt
    entries: Sequence[Entry]
    gaps: Sequence[Gap]
    anchors: Sequence[Submission]
    status: Status | None
    waiting: int

    @property
    def readings(self) -> list[tuple[int, Entry]]:
        """The readings of the entities that were asked for, with their indexes."""
        return [
            (index, entry)
            for index, entry in enumerate(self.entries, self.receipt.first)
            if entry.entity in self.entities
        ]

    @property
    def continues(self) -> str | None:
        """The log that holds what was before, where this one begins in the period."""
        return named_in(self.entries[0]) if self.receipt.first == 0 else None

    @property
    def named(self) -> set[int]:
        """The numbers of the anchors that the receipt names."""
        earlier = (found.anchor for found in self.receipt.earlier)
        return {anchor.number for anchor in (*earlier, self.receipt.anchor) if anchor}

    def answer(self) -> dict[str, Any]:
        """Return what an action answers. For an executor: it can be long."""
        named = self.named
        return {
            "status": self.status or AnchorStatus.PENDING,
            "log": VerifierKey.parse(self.receipt.key).name,
            "first": self.receipt.first,
            "entries": len(self.entries),
            "waiting": self.waiting,
            "continues": self.continues,
            "readings": readings_said(entry for _, entry in self.readings),
            "gaps": [gap.to_json() for gap in self.gaps],
            "anchors": [_anchor(anchor, named) for anchor in self.anchors],
            "receipt": self.receipt.to_json(),
        }


async def async_prove(
    coordinator: LogCoordinator,
    entities: Collection[str],
    period: Period,
    most: int = MOST_ENTRIES,
) -> Proven:
    """Make the receipt of all that a log wrote in a period.

    What no block holds yet is not in it, for it would take the anchor from all the
    rest. Only where none of the readings is anchored, they are all in it.

    Raises:
        ServiceValidationError: it holds no reading of these entities then, or more than
            ``most`` entries.
        HomeAssistantError: the log's file cannot be read.
    """
    await coordinator.recording.async_flush()
    hass, store = coordinator.hass, coordinator.parts.store
    try:
        indexes = await hass.async_add_executor_job(
            ranges.entries_of_period,
            store.path,
            entities,
            period.since,
            period.until,
            most,
        )
        if indexes is None:
            raise invalid(
                "no_readings_in_period",
                entities=", ".join(sorted(entities)),
                start=period.since.isoformat(),
                end=period.until.isoformat(),
            )
        stop = await hass.async_add_executor_job(
            _end_of_anchored, coordinator, entities, indexes
        )
        receipt = await coordinator.async_receipt(indexes.start, stop)
        return await hass.async_add_executor_job(
            _prove, coordinator, entities, receipt, indexes.stop
        )
    except TooManyError as err:
        raise invalid("period_too_long", most=str(most)) from err
    except StoreError as err:
        raise failed("no_receipt", error=str(err)) from err


def _end_of_anchored(
    coordinator: LogCoordinator, entities: Collection[str], indexes: range
) -> int:
    """Return where the part of a period ends that a block holds. For an executor."""
    parts = coordinator.parts
    size = parts.chain.journal.anchored_size() if parts.chain else 0
    anchored = range(indexes.start, min(size, indexes.stop))
    if ranges.count_readings(parts.store.path, entities, anchored):
        return anchored.stop
    return indexes.stop


def _prove(
    coordinator: LogCoordinator,
    entities: Collection[str],
    receipt: Receipt,
    stop: int,
) -> Proven:
    """Read what there is to say of a receipt, of a period up to ``stop``.

    Runs in an executor.
    """
    parts = coordinator.parts
    last = receipt.first + len(receipt.entries) - 1
    waiting = range(last + 1, stop)
    entries = [decode(data) for data in receipt.entries]
    return Proven(
        entities=entities,
        receipt=receipt,
        entries=entries,
        gaps=ranges.gaps(entries, entities, receipt.first),
        anchors=anchors_of(parts.chain.journal, receipt.first, last)
        if parts.chain and receipt.anchor
        else (),
        status=parts.receipts.status_of(last),
        waiting=ranges.count_readings(parts.store.path, entities, waiting),
    )


def anchors_of(journal: Journal, first: int, last: int) -> list[Submission]:
    """Return the anchors in a block that are the first to hold some of these entries.

    By size. For an executor.
    """
    found: list[Submission] = []
    index = first
    while index <= last and (anchor := journal.anchor_covering(index)) is not None:
        found.append(anchor)
        index = anchor.intent.size or last + 1
    return found


def _anchor(anchor: Submission, named: Collection[int]) -> dict[str, Any]:
    placement = anchor.placement
    assert placement is not None
    return {
        "number": placement.number,
        "size": anchor.intent.size,
        "status": anchor.status,
        "block_number": placement.block_number,
        "block_time": dt_util.utc_from_timestamp(placement.time).isoformat(),
        "transaction": f"0x{placement.transaction.hex()}",
        "in_receipt": placement.number in named,
    }


def in_a_zone(time: datetime) -> datetime:
    """Take a time without a zone for one of Home Assistant's."""
    if time.tzinfo is not None:
        return time
    return time.replace(tzinfo=dt_util.get_default_time_zone())
