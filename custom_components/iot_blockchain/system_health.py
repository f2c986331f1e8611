"""System health: what each log holds, and whether its network answers."""

from typing import Any, Final

import web3
from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration

from .chain.endpoints import Endpoints
from .chain.errors import ChainError, ChainUnreachableError
from .const import DOMAIN
from .coordinator import IotBlockchainConfigEntry

_FAILED: Final = "failed"


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    integration = await async_get_integration(hass, DOMAIN)
    shown: dict[str, Any] = {
        "version": str(integration.version),
        "web3_version": web3.__version__,
    }
    for entry in hass.config_entries.async_entries(DOMAIN):
        shown |= _log(entry)
    return shown


def _log(entry: IotBlockchainConfigEntry) -> dict[str, Any]:
    """Show a log under the name that the owner gave it."""
    if entry.state is not ConfigEntryState.LOADED:
        return {entry.title: {"type": _FAILED, "error": entry.state.value}}
    coordinator = entry.runtime_data
    status = coordinator.data
    size = coordinator.parts.store.size
    shown: dict[str, Any] = {
        entry.title: f"{size} entries, {status.anchored} of them anchored"
    }
    if coordinator.parts.chain is not None:
        endpoints = coordinator.parts.chain.endpoints
        shown[f"{entry.title}: network"] = _can_be_reached(endpoints)
    return shown


async def _can_be_reached(endpoints: Endpoints) -> str | dict[str, str]:
    """Ask the network; the page shows the answer when it comes."""
    try:
        await endpoints.choose()
    except ChainUnreachableError:
        return {"type": _FAILED, "error": "unreachable"}
    except ChainError as err:
        return {"type": _FAILED, "error": err.key}
    return "ok"
