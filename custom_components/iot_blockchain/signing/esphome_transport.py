"""Envelopes that arrive through ESPHome's native API."""

import logging
from collections.abc import Mapping
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
_RESEND = "signed_reading_resend"
_ANNOUNCE = "signed_reading_announce"
_MOST_NUMBER: Final = 2**31 - 1
"""The greatest number that an action of ESPHome takes."""


@dataclass(frozen=True, slots=True)
class EsphomeReply:
    """The way back to the device that an event says to come from.

    A device can write any ``device_id`` into its events: it decides where to answer,
    and nothing else. Whose numbers an answer is about, the action says: a device takes
    no notice of those of another's key.
    """

    hass: HomeAssistant
    device_id: str | None

    @callback
    def acknowledge(self, did: str, epoch: int, first: int, last: int) -> None:
        """Call the device's own action, if it is connected."""
        self._call_with_range(_ACKNOWLEDGE, did, epoch, first, last)

    @callback
    def resend(self, did: str, epoch: int, first: int, last: int) -> None:
        """Call the device's own action, if it is connected."""
        self._call_with_range(_RESEND, did, epoch, first, last)

    @callback
    def announce(self) -> None:
        """Call the device's own action, if it is connected."""
        self._call(_ANNOUNCE, {})

    def _call_with_range(
        self, what: str, did: str, epoch: int, first: int, last: int
    ) -> None:
        if last <= _MOST_NUMBER:
            self._call(what, _range(did, epoch, first, last))

    def _call(self, what: str, said: Mapping[str, str | int]) -> None:
        node = _node(self.hass, self.device_id)
        if node is not None:
            _call(self.hass, f"{node}_{what}", said)


def _range(did: str, epoch: int, first: int, last: int) -> Mapping[str, str | int]:
    """Name a range of what a key signed, as the devices' actions take it."""
    return {"did": did, "epoch": str(epoch), "first": first, "last": last}


def _node(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Return what the names of a device's actions begin with."""
    device = dr.async_get(hass).async_get(device_id or "")
    if device is None or device.config_entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(device.config_entry_id)
    if entry is None or entry.domain != _ESPHOME:
        return None
    return str(entry.data.get(_DEVICE_NAME, "")).replace("-", "_")


@callback
def _call(hass: HomeAssistant, action: str, said: Mapping[str, str | int]) -> None:
    async def call() -> None:
        try:
            await hass.services.async_call(_ESPHOME, action, {**said}, blocking=True)
        except HomeAssistantError as err:
            # The device has gone meanwhile. When it is back, it sends again what
            # nobody acknowledged.
            _LOGGER.debug("%s could not be called: %s", action, err)

    if hass.services.has_service(_ESPHOME, action):
        hass.async_create_background_task(call(), f"calling {action}")


@callback
def async_announce_all(hass: HomeAssistant) -> None:
    """Have the devices that are connected say what they are and run.

    They did so before, and perhaps nobody listened yet.
    """
    _call_all(hass, _ANNOUNCE, {})


@callback
def async_resend_all(hass: HomeAssistant, did: str, epoch: int) -> None:
    """Have the device of a key send again all that nobody acknowledged of an epoch.

    It can have another key by now. The other devices have nothing of this one.
    """
    _call_all(hass, _RESEND, _range(did, epoch, 1, _MOST_NUMBER))


@callback
def _call_all(hass: HomeAssistant, what: str, said: Mapping[str, str | int]) -> None:
    """Call this action of every device that is connected."""
    for action in hass.services.async_services_for_domain(_ESPHOME):
        if action.endswith(f"_{what}"):
            _call(hass, action, said)


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
