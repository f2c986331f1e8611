"""The entities of a log."""

import asyncio

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.iot_blockchain import coordinator
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.chain.networks import by_chain_id
from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.log_status import AnchorStatus

from .conftest import SetUp
from .house import Endpoint, source, until

KEY = "0x" + "31" * 32
CHANGING = props("last_changed", "last_reported", "last_updated", "context")


@pytest.fixture
def _same_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every log the same key, so that its id stands in the snapshot."""
    monkeypatch.setattr(
        "custom_components.iot_blockchain.logs.new_private_key", lambda: bytes([7] * 32)
    )


@pytest.mark.usefixtures("_same_log")
async def test_entities_and_their_device(
    hass: HomeAssistant,
    set_up: SetUp,
    snapshot: SnapshotAssertion,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    house = await set_up(source("sensor.fridge"), account=Account(KEY))
    await until(lambda: house.state("account_balance") != "unavailable")
    (device,) = dr.async_entries_for_config_entry(device_registry, house.entry.entry_id)
    assert device == snapshot(name="device")
    entries = er.async_entries_for_config_entry(entity_registry, house.entry.entry_id)
    assert entries
    for entry in sorted(entries, key=lambda entry: entry.entity_id):
        assert entry == snapshot(name=f"{entry.entity_id}-entry")
        assert hass.states.get(entry.entity_id) == snapshot(
            name=f"{entry.entity_id}-state", exclude=CHANGING
        )


async def test_states_follow_the_log(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    assert house.state("anchor_status") == "pending"
    assert house.state("last_anchored") == "unknown"
    assert house.state("last_transaction") == "unknown"
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
    await until(lambda: house.state("recorded_readings") == "2")
    assert house.state("waiting_readings") == "2"
    answer = await house.call("anchor", wait=True)
    assert house.state("anchor_status") == "confirmed"
    assert house.state("last_anchored") == answer["block_time"]
    assert house.state("waiting_readings") == "0"
    assert house.state("recorded_readings") == "2"
    hass.states.async_set("sensor.fridge", "3")
    await until(lambda: house.state("waiting_readings") == "1")
    assert house.state("recorded_readings") == "3"


async def test_last_transaction_shows_where_to_look_it_up(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    state = hass.states.get("sensor.house_last_transaction")
    assert state is not None
    assert "transaction" not in state.attributes
    answer = await house.call("anchor", wait=True)
    state = hass.states.get("sensor.house_last_transaction")
    assert state is not None
    transaction = answer["transaction"]
    assert state.attributes["transaction"] == transaction
    assert state.state == f"{transaction[:10]}…{transaction[-8:]}"
    assert "url" not in state.attributes
    house.coordinator.network = by_chain_id(8453)
    house.coordinator.async_update_listeners()
    state = hass.states.get("sensor.house_last_transaction")
    assert state is not None
    assert state.attributes["url"] == f"https://basescan.org/tx/{transaction}"


async def test_anchor_status_has_every_status_as_an_option(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    state = hass.states.get("sensor.house_anchor_status")
    assert state is not None
    assert state.attributes["options"] == [str(status) for status in AnchorStatus]


async def test_balance_is_unavailable_while_nobody_can_be_asked_and_nothing_else_is(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    endpoint.away = True
    house = await set_up()
    unavailable = [
        state.entity_id
        for state in hass.states.async_all()
        if state.state == "unavailable"
    ]
    assert unavailable == ["sensor.house_account_balance"]
    endpoint.away = False
    await house.call("anchor")
    await until(lambda: house.state("account_balance") != "unavailable")
    state = hass.states.get("sensor.house_account_balance")
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "ETH"


async def test_two_logs_have_entities_of_their_own(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    await set_up()
    await set_up(name="Cabin")
    unique_ids = [
        entry.unique_id
        for entry in entity_registry.entities.values()
        if entry.platform == "iot_blockchain"
    ]
    assert len(unique_ids) == len(set(unique_ids)) == 18
    assert hass.states.get("sensor.cabin_anchor_status") is not None


async def test_unique_ids_are_of_the_log_and_not_of_its_entry(
    set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up()
    log_id = house.entry.data["log_id"]
    for entry in er.async_entries_for_config_entry(
        entity_registry, house.entry.entry_id
    ):
        assert entry.unique_id.startswith(f"{log_id}_")


async def test_entity_can_be_asked_to_update(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(coordinator, "_REFRESH_SECONDS", 3600)
    house = await set_up(source("sensor.fridge"))
    assert await async_setup_component(hass, "homeassistant", {})
    await until(lambda: house.state("account_balance") != "unavailable")
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    assert house.state("waiting_readings") == "0"
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": "sensor.house_waiting_readings"},
        blocking=True,
    )
    assert house.state("waiting_readings") == "1"
    assert "ERROR" not in caplog.text


async def test_entities_are_unavailable_when_the_file_cannot_be_read(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is made to fail: no disk can be broken in a test."""
    house = await set_up()

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(LogStore, "counts_from", fail)
        await house.coordinator.async_refresh()
        assert house.state("waiting_readings") == "unavailable"
        house.coordinator._recorded()
        await asyncio.sleep(0.1)
        assert not house.coordinator._refreshing
    house.coordinator._recorded()
    await until(lambda: house.state("waiting_readings") == "0")


async def test_button_says_when_the_file_cannot_be_used(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is made to fail: no disk can be broken in a test."""
    await set_up()

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(LogStore, "counts_from", fail)
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.house_anchor_now"}, blocking=True
        )
    assert raised.value.translation_key == "log_unwritable"
