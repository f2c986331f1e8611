"""Opening a log: its file, its keys, and what it is anchored with."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from homeassistant.const import CONF_ADDRESS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from . import issues
from .anchoring.anchorer import ChainParts
from .chain.account import Account, Payer
from .chain.anchoring import Anchoring, Policy
from .chain.client import FINAL_DEPTH, ChainClient
from .chain.endpoints import Endpoints, distinct
from .chain.external_account import ExternalAccount
from .chain.fees import Limits
from .chain.journal import Journal
from .chain.receipts import Receipts
from .const import (
    CONF_ANCHOR_AGE,
    CONF_ANCHOR_READINGS,
    CONF_CHAIN_ID,
    CONF_CONFIRMATIONS,
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
    NO_CHAIN,
)
from .coordinator import IotBlockchainConfigEntry, LogParts
from .device.credential import Issuer
from .durations import duration_of
from .keys import LogKey, async_get_key_ring
from .log.database import StoreError, StoreUnavailableError
from .log.note import Signer
from .log.store import LogStore
from .logs import log_path

_GWEI = 10**9
_ETHER = 10**18


async def async_open(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> LogParts:
    """Open the log of a config entry. No chain is asked anything.

    Raises:
        ConfigEntryNotReady: its file cannot be used for now.
        ConfigEntryError: a key is missing, or the file is not the log.
    """
    ring = await async_get_key_ring(hass)
    log_key = ring.log_key(entry.data[CONF_LOG_ID])
    payer = await _payer(hass, entry) if CONF_CHAIN_ID in entry.data else None
    if log_key is None or (payer is None and CONF_CHAIN_ID in entry.data):
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="key_missing",
            translation_placeholders={"address": entry.data[CONF_ADDRESS]},
        )
    try:
        return await hass.async_add_executor_job(
            _open,
            log_path(hass, entry.data[CONF_LOG_ID]),
            entry,
            log_key,
            None if payer is None else (payer, _endpoints(hass, entry)),
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


async def _payer(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> Payer | None:
    """Return the account that pays; None where its key should be here and is not."""
    address = entry.data[CONF_ADDRESS]
    if (url := entry.data.get(CONF_SIGNER_URL)) is not None:
        return ExternalAccount(address, url, async_get_clientsession(hass))
    key = (await async_get_key_ring(hass)).account_key(address)
    return await hass.async_add_executor_job(Account, key) if key else None


def _endpoints(hass: HomeAssistant, entry: IotBlockchainConfigEntry) -> Endpoints:
    session = async_get_clientsession(hass)
    urls = distinct((entry.data[CONF_RPC_URL], *entry.data[CONF_MORE_RPC_URLS]))
    depth = int(entry.options.get(CONF_CONFIRMATIONS, FINAL_DEPTH))
    return Endpoints(
        [ChainClient(url, session, final_depth=depth) for url in urls],
        entry.data[CONF_CHAIN_ID],
    )


def _open(
    path: Path,
    entry: IotBlockchainConfigEntry,
    log_key: LogKey,
    asked_and_paid: tuple[Payer, Endpoints] | None,
) -> LogParts:
    """Open the log. Runs in an executor."""
    store = LogStore(path)
    private_key = bytes.fromhex(log_key["private_key"])
    signer = Signer(store.origin, private_key)
    if signer.verifier_key != store.key:
        store.close()
        raise StoreError("the key that is kept here is not the key of this log")
    journal = Journal(path, entry.data.get(CONF_CHAIN_ID, NO_CHAIN))
    creator = log_key["creator"]
    chain = None
    if asked_and_paid is not None:
        payer, endpoints = asked_and_paid
        chain = ChainParts(
            journal=journal,
            endpoints=endpoints,
            account=payer,
            policy=_policy(entry),
            anchoring=Anchoring(
                store=store,
                signer=signer,
                journal=journal,
                endpoints=endpoints,
                account=payer,
                creator=creator,
                limits=limits_of(entry.options),
                deploy=entry.data[CONF_DEPLOY],
                predecessor=_log_id(entry.data.get(CONF_PREDECESSOR)),
            ),
        )
    return LogParts(
        store=store,
        journal=journal,
        issuer=Issuer(private_key, bytes.fromhex(entry.data[CONF_LOG_ID])),
        receipts=Receipts(store, journal, creator, signer),
        chain=chain,
    )


def _policy(entry: IotBlockchainConfigEntry) -> Policy:
    return Policy(
        int(entry.options.get(CONF_ANCHOR_READINGS, DEFAULT_ANCHOR_READINGS)),
        duration_of(entry.options.get(CONF_ANCHOR_AGE, DEFAULT_ANCHOR_AGE)),
    )


def limits_of(options: Mapping[str, Any]) -> Limits:
    """Read from the options of a log what may be spent."""
    return Limits(
        _wei(options.get(CONF_MAX_FEE), _GWEI),
        _wei(options.get(CONF_DAILY_BUDGET), _ETHER),
    )


def _log_id(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def _wei(amount: float | None, unit: int) -> int | None:
    return None if amount is None else int(Decimal(str(amount)) * unit)
