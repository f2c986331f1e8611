"""Keep selected sensor readings in a log that is anchored in a smart contract."""

import web3
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
)
from homeassistant.helpers.typing import ConfigType

from . import issues
from .anchoring.low_balance import look_at_balance
from .const import DOMAIN, SUBENTRY_SOURCE
from .coordinator import IotBlockchainConfigEntry, LogCoordinator
from .entity import log_device_info
from .evidence.export_files import ExportView
from .evidence.receipt_view import ReceiptView
from .history.auditing import async_setup_audit_action, async_setup_daily_audit
from .intake.gone_entities import look_for_gone_entities
from .intake.sources import Source
from .migration import migrate
from .opening import async_open
from .panel.sidebar import async_remove_panel, async_setup_panel
from .services import async_setup_services
from .websocket_api import async_setup_websocket_api

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
]

_WEB3_VERSIONS = (7, 8)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the actions, what the panel asks for, and what serves exports."""
    async_setup_services(hass)
    async_setup_audit_action(hass)
    async_setup_websocket_api(hass)
    hass.http.register_view(ExportView())
    hass.http.register_view(ReceiptView())
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> bool:
    """Open a log and begin to record. The chain is not waited for."""
    if int(web3.__version__.partition(".")[0]) not in _WEB3_VERSIONS:
        issues.set_web3_issue(hass, entry, web3.__version__)
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="web3_version",
            translation_placeholders={"version": web3.__version__},
        )
    coordinator = LogCoordinator(hass, entry, await async_open(hass, entry))
    issues.set_lost_issue(hass, entry, None)
    issues.set_web3_issue(hass, entry, None)
    entry.runtime_data = coordinator
    sources = _sources(entry)
    try:
        await coordinator.exporter.async_setup()
        await coordinator.async_start(sources)
        await async_setup_panel(hass)
        async_setup_daily_audit(hass, entry)
        look_at_balance(hass, entry)
        # Before its entities, because the devices that sign are shown below it.
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, **log_device_info(coordinator)
        )
        # What can fail comes before: the entities would have to be taken back.
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except BaseException:
        await coordinator.async_stop()
        raise

    async def stop(_event: Event) -> None:
        await coordinator.async_stop()

    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, stop)
    )
    entry.async_on_unload(entry.add_update_listener(_reload))
    look_for_gone_entities(hass, entry, sources.values())
    return True


async def async_migrate_entry(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> bool:
    """Bring what an earlier version stored into the form of this one."""
    migrate(hass, entry)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> bool:
    """Stop everything that the entry began."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.async_stop()
    issues.clear_issues(hass, entry)
    return True


async def async_remove_entry(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> None:
    """Take back all that was said. The log and its keys stay: they are evidence."""
    issues.clear_issues(hass, entry)
    issues.clear_lasting_issues(hass, entry)
    async_remove_panel(hass, entry)


async def _reload(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> None:
    hass.config_entries.async_schedule_reload(entry.entry_id)


def _sources(entry: IotBlockchainConfigEntry) -> dict[str, Source]:
    return {
        subentry.subentry_id: Source.from_data(subentry.title, subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE)
    }
