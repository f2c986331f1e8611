"""A log that cannot be continued, and the one that continues it."""

import shutil
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.iot_blockchain import successor
from custom_components.iot_blockchain.chain import calls, contract
from custom_components.iot_blockchain.chain.account import create_account
from custom_components.iot_blockchain.chain.journal import Journal
from custom_components.iot_blockchain.chain.receipts import Receipts
from custom_components.iot_blockchain.const import CONF_LOG_ID, DOMAIN
from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.logs import log_path
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .house import CHAIN_ID, House, source, until

type Fix = Callable[[House, str], Awaitable[Any]]


@pytest.fixture
async def fix(hass: HomeAssistant) -> Fix:
    """Go through the repair of an issue, as a person does."""
    assert await async_setup_component(hass, "repairs", {})
    await hass.async_block_till_done()

    async def async_fix(house: House, key: str) -> Any:  # noqa: ANN401
        issue_id = f"{key}_{house.entry.entry_id}"
        found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        assert found is not None
        assert found.is_fixable
        manager = repairs_flow_manager(hass)
        assert manager is not None
        form = await manager.async_init(DOMAIN, data={"issue_id": issue_id})
        assert form["type"] is FlowResultType.FORM
        assert form["description_placeholders"] == {"name": "House"}
        result = await manager.async_configure(form["flow_id"], {})
        await hass.async_block_till_done()
        return result

    return async_fix


def file_of(house: House) -> Path:
    return log_path(house.hass, house.entry.data["log_id"])


async def _record(house: House, *states: str) -> None:
    for state in states:
        house.hass.states.async_set("sensor.fridge", state)
        await house.flush()


async def _restore_old_backup(house: House, hass: HomeAssistant) -> dict[str, Any]:
    """Bring the log's file to a state before its last anchor; return a receipt."""
    await _record(house, "1")
    await house.call("anchor", wait=True)
    await house.unload()
    copy = file_of(house).with_suffix(".backup")
    await hass.async_add_executor_job(shutil.copyfile, file_of(house), copy)
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await _record(house, "2", "3")
    await house.call("anchor", wait=True)
    receipt = await house.call("get_receipt", entity_id="sensor.fridge")
    await house.unload()
    await hass.async_add_executor_job(shutil.copyfile, copy, file_of(house))
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await hass.async_block_till_done()
    return receipt


async def _diverge(house: House) -> None:
    """Restore an old backup, and wait until it is noticed."""
    await _restore_old_backup(house, house.hass)
    await _record(house, "4")
    issue_id = f"log_diverged_{house.entry.entry_id}"
    registry = ir.async_get(house.hass)
    await until(lambda: registry.async_get_issue(DOMAIN, issue_id) is not None)


