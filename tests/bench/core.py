"""A Home Assistant core in this process, with nothing but what every one has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.components.network.network import async_get_network
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import CoreState, HomeAssistant

# Home Assistant looks for custom integrations in the package of this name.
import custom_components  # noqa: F401


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncIterator[HomeAssistant]:
    """Start a core whose configuration is in a folder, and stop it."""
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    assert await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth_manager_from_config(hass, [], [])
    await async_get_network(hass)  # what resolves names asks for it
    hass.set_state(CoreState.running)
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)
