"""The way back to an ESPHome device: acknowledging, and asking it for more."""

import asyncio

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from custom_components.iot_blockchain.device.errors import Reason
from custom_components.iot_blockchain.signing import asking
from custom_components.iot_blockchain.signing.envelopes import async_get_envelopes

from .conftest import SetUp
from .signing import Air, SigningDevice
from .test_devices import enrolled, signed
from .test_enrolment import asked_about


class Asked:
    """The device's other actions, and what was asked of it."""

    def __init__(self, hass: HomeAssistant, node: str = "my_fridge") -> None:
        self.announced = 0
        self.resent: list[tuple[int, int, int]] = []
        self.resent_keys: list[str] = []

        async def announce(_call: ServiceCall) -> None:
            self.announced += 1

        async def resend(call: ServiceCall) -> None:
            self.resent_keys.append(call.data["did"])
            self.resent.append(
                (int(call.data["epoch"]), call.data["first"], call.data["last"])
            )

        prefix = f"{node}_signed_reading_"
        hass.services.async_register("esphome", f"{prefix}announce", announce)
        hass.services.async_register("esphome", f"{prefix}resend", resend)


async def test_device_that_has_gone_is_nobodys_trouble(
    set_up: SetUp, air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))

    async def gone(_call: ServiceCall) -> None:
        raise HomeAssistantError("the device is not connected")

    house.hass.services.async_register(
        "esphome", "my_fridge_signed_reading_acknowledge", gone
    )
    await air.send(device.reading("4.2"))
    assert len(await signed(house)) == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert "deprecated" not in caplog.text


async def test_nobody_acknowledges_for_another(set_up: SetUp, air: Air) -> None:
    """A device that writes another's `device_id` has its own key told to that one."""
    device, guest = SigningDevice(), SigningDevice()
    house = await set_up(enrolled(device), {**enrolled(guest), "title": "Guest"})
    await air.send(guest.reading("4.2"), device.reading("4.2"), guest.reading("4.3"))
    assert len(await signed(house)) == 3
    told = set(zip(air.acknowledged_keys, air.acknowledged, strict=True))
    assert told == {(guest.did, (7, 1, 2)), (device.did, (7, 1, 1))}


async def test_what_is_missing_is_asked_of_the_key_that_signs_now(
    hass: HomeAssistant, set_up: SetUp, air: Air
) -> None:
    """Also when the old key's envelopes still come."""
    asked = Asked(hass)
    device = SigningDevice()
    await set_up(enrolled(device))
    old = device.reading("4.2")
    await air.send(old, device.rotate(), device.reading("4.3"))
    for _ in range(2):
        device.seq += 1
        await air.send(device.reading("4.4"))
    await air.send(old)
    assert set(asked.resent_keys) == {device.did}


async def test_number_that_esphome_cannot_carry_is_not_acknowledged(
    set_up: SetUp, air: Air
) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    device.seq = 2**31 - 2
    await air.send(device.reading("4.2"))
    await air.send(device.reading("4.3"))
    assert len(await signed(house)) == 2
    assert air.acknowledged == [(7, 2**31 - 1, 2**31 - 1)]


