"""The way back to an ESPHome device: what becomes of it when the device has gone."""

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError

from .conftest import SetUp
from .signing import SigningDevice
from .test_devices import Air, enrolled, signed


@pytest.fixture
def air(hass: HomeAssistant) -> Air:
    return Air(hass)


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
