"""What Home Assistant knows of a device's keys and numbers, and does not forget."""

import json

import pytest
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.signing.enrolled_device import MEMORY

from .conftest import SetUp
from .house import until
from .signing import Air, SigningDevice
from .test_devices import enrolled, shown, signed, subentry_of, whole
from .test_enrolment import asked_about
from .test_esphome_transport import Asked


async def test_envelope_is_recorded_once_though_its_device_is_enrolled_by_a_later_key(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.reading("4.0"), device.rotate())
    second = device.reading("4.2")
    await air.send(second)
    (subentry_id,) = house.entry.subentries
    entries = house.hass.config_entries
    entries.async_remove_subentry(house.entry, subentry_id)
    await house.hass.async_block_till_done()
    entries.async_add_subentry(house.entry, subentry_of(device))
    await house.hass.async_block_till_done()
    await air.send(second)
    assert len(await signed(house)) == 2
    await house.reload()
    await air.send(second, device.reading("4.3"))
    assert len(await signed(house)) == 3
    assert whole(house, "signing_key", "did") == device.did


async def test_next_key_is_not_asked_about_once_its_change_has_come(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.boot(), device.reading("4.0"))
    rotation = device.rotate()
    waiting = [device.boot(), device.reading("4.2")]
    await air.send(*waiting)
    assert asked_about(hass) == {device.did}
    await air.send(rotation)
    assert asked_about(hass) == set()
    await air.send(*waiting)
    assert len(await signed(house)) == 2
    assert asked_about(hass) == set()


@pytest.mark.parametrize("reloaded", [False, True])
async def test_release_asks_for_the_next_key_that_waits(
    hass: HomeAssistant,
    set_up: SetUp,
    device: SigningDevice,
    air: Air,
    *,
    reloaded: bool,
) -> None:
    asked = Asked(hass)
    house = await set_up(enrolled(device, quarantine_on_change=True))
    await air.send(device.boot(), device.boot(firmware="cd" * 16))
    air.acknowledged.clear()
    old = device.did
    rotation = device.rotate()
    await air.send(rotation)
    assert air.acknowledged == []
    if reloaded:
        await house.reload()
    (subentry_id,) = house.entry.subentries
    await house.coordinator.devices.async_release(subentry_id)
    await until(lambda: asked.resent != [], what="the question")
    ((epoch, first, last),) = asked.resent
    assert (asked.resent_keys, epoch) == ([old], 7)
    assert first <= 3 <= last
    await air.send(rotation, device.reading("4.3"))
    assert len(await signed(house)) == 1
    assert whole(house, "signing_key", "did") == device.did


async def test_device_that_nobody_heard_is_asked_for_nothing(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice
) -> None:
    asked = Asked(hass)
    house = await set_up(enrolled(device))
    (subentry_id,) = house.entry.subentries
    await house.coordinator.devices.async_release(subentry_id)
    await hass.async_block_till_done()
    assert asked.resent == []


async def test_revoked_device_is_told_that_its_change_of_key_arrived(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    """Without that, it would not change its key a second time."""
    house = await set_up(enrolled(device))
    await air.send(device.reading("4.0"))
    (subentry_id,) = house.entry.subentries
    await house.coordinator.devices.async_revoke(subentry_id)
    await air.send(device.reading("4.1"))
    assert air.acknowledged == [(7, 1, 1)]
    await air.send(device.rotate())
    assert air.acknowledged == [(7, 1, 1), (7, 3, 3)]
    await air.send(device.boot())
    assert device.did in asked_about(hass)
    assert len(await signed(house)) == 1


async def test_number_of_what_was_refused_is_on_the_disk_when_it_is_acknowledged(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.reading("4.0"))
    await air.send(device.reading("99"))
    assert air.acknowledged == [(7, 1, 1), (7, 2, 2)]
    recalled = house.coordinator.parts.store.recall()
    kept = json.loads(recalled[f"{MEMORY}{device.did}"])
    assert kept["state"]["sequence"]["last"] == 2
    assert shown(house, "refused_envelopes") == "1"
