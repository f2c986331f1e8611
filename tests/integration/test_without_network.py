"""A log that is recorded now and anchored later, when a network is chosen for it."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from custom_components.iot_blockchain import config_flow
from custom_components.iot_blockchain.chain import anchoring
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.chain.networks import NETWORKS
from custom_components.iot_blockchain.const import DOMAIN, LOGS_FOLDER
from custom_components.iot_blockchain.keys import async_get_key_ring
from custom_components.iot_blockchain.logs import log_path
from custom_components.iot_blockchain.repairs import async_create_fix_flow
from scripts.house.chain import RICH_KEY, Anvil

from .conftest import SetUp
from .flow import Flow
from .house import (
    Endpoint,
    House,
    async_add_entry,
    async_reconfigure,
    async_reconfigure_menu,
    source,
)

FRIDGE = "sensor.fridge"


async def begin(flow: Flow, **policy: object) -> House:
    """Begin a log without a network that records the fridge."""
    flow.hass.states.async_set(FRIDGE, "4.1")
    await flow.begin()
    await flow.choose("record_now")
    assert flow.shows == "record_now"
    await flow.enter(name="House")
    return await with_source(flow, **policy)


async def with_source(flow: Flow, **policy: object) -> House:
    """Fill in the form for the first source, which follows."""
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    subentries = flow.hass.config_entries.subentries
    answers = {"name": "Fridge", "target": {"entity_id": [FRIDGE]}, **policy}
    result: Any = await subentries.async_configure(flow.result["next_flow"][1], answers)
    await subentries.async_configure(result["flow_id"], {})
    entry: Any = flow.result["result"]
    house = House(flow.hass, entry)
    await house.flush()
    return house


async def choose_network(house: House, url: str, network: str = "other") -> Any:  # noqa: ANN401 - a flow's result
    """Choose a network for a log that has none, and enter an endpoint."""
    configure = house.hass.config_entries.flow.async_configure
    form = await async_reconfigure(house, "network")
    assert form["step_id"] == "network"
    form = await configure(form["flow_id"], {"network": network})
    assert form["step_id"] == "endpoint"
    return await configure(form["flow_id"], {"rpc_url": url})


async def verdict(house: House) -> str:
    """Say what the receipt of the fridge's last reading is worth."""
    receipt = await house.call("get_receipt", entity_id=FRIDGE)
    report = await house.call("verify_receipt", receipt=receipt["receipt"])
    return str(report["verdict"])


def keys(hass: HomeAssistant, house: House) -> set[str]:
    """Return the keys of the log's own entities."""
    registry = er.async_get(hass)
    log_id = house.entry.data["log_id"]
    return {
        entity.unique_id.removeprefix(f"{log_id}_")
        for entity in er.async_entries_for_config_entry(registry, house.entry.entry_id)
        if entity.unique_id.startswith(log_id)
    }


async def test_log_without_a_network_is_recorded_signed_proven_and_exported(
    hass: HomeAssistant, flow: Flow
) -> None:
    house = await begin(flow)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.entry.title == "House"
    address, log_id = house.entry.data["address"], house.entry.data["log_id"]
    assert house.entry.data == {"address": address, "log_id": log_id}
    assert house.entry.unique_id == log_id
    kept = (await async_get_key_ring(hass)).account_key(address)
    assert kept is not None
    assert Account(kept).address == address

    hass.states.async_set(FRIDGE, "4.2")
    assert await house.readings() == [(FRIDGE, "4.1"), (FRIDGE, "4.2")]
    found = await house.call("get_receipt", entity_id=FRIDGE)
    assert found["status"] == "pending"
    assert await verdict(house) == "not_anchored"
    exported = await house.call("export_log")
    assert await hass.async_add_executor_job(Path(exported["path"]).is_file)
    assert {"recorded", "export"} <= keys(hass, house)
    assert not {"balance", "last_transaction", "anchor", "anchor_status"} & keys(
        hass, house
    )
    assert not [i for i in ir.async_get(hass).issues.values() if i.domain == DOMAIN]
    await house.reload()
    assert house.entry.state is ConfigEntryState.LOADED


