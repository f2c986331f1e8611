"""Tells which of the entities that sources name do not exist any more."""

import logging
from collections.abc import Collection

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.start import async_at_started

from .. import issues
from ..coordinator import IotBlockchainConfigEntry
from .sources import Source, entity_of, is_known

_LOGGER = logging.getLogger(__name__)

_GONE_SECONDS = 1.0


@callback
def look_for_gone_entities(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry, sources: Collection[Source]
) -> None:
    """Show an issue while any of the entities is gone, for as long as it is loaded."""
    kept = {kept for source in sources for kept in source.entities}

    @callback
    def look(_hass: HomeAssistant) -> None:
        named = {entity_of(hass, each) for each in kept}
        gone = {entity for entity in named if not is_known(hass, entity)}
        issues.set_gone_issue(hass, entry, gone)

    async def look_again() -> None:
        if hass.is_running:
            look(hass)

    # Before Home Assistant has started, entities are only not there yet; and when one
    # leaves the registry, its state goes a moment later.
    later = Debouncer(
        hass, _LOGGER, cooldown=_GONE_SECONDS, immediate=False, function=look_again
    )
    entry.async_on_unload(later.async_shutdown)
    entry.async_on_unload(async_at_started(hass, look))
    # An entity that is in no registry shows by being recorded that it is there.
    entry.async_on_unload(
        entry.runtime_data.async_add_listener(
            lambda: look(hass) if hass.is_running else None
        )
    )
    entry.async_on_unload(
        hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED,
            callback(lambda _event: later.async_schedule_call()),
        )
    )
