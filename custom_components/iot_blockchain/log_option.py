"""The option of triggers and conditions that names a log."""

from collections.abc import Mapping
from typing import Any

import probatio as vol
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv

from .const import DOMAIN

LOG_OPTION = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
"""A log by its config entry; without one, every log is meant."""


def require_log(hass: HomeAssistant, options: Mapping[str, Any]) -> None:
    """Make sure that the log that the options name is one.

    Raises:
        vol.Invalid: there is no such log.
    """
    entry_id = options.get(ATTR_CONFIG_ENTRY_ID)
    if entry_id is None:
        return
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        raise vol.Invalid(
            f"there is no log with the config entry {entry_id}: choose another one, or"
            " leave it out",
            path=[ATTR_CONFIG_ENTRY_ID],
        )
