"""What a person attaches to a report, and what the system's page shows."""

import asyncio
import json
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (  # type: ignore[import-untyped]
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import (  # type: ignore[import-untyped]
    ClientSessionGenerator,
)

from custom_components.iot_blockchain import diagnostics
from custom_components.iot_blockchain.const import DOMAIN

from .conftest import SetUp
from .house import Endpoint, House, source, until
from .signing import Air, SigningDevice
from .test_devices import enrolled


@pytest.fixture(autouse=True)
async def _pages(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    assert await async_setup_component(hass, "system_health", {})


async def test_diagnostics_say_how_the_log_is(
    hass: HomeAssistant, set_up: SetUp, hass_client: ClientSessionGenerator
) -> None:
    house: House = await set_up(
        source("sensor.fridge"), options={"daily_budget": 0.5, "anchor_readings": 77}
    )
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    hass.states.async_set("sensor.fridge", "4.3")
    await house.flush()
    await until(lambda: house.status.recorded == 2, what="the news of it")
    await Air(hass).send(None)
    told = await get_diagnostics_for_config_entry(hass, hass_client, house.entry)
    assert told["recording"] == {
        "paused": False,
        "entities": 1,
        "entries": 4,
        "readings": 2,
    }
    assert told["status"]["recorded"] == 2
    assert told["entry"]["state"] == "loaded"
    assert told["entry"]["options"]["daily_budget"] == 0.5
    assert told["entry"]["subentries"][0]["data"]["entities"] == ["sensor.fridge"]
    assert told["anchoring"]["policy"]["readings"] == 77
    assert told["anchoring"]["chain_id"] == 31337
    assert {last["kind"] for last in told["anchoring"]["last"]} <= {"create", "anchor"}
    assert told["anchoring"]["last"][-1]["attempts"] == 1
    assert told["envelopes"] == {"refused": {"malformed": 1}, "unknown_keys": 0}
    assert told["files"]["db"] > 10_000
    assert told["versions"]["web3"][0] in "78"
    assert told["issues"] == []


async def test_diagnostics_of_a_log_that_cannot_be_loaded(
    hass: HomeAssistant, set_up: SetUp, hass_client: ClientSessionGenerator
) -> None:
    house = await set_up()
    path = house.coordinator.parts.store.path
    await house.unload()
    await hass.async_add_executor_job(path.unlink)
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    told = await get_diagnostics_for_config_entry(hass, hass_client, house.entry)
    assert told["issues"] == ["log_lost"]
    assert told["files"]["db"] is None
    assert told["entry"]["state"] == "setup_error"
    assert "recording" not in told


async def test_nothing_leads_to_the_account_the_log_or_the_endpoint(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    hass_client: ClientSessionGenerator,
) -> None:
    device = SigningDevice()
    house = await set_up(
        source("sensor.fridge"),
        enrolled(device),
        more_urls=["https://user:password@node.example:8545/v3/the-key?token=abc"],
    )
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    told = await get_diagnostics_for_config_entry(hass, hass_client, house.entry)
    text = json.dumps(told)
    log_id, address = house.entry.data["log_id"], house.address
    last = house.status.last_transaction
    assert last is not None
    for secret in (
        log_id,
        address,
        address.removeprefix("0x"),
        last.hash.hex(),
        device.did,
        endpoint.SECRET,
        "password",
        "user",
        "the-key",
        "abc",
    ):
        assert secret.lower() not in text.lower(), secret
    more = told["entry"]["data"]["more_rpc_urls"]
    assert more == ["https://node.example:8545/**REDACTED**"]


@pytest.mark.parametrize("address", ["http://[", "nonsense", "", "mailto:me@x.example"])
def test_what_is_no_address_is_not_shown_either(address: str) -> None:
    assert diagnostics._host(address) == "**REDACTED**"


async def test_diagnostics_of_a_device_that_signs(
    hass: HomeAssistant, set_up: SetUp, hass_client: ClientSessionGenerator
) -> None:
    device, air = SigningDevice(), Air(hass)
    house = await set_up(enrolled(device))
    await air.send(device.boot(), device.reading(), device.reading(sensor="humidity"))
    registry = dr.async_get(hass)
    found = {each.name: each for each in registry.devices}
    told = await get_diagnostics_for_device(
        hass, hass_client, house.entry, found["Fridge signed"]
    )
    assert told["device"]["key"] == f"...{device.did[-8:]}"
    assert told["device"]["accepted"] == 2
    assert sum(told["device"]["refused"].values()) == 1
    assert told["device"]["sensors"] == ["temperature"]
    assert told["device"]["software"]
    assert device.did not in json.dumps(told)
    told = await get_diagnostics_for_config_entry(hass, hass_client, house.entry)
    assert told["devices"][0]["accepted"] == 2
    told = await get_diagnostics_for_device(
        hass, hass_client, house.entry, found["House"]
    )
    assert told["recording"]["readings"] == 1


async def health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the system's page shows once all answers are there."""
    shown = await get_system_health_info(hass, DOMAIN)
    return {
        name: await value if asyncio.iscoroutine(value) else value
        for name, value in shown.items()
    }


async def test_system_health_of_each_log(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    await house.anchored()
    shown = await health(hass)
    assert shown["version"] == "0.1.0"
    assert shown["House"] == "3 entries, 3 of them anchored"
    assert shown["House: network"] == "ok"
    endpoint.away = True
    assert (await health(hass))["House: network"] == {
        "type": "failed",
        "error": "unreachable",
    }
    endpoint.away = False
    endpoint.answers["eth_chainId"] = "0x1"
    shown = await health(hass)
    assert shown["House: network"] == {"type": "failed", "error": "wrong_chain"}
    await house.unload()
    assert (await health(hass))["House"] == {"type": "failed", "error": "not_loaded"}
