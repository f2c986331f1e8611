"""A device that signs, and what hears it, as the tests of the integration use them."""

import secrets
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.signing.envelopes import async_get_envelopes
from scripts.house import signing

from .house import until


class SigningDevice(signing.SigningDevice):
    """One that nobody has seen before, and that can change its key."""

    def __init__(self, *, epoch: int = 7) -> None:
        """Make a key."""
        super().__init__(secrets.randbelow(2**255) + 1, epoch)

    def reading(self, value: str = "4.2", **changes: object) -> str:
        """Sign a reading, without a unit if none is given."""
        return super().reading(value, **{"unit": None, **changes})

    def boot(self, **changes: object) -> str:
        """Sign a boot message: the device is up for no time at all."""
        self.uptime = -1
        return super().boot(**{"firmware": "ab" * 16, **changes})

    def rotate(self) -> str:
        """Sign the next key with this one, and go on with that."""
        following = SigningDevice(epoch=self.epoch + 1)
        envelope = self.rotation(following)
        self.__dict__.update(following.__dict__)
        return envelope

    def _next(self, members: Any) -> str:  # noqa: ANN401 - JSON
        self.uptime += 1
        return super()._next(members)


class Air:
    """What devices send, as events of ESPHome, and what is acknowledged.

    Core's ESPHome integration is not there: its device and its action are put in.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.acknowledged: list[tuple[int, int, int]] = []
        self.acknowledged_keys: list[str] = []
        esphome = MockConfigEntry(domain="esphome", data={"device_name": "my-fridge"})
        esphome.add_to_hass(hass)
        self._device_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=esphome.entry_id, identifiers={("esphome", "fridge")}
            )
            .id
        )

        async def acknowledge(call: ServiceCall) -> None:
            self.acknowledged_keys.append(call.data["did"])
            self.acknowledged.append(
                (int(call.data["epoch"]), call.data["first"], call.data["last"])
            )

        hass.services.async_register(
            "esphome", "my_fridge_signed_reading_acknowledge", acknowledge
        )

    async def send(self, *envelopes: object) -> None:
        """Let envelopes arrive, and wait until they are dealt with."""
        for envelope in envelopes:
            self._hass.bus.async_fire(
                "esphome.signed_reading",
                {"device_id": self._device_id, "jws": envelope},
            )
        await self.settle()

    async def settle(self) -> None:
        await self._hass.async_block_till_done()
        received = await async_get_envelopes(self._hass)
        await until(lambda: not received._working, what="the end of the work")
        await self._hass.async_block_till_done()
