"""Sensors of the devices that sign: what they signed, and how far to trust it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, TypedDict

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity

from .const import CONF_LOG_ID, DOMAIN
from .coordinator import LogCoordinator
from .device.rules import Assurance
from .device.state import Software, Status
from .log.entry import Trust
from .signing.devices import signal_of
from .signing.enrolled_device import Device, SignedValue


@dataclass(frozen=True, kw_only=True)
class DeviceSensorDescription(SensorEntityDescription):
    """A sensor of a device, and where its value and its attributes come from."""

    value: Callable[[Device], str | int | datetime | None]
    attributes: Callable[[Device], Mapping[str, Any] | None] = lambda _device: None
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC


_SHOWN_FIRST = 8
_SHOWN_LAST = 4


def _short(text: str) -> str:
    """Shorten a hash or a key to what fits a card; an attribute holds it all."""
    return f"{text[:_SHOWN_FIRST]}…{text[-_SHOWN_LAST:]}"


def _software_hash(
    key: str, translation_key: str, read: Callable[[Software], str]
) -> DeviceSensorDescription:
    """Describe the sensor of a hash that the device's boot message holds."""

    def value(device: Device) -> str | None:
        software = device.state.running_software
        return None if software is None else _short(read(software))

    def attributes(device: Device) -> Mapping[str, Any] | None:
        software = device.state.running_software
        return None if software is None else {"hash": read(software)}

    return DeviceSensorDescription(
        key=key, translation_key=translation_key, value=value, attributes=attributes
    )


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


DESCRIPTIONS = (
    DeviceSensorDescription(
        key="status",
        translation_key="device_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(Status),
        value=lambda device: device.state.status,
        attributes=lambda device: {"reason": device.state.status_reason},
        entity_category=None,
    ),
    DeviceSensorDescription(
        key="did",
        translation_key="device_did",
        value=lambda device: _short(device.rules.did.removeprefix("did:key:")),
        attributes=lambda device: {
            "did": device.rules.did,
            "previous": list(device.rules.previous_dids),
        },
    ),
    DeviceSensorDescription(
        key="assurance",
        translation_key="device_assurance",
        device_class=SensorDeviceClass.ENUM,
        options=list(Assurance),
        value=lambda device: device.rules.assurance,
    ),
    DeviceSensorDescription(
        key="last_envelope",
        translation_key="device_last_envelope",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda device: _time(device.state.last_envelope),
    ),
    DeviceSensorDescription(
        key="sequence",
        translation_key="device_sequence",
        # It changes with each envelope, and signed values have it as an attribute.
        entity_registry_enabled_default=False,
        value=lambda device: device.state.sequence.last,
        attributes=lambda device: {"epoch": device.state.sequence.epoch},
    ),
    DeviceSensorDescription(
        key="missing",
        translation_key="device_missing",
        state_class=SensorStateClass.TOTAL,
        value=lambda device: device.state.sequence.missing + device.state.sequence.lost,
        attributes=lambda device: {
            "gaps": [
                {"first": gap.first, "last": gap.last, "restart": gap.restart}
                for gap in device.state.sequence.gaps
            ],
            "given_up": device.state.sequence.lost,
        },
    ),
    DeviceSensorDescription(
        key="refused",
        translation_key="device_refused",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda device: sum(device.refused.values()),
        attributes=lambda device: dict(device.refused),
    ),
    _software_hash("firmware", "device_firmware", lambda software: software.firmware),
    _software_hash(
        "configuration", "device_configuration", lambda software: software.config
    ),
)


def entities_of(
    coordinator: LogCoordinator, subentry: ConfigSubentry
) -> Iterator[SensorEntity]:
    """Return the sensors of a device: about it, and those that it signs for."""
    for description in DESCRIPTIONS:
        yield DeviceSensor(coordinator, subentry, description)
    for sensor in subentry.data["sensors"]:
        yield SignedSensor(coordinator, subentry, sensor)


@callback
def async_remove_former(coordinator: LogCoordinator, subentry: ConfigSubentry) -> None:
    """Remove the entities of sensors that a device may not report any more."""
    registry = er.async_get(coordinator.hass)
    present = {entity.unique_id for entity in entities_of(coordinator, subentry)}
    for entity in er.async_entries_for_config_entry(
        registry, coordinator.config_entry.entry_id
    ):
        if (
            entity.config_subentry_id == subentry.subentry_id
            and entity.domain == Platform.SENSOR
            and entity.unique_id not in present
        ):
            registry.async_remove(entity.entity_id)


