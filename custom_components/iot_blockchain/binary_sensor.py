"""Binary sensors of a log: whether all is well with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import IotBlockchainConfigEntry
from .entity import LogEntity
from .log_status import LogStatus

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LogBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor, and where its value and its attributes come from."""

    value: Callable[[LogStatus], bool | None]
    attributes: Callable[[LogStatus], Mapping[str, str | None] | None] = (
        lambda _status: None
    )
    needs_chain: bool = False


BINARY_SENSORS = (
    LogBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.problem is not None,
        attributes=lambda status: {"reason": status.problem},
    ),
    LogBinarySensorDescription(
        key="connected",
        translation_key="connected",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda status: status.connected,
        needs_chain=True,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a log."""
    coordinator = entry.runtime_data
    async_add_entities(
        LogBinarySensor(coordinator, description)
        for description in BINARY_SENSORS
        if coordinator.chain_id is not None or not description.needs_chain
    )


class LogBinarySensor(LogEntity, BinarySensorEntity):
    """One thing that is so with a log, or is not."""

    entity_description: LogBinarySensorDescription

    @property
    def is_on(self) -> bool | None:
        """Say whether it is so; None while that is not known."""
        return self.entity_description.value(self.coordinator.data)

    @property
    def extra_state_attributes(self) -> Mapping[str, str | None] | None:
        """Return what explains it."""
        return self.entity_description.attributes(self.coordinator.data)
