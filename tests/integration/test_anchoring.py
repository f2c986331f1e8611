"""Anchoring: from readings to a block, whatever happens on the way."""

import asyncio
from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.iot_blockchain import issues
from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.chain import contract, errors
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.chain.journal import Journal, Kind
from custom_components.iot_blockchain.chain.sender import Sender
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .house import Endpoint, House, source, until

KEY = "0x" + "23" * 32


def issue(house: House, key: str) -> ir.IssueEntry | None:
    return ir.async_get(house.hass).async_get_issue(
        DOMAIN, f"{key}_{house.entry.entry_id}"
    )


async def test_action_waits_for_the_anchor_and_answers_with_it(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    answer = await house.call("anchor", wait=True)
    block = chain.rpc("eth_getBlockByNumber", hex(answer["block_number"]), False)  # noqa: FBT003 - RPC
    assert answer == {
        "status": "confirmed",
        "number": 1,
        "size": 3,
        "waiting": 0,
        "transaction": block["transactions"][0],
        "block_number": int(block["number"], 16),
        "block_time": dt_util.utc_from_timestamp(
            int(block["timestamp"], 16)
        ).isoformat(),
    }
    assert house.sent(Kind.CREATE) == 1
    assert house.sent(Kind.DEPLOY) == 0
    state = hass.states.get("sensor.house_last_transaction")
    assert state is not None
    assert state.attributes["transaction"] == answer["transaction"]
    assert house.state("last_anchored") == answer["block_time"]
    assert house.state("anchor_status") == "confirmed"


async def test_action_does_not_wait_unless_asked(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    answer = await house.call("anchor")
    assert answer == {"status": "pending", "size": 3, "waiting": 1}
    await house.anchored()


async def test_anchor_that_was_asked_for_is_not_forgotten_in_a_restart(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    endpoint.away = True
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor")
    await house.reload()
    endpoint.away = False
    await house.anchored()
    await house.reload()
    hass.states.async_set("sensor.fridge", "4.3")
    await until(lambda: house.status.waiting == 1, what="the reading to wait")


async def test_contract_is_deployed_where_it_is_missing(
    set_up: SetUp, bare_chain: Anvil
) -> None:
    house = await set_up()
    answer = await house.call("anchor", wait=True)
    assert answer["number"] == 1
    assert house.sent(Kind.DEPLOY) == 1
    assert bare_chain.rpc("eth_getCode", contract.ADDRESS, "latest") != "0x"


async def test_by_size(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 3})
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
    await house.flush()
    await until(lambda: house.status.waiting == 2)
    await asyncio.sleep(0.3)
    assert house.sent(Kind.CREATE) == 0
    hass.states.async_set("sensor.fridge", "3")
    await house.anchored()
    assert house.sent() == 1


async def test_by_age(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(
        source("sensor.fridge"), options={"anchor_age": {"milliseconds": 200}}
    )
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()


@pytest.mark.parametrize(("minutes", "due"), [(59, False), (61, True)])
async def test_age_is_counted_from_the_time_of_the_reading(
    hass: HomeAssistant,
    set_up: SetUp,
    minutes: int,
    due: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_age": {"hours": 1}})
    reached = dt_util.utcnow() - timedelta(minutes=minutes)
    hass.states.async_set("sensor.fridge", "1", timestamp=reached.timestamp())
    if due:
        await house.anchored()
        return
    await house.flush()
    await until(lambda: house.status.waiting == 1)
    await asyncio.sleep(0.5)
    assert house.sent(Kind.CREATE) == 0


async def test_old_readings_are_due_at_once_after_a_start(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    hass.config_entries.async_update_entry(
        house.entry, options={"anchor_age": {"milliseconds": 1}}
    )
    await hass.async_block_till_done()
    await house.anchored()


async def test_button_anchors(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.house_anchor_now"}, blocking=True
    )
    await house.anchored()


async def test_second_anchor_extends_the_first(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    first = await house.call("anchor", wait=True)
    hass.states.async_set("sensor.fridge", "1")
    second = await house.call("anchor", wait=True)
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["size"], second["size"]) == (2, 3)


async def test_nothing_new_is_not_anchored_twice(set_up: SetUp) -> None:
    house = await set_up()
    first = await house.call("anchor", wait=True)
    assert await house.call("anchor", wait=True) == first
    assert house.sent() == 1


async def test_action_records_the_states_of_its_targets_first(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    hass.states.async_set("sensor.meter", "17", {"unit_of_measurement": "kWh"})
    await house.flush()
    answer = await house.call(
        "anchor", entity_id=["sensor.meter", "sensor.fridge"], wait=True
    )
    assert answer["size"] == 5
    assert await house.readings() == [
        ("sensor.fridge", "4.2"),
        ("sensor.fridge", "4.2"),
        ("sensor.meter", "17"),
    ]
    receipt = await house.call("get_receipt", entity_id="sensor.meter")
    assert receipt["status"] == "confirmed"
    # These states are recorded: a restart does not record them again.
    await house.reload()
    assert len(await house.readings()) == 3


@pytest.mark.parametrize(
    ("targets", "key", "placeholders"),
    [
        (["sensor.nothing"], "entity_not_found", {"entity": "sensor.nothing"}),
        (
            ["sensor.nothing", "sensor.fridge", "sensor.less"],
            "entity_not_found",
            {"entity": "sensor.less, sensor.nothing"},
        ),
    ],
)
async def test_action_for_entities_that_do_not_exist(
    hass: HomeAssistant,
    set_up: SetUp,
    targets: list[str],
    key: str,
    placeholders: dict[str, str],
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "4.2")
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", entity_id=targets)
    assert raised.value.translation_key == key
    assert raised.value.translation_placeholders == placeholders
    assert await house.readings() == []


async def test_action_for_an_empty_area(set_up: SetUp) -> None:
    house = await set_up()
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", label_id=["nobody"])
    assert raised.value.translation_key == "no_entities"


async def test_action_for_entities_of_the_log_itself(set_up: SetUp) -> None:
    house = await set_up()
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", entity_id=["sensor.house_waiting_readings"])
    assert await house.readings() == []
    assert raised.value.translation_key == "no_entities"


async def test_action_when_the_disk_is_broken(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "4.2")
    with (
        broken_disk(LogStore, "append"),
        pytest.raises(HomeAssistantError) as raised,
    ):
        await house.call("anchor", entity_id=["sensor.fridge"])
    assert raised.value.translation_key == "log_unwritable"
    assert raised.value.translation_placeholders == {"error": "the disk is broken"}


async def test_account_without_money_is_named_and_anchors_once_it_has_some(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.2)
    house = await set_up(source("sensor.fridge"), funded=False)
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "account_empty"
    placeholders = raised.value.translation_placeholders
    assert placeholders is not None
    assert placeholders["address"] == house.address
    assert placeholders["name"] == "House"
    found = issue(house, "account_empty")
    assert found is not None
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["address"] == house.address
    assert house.state("account_balance") == "0"
    chain.fund(house.address, 2)
    await house.anchored()
    assert issue(house, "account_empty") is None
    await until(lambda: house.state("account_balance").startswith("1.99"))


async def test_balance_shows_although_the_readings_cannot_be_paid_for(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"), funded=False)
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    hass.config_entries.async_update_entry(house.entry, options={"anchor_readings": 1})
    await hass.async_block_till_done()
    await until(lambda: issue(house, "account_empty") is not None)
    await until(lambda: house.state("account_balance") == "0")


@pytest.mark.parametrize(
    ("options", "key", "names"),
    [
        ({"max_fee": 0.000001}, "fee_too_high", {"fee", "ceiling"}),
        ({"daily_budget": 0.0000001}, "budget_reached", set()),
    ],
)
async def test_limits_make_readings_wait_and_say_so(
    hass: HomeAssistant,
    set_up: SetUp,
    options: dict[str, float],
    key: str,
    names: set[str],
) -> None:
    house = await set_up(source("sensor.fridge"), options=options)
    hass.states.async_set("sensor.fridge", "1")
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == key
    found = issue(house, key)
    assert found is not None
    assert found.translation_placeholders is not None
    assert names <= found.translation_placeholders.keys()
    hass.config_entries.async_update_entry(house.entry, options={})
    await hass.async_block_till_done()
    assert issue(house, key) is None
    await house.call("anchor", wait=True)


@pytest.mark.usefixtures("bare_chain")
async def test_contract_that_may_not_be_deployed(set_up: SetUp) -> None:
    house = await set_up(deploy=False)
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "contract_missing"
    assert issue(house, "contract_missing") is not None


async def test_endpoint_that_is_away_is_no_issue_and_the_backlog_is_anchored(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    endpoint.away = True
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 2})
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.state("account_balance") == "unavailable"
    assert house.state("recorded_readings") == "0"
    assert house.state("anchor_status") == "pending"
    for state in ("1", "2", "3"):
        hass.states.async_set("sensor.fridge", state)
    await until(lambda: house.state("waiting_readings") == "3")
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "chain_unreachable"
    await asyncio.sleep(0.5)
    assert caplog.text.count("House cannot be anchored for now") <= 2
    assert not ir.async_get(hass).issues
    endpoint.away = False
    await house.anchored()
    assert "House can be anchored again" in caplog.text
    await until(lambda: house.state("account_balance") != "unavailable")


async def test_action_waits_through_a_moment_without_the_chain(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Here a moment has many failures in a row: the waits between are short.
    monkeypatch.setattr(anchorer, "_PATIENCE", 100)
    monkeypatch.setattr(anchorer, "_PATIENCE_SECONDS", 3600)
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.flush()
    endpoint.away = True
    waiting = asyncio.create_task(house.call("anchor", wait=True))
    await until(lambda: house.anchorer._failures > 0, what="a failure")
    endpoint.away = False
    assert (await waiting)["number"] == 1


async def test_endpoint_that_hangs_is_away_before_it_has_failed_often(
    set_up: SetUp, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try can take as long as all the patience there is."""
    monkeypatch.setattr(anchorer, "_PATIENCE", 100)
    monkeypatch.setattr(anchorer, "_PATIENCE_SECONDS", 0)
    house = await set_up(source("sensor.fridge"))
    endpoint.away = True
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "chain_unreachable"
    await until(lambda: house.state("network", "binary_sensor") == "off")
    endpoint.away = False
    await house.anchored()


async def test_delay_after_days_of_failures_has_a_limit(set_up: SetUp) -> None:
    house = await set_up()
    house.anchorer._poll = 4
    delays = []
    for failures in (1, 2, 10, 5000):
        house.anchorer._failures = failures
        delays.append(house.anchorer._delay_after_failures())
    assert delays == [8, 16, 300, 300]


async def test_endpoint_of_another_chain_shows_before_anything_is_due(
    set_up: SetUp, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    endpoint.answers["eth_chainId"] = "0x1"
    house = await set_up()
    await until(lambda: issue(house, "wrong_chain") is not None)
    assert house.state("account_balance") == "unavailable"
    endpoint.answers.clear()
    await until(lambda: issue(house, "wrong_chain") is None)
    await until(lambda: house.state("account_balance") == "1")


async def test_endpoint_of_another_chain_is_an_issue_and_nothing_is_sent(
    set_up: SetUp, endpoint: Endpoint
) -> None:
    endpoint.answers["eth_chainId"] = "0x1"
    house = await set_up()
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "wrong_chain"
    found = issue(house, "wrong_chain")
    assert found is not None
    assert found.translation_placeholders == {
        "name": "House",
        "currency": "ETH",
        "error": "the RPC endpoint serves the chain 1, not 31337",
        "expected": "31337",
        "found": "1",
    }
    assert endpoint.calls["eth_sendRawTransaction"] == 0


async def test_one_issue_takes_the_place_of_another(
    set_up: SetUp, endpoint: Endpoint, hass: HomeAssistant
) -> None:
    house = await set_up(funded=False)
    for _ in range(2):
        with pytest.raises(HomeAssistantError):
            await house.call("anchor", wait=True)
    assert issue(house, "account_empty") is not None
    endpoint.answers["eth_chainId"] = "0x1"
    with pytest.raises(HomeAssistantError):
        await house.call("anchor", wait=True)
    assert issue(house, "wrong_chain") is not None
    assert issue(house, "account_empty") is None
    await hass.config_entries.async_remove(house.entry.entry_id)
    assert not ir.async_get(hass).issues


async def test_submitted_shows_and_a_restart_sends_no_second_transaction(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    hass.states.async_set("sensor.fridge", "1")
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await house.call("anchor")
    await until(lambda: house.state("anchor_status") == "submitted")
    receipt = await house.call("get_receipt", entity_id="sensor.fridge")
    assert receipt["status"] == "submitted"
    assert receipt["receipt"]["anchor"] is None
    await house.reload()
    await hass.async_block_till_done()
    assert house.state("anchor_status") == "submitted"
    await asyncio.sleep(0.2)
    sent = endpoint.calls["eth_sendRawTransaction"]
    chain.mine()
    await until(lambda: house.state("anchor_status") == "confirmed")
    assert house.status.waiting == 0
    assert house.sent() == 2
    assert endpoint.calls["eth_sendRawTransaction"] == sent


async def test_anchor_that_a_block_took_during_a_restart_is_no_other_history(
    hass: HomeAssistant,
    set_up: SetUp,
    chain: Anvil,
    issue_registry: ir.IssueRegistry,
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    hass.states.async_set("sensor.fridge", "1")
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await house.call("anchor")
    await until(lambda: house.state("anchor_status") == "submitted", what="sending")
    await house.unload()
    chain.mine()
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await until(lambda: house.state("anchor_status") == "confirmed", what="the block")
    assert not issue_registry.issues


async def test_anchor_that_a_block_takes_under_a_look_is_no_other_history(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    chain: Anvil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_COMPARISON_AGE", timedelta())
    problems: list[str] = []

    @callback
    def hear(event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        problems.append(event.data["issue_id"])

    hass.states.async_set("sensor.fridge", "0")
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, hear)
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    endpoint.just_before["eth_getCode"] = chain.mine  # a comparison begins with it
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    await until(lambda: house.state("anchor_status") == "submitted", what="sending")
    enough = endpoint.calls["eth_chainId"] + 10
    await until(
        lambda: problems != [] or endpoint.calls["eth_chainId"] >= enough,
        what="a look at the chain",
    )
    assert problems == []
    chain.mine()
    await house.anchored()
    assert problems == []


async def test_answer_that_is_lost_leads_to_no_second_transaction(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    hass.states.async_set("sensor.fridge", "1")
    endpoint.loses_answers_to.add("eth_sendRawTransaction")
    await house.call("anchor")
    await house.anchored()
    assert house.sent() == 2
    receipt = await house.call("get_receipt", entity_id="sensor.fridge")
    assert receipt["receipt"]["anchor"]["number"] == 2


async def test_anchor_becomes_final(set_up: SetUp, chain: Anvil) -> None:
    house = await set_up()
    await house.call("anchor", wait=True)
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")


async def test_receipts_carry_the_block_once_it_is_final(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    receipt = (await house.call("get_receipt", index=0))["receipt"]
    assert receipt["format"] == "iot-blockchain-receipt/1"
    chain.mine(5)
    await until(lambda: house.state("anchor_status") == "final")
    receipt = await house.receipt_with_block(0)
    assert receipt["format"] == "iot-blockchain-receipt/3"
    answer = await house.call("verify_receipt", receipt=receipt)
    assert answer["verdict"] == "anchored"
    assert [step["name"] for step in answer["steps"][-2:]] == ["in_block", "on_chain"]


async def test_waiting_takes_an_end(
    set_up: SetUp, chain: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchorer, "_WAIT_SECONDS", 0.3)
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    house = await set_up()
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "anchor_timeout"
    chain.rpc("evm_setAutomine", True)  # noqa: FBT003 - RPC
    chain.mine()
    await until(lambda: house.status.last_anchored is not None)


async def test_unloading_ends_the_waiting(set_up: SetUp, chain: Anvil) -> None:
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    house = await set_up()
    waiting = asyncio.create_task(house.call("anchor", wait=True))
    await until(lambda: house.sent(Kind.CREATE) == 1)
    await house.unload()
    async with asyncio.timeout(30):
        with pytest.raises(HomeAssistantError):
            await waiting


async def test_two_logs_anchor_side_by_side(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    other = await set_up(source("sensor.fridge"), name="Second")
    hass.states.async_set("sensor.fridge", "1")
    first, second = await asyncio.gather(
        house.call("anchor", wait=True), other.call("anchor", wait=True)
    )
    assert first["size"] == second["size"] == 3
    assert first["transaction"] != second["transaction"]


async def test_restored_backup_cannot_anchor_and_says_why(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """An old copy of the file is put back, as from a backup."""
    house = await set_up(source("sensor.fridge"), account=Account(KEY))
    await house.flush()
    path = house.coordinator.parts.store.path
    await house.unload()
    backup = await hass.async_add_executor_job(path.read_bytes)
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.call("anchor", wait=True)
    await house.unload()
    await hass.async_add_executor_job(path.write_bytes, backup)
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "log_diverged"
    assert issue(house, "log_diverged") is not None
    hass.states.async_set("sensor.fridge", "1")
    assert await house.readings() == [("sensor.fridge", "1")]


async def test_disk_that_fails_for_a_while_does_not_end_anchoring(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.2)
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    with broken_disk(Journal, "add") as add:
        hass.states.async_set("sensor.fridge", "1")
        await until(lambda: add.call_count >= 2)
        with pytest.raises(HomeAssistantError) as raised:
            await house.call("anchor", wait=True)
        assert raised.value.translation_key == "log_unwritable"
    await house.anchored()
    assert caplog.text.count("cannot be anchored for now") == 2


async def test_error_that_nobody_expected_does_not_end_anchoring(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is put into what sends: none is known that could be provoked."""
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.2)
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    failures = 0

    def fail(*_: object, **__: object) -> None:
        nonlocal failures
        failures += 1
        raise RecursionError

    with monkeypatch.context() as patched:
        patched.setattr(Sender, "submit", fail)
        hass.states.async_set("sensor.fridge", "1")
        await until(lambda: failures >= 3)
        shown = issue(house, "unexpected")
        assert shown is not None
        assert shown.translation_placeholders is not None
        assert shown.translation_placeholders["error"] == "RecursionError"
        await until(lambda: house.state("problem", "binary_sensor") == "on")
        with pytest.raises(HomeAssistantError) as raised:
            await house.call("anchor", wait=True)
        assert raised.value.translation_key == "unexpected"
    await house.anchored()
    assert issue(house, "unexpected") is None
    await until(lambda: house.state("problem", "binary_sensor") == "off")
    assert caplog.text.count("Traceback") == 2  # once again after the action


async def test_error_while_looking_at_the_log_does_not_end_anchoring(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.2)
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})

    async def fail() -> None:
        raise RecursionError

    with monkeypatch.context() as patched:
        patched.setattr(house.anchorer, "_look", fail)
        hass.states.async_set("sensor.fridge", "1")
        await until(lambda: issue(house, "unexpected") is not None)
    await house.anchored()


async def test_error_while_telling_what_happened_does_not_end_anchoring(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})

    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(house.anchorer._teller, "_find", fail)
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
        await house.anchored()
    assert caplog.text.count("Traceback") == 1


async def test_number_too_large_to_keep_does_not_end_anchoring(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    endpoint.answers["eth_estimateGas"] = hex(2**63 - 1)
    endpoint.answers["eth_getBalance"] = hex(2**255)
    hass.states.async_set("sensor.fridge", "1")
    await until(lambda: house.status.problem == "chain_unreachable")
    assert house.sent(Kind.CREATE) == 0
    endpoint.answers.clear()
    house.anchorer.look_again()
    await house.anchored()


async def test_anchoring_goes_on_with_the_second_endpoint(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint, chain: Anvil
) -> None:
    house = await set_up(
        source("sensor.fridge"), options={"anchor_readings": 1}, more_urls=[chain.url]
    )
    endpoint.away = True
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()
    assert issue(house, "chain_unreachable") is None
    assert house.state("account_balance") != "unavailable"


async def test_endpoint_that_is_stored_twice_is_one(
    set_up: SetUp, endpoint: Endpoint, chain: Anvil
) -> None:
    house = await set_up(more_urls=[f"{endpoint.url}/", chain.url, endpoint.url])
    asked = [client async for client in house.coordinator.chain.endpoints.each()]
    assert len(asked) == 2


async def test_final_block_that_was_taken_back_is_told_until_a_person_has_seen_it(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")

    chain.rpc("anvil_reorg", 11, [])
    hass.states.async_set("sensor.fridge", "2")
    await until(lambda: issue(house, "final_reorged") is not None)
    await house.anchored()
    assert issue(house, "final_reorged") is not None
    assert (await house.call("get_receipt", index=1))["status"] == "confirmed"


async def test_final_block_taken_back_while_home_assistant_was_off_is_told(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
        await house.anchored()
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")
    await house.unload()

    chain.rpc("anvil_reorg", 11, [])  # the anchor before it stands
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await until(lambda: issue(house, "final_reorged") is not None)
    hass.states.async_set("sensor.fridge", "3")
    await house.anchored()
    await until(lambda: house.state("problem", "binary_sensor") == "off")


async def test_final_block_that_was_taken_back_is_found_while_nothing_is_due(
    hass: HomeAssistant,
    set_up: SetUp,
    chain: Anvil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    monkeypatch.setattr(anchorer, "_COMPARISON_AGE", timedelta(seconds=0.5))
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")

    chain.rpc("anvil_reorg", 11, [])
    await until(lambda: issue(house, "final_reorged") is not None)
    await house.anchored()
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")


async def test_clock_that_was_set_back_does_not_put_off_the_next_comparison(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()
    last = house.anchorer._comparison_time
    assert last is not None
    compared = endpoint.calls["eth_getCode"]
    house.anchorer._comparison_time = last + timedelta(days=1)
    await until(
        lambda: endpoint.calls["eth_getCode"] > compared, what="another comparison"
    )
    assert abs(house.anchorer._comparison_time - last) < timedelta(hours=1)


async def test_words_of_an_endpoint_are_no_markdown(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    problem = errors.RevertedError("it says: ![](https://a.example/b.png)")
    issues.set_chain_issue(hass, house.entry, problem)
    shown = issue(house, "reverted")
    assert shown is not None
    assert shown.translation_placeholders is not None
    assert shown.translation_placeholders["error"] == (
        r"it says: \!\[\](https\://a.example/b.png)"
    )
