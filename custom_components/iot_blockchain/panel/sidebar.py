"""The panel in the sidebar and the card for dashboards: files and places."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

PANEL_PATH: Final = "iot-blockchain"

_WWW: Final = Path(__file__).parents[1] / "www"
_FILES: Final = _WWW / "panel"
_URL: Final = f"/{DOMAIN}/panel"
_VERIFIER: Final = "verify.html"
_PANEL: Final = "panel.js"
_CARD: Final = "card.js"
_ELEMENT: Final = "iot-blockchain-panel"

# The addresses of the panel's and the card's module, from the first entry on.
_MODULES: HassKey[dict[str, str]] = HassKey(f"{DOMAIN}_modules")


async def async_setup_panel(hass: HomeAssistant) -> None:
    """Show the panel to administrators, and offer the card, if that is not done yet.

    Without a frontend there is nothing to do.
    """
    if "frontend" not in hass.config.components:
        return
    if (modules := hass.data.get(_MODULES)) is None:
        modules = await hass.async_add_executor_job(_modules)
        if _MODULES not in hass.data:
            hass.data[_MODULES] = modules
            # Served until Home Assistant stops: a path cannot be taken back.
            await hass.http.async_register_static_paths(
                [
                    StaticPathConfig(_URL, str(_FILES), cache_headers=True),
                    StaticPathConfig(
                        f"/{DOMAIN}/{_VERIFIER}",
                        str(_WWW / _VERIFIER),
                        cache_headers=False,
                    ),
                ]
            )
    if frontend.async_panel_exists(hass, PANEL_PATH):
        return
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=PANEL_PATH,
        webcomponent_name=_ELEMENT,
        sidebar_title="IoT Blockchain",
        sidebar_icon="mdi:anchor",
        module_url=modules[_PANEL],
        require_admin=True,
    )
    frontend.add_extra_js_url(hass, modules[_CARD])


@callback
def async_remove_panel(hass: HomeAssistant, removed: ConfigEntry) -> None:
    """Take panel and card away with the last entry."""
    left = {entry.entry_id for entry in hass.config_entries.async_entries(DOMAIN)}
    if left - {removed.entry_id} or not frontend.async_panel_exists(hass, PANEL_PATH):
        return
    frontend.async_remove_panel(hass, PANEL_PATH)
    frontend.remove_extra_js_url(hass, hass.data[_MODULES][_CARD])


def _modules() -> dict[str, str]:
    """Return the addresses, which change with what is there. Runs in an executor."""
    return {
        name: f"{_URL}/{name}?{sha256((_FILES / name).read_bytes()).hexdigest()[:16]}"
        for name in (_PANEL, _CARD)
    }
