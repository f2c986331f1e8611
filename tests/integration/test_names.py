"""Names that are none: of logs, sources and devices."""

import pytest
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.logs import async_kept_logs

from .conftest import SetUp
from .flow import Flow
from .house import Endpoint
from .signing import SigningDevice
from .test_devices import DETAILS, add_device
from .test_source_flow import fill_in, save

BLANK = pytest.mark.parametrize("blank", ["", "  ", "\t\n"])


@BLANK
async def test_log_is_named(flow: Flow, endpoint: Endpoint, blank: str) -> None:
    await flow.to_account(endpoint.url)
    await flow.choose("create_account")
    await flow.enter(name=blank)
    assert flow.errors == {"name": "no_name"}
    assert flow.shows == "new_log"
    assert not await async_kept_logs(flow.hass)
    await flow.enter(name=" Holiday home ")
    await flow.finish()
    assert flow.result["title"] == "Holiday home"


@BLANK
async def test_log_without_a_network_is_named(flow: Flow, blank: str) -> None:
    await flow.begin()
    await flow.choose("record_now")
    await flow.enter(name=blank)
    assert flow.errors == {"name": "no_name"}
    assert flow.shows == "record_now"
    await flow.enter(name=" Holiday home ")
    assert flow.result["title"] == "Holiday home"
    await flow.hass.async_block_till_done()


@BLANK
async def test_source_is_named(hass: HomeAssistant, set_up: SetUp, blank: str) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "1")
    target = {"entity_id": ["sensor.fridge"]}
    result = await fill_in(house, name=blank, target=target)
    assert result["errors"] == {"name": "no_name"}
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"name": " Fridge ", "target": target}
    )
    assert (await save(house, result))["title"] == "Fridge"
    await hass.async_block_till_done()


@BLANK
async def test_device_is_named(hass: HomeAssistant, set_up: SetUp, blank: str) -> None:
    house = await set_up()
    form = await add_device(house, did=SigningDevice().did)
    details = {**DETAILS, "sensors": [{"sensor": "temperature"}]}
    configure = hass.config_entries.subentries.async_configure
    form = await configure(form["flow_id"], {**details, "name": blank})
    assert form["errors"] == {"name": "no_name"}
    form = await configure(form["flow_id"], {**details, "name": " Fridge "})
    assert form["title"] == "Fridge"
    await hass.async_block_till_done()
