"""Readings in the logs that a log continues; their files stay for this."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant

from ..chain.journal import Journal, Status
from ..chain.receipts import Receipts
from ..const import CONF_CHAIN_ID, CONF_PREDECESSOR, NO_CHAIN
from ..coordinator import IotBlockchainConfigEntry
from ..keys import async_get_key_ring
from ..log.entry import ACT, Entry, decode
from ..log.receipt import Receipt
from ..log.store import LogStore
from ..logs import log_path


@dataclass(frozen=True, slots=True)
class FoundReading:
    """A reading by its index in its log, and how far its anchor is."""

    index: int
    receipt: Receipt
    status: Status | None


async def async_find_in_predecessors(
    hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    entity: str,
    time: datetime | None,
) -> FoundReading | None:
    """Find the last reading of an entity at or before a time.

    Raises:
        StoreError: the file of a predecessor cannot be read, or the reading is in
            no block.
    """
    ring = await async_get_key_ring(hass)
    chain_id = entry.data.get(CONF_CHAIN_ID, NO_CHAIN)

    def find() -> FoundReading | None:
        log_id = entry.data.get(CONF_PREDECESSOR)
        while log_id is not None and (key := ring.log_key(log_id)) is not None:
            path = log_path(hass, log_id)
            with (
                closing(LogStore(path)) as store,
                closing(Journal(path, chain_id)) as journal,
            ):
                index = store.find(entity, time)
                if index is not None:
                    receipts = Receipts(store, journal, key["creator"], None)
                    receipt = receipts.make(index, index + 1)
                    status = receipts.status_of(index)
                    return FoundReading(index, receipt, status)
                log_id = continued_log(store)
        return None

    return await hass.async_add_executor_job(find)


def continued_log(store: LogStore) -> str | None:
    """Return the log that this one continues, which its first entry says."""
    (first,) = store.entries(0, 1)
    return named_in(decode(first))


def named_in(first: Entry) -> str | None:
    """Return the log that another one continues, by that one's first entry."""
    log_id = first.members.get("log") if first.type == ACT else None
    return log_id if isinstance(log_id, str) else None
