"""Pausing: nothing that happens meanwhile is recorded, and the log says so."""

import asyncio

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.entry import parse_time
from custom_components.iot_blockchain.log.store import LogStore

from .conftest import SetUp
from .disk import broken_disk
from .house import House, source, until
from .signing import Air, SigningDevice
from .test_devices import enrolled, shown, signed


async def _turn(house: House, action: str) -> None:
    await house.hass.services.async_call(
        "switch",
        action,
        {"entity_id": "switch.house_pause_recording"},
        blocking=True,
    )


async def _pause(house: House) -> None:
    await _turn(house, "turn_on")
    assert house.state("pause_recording", "switch") == "on"


async def _resume(house: House) -> None:
    await _turn(house, "turn_off")
    assert house.state("pause_recording", "switch") == "off"


async def _said(house: House) -> list[str]:
    """Return the acts and the states in the log, in its order."""
    return [
        str(member.get("act", member.get("state"))) for member in await house.members()
    ]


async def test_nothing_is_recorded_while_it_is_paused(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"), source("sensor.door", reports=True))
    hass.states.async_set("sensor.fridge", "before")
    await _pause(house)
    for state in ("meanwhile", "meanwhile", "at the end"):
        hass.states.async_set("sensor.fridge", state)
        hass.states.async_set("sensor.door", state)
    await house.flush()
    resuming = dt_util.utcnow()
    await _resume(house)
    hass.states.async_set("sensor.fridge", "after")
    assert await _said(house) == [
        "started",
        "sources",
        "before",
        "paused",
        "resumed",
        "at the end",
        "at the end",
        "after",
    ]
    # They are the states of that moment, whenever the entities got them.
    *_, door, fridge, _ = await house.members()
    assert (door["entity"], fridge["entity"]) == ("sensor.door", "sensor.fridge")
    assert resuming <= parse_time(door["time"]) == parse_time(fridge["time"])


async def test_what_has_not_changed_is_recorded_after_the_pause(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """Also where the policy of a source would leave it out, and where it is held."""
    house = await set_up(
        source("sensor.plain"), source("sensor.thinned", policy={"deadband": 5})
    )
    hass.states.async_set("sensor.plain", "1")
    hass.states.async_set("sensor.thinned", "2")
    await _pause(house)
    await _resume(house)
    assert (await _said(house))[-2:] == ["1", "2"]
    hass.states.async_set("sensor.thinned", "4")
    hass.states.async_set("sensor.thinned", "7")
    assert (await _said(house))[-3:] == ["1", "2", "7"]


async def test_state_that_waits_for_its_time_is_recorded_before_the_pause(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge", policy={"interval": {"hours": 1}}))
    hass.states.async_set("sensor.fridge", "1")
    hass.states.async_set("sensor.fridge", "2")
    await _pause(house)
    assert (await _said(house))[-3:] == ["1", "2", "paused"]


async def test_pause_outlasts_a_restart(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    await _pause(house)
    await house.reload()
    assert house.state("pause_recording", "switch") == "on"
    hass.states.async_set("sensor.fridge", "meanwhile")
    await house.reload()
    assert await house.readings() == []
    await _resume(house)
    assert await house.readings() == [("sensor.fridge", "meanwhile")]
    await house.reload()
    assert house.state("pause_recording", "switch") == "off"
    hass.states.async_set("sensor.fridge", "after")
    assert await _said(house) == [
        *("started", "sources", "paused", "stopped"),
        *("started", "stopped", "started"),
        *("resumed", "meanwhile", "stopped", "started", "after"),
    ]


async def test_switch_that_is_where_it_should_be_writes_nothing(
    set_up: SetUp,
) -> None:
    house = await set_up()
    await _resume(house)
    await _pause(house)
    await _pause(house)
    assert await house.acts() == ["started", "paused"]


async def test_what_is_done_with_sources_is_noted_and_what_joins_them_is_not(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    area = ar.async_get(hass).async_create("Kitchen")
    entity_registry.async_get_or_create(
        "sensor", "test", "1", suggested_object_id="fridge"
    )
    entity_registry.async_update_entity("sensor.fridge", area_id=area.id)
    entity_registry.async_get_or_create(
        "sensor", "test", "2", suggested_object_id="oven"
    )
    house = await set_up(source(area_id=[area.id]))
    await _pause(house)
    entity_registry.async_update_entity(
        "sensor.fridge", new_entity_id="sensor.cold_store"
    )
    entity_registry.async_update_entity("sensor.oven", area_id=area.id)
    hass.states.async_set("sensor.oven", "180")
    await house.flush()
    said = await _said(house)
    meanwhile = said[said.index("paused") + 1 :]
    assert meanwhile.count("entity_renamed") == 1
    assert set(meanwhile) == {"entity_renamed", "selected"}
    await _resume(house)
    assert await house.readings() == [("sensor.oven", "180")]


async def test_what_a_device_signs_meanwhile_is_not_recorded_later_either(
    set_up: SetUp, air: Air
) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    before = device.reading("4.1")
    await air.send(before)
    await _pause(house)
    meanwhile = device.reading("4.2")
    await air.send(meanwhile, device.boot())
    # It is told that it was taken, so it does not keep it until the pause is over.
    assert air.acknowledged[-1] == (7, 2, 3)
    assert shown(house, "temperature") == "4.2"
    await house.reload()
    await air.send(meanwhile)
    await _resume(house)
    after = device.reading("4.3")
    await air.send(after)
    assert [jws for _, jws in await signed(house)] == [before, after]
    assert shown(house, "missing_envelopes") == "0"
    acts = await house.acts()
    assert acts.index("paused") < acts.index("device_booted") < acts.index("resumed")


async def test_signed_reading_that_waits_for_the_pause_to_be_written_comes_too_late(
    set_up: SetUp, air: Air
) -> None:
    """It is held up where it would be written."""
    device = SigningDevice()
    house = await set_up(enrolled(device))
    writer = house.coordinator.recording._writer
    await writer.lock.acquire()
    pausing = asyncio.create_task(house.coordinator.recording.async_pause())
    await asyncio.sleep(0)
    sending = asyncio.create_task(air.send(device.reading("4.2")))
    await asyncio.sleep(0.1)
    writer.lock.release()
    await asyncio.gather(pausing, sending)
    assert await signed(house) == []
    assert air.acknowledged == [(7, 1, 1)]


async def test_what_was_recorded_is_anchored_meanwhile(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await _pause(house)
    await house.call("anchor")
    await house.anchored()
    assert house.state("anchor_status") in {"confirmed", "final"}
    assert house.state("recorded_readings") == "1"


async def test_states_cannot_be_recorded_by_an_action_meanwhile(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "1")
    await _pause(house)
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", entity_id=["sensor.fridge"])
    assert raised.value.translation_key == "paused"
    assert await house.readings() == []


async def test_pause_that_cannot_be_written_is_none(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    with broken_disk(LogStore, "append"):
        with pytest.raises(HomeAssistantError) as raised:
            await _turn(house, "turn_on")
        assert raised.value.translation_key == "log_unwritable"
        assert house.state("pause_recording", "switch") == "off"
        hass.states.async_set("sensor.fridge", "2")
    await _pause(house)
    with broken_disk(LogStore, "append"):
        with pytest.raises(HomeAssistantError):
            await _turn(house, "turn_off")
        assert house.state("pause_recording", "switch") == "on"
    hass.states.async_set("sensor.fridge", "3")
    await house.flush()
    assert (await _said(house))[-3:] == ["1", "2", "paused"]


async def test_switch_of_an_unloaded_log_changes_nothing(set_up: SetUp) -> None:
    house = await set_up()
    recording = house.coordinator.recording
    await house.unload()
    with pytest.raises(StoreError):
        await recording.async_pause()
    assert not recording.paused


async def test_pause_shows_in_the_sensors_of_the_log(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _pause(house)
    hass.states.async_set("sensor.fridge", "1")
    await asyncio.sleep(0.1)
    assert house.state("recorded_readings") == "0"
    await _resume(house)
    await until(lambda: house.state("recorded_readings") == "1")
