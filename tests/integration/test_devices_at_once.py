"""What the owner decides about a device while its envelopes are being judged."""

import asyncio

import pytest
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.device.state import Status
from custom_components.iot_blockchain.signing import (
    devices as devices_module,
    enrolment as enrolment_module,
)
from custom_components.iot_blockchain.signing.enrolment import async_get_enrolment

from .conftest import SetUp
from .house import HeldUp, until
from .signing import Air, SigningDevice
from .test_devices import enrolled, shown, subentry_of
from .test_enrolment import asked_about


async def test_revocation_holds_though_envelopes_are_being_judged(
    set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    held_up = HeldUp(monkeypatch, devices_module, "take")
    devices = house.coordinator.devices
    (subentry_id,) = house.entry.subentries
    sending = asyncio.create_task(air.send(device.reading("4.2")))
    await until(held_up.begun.is_set, what="the judging")
    revoking = asyncio.create_task(devices.async_revoke(subentry_id))
    await asyncio.sleep(0.1)
    held_up.go_on.set()
    await sending
    await revoking
    assert shown(house, "status") == "revoked"
    await house.reload()
    state = house.coordinator.devices[subentry_id].state
    # Both are remembered: the decision, and the number that was judged before it.
    assert state.status is Status.REVOKED
    assert state.sequence.last == 1


async def test_refusal_holds_though_the_key_signs_at_that_moment(
    hass: HomeAssistant, set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = SigningDevice()
    await set_up()
    await air.send(device.boot())
    assert asked_about(hass) == {device.did}
    held_up = HeldUp(monkeypatch, enrolment_module, "_open_all")
    sending = asyncio.create_task(air.send(device.reading("4.2")))
    await until(held_up.begun.is_set, what="the opening")
    await (await async_get_enrolment(hass)).async_refuse(device.did)
    held_up.go_on.set()
    await sending
    assert asked_about(hass) == set()


async def test_nobody_is_asked_about_a_key_that_signed_while_it_was_enrolled(
    hass: HomeAssistant, set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = SigningDevice()
    house = await set_up()
    await air.send(device.boot())
    keys = await async_get_enrolment(hass)
    await keys.async_enrol(device.did)
    await air.send(device.reading("4.2"))  # Its log does not know it yet.
    assert asked_about(hass) == {device.did}
    held_up = HeldUp(monkeypatch, enrolment_module, "_open_all")
    sending = asyncio.create_task(air.send(device.reading("4.3")))
    await until(held_up.begun.is_set, what="the opening")
    hass.config_entries.async_add_subentry(house.entry, subentry_of(device))
    await until(lambda: asked_about(hass) == set(), what="the log to know it")
    assert house.coordinator.devices.owner_of(device.did) is not None
    held_up.go_on.set()
    await sending
    assert asked_about(hass) == set()
    assert keys.candidates == {}
