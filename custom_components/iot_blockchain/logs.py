"""The logs in this Home Assistant's config folder."""

import logging
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .chain import contract
from .const import CONF_LOG_ID, DOMAIN, LOGS_FOLDER
from .keys import LogKey, async_get_key_ring
from .log.checkpoint import origin_of
from .log.database import StoreError
from .log.note import Signer, new_private_key
from .log.store import LogStore

_LOGGER = logging.getLogger(__name__)


def log_path(hass: HomeAssistant, log_id: str) -> Path:
    """Return the file of a log."""
    return Path(hass.config.path(LOGS_FOLDER, f"{log_id}.db"))


async def async_create_log(hass: HomeAssistant, name: str, creator: str) -> str:
    """Make a new log with a key of its own, and return its id.

    ``creator`` is the account that will create it in the contract. The log's key is
    on the disk before the log is.

    Raises:
        StoreError: its file cannot be written.
    """
    private_key = new_private_key()
    public_key = Signer("log", private_key).verifier_key.public_key
    log_id = contract.log_id(creator, public_key)
    ring = await async_get_key_ring(hass)
    await ring.async_add_log(
        log_id.hex(), LogKey(private_key=private_key.hex(), creator=creator)
    )

    def create() -> None:
        signer = Signer(origin_of(name, log_id), private_key)
        LogStore.create(log_path(hass, log_id.hex()), signer.verifier_key).close()

    await hass.async_add_executor_job(create)
    return log_id.hex()


async def async_kept_logs(hass: HomeAssistant) -> dict[str, str]:
    """Find the logs that are here, but that no config entry uses: id to origin."""
    ring = await async_get_key_ring(hass)
    used = {entry.data[CONF_LOG_ID] for entry in _entries(hass)}

    def find() -> dict[str, str]:
        found = {}
        for path in Path(hass.config.path(LOGS_FOLDER)).glob("*.db"):
            if path.stem in used or ring.log_key(path.stem) is None:
                continue
            try:
                store = LogStore(path)
            except StoreError as err:
                _LOGGER.warning("%s cannot be continued: %s", path.name, err)
                continue
            found[path.stem] = f"{store.origin} ({store.counts.readings})"
            store.close()
        return found

    return await hass.async_add_executor_job(find)


def _entries(hass: HomeAssistant) -> list[ConfigEntry]:
    return hass.config_entries.async_entries(DOMAIN)
