"""Continuing a log that can no longer be continued, by a new one.

A restored backup, a copy that ran elsewhere or a damaged disk leave a log that the
contract refuses to anchor, for good reason. A successor goes on from there: it names
the log it follows, so that the break is there for everybody to see, and it takes over
the readings that were not anchored yet, so that none is lost. It also remembers what
the old log did: a pause goes on, a device is trusted no more than before, and nothing
that a device sent once is taken a second time.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from homeassistant.const import CONF_ADDRESS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from .chain.journal import Journal
from .chain.spent_before import carry_over, costs_since
from .const import CONF_CHAIN_ID, CONF_LOG_ID, CONF_PREDECESSOR, DOMAIN, NO_CHAIN
from .coordinator import IotBlockchainConfigEntry
from .device import acts as device_acts
from .device.state import Status
from .intake.log_writer import REQUESTED_SIZE
from .intake.recording import PAUSED, YES
from .log.database import StoreError, translated_errors
from .log.entry import Act, Record, decode
from .log.memory import recall
from .log.store import LogStore
from .logs import async_create_log, log_path
from .signing.enrolled_device import MEMORY, Device

_LOGGER = logging.getLogger(__name__)
_BATCH = 5000
# So long does a budget count what was spent.
_DAY = timedelta(days=1)


async def async_continue_with_successor(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> None:
    """Begin a successor of an entry's log, and record there from now on.

    Raises:
        StoreError: it cannot be written; the old log stays in use.
    """
    await hass.config_entries.async_unload(entry.entry_id)
    old = entry.data[CONF_LOG_ID]
    try:
        new = await async_create_log(hass, entry.title, entry.data[CONF_ADDRESS])
        taken_over = await hass.async_add_executor_job(
            _take_over,
            log_path(hass, old),
            log_path(hass, new),
            entry.data.get(CONF_CHAIN_ID, NO_CHAIN),
            old,
        )
        _LOGGER.info("A new log continues %s with %d entries", old, taken_over)
        _rename(hass, entry, old, new)
        hass.config_entries.async_update_entry(
            entry,
            unique_id=new,
            data={**entry.data, CONF_LOG_ID: new, CONF_PREDECESSOR: old},
        )
    finally:
        await hass.config_entries.async_setup(entry.entry_id)


def _take_over(old_path: Path, new_path: Path, chain_id: int, old: str) -> int:
    """Write what the old log has that no block holds, and what it remembers.

    Returns the number of its entries. Runs in an executor.
    """
    first = None
    with closing(LogStore(new_path)) as successor:
        for start, records in _unanchored(old_path, chain_id):
            if first is None:
                first = start
                successor.append([_continues(old, first)])
            successor.append(records)
        if first is None:
            successor.append([_continues(old, None)])
        taken_over = successor.size - 1
        _take_over_memory(successor, _readable(recall, {}, old_path), first or 0)
    since = dt_util.utcnow() - _DAY
    costs = _readable(costs_since, (), old_path, chain_id, since)
    carry_over(new_path, chain_id, costs)
    return taken_over


def _readable[**P, T](
    read: Callable[P, T], nothing: T, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Return what is asked of the old log, or nothing where that cannot be read."""
    try:
        return read(*args, **kwargs)
    except StoreError as err:
        _LOGGER.warning("Not all can be taken over from the old log: %s", err)
        return nothing


def _unanchored(path: Path, chain_id: int) -> Iterator[tuple[int, list[Record]]]:
    """Go through what no block holds, as far as it can be read, with its indices.

    Without any, there is an empty list all the same if the log can be opened.
    """
    try:
        with (
            closing(LogStore(path)) as store,
            closing(Journal(path, chain_id)) as journal,
        ):
            first = journal.anchored_size()
            yield first, []
            for start in range(first, store.size, _BATCH):
                entries = store.entries(start, min(start + _BATCH, store.size))
                yield start, [decode(data).to_record() for data in entries]
    except StoreError as err:
        _LOGGER.warning("Not all can be taken over from the old log: %s", err)


def _take_over_memory(
    successor: LogStore, memory: Mapping[str, str], first: int
) -> None:
    """Let the successor remember what it has to act on, and tell what is not in it yet.

    ``first`` is the first entry of the old log that was in no block. What was counted
    and told of the old log is not the successor's.
    """
    now = dt_util.utcnow()
    acts: list[Act] = []
    kept: dict[str, str] = {}
    if memory.get(PAUSED) == YES:
        kept[PAUSED] = YES
        last = next(successor.acts("paused", "resumed"), None)
        if last is None or last.members["act"] == "resumed":
            acts.append(Act("paused", now))
    for name, text in memory.items():
        if name.startswith(MEMORY):
            try:
                with translated_errors():
                    device = Device.from_memory(name, text)
            except StoreError as err:
                _LOGGER.warning("The old log does not know %s any more: %s", name, err)
                continue
            kept[name] = text
            acts += _untold(successor, device, now)
    if int(memory.get(REQUESTED_SIZE, 0)) > first:
        kept[REQUESTED_SIZE] = str(successor.size + len(acts))
    successor.append(acts, kept)


def _untold(successor: LogStore, device: Device, now: datetime) -> list[Act]:
    """Return what the log that a device goes on with does not tell of it yet."""
    rules, state = device.rules, device.state
    if not device.enrolled:
        return []
    standing = [device_acts.enrolled(rules, now)]
    if state.status is Status.QUARANTINED:
        standing.append(device_acts.quarantined(rules, state, now))
    elif state.status is Status.REVOKED:
        standing.append(device_acts.revoked(rules, now))
    told = {
        told.members["act"]
        for told in successor.acts(*(act.act for act in standing))
        if told.members["device"] in device.keys
    }
    return [act for act in standing if act.act not in told]


def _continues(old: str, first: int | None) -> Act:
    """Say which log is continued, and if it is known, from which of its entries."""
    return Act("continues", dt_util.utcnow(), {"log": old, "from": first})


@callback
def _rename(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry, old: str, new: str
) -> None:
    """Let entities and the device of the log go on as those of its successor."""
    entities = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(entities, entry.entry_id):
        # Those of the sources and devices have ids of their own, which stay.
        if old in entity.unique_id:
            entities.async_update_entity(
                entity.entity_id, new_unique_id=entity.unique_id.replace(old, new)
            )
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, old), entry.entry_id)
    if device is not None:
        devices.async_update_device(device.id, new_identifiers={(DOMAIN, new)})
