"""What the panel and the card show of a log. All of it is for an executor.

Times are in ISO 8601, money in wei as text: JavaScript's numbers are too small for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..chain.journal import Journal, Status, Submission
from ..coordinator import LogCoordinator
from ..evidence.range_receipt import Period
from ..log import ranges
from ..log.entry import Entry, Trust, decode, format_time
from ..log.ranges import KeptEntry, state_of
from ..log_status import AnchorStatus, LogStatus

MOST_READINGS: Final = 1000
MOST_ANCHORS: Final = 100

_MOST_ACTS: Final = 200
_DAY: Final = timedelta(days=1)
_ENDLESS: Final = 2**63 - 1


def log_described(coordinator: LogCoordinator) -> dict[str, Any]:
    """Say which log this is, and which chain it is anchored on."""
    origin, network = coordinator.parts.store.origin, coordinator.network
    chain = None
    if coordinator.chain_id is not None:
        data = coordinator.config_entry.data
        chain = {
            "id": f"eip155:{coordinator.chain_id}",
            "name": network.name if network else f"eip155:{coordinator.chain_id}",
            "currency": data.get("currency") or (network.currency if network else ""),
            "explorer": network.explorer if network else None,
            "testnet": network.testnet if network else False,
            "address": data.get("address"),
        }
    return {
        "entry_id": coordinator.config_entry.entry_id,
        "title": coordinator.config_entry.title,
        "origin": origin,
        "chain": chain,
    }


def status_described(coordinator: LogCoordinator, status: LogStatus) -> dict[str, Any]:
    """Say where a log stands: what is recorded and anchored, and what that costs.

    ``next`` is when an anchor is due at the latest, None where nothing waits.

    Raises:
        StoreError: the log's file cannot be read.
    """
    chain = coordinator.parts.chain
    now = dt_util.utcnow()
    due = None
    if chain is not None:
        oldest = coordinator.parts.store.time_of_first_reading_from(
            chain.journal.anchored_size()
        )
        if status.waiting >= chain.policy.readings:
            due = now
        elif oldest is not None:
            due = oldest + chain.policy.age
    last = status.last_transaction
    return {
        "size": coordinator.parts.store.size,
        "recorded": status.recorded,
        "waiting": status.waiting,
        "anchor_status": status.anchor_status,
        "last_anchored": _iso(status.last_anchored),
        "next": _iso(due),
        "balance": _text(status.balance),
        "anchors_left": status.anchors_left,
        "problem": status.problem,
        "last_cost": _text(last.placement.cost if last and last.placement else None),
        "spent_today": _text(chain.journal.spent_since(now - _DAY) if chain else None),
    }


def anchors_described(
    coordinator: LogCoordinator, before: int | None, most: int
) -> dict[str, Any]:
    """List anchors, the last first: those that hold fewer entries than ``before``.

    ``more`` says that there are more of them. What is on its way is not among them.

    Raises:
        StoreError: the log's file cannot be read.
    """
    chain = coordinator.parts.chain
    found: list[Submission] = []
    size = _ENDLESS if before is None else before
    while (
        chain is not None
        and len(found) <= most
        and (anchor := chain.journal.anchor_before(size)) is not None
    ):
        found.append(anchor)
        size = anchor.intent.size or 0
    firsts = [anchor.intent.size for anchor in found[1:]] + [0]
    return {
        "anchors": [
            _anchor(anchor, first or 0)
            for anchor, first in zip(found, firsts, strict=False)
        ][:most],
        "more": len(found) > most,
    }


def readings_described(
    coordinator: LogCoordinator,
    entity: str,
    period: Period,
    *,
    before: int | None,
    most: int,
) -> dict[str, Any]:
    """List readings of an entity in a period, the last first, with their anchors.

    ``before`` is the index of the last one that was listed already. The first page also
    has the acts by which recording stopped and started.

    Raises:
        StoreError: the log's file cannot be read.
    """
    path = coordinator.parts.store.path
    since, until = period.since, period.until
    found = ranges.readings_before(
        path, entity, since, until, before=before, most=most + 1
    )
    acts = (
        ranges.acts_of_period(path, since, until, _MOST_ACTS) if before is None else []
    )
    lifecycle = Lifecycle(coordinator)
    return {
        "readings": [
            _reading(kept.index, decode(kept.data), lifecycle) for kept in found[:most]
        ],
        "acts": list(_acts(acts)),
        "more": len(found) > most,
    }


def latest_described(coordinator: LogCoordinator, entity: str) -> dict[str, Any] | None:
    """Say how far the last reading of an entity is, None where there is none.

    Raises:
        StoreError: the log's file cannot be read.
    """
    store = coordinator.parts.store
    index = store.find(entity)
    if index is None:
        return None
    (data,) = store.entries(index, index + 1)
    return _reading(index, decode(data), Lifecycle(coordinator))


@dataclass(frozen=True, slots=True)
class _Stage:
    """How far an entry is, and the anchor that holds it, if one does."""

    status: str
    anchor: Submission | None


class Lifecycle:
    """How far entries of one log are. Remembers the anchor of the last one asked of."""

    def __init__(self, coordinator: LogCoordinator) -> None:
        """Take the log."""
        chain = coordinator.parts.chain
        self._journal: Journal | None = chain.journal if chain else None
        self._sizes = range(0)
        self._stage = _Stage(AnchorStatus.PENDING, None)

    def of(self, index: int) -> _Stage:
        """Say how far an entry is."""
        if self._journal is not None and index not in self._sizes:
            self._find(self._journal, index)
        return self._stage

    def _find(self, journal: Journal, index: int) -> None:
        anchor = journal.anchor_covering(index)
        if anchor is None:
            status = journal.status_of(index) or AnchorStatus.PENDING
            self._stage, self._sizes = _Stage(status, None), range(index, index + 1)
            return
        size = anchor.intent.size or 0
        before = journal.anchor_before(size)
        first = 0 if before is None else before.intent.size or 0
        self._stage, self._sizes = _Stage(anchor.status, anchor), range(first, size)


def _reading(index: int, entry: Entry, lifecycle: Lifecycle) -> dict[str, Any]:
    stage = lifecycle.of(index)
    unit = entry.members.get("unit", entry.claims.get("unit"))
    placement = stage.anchor.placement if stage.anchor else None
    return {
        "index": index,
        "entity": entry.entity,
        "state": state_of(entry),
        "unit": unit if isinstance(unit, str) else None,
        "time": format_time(entry.time),
        "signed": entry.trust is Trust.DEVICE_SIGNED,
        "status": stage.status,
        "anchor": placement.number if placement else None,
        "anchored": _block_time(stage.anchor),
    }


def _acts(kept: Iterable[KeptEntry]) -> Iterable[dict[str, Any]]:
    for one in kept:
        entry = decode(one.data)
        yield {
            "index": one.index,
            "act": str(entry.members["act"]),
            "time": format_time(entry.time),
        }


def _anchor(anchor: Submission, first: int) -> dict[str, Any]:
    placement = anchor.placement
    assert placement is not None
    return {
        "number": placement.number,
        "first": first,
        "size": anchor.intent.size,
        "status": anchor.status,
        "final": anchor.status is Status.FINAL,
        "block_number": placement.block_number,
        "block_time": _block_time(anchor),
        "transaction": f"0x{placement.transaction.hex()}",
        "cost": _text(placement.cost),
    }


def _block_time(anchor: Submission | None) -> str | None:
    if anchor is None or anchor.placement is None:
        return None
    return _iso(dt_util.utc_from_timestamp(anchor.placement.time))


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
