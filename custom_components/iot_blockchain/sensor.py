"""Sensors of a log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import CONF_ADDRESS, PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import device_sensor, source_sensor
from .const import CONF_CURRENCY, SUBENTRY_DEVICE, SUBENTRY_SOURCE
from .coordinator import IotBlockchainConfigEntry, LogCoordinator
from .entity import LogEntity
from .log_status import AnchorStatus, LogStatus

PARALLEL_UPDATES = 0

_ETHER = 10**18


@dataclass(frozen=True, kw_only=True)
class LogSensorDescription(SensorEntityDescription):
    """A sensor, and where its value comes from."""

    value: Callable[[LogStatus], str | float | Decimal | datetime | None]
    needs_chain: bool = False
    """Without a network, there is nothing to show."""


def _transaction(status: LogStatus) -> str | None:
    """Shorten the hash to what a person can compare; the attributes hold it all."""
    last = status.last_transaction
    return f"0x{last.hash[:4].hex()}…{last.hash[-4:].hex()}" if last else None


def _confirmation(status: LogStatus) -> float | None:
    waited = status.costs.confirmation
    return None if waited is None else waited.total_seconds()


def _in_coins(wei: int | None) -> Decimal | None:
    return None if wei is None else Decimal(wei) / _ETHER


EXPORT = LogSensorDescription(
    key="export",
    translation_key="export",
    native_unit_of_measurement=PERCENTAGE,
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda status: status.export,
)

SENSORS = (
    LogSensorDescription(
        key="anchor_status",
        translation_key="anchor_status",
        device_class=SensorDeviceClass.ENUM,
        options=list(AnchorStatus),
        value=lambda status: status.anchor_status,
        needs_chain=True,
    ),
    LogSensorDescription(
        key="last_anchored",
        translation_key="last_anchored",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda status: status.last_anchored,
        needs_chain=True,
    ),
    LogSensorDescription(
        key="next_due",
        translation_key="next_due",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda status: status.next_due,
        needs_chain=True,
    ),
    LogSensorDescription(
        key="recorded",
        translation_key="recorded",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value=lambda status: status.recorded,
    ),
    LogSensorDescription(
        key="waiting",
        translation_key="waiting",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda status: status.waiting,
        needs_chain=True,
    ),
    LogSensorDescription(
        key="size",
        translation_key="size",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        # It changes with each batch of readings, as their number does.
        entity_registry_enabled_default=False,
        value=lambda status: status.size,
    ),
    LogSensorDescription(
        key="confirmation",
        translation_key="confirmation",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=_confirmation,
        needs_chain=True,
    ),
    EXPORT,
)

BALANCE = LogSensorDescription(
    key="balance",
    translation_key="balance",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=6,
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda status: _in_coins(status.balance),
)

SPENT_TODAY = LogSensorDescription(
    key="spent_today",
    translation_key="spent_today",
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=6,
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda status: _in_coins(status.costs.spent_today),
)

SPENT = LogSensorDescription(
    key="spent",
    translation_key="spent",
    # Not increasing only: a block that is taken back costs nothing.
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=6,
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda status: _in_coins(status.costs.spent),
)

COST_PER_THOUSAND = LogSensorDescription(
    key="cost_per_thousand",
    translation_key="cost_per_thousand",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=8,
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda status: _in_coins(status.cost_per_thousand),
)

LAST_TRANSACTION = LogSensorDescription(
    key="last_transaction",
    translation_key="last_transaction",
    entity_category=EntityCategory.DIAGNOSTIC,
    value=_transaction,
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: IotBlockchainConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a log, of its sources and of its devices."""
    coordinator = entry.runtime_data
    has_chain = coordinator.chain_id is not None
    async_add_entities(
        LogSensor(coordinator, description)
        for description in SENSORS
        if has_chain or not description.needs_chain
    )
    if has_chain:
        async_add_entities(
            [
                BalanceSensor(coordinator, BALANCE),
                SpentTodaySensor(coordinator, SPENT_TODAY),
                CoinSensor(coordinator, SPENT),
                CoinSensor(coordinator, COST_PER_THOUSAND),
                TransactionSensor(coordinator, LAST_TRANSACTION),
            ]
        )
    for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE):
        async_add_entities(
            source_sensor.entities_of(coordinator, subentry),
            config_subentry_id=subentry.subentry_id,
        )
    for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE):
        device_sensor.async_remove_former(coordinator, subentry)
        async_add_entities(
            device_sensor.entities_of(coordinator, subentry),
            config_subentry_id=subentry.subentry_id,
        )


class LogSensor(LogEntity, SensorEntity):
    """One value of a log."""

    entity_description: LogSensorDescription

    @property
    def native_value(self) -> str | float | Decimal | datetime | None:
        """Return the value."""
        return self.entity_description.value(self.coordinator.data)


class CoinSensor(LogSensor):
    """An amount in the network's coin."""

    def __init__(
        self, coordinator: LogCoordinator, description: LogSensorDescription
    ) -> None:
        """Take the log whose money to show."""
        super().__init__(coordinator, description)
        currency = coordinator.config_entry.data[CONF_CURRENCY]
        self._attr_native_unit_of_measurement = currency


class BalanceSensor(CoinSensor):
    """What the account holds, and where to send more."""

    def __init__(
        self, coordinator: LogCoordinator, description: LogSensorDescription
    ) -> None:
        """Take the log whose account to show."""
        super().__init__(coordinator, description)
        address = coordinator.config_entry.data[CONF_ADDRESS]
        self._attr_extra_state_attributes = {CONF_ADDRESS: address}

    @property
    def available(self) -> bool:
        """A balance that nobody could ask for is unavailable, not unknown."""
        return super().available and self.coordinator.data.balance is not None


class SpentTodaySensor(CoinSensor):
    """What was spent since midnight."""

    @property
    def last_reset(self) -> datetime:
        """Return when the count began."""
        return self.coordinator.data.costs.midnight


class TransactionSensor(LogSensor):
    """The last transaction, and where to look it up."""

    @property
    def extra_state_attributes(self) -> dict[str, str]:
        """Return the whole hash, and its page in the network's explorer."""
        last = self.coordinator.data.last_transaction
        if last is None:
            return {}
        transaction = f"0x{last.hash.hex()}"
        attributes = {"transaction": transaction}
        if network := self.coordinator.network:
            attributes["url"] = f"{network.explorer}/tx/{transaction}"
        return attributes
