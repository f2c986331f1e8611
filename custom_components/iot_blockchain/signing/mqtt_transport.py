"""Envelopes that arrive over MQTT, from any program that can sign.

Home Assistant installs what its MQTT integration needs when that is set up. So it is
imported here where it is there, and not before.
"""

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import DOMAIN
from .enrolled_device import Receive

if TYPE_CHECKING:
    from homeassistant.components import mqtt

_LOGGER = logging.getLogger(__name__)

_MQTT = "mqtt"
_TOPICS = "iot-blockchain/+/reading"
_QOS = 1


@dataclass(frozen=True, slots=True)
class MqttReply:
    """The way back to whoever reads a key's own topic: that of the key that signed."""

    hass: HomeAssistant

    @callback
    def acknowledge(self, did: str, epoch: int, first: int, last: int) -> None:
        """Publish what need not be sent again."""
        said = json.dumps({"epoch": epoch, "first": first, "last": last})
        self.hass.async_create_background_task(
            self._publish(did, said), f"{DOMAIN} acknowledging to {did}"
        )

    @callback
    def resend(self, _did: str, _epoch: int, _first: int, _last: int) -> None:
        """Ask for nothing: who publishes over MQTT does so again by itself."""

    @callback
    def announce(self) -> None:
        """Ask for nothing: a boot message is published again as anything else is."""

    async def _publish(self, did: str, said: str) -> None:
        from homeassistant.components import mqtt  # noqa: PLC0415 - see above

        topic = f"iot-blockchain/{did}/acknowledge"
        try:
            await mqtt.async_publish(self.hass, topic, said, qos=_QOS)
        except HomeAssistantError as err:
            # The device sends again what nobody acknowledged.
            _LOGGER.debug("%s cannot be told what has arrived: %s", did, err)


class _Subscription:
    """The one to what devices publish, as long as MQTT is set up.

    It ends before MQTT is unloaded: MQTT would take it over into its next client, where
    nobody could end it any more.
    """

    def __init__(self, hass: HomeAssistant, receive: Receive) -> None:
        self._hass = hass
        self._receive = receive
        self._unsubscribe: CALLBACK_TYPE | None = None

    @callback
    def follow(self, entry: ConfigEntry) -> None:
        """Follow the entry of MQTT."""
        if entry.state is not ConfigEntryState.LOADED:
            self.end()
        elif self._unsubscribe is None:
            self._hass.async_create_task(self._begin(), f"{DOMAIN} subscribing")

    @callback
    def end(self) -> None:
        """Hear nothing any more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    async def _begin(self) -> None:
        from homeassistant.components import mqtt  # noqa: PLC0415 - see above

        self._unsubscribe = await mqtt.async_subscribe(
            self._hass, _TOPICS, self._take, qos=_QOS, encoding=None
        )

    @callback
    def _take(self, message: mqtt.ReceiveMessage) -> None:
        # with encoding=None, a payload is bytes, whatever they are
        payload = cast("bytes", message.payload)
        did = message.topic.split("/")[1]
        self._receive(
            payload.decode("ascii", "replace"),
            f"{_MQTT} {did}",
            MqttReply(self._hass),
            issuer=did,
        )


@callback
def async_listen(hass: HomeAssistant, receive: Receive) -> CALLBACK_TYPE:
    """Take envelopes while MQTT is set up, if ever; returns how to stop."""
    subscription = _Subscription(hass, receive)

    @callback
    def changed(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == _MQTT:
            subscription.follow(entry)

    disconnect = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
    for entry in hass.config_entries.async_loaded_entries(_MQTT):
        subscription.follow(entry)

    @callback
    def stop() -> None:
        disconnect()
        subscription.end()

    return stop
