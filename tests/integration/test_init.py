"""Setting a log up, and taking it down without a trace."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import web3
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.helpers.translation import async_get_exception_message
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain import async_setup_entry
from custom_components.iot_blockchain.chain.account import create_account
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log.database import (
    StoreError,
    StoreUnavailableError,
)
from custom_components.iot_blockchain.log.note import new_private_key
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.logs import log_path
from custom_components.iot_blockchain.panel import sidebar

from .conftest import SetUp
from .house import Endpoint, House, async_add_entry, async_members, source, until


async def refused(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigEntryError:
    """Set up an entry that cannot be, and return why."""
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    with pytest.raises(ConfigEntryError) as raised:
        await async_setup_entry(hass, entry)
    error = raised.value
    assert error.translation_domain == DOMAIN
    assert error.translation_key is not None
    message = async_get_exception_message(
        DOMAIN, error.translation_key, error.translation_placeholders
    )
    assert entry.reason == message
    assert "{" not in message
    return error


def open_files(folder: str) -> list[str]:
    """Return the files below a folder that this process holds open."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists them
            links.append(str(descriptor.readlink()))
    return [link for link in links if link.startswith(folder)]


async def test_another_version_of_web3(
    hass: HomeAssistant, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await async_add_entry(hass, endpoint.url)
    for version in ("6.20.0", "9.0.0"):
        monkeypatch.setattr(web3, "__version__", version)
        error = await refused(hass, entry)
        assert error.translation_key == "web3_version"
        assert error.translation_placeholders == {"version": version}
        (issue,) = ir.async_get(hass).issues.values()
        assert issue.translation_key == "web3_version"
        assert issue.translation_placeholders is not None
        assert issue.translation_placeholders["version"] == version
        assert await hass.config_entries.async_unload(entry.entry_id)
    monkeypatch.undo()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert not ir.async_get(hass).issues


@pytest.mark.parametrize("kind", ["accounts", "logs"])
async def test_missing_key(
    hass: HomeAssistant,
    endpoint: Endpoint,
    hass_storage: dict[str, Any],
    kind: str,
) -> None:
    entry = await async_add_entry(hass, endpoint.url)
    hass_storage[DOMAIN]["data"][kind].clear()
    hass.data.pop("iot_blockchain_key_ring")  # as after a restart
    error = await refused(hass, entry)
    assert error.translation_key == "key_missing"
    assert error.translation_placeholders == {"address": entry.data["address"]}


async def test_damaged_file(hass: HomeAssistant, endpoint: Endpoint) -> None:
    entry = await async_add_entry(hass, endpoint.url)
    path = Path(hass.config.path("iot_blockchain", f"{entry.data['log_id']}.db"))
    await hass.async_add_executor_job(path.write_bytes, b"not a database" * 100)
    error = await refused(hass, entry)
    assert error.translation_key == "log_unreadable"
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_add_executor_job(path.unlink)
    assert (await refused(hass, entry)).translation_key == "log_unreadable"
    assert not open_files(str(path.parent))


async def test_key_of_another_log(
    hass: HomeAssistant, endpoint: Endpoint, hass_storage: dict[str, Any]
) -> None:
    entry = await async_add_entry(hass, endpoint.url)
    keys = hass_storage[DOMAIN]["data"]["logs"][entry.data["log_id"]]
    keys["private_key"] = new_private_key().hex()
    hass.data.pop("iot_blockchain_key_ring")
    error = await refused(hass, entry)
    assert error.translation_key == "log_unreadable"
    assert keys["private_key"] not in str(entry.reason)
    assert not open_files(hass.config.path("iot_blockchain"))


async def test_set_up_does_not_wait_for_the_chain(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    endpoint.away = True
    async with asyncio.timeout(60):
        house = await set_up(source("sensor.fridge"))
    assert house.entry.state is ConfigEntryState.LOADED
    hass.states.async_set("sensor.fridge", "1")
    assert await house.readings() == [("sensor.fridge", "1")]


async def test_unloading_leaves_nothing_behind(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.fridge", "0")
    house = await set_up(source("sensor.fridge"), funded=False)
    # The issue registry waits to store what it held, from the first issue on.
    await until(lambda: bool(ir.async_get(hass).issues))
    await house.unload()
    await hass.async_block_till_done()
    # Home Assistant itself keeps what it set up for the first sensor of all.
    listening = dict(hass.bus.async_listeners())
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    assert dict(hass.bus.async_listeners()) != listening
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    await house.call("anchor")
    await until(lambda: bool(ir.async_get(hass).issues))
    folder = hass.config.path("iot_blockchain")
    assert open_files(folder)
    tasks = house.coordinator._tasks
    assert tasks
    await house.unload()
    await hass.async_block_till_done()
    assert house.entry.state is ConfigEntryState.NOT_LOADED
    assert not tasks
    assert not open_files(folder)
    assert not ir.async_get(hass).issues
    assert dict(hass.bus.async_listeners()) == listening
    members = await async_members(hass, house.entry)
    hass.states.async_set("sensor.fridge", "2")
    await hass.async_block_till_done()
    assert await async_members(hass, house.entry) == members
    assert members[-1]["act"] == "stopped"


async def test_reloading_often_opens_nothing_twice(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    folder = hass.config.path("iot_blockchain")
    opened = len(open_files(folder))
    listening = dict(hass.bus.async_listeners())
    for _ in range(4):
        await house.reload()
    await hass.async_block_till_done()
    assert len(open_files(folder)) == opened
    assert dict(hass.bus.async_listeners()) == listening


async def test_log_and_keys_stay_when_the_entry_is_removed(
    hass: HomeAssistant,
    set_up: SetUp,
    hass_storage: dict[str, Any],
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    log_id = house.entry.data["log_id"]
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    members = await async_members(hass, house.entry)
    assert "1" in [member.get("state") for member in members]
    kept = hass_storage[DOMAIN]["data"]
    assert house.address in kept["accounts"]
    assert kept["logs"][log_id]["creator"] == house.address
    assert not dr.async_entries_for_config_entry(device_registry, house.entry.entry_id)
    assert not er.async_entries_for_config_entry(entity_registry, house.entry.entry_id)
    assert not ir.async_get(hass).issues


async def test_platform_that_does_not_unload_leaves_the_log_running(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant is made to fail: no platform of this integration refuses."""
    house = await set_up(source("sensor.fridge"))

    async def fail(*_: object) -> bool:
        return False

    with monkeypatch.context() as patched:
        patched.setattr(hass.config_entries, "async_unload_platforms", fail)
        assert not await hass.config_entries.async_unload(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.FAILED_UNLOAD
    hass.states.async_set("sensor.fridge", "1")
    assert await house.readings() == [("sensor.fridge", "1")]
    await house.coordinator.async_stop()


async def test_stopping_twice_stops_once(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up()
    await house.coordinator.async_stop()
    await house.unload()
    acts = [member["act"] for member in await async_members(hass, house.entry)]
    assert acts == ["started", "stopped"]


async def test_accounts_and_logs_have_keys_of_their_own(
    hass: HomeAssistant, endpoint: Endpoint, hass_storage: dict[str, Any]
) -> None:
    account = await hass.async_add_executor_job(create_account)
    first = await async_add_entry(hass, endpoint.url, account=account)
    second = await async_add_entry(hass, endpoint.url, account=account)
    kept = hass_storage[DOMAIN]["data"]
    assert list(kept["accounts"]) == [account.address]
    one, two = (kept["logs"][entry.data["log_id"]] for entry in (first, second))
    assert one["private_key"] != two["private_key"]
    assert account.private_key not in {one["private_key"], two["private_key"]}


async def test_set_up_that_fails_late_leaves_nothing_open(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant is made to fail at the entities, after recording has begun."""
    house = await set_up()
    await house.unload()

    async def fail(*_: object) -> None:
        raise RuntimeError("no entities today")

    with monkeypatch.context() as patched:
        patched.setattr(hass.config_entries, "async_forward_entry_setups", fail)
        assert not await hass.config_entries.async_setup(house.entry.entry_id)
    acts = [member["act"] for member in await async_members(hass, house.entry)]
    assert acts == ["started", "stopped"] * 2
    with pytest.raises(StoreError):
        house.coordinator.parts.store.root(1)


async def test_log_whose_panel_is_missing_is_set_up_once_it_is_there(
    hass: HomeAssistant,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """As after an update that was broken off."""
    assert await async_setup_component(hass, "frontend", {})
    entry = await async_add_entry(hass, endpoint.url, sources=[source("sensor.a")])
    with monkeypatch.context() as patched:
        patched.setattr(sidebar, "_FILES", tmp_path)
        assert not await hass.config_entries.async_setup(entry.entry_id)
    hass.states.async_set("sensor.a", "meanwhile")
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(entry.entry_id)
    house = House(hass, entry)
    await house.flush()
    hass.states.async_set("sensor.a", "now")
    assert await house.acts() == ["started", "sources", "stopped", "started"]
    assert await house.readings() == [("sensor.a", "meanwhile"), ("sensor.a", "now")]


async def test_file_that_cannot_be_used_for_now_is_tried_again(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk's fault is put in: no disk can be broken in a test."""
    house = await set_up()
    await house.unload()

    def fail(*_: object) -> None:
        raise StoreUnavailableError("the disk is read-only")

    with monkeypatch.context() as patched:
        patched.setattr(LogStore, "_load", fail)
        assert not await hass.config_entries.async_setup(house.entry.entry_id)
    retrying: object = house.entry.state
    assert retrying is ConfigEntryState.SETUP_RETRY
    assert not ir.async_get(hass).issues
    assert await hass.config_entries.async_reload(house.entry.entry_id)


async def test_removing_an_entry_takes_back_what_was_said_of_it(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    await house.unload()
    path = log_path(hass, house.entry.data["log_id"])
    await hass.async_add_executor_job(path.unlink)
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    assert ir.async_get(hass).issues
    await hass.config_entries.async_remove(house.entry.entry_id)
    assert not ir.async_get(hass).issues
