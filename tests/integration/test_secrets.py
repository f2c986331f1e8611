"""What is secret shows nowhere."""

import json
import logging
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
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


def written(key: bytes) -> set[str]:
    """Write a key in every way that it could show in."""
    return {
        key.hex(),
        b64encode(key).decode().rstrip("="),
        urlsafe_b64encode(key).decode().rstrip("="),
        str(int.from_bytes(key)),
        str(key).strip("b'\""),
        str(list(key)).strip("[]"),
    }


@pytest.fixture
def shown(hass: HomeAssistant) -> list[str]:
    """What shows anywhere: every event, and what a test adds."""
    texts: list[str] = []

    @callback
    def hear(event: Event) -> None:
        texts.append(str(event.as_dict()))

    hass.bus.async_listen(MATCH_ALL, hear)
    return texts


async def test_keys_and_endpoint_show_nowhere_in_a_whole_life(
    hass: HomeAssistant,
    shown: list[str],
    set_up: SetUp,
    endpoint: Endpoint,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    # What stands in for Home Assistant's storage in tests logs all that it keeps.
    caplog.set_level(logging.INFO, logger="pytest_homeassistant_custom_component")
    # After that one, because the last call says what is kept of any logger's.
    caplog.set_level(logging.DEBUG)
    house: House = await set_up(source("sensor.fridge"))
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
    assert logging.DEBUG in {record.levelno for record in caplog.records}
    assert "iot_blockchain" in caplog.text

    kept = hass_storage[DOMAIN]["data"]
    account_key = bytes.fromhex(kept["accounts"][house.address].removeprefix("0x"))
    log_key = bytes.fromhex(kept["logs"][house.entry.data["log_id"]]["private_key"])
    keys = written(account_key) | written(log_key)
    assert min(map(len, keys)) > 40
    for key in keys:
        assert not any(key.lower() in text.lower() for text in shown)
        assert not any(key.lower() in question.lower() for question in endpoint.asked)
    assert not any(Endpoint.SECRET in text.lower() for text in shown)


async def test_keys_are_stored_for_home_assistant_only(
    hass: HomeAssistant, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    house = await set_up()
    assert house.address in hass_storage[DOMAIN]["data"]["accounts"]
    ring = hass.data["iot_blockchain_key_ring"]
    assert ring._store._private is True
    assert ring._store._atomic_writes is True
