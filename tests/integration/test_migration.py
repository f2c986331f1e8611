"""Entries that earlier versions stored go on recording, whatever they were like."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.chain.account import create_account
from custom_components.iot_blockchain.keys import async_get_key_ring
from custom_components.iot_blockchain.logs import async_create_log

from .house import Endpoint, House, async_add_entry, source

FIRST = {
    "address": "ADDRESS",
    "chain_id": 31337,
    "currency": "ETH",
    "deploy": True,
    "log_id": "LOG",
    "rpc_url": "URL",
}
"""What the first version stored."""
WITH_ENDPOINTS = {**FIRST, "more_rpc_urls": []}
"""What it stored once a log could have several endpoints."""
WITH_SIGNER = {**WITH_ENDPOINTS, "signer_url": None}
"""What it stored once the key of the account could be outside."""

OPTIONS = {
    "anchor_readings": 5000,
    "anchor_age": {"days": 365, "hours": 0, "minutes": 0, "seconds": 0},
    "max_fee": 30,
}


async def _stored(
    hass: HomeAssistant,
    endpoint: Endpoint,
    shape: dict[str, Any],
    *sources: dict[str, Any],
) -> House:
    """Make an entry as version 1 stored it, of a log that is here."""
    account = await hass.async_add_executor_job(create_account)
    await (await async_get_key_ring(hass)).async_add_account(account)
    log_id = await async_create_log(hass, "House", account.address)
    here = {"ADDRESS": account.address, "LOG": log_id, "URL": endpoint.url}
    entry = MockConfigEntry(
        domain="iot_blockchain",
        version=1,
        title="House",
        unique_id=log_id,
        data={
            name: here.get(value, value) if isinstance(value, str) else value
            for name, value in shape.items()
        },
        options=OPTIONS,
        subentries_data=[
            ConfigSubentryData(
                data=data, subentry_type="source", title="Fridge", unique_id=None
            )
            for data in sources
        ],
    )
    entry.add_to_hass(hass)
    return House(hass, entry)


@pytest.mark.parametrize("shape", [FIRST, WITH_ENDPOINTS, WITH_SIGNER])
async def test_log_of_version_1_is_set_up(
    hass: HomeAssistant, endpoint: Endpoint, shape: dict[str, Any]
) -> None:
    house = await _stored(
        hass,
        endpoint,
        shape,
        {"target": {"entity_id": "sensor.a"}, "reports": False},
        {"target": {"label_id": ["x"]}, "reports": True},
    )
    data = dict(house.entry.data)
    hass.states.async_set("sensor.a", "1")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.entry.version == 2
    assert house.entry.data == {"more_rpc_urls": [], "signer_url": None, **data}
    assert house.entry.options == OPTIONS
    assert await house.readings() == [("sensor.a", "1")]


async def test_further_endpoints_of_version_1_stay(
    hass: HomeAssistant, endpoint: Endpoint
) -> None:
    shape = {
        **WITH_SIGNER,
        "more_rpc_urls": ["http://127.0.0.1:1"],
        "signer_url": "http://127.0.0.1:2",
        "predecessor": "ab" * 32,
    }
    house = await _stored(hass, endpoint, shape)
    data = dict(house.entry.data)
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.data == data


async def test_entities_of_version_1_are_followed_when_they_are_renamed(
    hass: HomeAssistant,
    endpoint: Endpoint,
    entity_registry: er.EntityRegistry,
) -> None:
    fridge = entity_registry.async_get_or_create(
        "sensor", "test", "1", suggested_object_id="fridge"
    )
    house = await _stored(
        hass,
        endpoint,
        FIRST,
        {
            "target": {
                "entity_id": ["sensor.fridge", "sensor.plain"],
                "label_id": ["x"],
            },
            "reports": True,
        },
    )
    hass.states.async_set("sensor.fridge", "1")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    migrated = next(iter(house.entry.subentries.values()))
    assert migrated.data == {
        "target": {"label_id": ["x"]},
        "entities": [fridge.id, "sensor.plain"],
        "excluded": [],
        "reports": True,
        "urgent": False,
    }
    entity_registry.async_update_entity("sensor.fridge", new_entity_id="sensor.cold")
    hass.states.async_set("sensor.cold", "2")
    hass.states.async_set("sensor.plain", "3")
    assert await house.readings() == [
        ("sensor.fridge", "1"),
        ("sensor.cold", "2"),
        ("sensor.plain", "3"),
    ]


async def test_entry_of_a_later_version_is_left_alone(
    hass: HomeAssistant, endpoint: Endpoint
) -> None:
    entry = await async_add_entry(hass, endpoint.url, sources=[source("sensor.a")])
    hass.config_entries.async_update_entry(entry, version=3)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.version == 3
