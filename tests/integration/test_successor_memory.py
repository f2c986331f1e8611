"""What a log remembered, its successor remembers too."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.logs import log_path
from custom_components.iot_blockchain.successor import async_continue_with_successor

from .conftest import SetUp
from .house import Endpoint, House, source, until
from .signing import Air, SigningDevice
from .test_devices import enrolled, shown, signed


async def _continue(house: House) -> None:
    await async_continue_with_successor(house.hass, house.entry)
    await house.hass.async_block_till_done()


async def _record(house: House, state: str) -> None:
    house.hass.states.async_set("sensor.fridge", state)
    await house.flush()


@pytest.mark.parametrize("anchored", [True, False])
async def test_pause_goes_on(set_up: SetUp, *, anchored: bool) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "before")
    await house.coordinator.recording.async_pause()
    if anchored:
        await house.call("anchor", wait=True)
    await _continue(house)
    await _record(house, "meanwhile")
    assert house.state("pause_recording", "switch") == "on"
    assert (await house.acts()).count("paused") == 1
    assert "meanwhile" not in [state for _, state in await house.readings()]

    await house.coordinator.recording.async_resume()
    acts = await house.acts()
    assert acts.index("paused") < acts.index("resumed")
    assert (await house.readings())[-1] == ("sensor.fridge", "meanwhile")


async def test_what_was_resumed_is_not_paused(set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.coordinator.recording.async_pause()
    await house.coordinator.recording.async_resume()
    await _continue(house)
    await _record(house, "after")
    assert (await house.readings())[-1] == ("sensor.fridge", "after")
    assert (await house.acts()).count("paused") == 1


async def test_pause_is_told_again_where_the_end_of_the_log_cannot_be_read(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is paused, also where its last word that can be read is that it goes on."""
    monkeypatch.setattr("custom_components.iot_blockchain.successor._BATCH", 1)
    house = await set_up(source("sensor.fridge"))
    await house.coordinator.recording.async_pause()
    await house.coordinator.recording.async_resume()
    size = house.coordinator.parts.store.size
    await house.coordinator.recording.async_pause()
    path = log_path(hass, house.entry.data["log_id"])
    await house.unload()

    def damage() -> None:
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("UPDATE entry SET entry = x'00' WHERE number = ?", (size,))

    await hass.async_add_executor_job(damage)
    await _continue(house)
    assert house.coordinator.recording.paused
    assert [act for act in await house.acts() if act in {"paused", "resumed"}] == [
        "paused",
        "resumed",
        "paused",
    ]


@pytest.mark.parametrize("anchored", [True, False])
async def test_device_stays_in_quarantine(
    set_up: SetUp, air: Air, device: SigningDevice, *, anchored: bool
) -> None:
    house = await set_up(enrolled(device, quarantine_on_change=True))
    await air.send(device.boot(), device.reading())
    await air.send(device.boot(firmware="cd" * 16))
    if anchored:
        await house.call("anchor", wait=True)
    await _continue(house)
    assert shown(house, "status") == "quarantined"
    acts = await house.acts()
    assert acts.count("device_enrolled") == 1
    assert acts.count("device_quarantined") == 1
    assert acts.index("device_enrolled") < acts.index("device_quarantined")


async def test_device_stays_revoked(
    set_up: SetUp, air: Air, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    (subentry_id,) = house.entry.subentries
    await house.coordinator.devices.async_revoke(subentry_id)
    await house.call("anchor", wait=True)
    await _continue(house)
    assert shown(house, "status") == "revoked"
    assert (await house.acts()).count("device_revoked") == 1
    await air.send(device.reading())
    assert await signed(house) == []


async def test_removed_device_is_told_no_more(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    (subentry_id,) = house.entry.subentries
    hass.config_entries.async_remove_subentry(house.entry, subentry_id)
    await hass.async_block_till_done()
    await house.call("anchor", wait=True)
    await _continue(house)
    assert "device_enrolled" not in await house.acts()


async def test_envelope_is_taken_once(
    set_up: SetUp, air: Air, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    envelope = device.reading("4.2")
    await air.send(envelope)
    await house.call("anchor", wait=True)
    await _continue(house)
    await air.send(envelope)
    assert await signed(house) == []
    await air.send(device.reading("4.3"))
    assert len(await signed(house)) == 1


async def test_device_goes_on_with_the_key_that_it_changed_to(
    set_up: SetUp, air: Air, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.rotate())
    await house.call("anchor", wait=True)
    await _continue(house)
    await air.send(device.reading("4.4"))
    assert len(await signed(house)) == 1
    (told,) = [
        member
        for member in await house.members()
        if member.get("act") == "device_enrolled"
    ]
    assert told["device"] == device.did


async def test_urgent_reading_is_anchored_at_once(
    set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge", policy={"urgent": True}))
    await _record(house, "1")
    await house.anchored()
    endpoint.away = True
    await _record(house, "2")
    await _continue(house)
    endpoint.away = False
    house.anchorer.look_again()
    await until(lambda: house.status.last_anchored is not None, what="an anchor")


async def test_nothing_is_anchored_at_once_that_nobody_asked_for(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge", policy={"urgent": True}))
    await _record(house, "1")
    await house.anchored()
    await _continue(house)
    memory = await hass.async_add_executor_job(house.coordinator.parts.store.recall)
    assert "requested_size" not in memory


async def test_log_that_is_damaged_elsewhere_is_remembered(
    hass: HomeAssistant, set_up: SetUp, air: Air, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.rotate())
    await house.coordinator.recording.async_pause()
    path = log_path(hass, house.entry.data["log_id"])
    await house.unload()

    def damage() -> None:
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("DELETE FROM entry WHERE number = 0")

    await hass.async_add_executor_job(damage)
    assert not await hass.config_entries.async_setup(house.entry.entry_id)
    await _continue(house)
    first, *_ = await house.members()
    assert (first["act"], first["from"]) == ("continues", None)
    assert house.coordinator.recording.paused
    (subentry_id,) = house.entry.subentries
    assert house.coordinator.devices[subentry_id].rules.did == device.did


async def test_device_that_cannot_be_read_is_left_out(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    await house.coordinator.recording.async_pause()
    path = log_path(hass, house.entry.data["log_id"])
    await house.unload()

    def damage() -> None:
        with closing(LogStore(path)) as store:
            store.append([], {f"device {device.did}": json.dumps({"rules": 1})})

    await hass.async_add_executor_job(damage)
    await _continue(house)
    assert house.coordinator.recording.paused
    assert shown(house, "status") == "trusted"


async def test_budget_of_a_day_counts_what_the_logs_before_it_spent(
    set_up: SetUp,
) -> None:
    house = await set_up(source("sensor.fridge"))
    await _record(house, "1")
    await house.call("anchor", wait=True)
    spent = house.coordinator.chain.journal.spent
    assert spent > 0
    day = dt_util.utcnow() - timedelta(days=1)
    for _ in range(2):
        await _continue(house)
        journal = house.coordinator.chain.journal
        assert journal.spent == 0
        assert journal.spent_since(day) == spent
    await house.call("anchor", wait=True)
    assert journal.spent_since(day) == spent + journal.spent
    assert journal.spent_since(dt_util.utcnow() + timedelta(days=365)) == 0
