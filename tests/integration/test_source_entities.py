"""The entities of the sources."""

from datetime import timedelta
from types import MappingProxyType

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util import dt as dt_util

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log import holdings
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.logs import log_path

from .conftest import SetUp
from .house import House, source, until

pytestmark = pytest.mark.usefixtures("all_entities_enabled")


def shown(house: House, key: str, name: str = "fridge") -> str:
    """Return the state of an entity of a source."""
    found = house.hass.states.get(f"sensor.{name}_{key}")
    assert found is not None
    return found.state


def in_seconds(state: State | None) -> str:
    """Return when a state was reached, as a sensor of times shows it."""
    assert state is not None
    return state.last_updated.replace(microsecond=0).isoformat()


async def _recorded(house: House, readings: int, name: str = "fridge") -> None:
    await until(
        lambda: shown(house, "recorded_readings", name) == str(readings),
        what=f"{readings} readings of {name}",
    )


async def test_each_source_is_a_device_below_the_log(
    set_up: SetUp, device_registry: dr.DeviceRegistry
) -> None:
    house = await set_up(source("sensor.a"), source("sensor.b", title="Door"))
    log = device_registry.async_get_device_by_identifier(
        (DOMAIN, house.entry.data["log_id"]), house.entry.entry_id
    )
    assert log is not None
    for subentry in house.entry.subentries.values():
        device = device_registry.async_get_device_by_identifier(
            (DOMAIN, subentry.subentry_id), house.entry.entry_id
        )
        assert device is not None
        assert device.name == subentry.title
        assert device.model == "Source"
        assert device.entry_type is dr.DeviceEntryType.SERVICE
        assert device.via_device_id == log.id
        assert device.config_subentry_id == subentry.subentry_id


async def test_entities_of_a_source_say_whose_word_its_readings_are(
    set_up: SetUp,
) -> None:
    house = await set_up(source("sensor.a"))
    for key in ("recorded_readings", "last_reading", "last_anchored_reading"):
        state = house.hass.states.get(f"sensor.fridge_{key}")
        assert state is not None, key
        assert state.attributes["trust"] == "gateway-signed"


