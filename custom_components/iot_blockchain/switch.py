"""The switch of a log, which pauses recording."""

from collections.abc import Awaitable
from typing import Any

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import IotBlockchainConfigEntry
from .entity import LogEntity
from .exceptions import failed
from .log.database import StoreError

PARALLEL_UPDATES = 0

PAUSE = SwitchEntityDescription(
    key="pause", translation_key="pause", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of a log."""
    async_add_entities([PauseSwitch(entry.runtime_data, PAUSE)])


class PauseSwitch(LogEntity, SwitchEntity):
    """Records no readings while it is on. The log notes the pause, and its end."""

    @property
    def is_on(self) -> bool:
        """Whether recording is paused."""
        return self.coordinator.recording.paused

    async def async_turn_on(self, **_kwargs: Any) -> None:  # noqa: ANN401 - Home Assistant's
        """Pause recording."""
        await self._turn(self.coordinator.recording.async_pause())

    async def async_turn_off(self, **_kwargs: Any) -> None:  # noqa: ANN401 - Home Assistant's
        """Record again, first the present states."""
        await self._turn(self.coordinator.recording.async_resume())

    async def _turn(self, change: Awaitable[None]) -> None:
        try:
            await change
        except StoreError as err:
            raise failed("log_unwritable", error=str(err)) from err
        self.async_write_ha_state()
