"""What somebody in the network can try, who has not the key of a device."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from .broker import Broker
from .signing import SigningDevice, base64url, canonical, decoded


class Impostor:
    """Publishes over MQTT: as another device, and in the name of one."""

    def __init__(self, broker: Broker) -> None:
        """Make a key of its own."""
        self._broker = broker
        self._device = SigningDevice(secrets.randbelow(2**255) + 1)
        self.did = self._device.did

    def introduce_itself(self, name: str, sensor: str, value: str) -> None:
        """Sign with its own key, under the name and for the sensor of a device."""
        self._publish(self._device.boot(name=name))
        self._publish(self._device.reading(value, sensor=sensor, unit=None))

    def forge(self, jws: str, **changes: object) -> None:
        """Publish what a device said, changed."""
        self._publish(forged(jws, **changes))

    def repeat(self, jws: str) -> None:
        """Send what a device said a second time."""
        self._publish(jws)

    @contextmanager
    def flooding(self, rate: float) -> Iterator[None]:
        """Publish so many envelopes of its own in a second, all the while."""
        envelopes = [self._device.reading(str(number)) for number in range(1000)]
        ended = threading.Event()

        def flood() -> None:
            sent, begun = 0, time.monotonic()
            while not ended.wait(0.005):
                while sent < (time.monotonic() - begun) * rate:
                    jws = envelopes[sent % len(envelopes)]
                    client.publish(_topic(jws), jws, qos=1)
                    sent += 1

        client = Client(CallbackAPIVersion.VERSION2)
        client.connect(self._broker.host, self._broker.port)
        client.loop_start()
        thread = threading.Thread(target=flood)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            client.disconnect()
            client.loop_stop()

    def _publish(self, jws: str) -> None:
        self._broker.publish(_topic(jws), jws)


def _topic(jws: str) -> str:
    did = json.loads(decoded(jws.split(".")[1]))["iss"]
    return f"iot-blockchain/{did}/reading"


def forged(jws: str, **changes: object) -> str:
    """Change what a device said, and leave its signature below it."""
    header, payload, signature = jws.split(".")
    changed = {**json.loads(decoded(payload)), **changes}
    return f"{header}.{base64url(canonical(changed))}.{signature}"
