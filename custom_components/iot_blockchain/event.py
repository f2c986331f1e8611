"""The event entity of a log: what happened to it, also in the logbook."""

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .anchoring import happenings
from .coordinator import IotBlockchainConfigEntry
from .entity import LogEntity

PARALLEL_UPDATES = 0

EVENT = EventEntityDescription(
    key="event", translation_key="event", event_types=list(happenings.Kind)
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of a log."""
    async_add_entities([LogEvent(entry.runtime_data, EVENT)])


class LogEvent(LogEntity, EventEntity):
    """The last thing that happened to a log."""

    async def async_added_to_hass(self) -> None:
        """Listen to what happens."""
        await super().async_added_to_hass()
        self.async_on_remove(
            happenings.listen(
                self.hass, self._hear, self.coordinator.config_entry.entry_id
            )
        )

    @callback
    def _hear(self, _entry_id: str | None, happening: happenings.Happening) -> None:
        self._trigger_event(happening.kind, happening.details)
        self.async_write_ha_state()