async def test_anchoring_without_a_network_says_what_to_do_and_records_nothing(
    flow: Flow,
) -> None:
    house = await begin(flow)
    before = await house.readings()
    with pytest.raises(HomeAssistantError, match="Choose one first") as raised:
        await house.call("anchor", entity_id=FRIDGE)
    assert raised.value.translation_key == "no_chain"
    assert await house.readings() == before


async def test_network_that_is_chosen_later_anchors_everything_so_far(
    hass: HomeAssistant,
    flow: Flow,
    endpoint: Endpoint,
    chain: Anvil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The local chain is taken for one that costs money."""
    monkeypatch.setattr(config_flow, "by_chain_id", lambda _chain_id: NETWORKS["base"])
    house = await begin(flow)
    before = dict(house.entry.data)
    receipt = (await house.call("get_receipt", entity_id=FRIDGE))["receipt"]
    form = await choose_network(house, endpoint.url)
    assert form["step_id"] == "fund"
    assert form["description_placeholders"]["address"] == house.address
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert result["reason"] == "network_chosen"
    await hass.async_block_till_done()
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.entry.data == {
        **before,
        "chain_id": 31337,
        "currency": "ETH",
        "deploy": False,
        "more_rpc_urls": [],
        "rpc_url": endpoint.url,
        "signer_url": None,
    }
    assert house.entry.options == {"daily_budget": 0.001}
    assert {"balance", "last_transaction", "anchor", "anchor_status"} <= keys(
        hass, house
    )

    chain.fund(house.address)
    assert (await house.call("anchor", wait=True))["number"] == 1
    assert await verdict(house) == "anchored"
    # What was given away before stays true, and no more.
    report = await house.call("verify_receipt", receipt=receipt)
    assert report["verdict"] == "not_anchored"
    menu = await async_reconfigure_menu(house)
    assert "network" not in menu["menu_options"]


async def test_urgent_reading_from_before_is_anchored_at_once(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint, chain: Anvil
) -> None:
    house = await begin(flow, urgent=True)
    chain.fund(house.address)
    form = await choose_network(house, endpoint.url)
    await hass.config_entries.flow.async_configure(form["flow_id"], {})
    await hass.async_block_till_done()
    await house.anchored()


async def test_other_options_stay_when_a_network_is_chosen(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    house = await begin(flow)
    configure = hass.config_entries.options
    result = await configure.async_init(house.entry.entry_id)
    assert result["data_schema"] is not None
    assert set(result["data_schema"].schema) >= {"anchor_readings", "anchor_age"}
    # A limit would have no coin to be in.
    assert not {"daily_budget", "max_fee"} & set(result["data_schema"].schema)
    options = {"anchor_readings": 7, "anchor_age": {"hours": 2}}
    await configure.async_configure(result["flow_id"], options)
    await hass.async_block_till_done()
    form = await choose_network(house, endpoint.url)
    await hass.config_entries.flow.async_configure(form["flow_id"], {})
    await hass.async_block_till_done()
    assert house.entry.options["anchor_readings"] == 7
    assert house.coordinator.chain.policy.readings == 7


async def test_contract_is_asked_for_as_for_any_log(
    hass: HomeAssistant, flow: Flow, bare_chain: Anvil
) -> None:
    house = await begin(flow)
    form = await choose_network(house, bare_chain.url)
    assert form["step_id"] == "contract"
    configure = hass.config_entries.flow.async_configure
    form = await configure(form["flow_id"], {"deploy": True})
    assert form["step_id"] == "fund"


async def test_disk_that_cannot_be_written_costs_no_second_account(
    hass: HomeAssistant, flow: Flow
) -> None:
    await flow.begin()
    await flow.choose("record_now")
    in_the_way = Path(hass.config.path(LOGS_FOLDER))
    await hass.async_add_executor_job(in_the_way.touch)
    await flow.enter(name="House")
    assert flow.shows == "record_now"
    assert flow.errors == {"base": "log_unwritable"}
    await hass.async_add_executor_job(in_the_way.unlink)
    await flow.enter(name="House")
    entry: Any = flow.result["result"]
    ring = await async_get_key_ring(hass)
    assert ring.addresses == [entry.data["address"]]


async def test_log_without_a_network_is_continued_after_its_entry_was_removed(
    hass: HomeAssistant, flow: Flow
) -> None:
    house = await begin(flow)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await flow.begin()
    await flow.choose("record_now")
    assert flow.shows == "log"
    await flow.choose("continue_log")
    await flow.enter(log_id=house.entry.data["log_id"])
    continued = await with_source(flow)
    assert continued.entry.data == house.entry.data
    assert continued.entry.unique_id == house.entry.unique_id
    assert (await continued.readings())[0] == (FRIDGE, "4.1")


async def test_another_log_can_be_begun_beside_one_from_before(
    hass: HomeAssistant, flow: Flow
) -> None:
    house = await begin(flow)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await flow.begin()
    await flow.choose("record_now")
    await flow.choose("new_log")
    assert flow.shows == "record_now"
    await flow.enter(name="Holiday home")
    other = await with_source(flow)
    assert other.entry.data["log_id"] != house.entry.data["log_id"]
    assert other.address != house.address


async def test_account_of_a_log_without_a_network_pays_for_no_other(
    flow: Flow, endpoint: Endpoint
) -> None:
    await begin(flow)
    await flow.to_account(endpoint.url)
    assert "kept_account" not in flow.result["menu_options"]


async def test_account_that_is_used_meanwhile_is_not_taken_silently(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    house = await begin(flow)
    key = (await async_get_key_ring(hass)).account_key(house.address)
    assert key is not None
    await async_add_entry(hass, endpoint.url, name="Other", account=Account(key))
    menu = await choose_network(house, endpoint.url)
    assert menu["step_id"] == "account"


async def test_only_the_account_that_the_log_was_made_with_can_create_it(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    house = await begin(flow)
    await (await async_get_key_ring(hass)).async_forget(house.address)
    menu = await choose_network(house, endpoint.url)
    assert menu["step_id"] == "account"
    configure = hass.config_entries.flow.async_configure
    result = await configure(menu["flow_id"], {"next_step_id": "create_account"})
    assert result["reason"] == "not_publisher"
    told: Any = result["description_placeholders"]
    assert told["publisher"] == house.address != told["address"]
    assert "chain_id" not in house.entry.data


async def test_log_that_another_account_anchors_says_which(
    hass: HomeAssistant,
    flow: Flow,
    set_up: SetUp,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was anchored, handed over and removed, and is recorded again since."""
    monkeypatch.setattr(anchoring, "_LOOK_AGAIN_SECONDS", 0.05)
    anchored = await set_up(source(FRIDGE))
    hass.states.async_set(FRIDGE, "1")
    await anchored.call("anchor", wait=True)
    menu: Any = await async_reconfigure(anchored, "reconfigure_account")
    configure = hass.config_entries.flow.async_configure
    form: Any = await configure(menu["flow_id"], {"next_step_id": "import_account"})
    result: Any = await configure(form["flow_id"], {"private_key": RICH_KEY})
    while result["type"] is not FlowResultType.ABORT:
        await hass.async_block_till_done()
        result = await configure(result["flow_id"])
    await hass.async_block_till_done()
    publisher = anchored.address
    await hass.config_entries.async_remove(anchored.entry.entry_id)

    await flow.begin()
    await flow.choose("record_now")
    await flow.choose("continue_log")
    await flow.enter(log_id=anchored.entry.data["log_id"])
    house = await with_source(flow)
    result = await choose_network(house, endpoint.url)
    assert result["reason"] == "not_publisher"
    told: Any = result["description_placeholders"]
    assert told["publisher"] == publisher


async def test_network_is_chosen_only_for_a_log_that_is_loaded(flow: Flow) -> None:
    house = await begin(flow)
    await house.unload()
    result = await async_reconfigure_menu(house)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_lost_file_is_continued_by_a_new_log_without_a_network_too(
    hass: HomeAssistant, flow: Flow
) -> None:
    house = await begin(flow)
    old = house.entry.data["log_id"]
    await house.unload()
    await hass.async_add_executor_job(log_path(hass, old).write_bytes, b"rubbish")
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    issue_id = f"log_lost_{house.entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    data: Any = {"entry_id": house.entry.entry_id}
    fix: Any = await async_create_fix_flow(hass, issue_id, data)
    fix.hass = hass
    await fix.async_step_confirm({})
    await hass.async_block_till_done()
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.entry.data["log_id"] != old
    first, *_ = await house.members()
    assert (first["act"], first["log"]) == ("continues", old)
