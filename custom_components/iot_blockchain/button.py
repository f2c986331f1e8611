"""The button of a log."""

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import IotBlockchainConfigEntry
from .entity import LogEntity
from .exceptions import failed
from .log.database import StoreError

PARALLEL_UPDATES = 0

ANCHOR = ButtonEntityDescription(key="anchor", translation_key="anchor")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of a log, where there is a network to anchor it on."""
    if entry.runtime_data.chain_id is not None:
        async_add_entities([AnchorButton(entry.runtime_data, ANCHOR)])


class AnchorButton(LogEntity, ButtonEntity):
    """Anchors what was recorded, at once."""

    async def async_press(self) -> None:
        """Ask for an anchor. How it goes shows in the sensors."""
        try:
            await self.coordinator.async_anchor(wait=False)
        except StoreError as err:
            raise failed("log_unwritable", error=str(err)) from err
