"""Bringing what earlier versions stored into the form of this one."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID, CONF_ENTITIES, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv

from .const import (
    CONF_EXCLUDED,
    CONF_MORE_RPC_URLS,
    CONF_SIGNER_URL,
    CONF_URGENT,
    SUBENTRY_SOURCE,
)
from .intake.sources import kept_ids

ENTRY_VERSION = 2
"""Version 2 keeps the entities that a source names by what survives a rename."""


@callback
def migrate(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Bring an entry of an earlier version up to ``ENTRY_VERSION``.

    A crash on the way does no harm: what is migrated already stays as it is.
    """
    for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE):
        if CONF_ENTITIES not in subentry.data:
            hass.config_entries.async_update_subentry(
                entry, subentry, data=_with_kept_entities(hass, subentry.data)
            )
    # The first ones had a single endpoint, and their account's key was always here.
    data = {CONF_MORE_RPC_URLS: [], CONF_SIGNER_URL: None, **entry.data}
    hass.config_entries.async_update_entry(entry, data=data, version=ENTRY_VERSION)


def _with_kept_entities(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    target = dict(data[CONF_TARGET])
    named = cv.ensure_list(target.pop(ATTR_ENTITY_ID, None))
    return {
        **data,
        CONF_TARGET: target,
        CONF_ENTITIES: kept_ids(hass, named),
        CONF_EXCLUDED: [],
        CONF_URGENT: False,
    }
