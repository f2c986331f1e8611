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
    and nothing else.
    """

    hass: HomeAssistant
    device_id: str | None

    @callback
    def acknowledge(self, epoch: int, first: int, last: int) -> None:
        """Call the device's own action, if it is connected."""
        self._call(_ACKNOWLEDGE, epoch, first, last)

    @callback
    def resend(self, epoch: int, first: int, last: int) -> None:
        """Call the device's own action, if it is connected."""
        self._call(_RESEND, epoch, first, last)

    def _call(self, what: str, epoch: int, first: int, last: int) -> None:
        node = _node(self.hass, self.device_id)
        if node is not None and last <= _MOST_NUMBER:
            _call(
                self.hass,
                f"{node}_{what}",
                {"epoch": str(epoch), "first": first, "last": last},
            )


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


class _Introductions:
    """Has each device say, signed, what it is and runs: it may have said so unheard.

    So an unknown device has a name, and what a device runs is known from the time on
    when it is enrolled.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._asked: set[str] = set()

    @callback
    def ask_all(self) -> None:
        """Ask those that are connected."""
        for action in self._hass.services.async_services_for_domain(_ESPHOME):
            if action.endswith(f"_{_ANNOUNCE}"):
                self._ask(action)

    @callback
    def ask(self, device_id: str | None) -> None:
        """Ask a device that has sent something, if it was not asked before."""
        node = _node(self._hass, device_id)
        if node is not None:
            self._ask(f"{node}_{_ANNOUNCE}")

    def _ask(self, action: str) -> None:
        known = self._hass.services.has_service(_ESPHOME, action)
        if known and action not in self._asked:
            self._asked.add(action)
            _call(self._hass, action, {})


@callback
def async_listen(hass: HomeAssistant, receive: Receive) -> CALLBACK_TYPE:
    """Take the envelopes of all ESPHome devices; returns how to stop."""
    introductions = _Introductions(hass)

    @callback
    def take(event: Event) -> None:
        found = event.data.get(ATTR_DEVICE_ID)
        device_id = found if isinstance(found, str) else None
        introductions.ask(device_id)
        receive(
            event.data.get("jws"),
            f"{_ESPHOME} {device_id}",
            EsphomeReply(hass, device_id),
        )

    stop = hass.bus.async_listen(EVENT, take)
    introductions.ask_all()
    return stop
