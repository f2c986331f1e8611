"""Envelopes that arrive over MQTT, from any program that can sign.

Home Assistant installs what its MQTT integration needs when that is set up. So it is
imported here where it is there, and not before.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from homeassistant.const import EVENT_COMPONENT_LOADED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import ATTR_COMPONENT

from .const import DOMAIN
from .enrolled_device import Reply

if TYPE_CHECKING:
    from homeassistant.components import mqtt

type Receive = Callable[[object, str, Reply], None]

_MQTT = "mqtt"
_TOPICS = "iot-blockchain/+/reading"
_QOS = 1
_RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class MqttReply:
    """The way back to whoever reads a key's own topic."""

    hass: HomeAssistant
    did: str

    @callback
    def acknowledge(self, epoch: int, first: int, last: int) -> None:
        """Publish what need not be sent again."""
        from homeassistant.components import mqtt  # noqa: PLC0415 - see above

        self.hass.async_create_background_task(
            mqtt.async_publish(
                self.hass,
                f"iot-blockchain/{self.did}/acknowledge",
                json.dumps({"epoch": epoch, "first": first, "last": last}),
                qos=_QOS,
            ),
            f"{DOMAIN} acknowledging to {self.did}",
        )


@callback
def async_listen(hass: HomeAssistant, receive: Receive) -> CALLBACK_TYPE:
    """Take envelopes as soon as MQTT is set up, if ever; returns how to stop."""
    cancel: list[CALLBACK_TYPE] = []

    @callback
    def begin() -> None:
        task = hass.async_create_background_task(
            _subscribe(hass, receive, cancel), f"{DOMAIN} waiting for MQTT"
        )

        @callback
        def end() -> None:
            task.cancel()

        cancel.append(end)

    @callback
    def loaded(event: Event) -> None:
        if event.data[ATTR_COMPONENT] == _MQTT:
            begin()

    @callback
    def stop() -> None:
        while cancel:
            cancel.pop()()

    if _MQTT in hass.config.components:
        begin()
    else:
        cancel.append(hass.bus.async_listen(EVENT_COMPONENT_LOADED, loaded))
    return stop


async def _subscribe(
    hass: HomeAssistant, receive: Receive, cancel: list[CALLBACK_TYPE]
) -> None:
    from homeassistant.components import mqtt  # noqa: PLC0415 - see above

    @callback
    def take(message: mqtt.ReceiveMessage) -> None:
        # with encoding=None, a payload is bytes, whatever they are
        payload = cast("bytes", message.payload)
        text = payload.decode("ascii", "replace")
        did = message.topic.split("/")[1]
        receive(text, f"{_MQTT} {did}", MqttReply(hass, did))

    while True:
        try:
            if await mqtt.async_wait_for_mqtt_client(hass):
                cancel.append(
                    await mqtt.async_subscribe(
                        hass, _TOPICS, take, qos=_QOS, encoding=None
                    )
                )
                return
        except HomeAssistantError:
            pass  # set up, but switched off meanwhile
        await asyncio.sleep(_RETRY_SECONDS)