async def test_devices_say_what_they_are_when_somebody_begins_to_listen(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    asked = Asked(hass)
    scanner = Asked(hass, "scanner")
    house = await set_up()
    assert asked.announced == scanner.announced == 1
    await house.reload()
    assert asked.announced == 1


async def test_device_without_a_name_is_asked_for_it(
    hass: HomeAssistant, set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SECONDS", 3600)
    device = SigningDevice()
    await set_up()
    asked = Asked(hass)
    await air.send(device.reading("4.2"))
    await air.send(device.reading("4.3"))
    assert asked.announced == 1
    monkeypatch.setattr(asking, "_SECONDS", 0)
    await air.send(device.boot())
    await air.send(device.reading("4.4"))
    assert asked.announced == 1


async def test_device_says_what_it_runs_once_it_is_enrolled(
    hass: HomeAssistant, set_up: SetUp, air: Air
) -> None:
    device = SigningDevice()
    await set_up(enrolled(device))
    asked = Asked(hass)
    await air.send(device.reading("4.2"))
    assert asked.announced == 1
    await air.send(device.boot(), device.reading("4.3"))
    assert asked.announced == 1


async def test_device_is_asked_once_for_what_is_missing(
    hass: HomeAssistant, set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SECONDS", 0.2)
    asked = Asked(hass)
    device = SigningDevice()
    house = await set_up(enrolled(device))
    sent = [device.reading(str(number)) for number in range(8)]
    await air.send(sent[0], sent[3], sent[4], sent[6])
    assert asked.resent == [(7, 2, 6)]
    await asyncio.sleep(0.2)
    await air.send(sent[7])
    assert len(asked.resent) == 1
    # Not all of it is there any more. The rest is asked for again, and then no more.
    await air.send(sent[1])
    assert asked.resent[1:] == [(7, 3, 3)]
    await asyncio.sleep(0.2)
    await air.send(device.reading("8"))
    assert len(asked.resent) == 2
    values = [value for _, value in await signed(house)]
    assert values[:6] == [sent[number] for number in (0, 3, 4, 6, 7, 1)]


async def test_device_is_asked_for_what_it_said_to_nobody_after_a_restart(
    hass: HomeAssistant, set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut of the whole house: the device is back before its log is."""
    monkeypatch.setattr(asking, "_SECONDS", 0)
    asked = Asked(hass)
    device = SigningDevice()
    house = await set_up(enrolled(device))
    device.uptime = 5000
    await air.send(device.reading("4.2"))
    await house.unload()
    device.seq = 256
    unheard = [device.boot(), device.reading("4.3"), device.reading("4.4")]
    await hass.config_entries.async_setup(house.entry.entry_id)
    await hass.async_block_till_done()
    await air.send(device.reading("4.5"))
    assert asked.resent == [(7, 2, 259)]
    await air.send(*unheard)
    assert len(await signed(house)) == 4
    # What it skipped does not come, and is not asked for all the time.
    questions = len(asked.resent)
    await air.send(device.reading("4.6"), device.reading("4.7"))
    await air.send(device.reading("4.8"))
    assert len(asked.resent) == questions


async def test_device_that_loses_much_is_not_asked_all_the_time(
    hass: HomeAssistant, set_up: SetUp, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SECONDS", 3600)
    asked = Asked(hass)
    device = SigningDevice()
    await set_up(enrolled(device))
    for number in range(20):
        device.seq += number % 2
        await air.send(device.reading(str(number)))
    assert len(asked.resent) == 1


async def test_device_of_a_log_that_is_not_loaded_is_not_unknown(
    hass: HomeAssistant, set_up: SetUp, air: Air
) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    other = await set_up(name="Other")
    await house.unload()
    await air.send(device.boot())
    assert not ir.async_get(hass).issues
    assert air.acknowledged == []
    await hass.config_entries.async_remove(house.entry.entry_id)
    await air.send(device.boot())
    assert len(ir.async_get(hass).issues) == 1
    await other.unload()


async def test_log_that_cannot_be_loaded_hides_no_other_device(
    hass: HomeAssistant, set_up: SetUp, air: Air
) -> None:
    device, stranger = SigningDevice(), SigningDevice()
    house = await set_up(enrolled(device))
    await set_up(name="Other")
    await house.unload()
    house.entry.mock_state(hass, ConfigEntryState.SETUP_ERROR)
    await air.send(device.boot(), stranger.boot())
    # Its own devices are nobody's strangers.
    assert asked_about(hass) == {stranger.did}
    refused = (await async_get_envelopes(hass)).refused
    assert refused[Reason.UNKNOWN_DEVICE] == 1