async def test_restored_backup_is_continued_by_a_log_that_names_it(
    hass: HomeAssistant, set_up: SetUp, fix: Fix, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    receipt = await _restore_old_backup(house, hass)
    old = bytes.fromhex(house.entry.data["log_id"])
    await _record(house, "4")
    house.hass.states.async_set("sensor.fridge", "5")
    await house.flush()
    await house.coordinator.async_anchor(wait=False)
    await until(
        lambda: (
            ir.async_get(hass).async_get_issue(
                DOMAIN, f"log_diverged_{house.entry.entry_id}"
            )
            is not None
        )
    )

    result = await fix(house, "log_diverged")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.state is ConfigEntryState.LOADED
    new = bytes.fromhex(house.entry.data["log_id"])
    assert new != old
    assert house.entry.unique_id == new.hex()
    first, *_ = await house.members()
    assert (first["act"], first["log"], first["from"]) == ("continues", old.hex(), 3)
    states = [state for _, state in await house.readings()]
    assert states[-2:] == ["4", "5"]

    await house.call("anchor", wait=True)
    assert house.state("anchor_status") in {"confirmed", "final"}
    client = await house.coordinator.chain.endpoints.choose()
    assert (await client.log_state(old)).closed
    (created,) = chain.rpc(
        "eth_getLogs",
        {
            "address": contract.ADDRESS,
            "fromBlock": "0x0",
            "topics": [None, "0x" + new.hex(), None, "0x" + old.hex()],
        },
    )
    assert created
    assert not [i for i in ir.async_get(hass).issues.values() if i.domain == DOMAIN]
    report = await house.call("verify_receipt", receipt=receipt["receipt"])
    assert report["verdict"] == "anchored"


async def test_receipt_of_a_reading_in_a_log_that_was_continued_twice(
    set_up: SetUp, fix: Fix
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "first")
    await house.call("anchor", wait=True)
    given = await house.call("get_receipt", entity_id="sensor.fridge")
    time = given["readings"][0]["time"]
    for _ in range(2):
        await _diverge(house)
        await fix(house, "log_diverged")
    assert (await house.acts())[0] == "continues"

    found = await house.call("get_receipt", entity_id="sensor.fridge", time=time)
    assert found["readings"] == given["readings"]
    assert found["log"] == given["log"]
    assert given["receipt"]["anchor"] == found["receipt"]["anchor"]
    assert found["status"] in {"confirmed", "final"}
    report = await house.call("verify_receipt", receipt=found["receipt"])
    assert report["verdict"] == "anchored"

    with pytest.raises(ServiceValidationError) as raised:
        await house.call(
            "get_receipt", entity_id="sensor.fridge", time="2020-01-01T00:00:00Z"
        )
    assert raised.value.translation_key == "no_reading"


async def test_receipt_of_a_period_names_the_log_that_holds_the_rest(
    set_up: SetUp, fix: Fix
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "first")
    await house.call("anchor", wait=True)
    asked = {"entity_id": "sensor.fridge", "duration": {"hours": 1}}
    assert (await house.call("get_receipt", **asked))["continues"] is None
    old = house.entry.data[CONF_LOG_ID]
    await _diverge(house)
    await fix(house, "log_diverged")
    await _record(house, "second")
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", **asked)
    assert answer["continues"] == old
    # Later, nothing of it is in the other one.
    time = answer["readings"][-1]["time"]
    later = await house.call("get_receipt", entity_id="sensor.fridge", start=time)
    assert later["continues"] is None
    path = Path((await house.call("export_evidence", **asked))["path"])
    with ZipFile(path) as archive:
        page = archive.read("README.txt").decode()
    assert f"  continues, {old}." in page.split("\r\n")


async def test_log_that_was_given_up_signs_nothing_any_more(
    set_up: SetUp, fix: Fix
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "1")
    await house.call("anchor", wait=True)
    await _record(house, "unanchored")
    old = file_of(house)
    await _diverge(house)
    await fix(house, "log_diverged")
    with closing(LogStore(old)) as store, closing(Journal(old, CHAIN_ID)) as journal:
        receipts = Receipts(store, journal, house.address, None)
        assert receipts.make(0, 1).anchor is not None
        last = store.size - 1
        with pytest.raises(StoreError, match="given up"):
            receipts.make(last, last + 1)


async def test_entities_go_on_with_the_successor(
    hass: HomeAssistant, set_up: SetUp, fix: Fix
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "1")
    before = sorted(hass.states.async_entity_ids("sensor"))
    await house.unload()
    file_of(house).unlink()
    assert not await hass.config_entries.async_setup(house.entry.entry_id)

    await fix(house, "log_lost")
    assert house.entry.state is ConfigEntryState.LOADED
    assert sorted(hass.states.async_entity_ids("sensor")) == before
    assert house.state("recorded_readings") != "unavailable"
    first, *_ = await house.members()
    assert first["act"] == "continues"
    assert first["from"] is None
    # What the fridge has now is recorded; what the file held is gone with it.
    assert await house.readings() == [("sensor.fridge", "1")]


@pytest.mark.parametrize("damage", [b"", b"this is no database"])
async def test_damaged_file_stays_where_it_is(
    hass: HomeAssistant, set_up: SetUp, fix: Fix, damage: bytes
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "1")
    await house.unload()
    damaged = file_of(house)
    await hass.async_add_executor_job(damaged.write_bytes, damage)
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    await fix(house, "log_lost")
    assert house.entry.state is ConfigEntryState.LOADED
    assert await hass.async_add_executor_job(damaged.read_bytes) == damage


async def test_restored_file_needs_no_successor(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    await house.unload()
    hidden = file_of(house).with_suffix(".hidden")
    file_of(house).rename(hidden)
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    issue_id = f"log_lost_{house.entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    hidden.rename(file_of(house))
    assert await hass.config_entries.async_reload(house.entry.entry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_successor_that_cannot_be_written_leaves_the_old_log_in_use(
    set_up: SetUp, fix: Fix
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _diverge(house)
    old = house.entry.data["log_id"]
    with broken_disk(successor, "async_create_log"):
        result = await fix(house, "log_diverged")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "log_unwritable"
    assert house.entry.data["log_id"] == old
    assert house.entry.state is ConfigEntryState.LOADED
    await _record(house, "6")
    assert (await house.readings())[-1] == ("sensor.fridge", "6")


async def test_log_of_another_owner_is_continued_without_being_named(
    hass: HomeAssistant, set_up: SetUp, fix: Fix, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _restore_old_backup(house, hass)
    old = bytes.fromhex(house.entry.data["log_id"])
    cold = (await hass.async_add_executor_job(create_account)).address
    chain.rpc("anvil_impersonateAccount", house.address)
    data = "0x" + calls.call("setOwner", old, cold).hex()
    chain.rpc(
        "eth_sendTransaction",
        {"from": house.address, "to": contract.ADDRESS, "data": data},
    )
    chain.mine()
    await _record(house, "4")
    await house.coordinator.async_anchor(wait=False)
    issue_id = f"log_diverged_{house.entry.entry_id}"
    await until(
        lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is not None
    )
    await fix(house, "log_diverged")
    anchor = await house.call("anchor", wait=True)
    assert anchor["number"] == 1
    client = await house.coordinator.chain.endpoints.choose()
    assert not (await client.log_state(old)).closed
