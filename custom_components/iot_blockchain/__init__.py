"""Keep selected sensor readings in a log that is anchored in a smart contract."""

from datetime import timedelta
from pathlib import Path

import web3
from homeassistant.const import (
    CONF_ADDRESS,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    Platform,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType

from . import issues
from .anchorer import ChainParts
from .chain.account import Account, Payer
from .chain.anchoring import Anchoring, Policy
from .chain.client import ChainClient
from .chain.endpoints import Endpoints
from .chain.external_account import ExternalAccount
from .chain.journal import Journal
from .chain.receipts import Receipts
from .chain.sender import Limits
from .const import (
    CONF_ANCHOR_AGE,
    CONF_ANCHOR_READINGS,
    CONF_CHAIN_ID,
    CONF_DAILY_BUDGET,
    CONF_DEPLOY,
    CONF_LOG_ID,
    CONF_MAX_FEE,
    CONF_MORE_RPC_URLS,
    CONF_PREDECESSOR,
    CONF_RPC_URL,
    CONF_SIGNER_URL,
    DEFAULT_ANCHOR_AGE,
    DEFAULT_ANCHOR_READINGS,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from .coordinator import IotBlockchainConfigEntry, LogCoordinator, LogParts
from .device.credential import Issuer
from .entity import log_device_info
from .export_files import ExportView
from .gone_entities import look_for_gone_entities
from .keys import LogKey, async_get_key_ring
from .log.database import StoreError, StoreUnavailableError
from .log.note import Signer
from .log.store import LogStore
from .logs import log_path
from .migration import migrate
from .receipt_view import ReceiptView
from .services import async_setup_services
from .sources import Source
from .websocket_api import async_setup_websocket_api

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [Platform.BUTTON, Platform.SENSOR, Platform.SWITCH]

_WEB3_VERSIONS = (7, 8)
_GWEI = 10**9
_ETHER = 10**18


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the actions, what the panel asks for, and what serves exports."""
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    hass.http.register_view(ExportView())
    hass.http.register_view(ReceiptView())
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> bool:
    """Open a log and begin to record. The chain is not waited for."""
    if int(web3.__version__.partition(".")[0]) not in _WEB3_VERSIONS:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="web3_version",
            translation_placeholders={"version": web3.__version__},
        )
    coordinator = LogCoordinator(hass, entry, await _open(hass, entry))
    issues.set_lost_issue(hass, entry, None)
    entry.runtime_data = coordinator
    sources = _sources(entry)
    try:
        await coordinator.exporter.async_setup()
        await coordinator.async_start(sources)
        # Before its entities, because the devices that sign are shown below it.
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id, **log_device_info(coordinator)
        )
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


async def _reload(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> None:
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def _open(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> LogParts:
    ring = await async_get_key_ring(hass)
    log_key = ring.log_key(entry.data[CONF_LOG_ID])
    account = await _account(hass, entry)
    if log_key is None or account is None:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="key_missing",
            translation_placeholders={"address": entry.data[CONF_ADDRESS]},
        )
    session = async_get_clientsession(hass)
    endpoints = Endpoints(
        [
            ChainClient(url, session)
            for url in (entry.data[CONF_RPC_URL], *entry.data[CONF_MORE_RPC_URLS])
        ],
        entry.data[CONF_CHAIN_ID],
    )
    try:
        return await hass.async_add_executor_job(
            _open_parts,
            log_path(hass, entry.data[CONF_LOG_ID]),
            entry,
            log_key,
            account,
            endpoints,
        )
    except StoreUnavailableError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="log_unavailable",
            translation_placeholders={"error": str(err)},
        ) from err
    except StoreError as err:
        issues.set_lost_issue(hass, entry, err)
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="log_unreadable",
            translation_placeholders={"error": str(err)},
        ) from err


async def _account(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> Payer | None:
    """Return the account that pays; None where its key should be here and is not."""
    address = entry.data[CONF_ADDRESS]
    if (url := entry.data.get(CONF_SIGNER_URL)) is not None:
        return ExternalAccount(address, url, async_get_clientsession(hass))
    key = (await async_get_key_ring(hass)).account_key(address)
    return await hass.async_add_executor_job(Account, key) if key else None


def _open_parts(
    path: Path,
    entry: IotBlockchainConfigEntry,
    log_key: LogKey,
    account: Payer,
    endpoints: Endpoints,
) -> LogParts:
    """Open the log. Runs in an executor."""
    store = LogStore(path)
    private_key = bytes.fromhex(log_key["private_key"])
    signer = Signer(store.origin, private_key)
    if signer.verifier_key != store.key:
        store.close()
        raise StoreError("the key that is kept here is not the key of this log")
    options = entry.options
    chain_id = entry.data[CONF_CHAIN_ID]
    journal = Journal(path, chain_id)
    return LogParts(
        store=store,
        issuer=Issuer(private_key, bytes.fromhex(entry.data[CONF_LOG_ID])),
        receipts=Receipts(store, journal, log_key["creator"], signer),
        chain=ChainParts(
            journal=journal,
            endpoints=endpoints,
            account=account,
            policy=Policy(
                int(options.get(CONF_ANCHOR_READINGS, DEFAULT_ANCHOR_READINGS)),
                timedelta(**options.get(CONF_ANCHOR_AGE, DEFAULT_ANCHOR_AGE)),
            ),
            anchoring=Anchoring(
                store=store,
                signer=signer,
                journal=journal,
                endpoints=endpoints,
                account=account,
                creator=log_key["creator"],
                limits=Limits(
                    _wei(options.get(CONF_MAX_FEE), _GWEI),
                    _wei(options.get(CONF_DAILY_BUDGET), _ETHER),
                ),
                deploy=entry.data[CONF_DEPLOY],
                predecessor=_log_id(entry.data.get(CONF_PREDECESSOR)),
            ),
        ),
    )


def _sources(entry: IotBlockchainConfigEntry) -> dict[str, Source]:
    return {
        subentry.subentry_id: Source.from_data(subentry.title, subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE)
    }


def _log_id(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def _wei(amount: float | None, unit: int) -> int | None:
    return None if amount is None else int(amount * unit)