def _is_number(signed: SignedValue) -> bool:
    """Say whether the value is a number: only then Home Assistant takes its unit."""
    try:
        return isfinite(float(signed.payload.value))
    except ValueError:
        return False


class _About(TypedDict):
    """What the device registry keeps of a device that signs."""

    serial_number: str
    model: str | None
    sw_version: str | None


class _DeviceEntity(Entity):
    """An entity on the device of a signing key."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _about: _About | None = None

    def __init__(
        self, coordinator: LogCoordinator, subentry: ConfigSubentry, key: str
    ) -> None:
        self._subentry_id = subentry.subentry_id
        self._device = coordinator.devices[subentry.subentry_id]
        self._attr_unique_id = f"{subentry.subentry_id}_{key}"
        entry = coordinator.config_entry
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            via_device_id=dr.async_get_device_id_by_identifier(
                coordinator.hass,
                (DOMAIN, entry.data[CONF_LOG_ID]),
                config_entry_id=entry.entry_id,
            ),
        )

    async def async_added_to_hass(self) -> None:
        """Follow the device."""
        self._tell_registry()
        self.async_on_remove(
            async_dispatcher_connect(
                self.hass, signal_of(self._subentry_id), self._changed
            )
        )

    @callback
    def _changed(self) -> None:
        self._tell_registry()
        self.async_write_ha_state()

    def _tell_registry(self) -> None:
        """Let the device's page say what it is, which its next boot or key changes."""
        software = self._device.state.running_software
        about = _About(
            serial_number=self._device.rules.did,
            model=software.model if software else None,
            sw_version=software.esphome if software else None,
        )
        if about != self._about and self.device_entry is not None:
            self._about = about
            dr.async_get(self.hass).async_update_device(self.device_entry.id, **about)


class DeviceSensor(_DeviceEntity, SensorEntity):
    """One thing that the log knows of a device."""

    entity_description: DeviceSensorDescription

    def __init__(
        self,
        coordinator: LogCoordinator,
        subentry: ConfigSubentry,
        description: DeviceSensorDescription,
    ) -> None:
        """Take the device, and what to show of it."""
        # no sensor that a device signs for can have a capital letter in its key
        super().__init__(coordinator, subentry, f"DEVICE_{description.key}")
        self.entity_description = description

    @property
    def native_value(self) -> str | int | datetime | None:
        """Return the value."""
        return self.entity_description.value(self._device)

    @property
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what explains the value."""
        return self.entity_description.attributes(self._device)


class SignedSensor(_DeviceEntity, SensorEntity):
    """The last value of a sensor that its device signed. The log holds each of them."""

    def __init__(
        self, coordinator: LogCoordinator, subentry: ConfigSubentry, sensor: str
    ) -> None:
        """Take the device, and the object id of its sensor."""
        super().__init__(coordinator, subentry, sensor)
        self._sensor = sensor
        self._attr_name = sensor.replace("_", " ").capitalize()

    @property
    def native_value(self) -> str | None:
        """Return the value as the device wrote it."""
        signed = self._device.values.get(self._sensor)
        return None if signed is None else signed.payload.value

    @property
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit as the device wrote it."""
        signed = self._device.values.get(self._sensor)
        return None if signed is None or not _is_number(signed) else signed.payload.unit

    @property
    def state_class(self) -> SensorStateClass | None:
        """Let statistics be kept of what is measured."""
        has_unit = self.native_unit_of_measurement is not None
        return SensorStateClass.MEASUREMENT if has_unit else None

    @property
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return whose word it is, and which of the device's envelopes it was in."""
        signed = self._device.values.get(self._sensor)
        if signed is None:
            return None
        payload = signed.payload
        return {
            "trust": Trust.DEVICE_SIGNED,
            "assurance": self._device.rules.assurance,
            "did": payload.iss,
            "epoch": payload.epoch,
            "sequence": payload.seq,
            "signed": _time(payload.iat or None),
            "received": signed.received,
            "marks": sorted(signed.marks),
        }
