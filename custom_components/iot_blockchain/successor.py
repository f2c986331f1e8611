"""Continuing a log that can no longer be continued, by a new one.

A restored backup, a copy that ran elsewhere or a damaged disk leave a log that the
contract refuses to anchor, for good reason. A successor goes on from there: it names
the log it follows, so that the break is there for everybody to see, and it takes over
the readings that were not anchored yet, so that none is lost.
"""

import logging
from contextlib import closing
from pathlib import Path

from homeassistant.const import CONF_ADDRESS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from .chain.journal import Journal
from .const import CONF_CHAIN_ID, CONF_LOG_ID, CONF_PREDECESSOR, DOMAIN, NO_CHAIN
from .coordinator import IotBlockchainConfigEntry
from .log.database import StoreError
from .log.entry import Act, decode
from .log.store import LogStore
from .logs import async_create_log, log_path

_LOGGER = logging.getLogger(__name__)
_BATCH = 5000


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
    """Write what the old log has that no block holds. Runs in an executor."""
    with closing(LogStore(new_path)) as successor:
        try:
            with (
                closing(LogStore(old_path)) as predecessor,
                closing(Journal(old_path, chain_id)) as journal,
            ):
                first = journal.anchored_size()
                successor.append([_continues(old, first)])
                for start in range(first, predecessor.size, _BATCH):
                    stop = min(start + _BATCH, predecessor.size)
                    entries = predecessor.entries(start, stop)
                    successor.append([decode(data).to_record() for data in entries])
        except StoreError as err:
            _LOGGER.warning("Not all can be taken over from the old log: %s", err)
            if successor.size == 0:
                successor.append([_continues(old, None)])
        return successor.size - 1


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
