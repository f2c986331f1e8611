"""Envelopes that arrive through ESPHome's native API."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .enrolled_device import Reply

type Receive = Callable[[object, str, Reply], None]

EVENT = "esphome.signed_reading"
_ESPHOME = "esphome"
_DEVICE_NAME = "device_name"
_ACKNOWLEDGE = "signed_reading_acknowledge"


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
        if action is None or not self.hass.services.has_service(_ESPHOME, action):
            return
        self.hass.async_create_background_task(
            self.hass.services.async_call(
                _ESPHOME,
                action,
                {"epoch": str(epoch), "first": first, "last": last},
            ),
            f"acknowledging {first} to {last} with {action}",
        )

    def _action(self) -> str | None:
        device = dr.async_get(self.hass).async_get(self.device_id or "")
        entries = self.hass.config_entries
        for entry_id in device.config_entries if device else ():
            entry = entries.async_get_entry(entry_id)
            if entry is not None and entry.domain == _ESPHOME:
                name = str(entry.data.get(_DEVICE_NAME, "")).replace("-", "_")
                return f"{name}_{_ACKNOWLEDGE}"
        return None


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
