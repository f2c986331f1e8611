"""Sensors of the sources: how much each has recorded, and how far that is anchored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_LOG_ID, DOMAIN
from .coordinator import LogCoordinator
from .log.entry import Trust
from .source_status import SourceStatus


@dataclass(frozen=True, kw_only=True)
class SourceSensorDescription(SensorEntityDescription):
    """A sensor of a source, and where its value comes from."""

    value: Callable[[SourceStatus], int | datetime | None]
    needs_chain: bool = False


DESCRIPTIONS = (
    SourceSensorDescription(
        key="recorded",
        translation_key="source_recorded",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda status: status.recorded,
    ),
    SourceSensorDescription(
        key="last_reading",
        translation_key="source_last_reading",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        # It changes with each batch of readings.
        entity_registry_enabled_default=False,
        value=lambda status: status.last,
    ),
    SourceSensorDescription(
        key="last_anchored",
        translation_key="source_last_anchored",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda status: status.last_anchored,
        needs_chain=True,
    ),
)


def entities_of(
    coordinator: LogCoordinator, subentry: ConfigSubentry
) -> Iterator[SensorEntity]:
    """Return the sensors of a source."""
    for description in DESCRIPTIONS:
        if coordinator.chain_id is not None or not description.needs_chain:
            yield SourceSensor(coordinator, subentry, description)


class SourceSensor(CoordinatorEntity[LogCoordinator], SensorEntity):
    """One thing that is to be known of a source."""

    _attr_has_entity_name = True
    # Whose word the readings are. Those of devices that sign say so themselves.
    _attr_extra_state_attributes = {"trust": Trust.GATEWAY_SIGNED}  # noqa: RUF012
    entity_description: SourceSensorDescription

    def __init__(
        self,
        coordinator: LogCoordinator,
        subentry: ConfigSubentry,
        description: SourceSensorDescription,
    ) -> None:
        """Take the source, and what to show of it."""
        super().__init__(coordinator)
        self.entity_description = description
        self._source = subentry.subentry_id
        self._attr_unique_id = f"{subentry.subentry_id}_{description.key}"
        entry = coordinator.config_entry
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            manufacturer="IoT Blockchain",
            model="Source",
            entry_type=DeviceEntryType.SERVICE,
            via_device_id=dr.async_get_device_id_by_identifier(
                coordinator.hass,
                (DOMAIN, entry.data[CONF_LOG_ID]),
                config_entry_id=entry.entry_id,
            ),
        )

    @property
    def native_value(self) -> int | datetime | None:
        """Return the value."""
        return self.entity_description.value(
            self.coordinator.data.sources[self._source]
        )
