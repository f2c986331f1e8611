"""The panel and the card come with the first log, and go with the last."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import frontend
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, DATA_PANELS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import (  # type: ignore[import-untyped]
    ClientSessionGenerator,
)

from custom_components.iot_blockchain.panel.sidebar import PANEL_PATH

from .conftest import SetUp

_FILES = Path(__file__).parents[2] / "custom_components/iot_blockchain/www/panel"


@pytest.fixture
async def _frontend(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "frontend", {})


def panel(hass: HomeAssistant) -> dict[str, Any] | None:
    found = hass.data[DATA_PANELS].get(PANEL_PATH)
    return None if found is None else dict(found.to_response())


def cards(hass: HomeAssistant) -> list[str]:
    urls = hass.data[DATA_EXTRA_MODULE_URL].urls
    return [url for url in urls if "iot_blockchain" in url]


@pytest.mark.usefixtures("_frontend")
async def test_panel_and_card_are_there_until_the_last_log_is_removed(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    first = await set_up(name="First")
    second = await set_up(name="Second")
    found = panel(hass)
    assert found is not None
    assert found["require_admin"] is True
    assert found["title"] == "IoT Blockchain"
    assert found["config"]["_panel_custom"]["name"] == "iot-blockchain-panel"
    assert len(cards(hass)) == 1

    await first.reload()
    await first.unload()
    assert panel(hass) == found
    await hass.config_entries.async_remove(first.entry.entry_id)
    assert panel(hass) == found
    await hass.config_entries.async_remove(second.entry.entry_id)
    assert panel(hass) is None
    assert cards(hass) == []

    await set_up(name="Third")
    assert panel(hass) == found
    assert len(cards(hass)) == 1


@pytest.mark.usefixtures("_frontend")
async def test_all_files_are_served_and_known_by_what_they_hold(
    hass: HomeAssistant,
    set_up: SetUp,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await set_up()
    found = panel(hass)
    assert found is not None
    module = found["config"]["_panel_custom"]["module_url"]
    (card,) = cards(hass)
    client = await hass_client_no_auth()
    for url in (module, card):
        name, _, digest = url.rpartition("/")[2].partition("?")
        assert len(digest) == 16
        served = await client.get(url)
        assert await served.text() == (_FILES / name).read_text(encoding="utf-8")
        assert "max-age" in served.headers["cache-control"]
    verifier = await client.get("/iot_blockchain/verify.html")
    assert "<title>Verify a receipt" in await verifier.text()
    assert "cache-control" not in verifier.headers


async def test_without_a_frontend_there_is_no_panel_and_no_trouble(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    assert not frontend.async_panel_exists(hass, PANEL_PATH)
    assert await hass.config_entries.async_remove(house.entry.entry_id)
