"""What the entities of a log have in common."""

from homeassistant.const import CONF_ADDRESS
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_LOG_ID, DOMAIN
from .coordinator import LogCoordinator


class LogEntity(CoordinatorEntity[LogCoordinator]):
    """An entity on the device of a log."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: LogCoordinator, description: EntityDescription
    ) -> None:
        """Take the log to show."""
        super().__init__(coordinator)
        self.entity_description = description
        log_id = coordinator.config_entry.data[CONF_LOG_ID]
        self._attr_unique_id = f"{log_id}_{description.key}"
        self._attr_device_info = log_device_info(coordinator)


def log_device_info(coordinator: LogCoordinator) -> DeviceInfo:
    """Describe the device of a log."""
    entry = coordinator.config_entry
    return DeviceInfo(
        identifiers={(DOMAIN, entry.data[CONF_LOG_ID])},
        name=entry.title,
        manufacturer="IoT Blockchain",
        model="Log",
        entry_type=DeviceEntryType.SERVICE,
        configuration_url=_account_page(coordinator),
    )


def _account_page(coordinator: LogCoordinator) -> str | None:
    """Return where the account is to be seen in the network's explorer."""
    address = coordinator.config_entry.data[CONF_ADDRESS]
    network = coordinator.network
    return f"{network.explorer}/address/{address}" if network else None
