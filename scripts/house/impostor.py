"""What somebody in the network can try, who has not the key of a device."""

import json
import secrets

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

    def _publish(self, jws: str) -> None:
        did = json.loads(decoded(jws.split(".")[1]))["iss"]
        self._broker.publish(f"iot-blockchain/{did}/reading", jws)


def forged(jws: str, **changes: object) -> str:
    """Change what a device said, and leave its signature below it."""
    header, payload, signature = jws.split(".")
    changed = {**json.loads(decoded(payload)), **changes}
    return f"{header}.{base64url(canonical(changed))}.{signature}"
