"""The entities of a log."""

from datetime import timedelta
from decimal import Decimal

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.iot_blockchain import coordinator
from custom_components.iot_blockchain.anchoring import happenings
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.chain.networks import by_chain_id
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.log_status import AnchorStatus

from .conftest import SetUp
from .disk import broken_disk
from .house import Endpoint, source, until

KEY = "0x" + "31" * 32
CHANGING = props(
    "context", "last_changed", "last_reported", "last_reset", "last_updated"
)


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
    device = device_registry.async_get_device_by_identifier(
        ("iot_blockchain", house.entry.data["log_id"]), house.entry.entry_id
    )
    assert device == snapshot(name="device")
    assert device is not None
    entries = er.async_entries_for_device(
        entity_registry, device.id, include_disabled_entities=True
    )
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
    assert len(unique_ids) == len(set(unique_ids)) == 2 * 18
    assert hass.states.get("sensor.cabin_anchor_status") is not None


async def test_what_changes_with_each_batch_of_readings_is_disabled_at_first(
    set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    """Recorded and waiting readings are what a person looks for: they are not."""
    house = await set_up(source("sensor.fridge"))
    assert {
        entry.entity_id
        for entry in er.async_entries_for_config_entry(
            entity_registry, house.entry.entry_id
        )
        if entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    } == {"sensor.house_log_size", "sensor.fridge_last_reading"}


@pytest.mark.usefixtures("all_entities_enabled")
async def test_log_size_counts_acts_too(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    assert house.state("log_size") == "2"
    hass.states.async_set("sensor.fridge", "1")
    await until(lambda: house.state("log_size") == "3")
    assert house.state("recorded_readings") == "1"


async def test_next_anchor_is_due_when_the_oldest_reading_has_waited_long_enough(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(
        source("sensor.fridge"),
        options={"anchor_age": {"hours": 3}, "anchor_readings": 2},
    )
    assert house.state("next_anchor_due") == "unknown"
    hass.states.async_set("sensor.fridge", "1")
    first = hass.states.get("sensor.fridge")
    assert first is not None
    await until(lambda: house.state("next_anchor_due") != "unknown")
    due = dt_util.parse_datetime(house.state("next_anchor_due"))
    assert due is not None
    assert due - first.last_updated.replace(microsecond=0) == timedelta(hours=3)
    # So many readings wait now that it is due at once, and stays so.
    endpoint.away = True
    before = dt_util.utcnow()
    hass.states.async_set("sensor.fridge", "2")
    await until(lambda: house.state("waiting_readings") == "2")
    since = house.status.next_due
    assert since is not None
    assert before <= since <= dt_util.utcnow()
    hass.states.async_set("sensor.fridge", "3")
    await until(lambda: house.state("waiting_readings") == "3")
    assert house.status.next_due == since
    endpoint.away = False
    await house.anchored()
    await until(lambda: house.state("next_anchor_due") == "unknown")


async def test_money_and_time_of_anchors_show(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    assert house.state("spent") == house.state("spent_today") == "0"
    assert house.state("cost_of_1000_readings") == "unknown"
    assert house.state("time_to_confirmation") == "unknown"
    for number in range(4):
        hass.states.async_set("sensor.fridge", str(number))
    await house.call("anchor", wait=True)
    spent = house.coordinator.parts.receipts._journal.spent
    assert spent > 0
    assert Decimal(house.state("spent")) == Decimal(spent) / 10**18
    assert house.state("spent_today") == house.state("spent")
    per_thousand = Decimal(house.state("cost_of_1000_readings"))
    assert per_thousand == Decimal(spent) * 250 / 10**18
    state = hass.states.get("sensor.house_spent_today")
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "ETH"
    midnight = dt_util.parse_datetime(state.attributes["last_reset"])
    assert midnight == dt_util.start_of_local_day()
    assert float(house.state("time_to_confirmation")) >= 0
    # What waits has cost nothing yet.
    hass.states.async_set("sensor.fridge", "5")
    await until(lambda: house.state("waiting_readings") == "1")
    assert Decimal(house.state("cost_of_1000_readings")) == per_thousand


async def test_time_to_confirmation_is_that_of_the_oldest_reading(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """The chain's clock may differ from the one here: its blocks say what it is."""
    house = await set_up(source("sensor.fridge"))
    hour_ago = dt_util.utcnow() - timedelta(hours=1)
    hass.states.async_set("sensor.fridge", "1", timestamp=hour_ago.timestamp())
    hass.states.async_set("sensor.fridge", "2")
    answer = await house.call("anchor", wait=True)
    anchored = dt_util.parse_datetime(answer["block_time"])
    assert anchored is not None
    shown = float(house.state("time_to_confirmation"))
    assert shown == pytest.approx((anchored - hour_ago).total_seconds(), abs=0.001)
    hass.states.async_set("sensor.fridge", "3")
    await house.call("anchor", wait=True)
    # A chain whose clock is a minute behind has the block before the reading.
    assert float(house.state("time_to_confirmation")) < shown / 2
    # An anchor of acts alone says nothing of readings.
    await house.reload()
    await house.call("anchor", wait=True)
    assert house.state("time_to_confirmation") == "unknown"


async def test_what_was_spent_today_begins_again_at_midnight(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Midnight is made to come: with the clock stopped, no block would come either."""
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    assert house.state("spent_today") != "0"
    spent = house.state("spent")
    tomorrow = dt_util.start_of_local_day() + timedelta(days=1)
    monkeypatch.setattr(dt_util, "start_of_local_day", lambda: tomorrow)
    await house.coordinator.async_refresh()
    assert house.state("spent_today") == "0"
    assert house.state("spent") == spent
    state = hass.states.get("sensor.house_spent_today")
    assert state is not None
    assert state.attributes["last_reset"] == tomorrow.isoformat()


async def test_network_and_problem_follow_the_endpoint(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    await until(lambda: house.state("network", "binary_sensor") == "on")
    assert house.state("problem", "binary_sensor") == "off"
    endpoint.away = True
    await house.call("anchor")
    await until(lambda: house.state("network", "binary_sensor") == "off")
    assert house.state("problem", "binary_sensor") == "on"
    problem = hass.states.get("binary_sensor.house_problem")
    assert problem is not None
    assert problem.attributes["reason"] == "chain_unreachable"
    # What is on this disk is there all the same.
    assert house.state("recorded_readings") == "0"
    endpoint.away = False
    await house.anchored()
    await until(lambda: house.state("problem", "binary_sensor") == "off")
    assert house.state("network", "binary_sensor") == "on"
    problem = hass.states.get("binary_sensor.house_problem")
    assert problem is not None
    assert problem.attributes["reason"] is None


async def test_account_without_money_is_a_problem_but_not_of_the_network(
    set_up: SetUp,
) -> None:
    house = await set_up(funded=False)
    await house.call("anchor")
    await until(lambda: house.state("problem", "binary_sensor") == "on")
    assert house.status.problem == "account_empty"
    assert house.state("network", "binary_sensor") == "on"


async def test_endpoint_of_another_network_is_not_connected(
    set_up: SetUp, endpoint: Endpoint
) -> None:
    endpoint.answers["eth_chainId"] = "0x1"
    house = await set_up()
    assert house.state("network", "binary_sensor") in {"unknown", "off"}
    await until(lambda: house.state("network", "binary_sensor") == "off")
    assert house.status.problem == "wrong_chain"


async def test_event_tells_what_happened(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    assert house.state("event", "event") == "unknown"
    hass.states.async_set("sensor.fridge", "1")
    answer = await house.call("anchor", wait=True)
    await until(lambda: house.state("event", "event") != "unknown")
    event = hass.states.get("event.house_event")
    assert event is not None
    assert event.attributes["event_type"] == "anchored"
    assert event.attributes["transaction"] == answer["transaction"]
    for kind in (happenings.Kind.FAILED, happenings.Kind.BUDGET_REACHED):
        happenings.tell(
            hass,
            house.entry.entry_id,
            happenings.AnchoringStopped(kind=kind, reason="reason", error="error"),
        )
        event = hass.states.get("event.house_event")
        assert event is not None
        assert event.attributes["event_type"] == kind
        assert event.attributes["reason"] == "reason"
    # Nothing is heard any more once it is unloaded.
    await house.unload()
    assert house.state("event", "event") == "unavailable"


async def test_event_of_another_log_is_not_told(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    happening = happenings.VerificationFailed(reason="reason", error="error")
    happenings.tell(hass, "another", happening)
    happenings.tell(hass, None, happening)
    assert house.state("event", "event") == "unknown"


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
    set_up: SetUp,
) -> None:
    house = await set_up()
    with broken_disk(LogStore, "counts_from"):
        await house.coordinator.async_refresh()
        assert house.state("waiting_readings") == "unavailable"
        house.coordinator._recorded()
        await until(lambda: not house.coordinator._refreshing)
    house.coordinator._recorded()
    await until(lambda: house.state("waiting_readings") == "0")


async def test_button_says_when_the_file_cannot_be_used(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    with (
        broken_disk(LogStore, "counts_from"),
        pytest.raises(HomeAssistantError) as raised,
    ):
        await hass.services.async_call(
            "button", "press", {"entity_id": "button.house_anchor_now"}, blocking=True
        )
    assert raised.value.translation_key == "log_unwritable"