async def test_entities_of_a_source_go_with_it_and_its_readings_stay(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up(source("sensor.a"), source("sensor.b", title="Door"))
    hass.states.async_set("sensor.b", "1")
    await _recorded(house, 1, "door")
    _, door = house.entry.subentries
    hass.config_entries.async_remove_subentry(house.entry, door)
    await hass.async_block_till_done()
    assert entity_registry.async_get("sensor.door_recorded_readings") is None
    assert entity_registry.async_get("sensor.fridge_recorded_readings") is not None
    assert await house.readings() == [("sensor.b", "1")]


async def test_readings_are_counted_for_each_source_that_selects_them(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("sensor.a", "sensor.b"),
        source("sensor.b", "sensor.c", title="Door", reports=True),
        source("sensor.d", title="Cellar"),
    )
    assert shown(house, "recorded_readings", "cellar") == "0"
    assert shown(house, "last_reading", "cellar") == "unknown"
    assert shown(house, "last_anchored_reading", "cellar") == "unknown"
    for entity in ("a", "b", "b", "c"):
        hass.states.async_set(f"sensor.{entity}", "1")
    await _recorded(house, 3)
    await _recorded(house, 3, "door")
    assert shown(house, "recorded_readings", "cellar") == "0"
    # acts are no readings
    assert house.state("recorded_readings") == "4"
    await until(lambda: shown(house, "last_reading") != "unknown")
    assert shown(house, "last_reading", "door") == in_seconds(
        hass.states.get("sensor.c")
    )


async def test_last_anchored_reading_follows_the_anchors(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.a"), source("sensor.b", title="Door"))
    long_ago = dt_util.utcnow().replace(microsecond=0) - timedelta(hours=1)
    for minute in range(3):
        hass.states.async_set(
            "sensor.a",
            str(minute),
            timestamp=(long_ago + timedelta(minutes=minute)).timestamp(),
        )
    await house.call("anchor", wait=True)
    last = (long_ago + timedelta(minutes=2)).isoformat()
    assert shown(house, "last_anchored_reading") == last
    assert shown(house, "last_anchored_reading", "door") == "unknown"
    # What waits is recorded, and not anchored. Restarts change nothing of that.
    hass.states.async_set("sensor.a", "4")
    hass.states.async_set("sensor.b", "1")
    await _recorded(house, 4)
    for _ in range(2):
        assert shown(house, "last_anchored_reading") == last
        assert shown(house, "last_anchored_reading", "door") == "unknown"
        assert shown(house, "last_reading") == in_seconds(hass.states.get("sensor.a"))
        await house.reload()
    await house.call("anchor", wait=True)
    assert shown(house, "last_anchored_reading") == in_seconds(
        hass.states.get("sensor.a")
    )
    assert shown(house, "last_anchored_reading", "door") == in_seconds(
        hass.states.get("sensor.b")
    )


async def test_the_log_is_searched_only_when_that_can_have_another_result(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up(source("sensor.a"))
    hass.states.async_set("sensor.a", "1")
    await house.call("anchor", wait=True)
    hass.states.async_set("sensor.a", "2")
    await _recorded(house, 2)
    searched = 0

    def search(*_: object) -> None:
        nonlocal searched
        searched += 1

    monkeypatch.setattr(holdings, "last_time", search)
    hass.states.async_set("sensor.a", "3")
    await _recorded(house, 3)
    assert searched == 0
    assert shown(house, "last_anchored_reading") != "unknown"


async def test_count_goes_on_after_a_restart_and_a_crash(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.a"))
    for state in ("1", "2"):
        hass.states.async_set("sensor.a", state)
    await _recorded(house, 2)
    last = shown(house, "last_reading")
    await house.reload()
    assert shown(house, "recorded_readings") == "2"
    assert shown(house, "last_reading") == last
    hass.states.async_set("sensor.a", "3")
    await house.flush()
    # What a crash leaves is what is on the disk, without any farewell.
    store = house.coordinator.parts.store
    (counted,) = [
        text for name, text in store.recall().items() if name.startswith("source ")
    ]
    assert '"readings":3' in counted


async def test_count_survives_renames_and_what_joins_and_leaves(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    area = ar.async_get(hass).async_create("Kitchen")
    for name in ("a", "b"):
        entity_registry.async_get_or_create(
            "sensor", "test", name, suggested_object_id=name
        )
    entity_registry.async_update_entity("sensor.a", area_id=area.id)
    house = await set_up(source(area_id=[area.id]))
    # What was seen before a change counts, although it is written after it.
    hass.states.async_set("sensor.a", "1")
    entity_registry.async_update_entity("sensor.a", new_entity_id="sensor.renamed")
    hass.states.async_set("sensor.renamed", "2")
    entity_registry.async_update_entity("sensor.b", area_id=area.id)
    hass.states.async_set("sensor.b", "3")
    entity_registry.async_update_entity("sensor.b", area_id=None)
    hass.states.async_set("sensor.b", "4")
    await _recorded(house, 3)
    await house.call("anchor", wait=True)
    anchored = shown(house, "last_anchored_reading")
    assert anchored != "unknown"
    # It stands under the old name; there is no younger one under the new.
    entity_registry.async_update_entity("sensor.renamed", new_entity_id="sensor.new")
    hass.states.async_set("sensor.new", "5")
    await _recorded(house, 4)
    assert shown(house, "last_anchored_reading") == anchored
    assert [state for _, state in await house.readings()] == ["1", "2", "3", "5"]


async def test_states_that_an_action_records_count_where_a_source_selects_them(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.a"))
    hass.states.async_set("sensor.a", "1")
    hass.states.async_set("sensor.b", "1")
    await _recorded(house, 1)
    await house.call("anchor", entity_id=["sensor.a", "sensor.b"])
    await _recorded(house, 2)
    assert house.state("recorded_readings") == "3"


async def test_source_from_before_it_was_counted_counts_what_the_log_holds(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.a", "sensor.b"))
    for state in ("1", "2", "3"):
        hass.states.async_set("sensor.a", state)
    hass.states.async_set("sensor.b", "1")
    await house.flush()
    last = shown(house, "last_reading")
    await house.unload()

    def forget() -> None:
        store = LogStore(log_path(hass, house.entry.data["log_id"]))
        store._writer.execute("DELETE FROM meta WHERE name LIKE 'memory:source %'")
        store.close()

    await hass.async_add_executor_job(forget)
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    assert shown(house, "recorded_readings") == "4"
    assert last in {"unknown", shown(house, "last_reading")}
    assert shown(house, "last_reading") == in_seconds(hass.states.get("sensor.b"))


async def test_source_of_an_entity_that_was_recorded_before_begins_at_nothing(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.a"))
    hass.states.async_set("sensor.a", "1")
    await _recorded(house, 1)
    added = source("sensor.a", title="Door")
    hass.config_entries.async_add_subentry(
        house.entry,
        ConfigSubentry(
            data=MappingProxyType(dict(added["data"])),
            subentry_type=added["subentry_type"],
            title=added["title"],
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()
    assert shown(house, "recorded_readings", "door") == "0"
    hass.states.async_set("sensor.a", "2")
    await _recorded(house, 1, "door")
    await _recorded(house, 2)
