"""Envelopes that arrive through ESPHome's native API."""

import logging
from dataclasses import dataclass
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr

from .enrolled_device import Receive

_LOGGER = logging.getLogger(__name__)

EVENT = "esphome.signed_reading"
_ESPHOME = "esphome"
_DEVICE_NAME = "device_name"
_ACKNOWLEDGE = "signed_reading_acknowledge"
_MOST_NUMBER: Final = 2**31 - 1
"""The greatest number that an action of ESPHome takes."""


@dataclass(frozen=True, slots=True)
class EsphomeReply:
    """The way back to the device that an event says to come from.

    A device can write any ``device_id`` into its events: it decides where to answer,
    and nothing else.
    """

    hass: HomeAssistant
    device_id: str | None

    @callback
    def acknowledge(self, epoch: int, first: int, last: int) -> None:
        """Call the device's own action, if it is connected."""
        action = self._action()
        if (
            action is None
            or not self.hass.services.has_service(_ESPHOME, action)
            or last > _MOST_NUMBER
        ):
            return
        self.hass.async_create_background_task(
            _call(self.hass, action, epoch, first, last), f"calling {action}"
        )

    def _action(self) -> str | None:
        device = dr.async_get(self.hass).async_get(self.device_id or "")
        if device is None or device.config_entry_id is None:
            return None
        entry = self.hass.config_entries.async_get_entry(device.config_entry_id)
        if entry is None or entry.domain != _ESPHOME:
            return None
        name = str(entry.data.get(_DEVICE_NAME, "")).replace("-", "_")
        return f"{name}_{_ACKNOWLEDGE}"


async def _call(
    hass: HomeAssistant, action: str, epoch: int, first: int, last: int
) -> None:
    said = {"epoch": str(epoch), "first": first, "last": last}
    try:
        await hass.services.async_call(_ESPHOME, action, said, blocking=True)
    except HomeAssistantError as err:
        # The device has gone meanwhile. When it is back, it sends again what nobody
        # acknowledged.
        _LOGGER.debug("%s could not be called: %s", action, err)


@callback
def async_listen(hass: HomeAssistant, receive: Receive) -> CALLBACK_TYPE:
    """Take the envelopes of all ESPHome devices; returns how to stop."""

    @callback
    def take(event: Event) -> None:
        found = event.data.get(ATTR_DEVICE_ID)
        device_id = found if isinstance(found, str) else None
        receive(
            event.data.get("jws"),
            f"{_ESPHOME} {device_id}",
            EsphomeReply(hass, device_id),
        )

    return hass.bus.async_listen(EVENT, take)
