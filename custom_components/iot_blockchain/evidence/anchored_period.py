"""How far the readings of an entity in a period are anchored."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..chain.journal import Journal
from ..const import CONF_PREDECESSOR
from ..coordinator import LogCoordinator
from ..log import history
from ..log.entry import decode
from ..log.history import Period
from ..log.store import LogStore
from ..logs import log_path
from .predecessors import continued_log


@dataclass(frozen=True, slots=True)
class AnchoredPeriod:
    """The readings that a block holds, and those that none does yet."""

    anchored: Period
    waiting: Period

    @property
    def all(self) -> Period:
        """All readings."""
        return self.anchored + self.waiting


@dataclass(frozen=True, slots=True)
class _Asked:
    """An entity, from a time on and before another one."""

    entity: str
    since: datetime
    until: datetime


async def async_anchored_period(
    log: LogCoordinator, entity: str, since: datetime, until: datetime
) -> AnchoredPeriod:
    """Look at the readings of an entity from a time on and before another one.

    Those that it made under an earlier id are counted too, and those in the logs that
    this one continues.

    Raises:
        StoreError: a log's file cannot be read.
    """
    await log.recording.async_flush()
    return await log.hass.async_add_executor_job(
        _look, log, _Asked(entity, since, until)
    )


def _look(log: LogCoordinator, asked: _Asked) -> AnchoredPeriod:
    store, chain = log.parts.store, log.parts.chain
    size = chain.journal.anchored_size() if chain else 0
    anchored, waiting = Period(), Period()
    parts = _split(store, asked)
    for part in parts:
        anchored += _count(store.path, part, stop=size)
        waiting += _count(store.path, part, first=size)
    if chain is None or store.size == 0 or _begin(store) <= asked.since:
        return AnchoredPeriod(anchored, waiting)
    log_id = log.config_entry.data.get(CONF_PREDECESSOR)
    while log_id is not None and (path := log_path(log.hass, log_id)).is_file():
        with (
            closing(LogStore(path)) as earlier,
            closing(Journal(path, chain.journal.chain_id)) as journal,
        ):
            # What no block held then was taken over, and is counted already.
            size = journal.anchored_size()
            parts = _split(earlier, parts[-1])
            for part in parts:
                anchored += _count(path, part, stop=size)
            log_id = continued_log(earlier)
    return AnchoredPeriod(anchored, waiting)


def _count(
    path: Path, part: _Asked, *, first: int = 0, stop: int | None = None
) -> Period:
    return history.period(
        path, part.entity, part.since, part.until, first=first, stop=stop
    )


def _begin(store: LogStore) -> datetime:
    (first,) = store.entries(0, 1)
    return decode(first).time


def _split(store: LogStore, asked: _Asked) -> list[_Asked]:
    """Split a period where the entity got the id that it has at the end of it.

    The last part is the earliest one.
    """
    parts = []
    name, until = asked.entity, asked.until
    for act in store.acts("entity_renamed"):
        if act.time <= asked.since:
            break
        before = act.members.get("from")
        if act.members.get("to") == name and isinstance(before, str):
            parts.append(_Asked(name, min(act.time, until), until))
            name, until = before, min(act.time, until)
    return [*parts, _Asked(name, asked.since, until)]
