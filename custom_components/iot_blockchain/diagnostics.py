"""Diagnostics: what a report of a problem needs, without what is secret.

Nothing leads from here to the account, to the log on the network, or to an endpoint's
access key: files like this are attached to public reports.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import web3
from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ADDRESS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.device_registry import DeviceEntry
from yarl import URL

from .chain.journal import Status
from .const import (
    CONF_LOG_ID,
    CONF_MORE_RPC_URLS,
    CONF_PREDECESSOR,
    CONF_RPC_URL,
    CONF_SIGNER_URL,
    DOMAIN,
    SUBENTRY_DEVICE,
)
from .coordinator import IotBlockchainConfigEntry, LogCoordinator
from .flows.device_flow import CONF_DID
from .log.store import LogStore
from .logs import log_path
from .signing.enrolled_device import Device
from .signing.enrolment import fingerprint_of
from .signing.envelopes import async_get_envelopes

_SECRET: Final = {CONF_ADDRESS, CONF_DID, CONF_LOG_ID, CONF_PREDECESSOR, "unique_id"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry
) -> dict[str, Any]:
    """Return what is known of a log, loaded or not."""
    issues = ir.async_get(hass).issues.values()
    envelopes = await async_get_envelopes(hass)
    path = log_path(hass, entry.data[CONF_LOG_ID])
    known: dict[str, Any] = {
        "versions": await hass.async_add_executor_job(_versions),
        "entry": _entry(entry),
        "issues": sorted(
            str(issue.translation_key)
            for issue in issues
            if issue.domain == DOMAIN and issue.active
        ),
        "files": await hass.async_add_executor_job(_sizes, path),
        "envelopes": {
            "refused": _counts(envelopes.refused),
            "unknown_keys": len(envelopes.enrolment.candidates),
        },
    }
    if entry.state is ConfigEntryState.LOADED:
        known |= await _log(hass, entry.runtime_data)
        known["devices"] = [
            _device(entry.runtime_data.devices[subentry.subentry_id])
            for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
        ]
    return known


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: IotBlockchainConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return what is known of a device that signs, or of a log as for its entry."""
    names = {name for domain, name in device.identifiers if domain == DOMAIN}
    found = names & {
        subentry.subentry_id
        for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
    }
    if not found or entry.state is not ConfigEntryState.LOADED:
        return await async_get_config_entry_diagnostics(hass, entry)
    envelopes = await async_get_envelopes(hass)
    return {
        "device": _device(entry.runtime_data.devices[found.pop()]),
        "envelopes": {"refused": _counts(envelopes.refused)},
    }


def _versions() -> dict[str, str]:
    return {
        "eth-account": version("eth-account"),
        "sqlite": sqlite3.sqlite_version,
        "web3": web3.__version__,
    }


def _entry(entry: IotBlockchainConfigEntry) -> dict[str, Any]:
    data = {
        **entry.data,
        **{
            name: _host(entry.data[name])
            for name in (CONF_RPC_URL, CONF_SIGNER_URL)
            if entry.data.get(name)
        },
    }
    if CONF_MORE_RPC_URLS in data:
        data[CONF_MORE_RPC_URLS] = [_host(url) for url in data[CONF_MORE_RPC_URLS]]
    described = entry.as_dict()
    return {
        "state": entry.state.value,
        "version": described["version"],
        "data": async_redact_data(data, _SECRET),
        "options": dict(entry.options),
        "subentries": async_redact_data(
            [dict(subentry) for subentry in described["subentries"]], _SECRET
        ),
    }


def _host(address: str) -> str:
    """Return an address without what can be a key in it."""
    try:
        url = URL(address)
        return str(url.origin() / REDACTED) if url.host else REDACTED
    except ValueError:
        return REDACTED


def _sizes(path: Path) -> dict[str, int | None]:
    """Return how many bytes the log's files have. Runs in an executor."""
    sizes: dict[str, int | None] = {}
    for suffix in ("", "-wal"):
        file = path.with_name(path.name + suffix)
        sizes[f"db{suffix}"] = file.stat().st_size if file.is_file() else None
    return sizes


async def _log(hass: HomeAssistant, coordinator: LogCoordinator) -> dict[str, Any]:
    recording = coordinator.recording
    known: dict[str, Any] = {
        "status": {
            name: value
            for name, value in asdict(coordinator.data).items()
            if name != "last_transaction"
        },
        "recording": {
            "paused": recording.paused,
            "entities": len(recording.entities),
            **await hass.async_add_executor_job(_counted, coordinator.parts.store),
        },
    }
    if coordinator.parts.chain is not None:
        policy = coordinator.parts.chain.policy
        known["anchoring"] = {
            "chain_id": coordinator.chain_id,
            "policy": {"readings": policy.readings, "age": str(policy.age)},
            "last": await hass.async_add_executor_job(_transactions, coordinator),
        }
    return known


def _counted(store: LogStore) -> dict[str, Any]:
    counts = store.counts
    return {"entries": counts.size, "readings": counts.readings}


def _transactions(coordinator: LogCoordinator) -> list[dict[str, Any]]:
    """Return what is on its way, and what came before it. Runs in an executor."""
    journal = coordinator.parts.journal
    unfinished = journal.with_status(Status.SUBMITTED, Status.CONFIRMED)
    final = journal.last_final()
    return [
        {
            "kind": submission.intent.kind,
            "status": submission.status,
            "size": submission.intent.size,
            "nonce": submission.nonce,
            "gas": submission.gas,
            "cost": submission.placement.cost if submission.placement else None,
            "attempts": len(journal.attempts(submission)),
        }
        for submission in ([final] if final else []) + list(unfinished)
    ]


def _device(device: Device) -> dict[str, Any]:
    state = device.state
    return {
        "key": f"...{fingerprint_of(device.rules.did)}",
        "keys": len(device.keys),
        "enrolled": device.enrolled,
        "assurance": device.rules.assurance,
        "sensors": sorted(device.rules.sensors),
        "status": state.status,
        "status_reason": state.status_reason,
        "software": None if state.software is None else asdict(state.software),
        "last_envelope": None
        if state.last_envelope is None
        else datetime.fromtimestamp(state.last_envelope, UTC).isoformat(),
        "accepted": state.accepted,
        "refused": _counts(state.refused),
        "strangers": _counts(device.strangers),
        "epoch": state.sequence.epoch,
    }


def _counts(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(getattr(key, "value", key)): number for key, number in counts.items()}
