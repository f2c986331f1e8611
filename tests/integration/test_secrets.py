"""What is secret shows nowhere."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.diagnostics import async_get_device_diagnostics

from .conftest import SetUp
from .house import Endpoint, House, source


def texts(hass: HomeAssistant) -> Iterator[str]:
    """Go through all that Home Assistant shows of the integration."""
    for state in hass.states.async_all():
        yield json.dumps(state.as_dict(), default=str)
    for device in dr.async_get(hass).devices:
        yield str(device)
    for issue in ir.async_get(hass).issues.values():
        yield str(issue)


async def test_keys_and_endpoint_show_nowhere_in_a_whole_life(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    # What Home Assistant stores in its own files is said in its own debug log.
    caplog.set_level(logging.INFO, logger="homeassistant.helpers.storage")
    house: House = await set_up(source("sensor.fridge"))
    shown: list[str] = []
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id="sensor.fridge")
    shown.append(json.dumps(answer))
    shown.append(
        json.dumps(await house.call("verify_receipt", receipt=answer["receipt"]))
    )

    async def go_wrong() -> None:
        hass.states.async_set("sensor.fridge", str(len(shown)))
        with pytest.raises(HomeAssistantError) as raised:
            await house.call("anchor", wait=True)
        shown.append(f"{raised.value} {raised.value.translation_placeholders}")
        shown.extend(texts(hass))
        assert house.coordinator.last_exception is None

    endpoint.away = True
    await go_wrong()
    endpoint.away = False
    endpoint.nonsense = True
    await go_wrong()
    endpoint.nonsense = False
    endpoint.answers["eth_chainId"] = "0x1"
    await go_wrong()
    endpoint.answers.clear()
    endpoint.errors["eth_estimateGas"] = "no"
    await go_wrong()
    await house.reload()
    shown.extend(texts(hass))
    shown.append(str(house.entry.as_dict()["title"]))
    shown.append(repr(house.coordinator.chain.account))
    data = dict(house.entry.data)
    assert data.pop("rpc_url") == endpoint.url
    shown.append(json.dumps(data))
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, house.entry.data["log_id"]), house.entry.entry_id
    )
    assert device is not None
    told = await async_get_device_diagnostics(hass, house.entry, device)
    shown.append(json.dumps(told, default=str))
    assert '"recorded"' in shown[-1]
    await house.unload()
    shown.append(caplog.text)
    assert "iot_blockchain" in caplog.text

    kept = hass_storage[DOMAIN]["data"]
    secrets = [
        kept["accounts"][house.address].removeprefix("0x"),
        kept["logs"][house.entry.data["log_id"]]["private_key"],
        Endpoint.SECRET,
    ]
    for secret in secrets:
        assert len(secret) > 20
        for text in shown:
            assert secret.lower() not in text.lower()


async def test_keys_are_stored_for_home_assistant_only(
    hass: HomeAssistant, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    house = await set_up()
    assert house.address in hass_storage[DOMAIN]["data"]["accounts"]
    ring = hass.data["iot_blockchain_key_ring"]
    assert ring._store._private is True
    assert ring._store._atomic_writes is True
