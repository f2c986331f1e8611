"""The option of triggers and conditions that names a log."""

import probatio as vol
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN

LOG_OPTION = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
"""A log by its config entry; without one, every log is meant."""


def validated(
    hass: HomeAssistant, schema: vol.Schema, config: ConfigType
) -> ConfigType:
    """Return a trigger's or condition's configuration as its schema has it.

    Raises:
        vol.Invalid: it is not as the schema says, or names a log that is none.
    """
    found: ConfigType = schema(config)
    entry_id = found[CONF_OPTIONS].get(ATTR_CONFIG_ENTRY_ID)
    if entry_id is None:
        return found
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise vol.Invalid(
            f"there is no log with the config entry {entry_id}: choose another one, or"
            " leave it out",
            path=[ATTR_CONFIG_ENTRY_ID],
        )
    return found
