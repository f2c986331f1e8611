"""Readings that devices sign, from a transport to the log."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.const import SUBENTRY_DEVICE
from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    SensorRule,
)
from custom_components.iot_blockchain.envelopes import async_get_envelopes
from custom_components.iot_blockchain.log.entry import SIGNED_READING

from .conftest import SetUp
from .house import House, until
from .signing import SigningDevice


@pytest.fixture
def device() -> SigningDevice:
    return SigningDevice()


def enrolled(device: SigningDevice, **rules: Any) -> ConfigSubentryData:  # noqa: ANN401
    """Make the subentry of a device that may report a temperature."""
    data = DeviceRules(
        did=device.did,
        name="",
        assurance=Assurance.SOFTWARE_KEY,
        **{
            "sensors": {"temperature": SensorRule(minimum=-40, maximum=60)},
            **rules,
        },
    ).to_json()
    del data["name"]
    return ConfigSubentryData(
        data=data,
        subentry_type=SUBENTRY_DEVICE,
        title="Fridge signed",
        unique_id=device.did,
    )


class Air:
    """What devices send, as events of ESPHome, and what comes back."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def send(self, *envelopes: object) -> None:
        """Let envelopes arrive, and wait until they are dealt with."""
        for envelope in envelopes:
            self._hass.bus.async_fire("esphome.signed_reading", {"jws": envelope})
        await self.settle()

    async def settle(self) -> None:
        await self._hass.async_block_till_done()
        received = await async_get_envelopes(self._hass)
        await until(lambda: not received._working, what="the end of the work")
        await self._hass.async_block_till_done()


@pytest.fixture
def air(hass: HomeAssistant) -> Air:
    return Air(hass)


async def signed(house: House) -> list[tuple[str, str]]:
    """Return entity and envelope of each signed reading in the log."""
    return [
        (member["entity"], member["jws"])
        for member in await house.members()
        if member["type"] == SIGNED_READING
    ]


async def test_signed_reading_is_recorded_as_the_device_sent_it(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    envelopes = [device.boot(), device.reading("4.2", unit="°C")]
    await air.send(*envelopes)
    assert await signed(house) == [("sensor.fridge_signed_temperature", envelopes[1])]
    assert (await house.acts())[-2:] == ["device_enrolled", "device_booted"]
    state = house.hass.states.get("sensor.fridge_signed_temperature")
    assert state is not None
    assert (state.state, state.attributes["unit_of_measurement"]) == ("4.2", "°C")
    assert state.attributes["trust"] == "device-signed"
    assert state.attributes["sequence"] == 2
    assert house.hass.states.get("sensor.fridge_signed_status").state == "trusted"
