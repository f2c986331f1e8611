"""Signs readings with a key of its own and publishes them over MQTT (docs/signing.md).

    pip install cryptography paho-mqtt
    echo "temperature 4.2 °C" | python mqtt_publisher.py --broker 192.168.1.2

Each line of its input is a reading: sensor, value and perhaps a unit. Its key and its
count are in one file, for this program on this machine only: a copy that counts as well
signs other readings with the same numbers, and those are refused.
"""  # noqa: INP001 - one file, to copy

import argparse
import json
import os
import platform
import re
import secrets
import sys
import threading
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from paho.mqtt.enums import CallbackAPIVersion

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SENSOR = re.compile(r"[a-z0-9_-]{1,120}", re.ASCII)
KEPT = 1000  # envelopes that nobody acknowledged; the oldest make way
RESENT = 100  # of them at a time, so that new ones are not held up
RESEND_SECONDS = 10
STARTED = time.monotonic()


def base64url(data: bytes) -> str:
    """Write base64url without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def did_key(key: ec.EllipticCurvePublicKey) -> str:
    """Name a P-256 key (did:key): base58btc of its type and its compressed point."""
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    number, digits = int.from_bytes(b"\x80\x24" + point, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return f"did:key:z{digits}"


def sign(key: ec.EllipticCurvePrivateKey, payload: dict[str, object]) -> str:
    """Make an envelope: a compact JWS of canonical JSON, with a low s."""
    text = json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    signed = base64url(b'{"alg":"ES256"}') + "." + base64url(text.encode())
    der = key.sign(signed.encode(), ec.ECDSA(SHA256()))
    r, s = utils.decode_dss_signature(der)
    raw = r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
    return f"{signed}.{base64url(raw)}"


class Publisher:
    """Signs what is said, and publishes it again and again until it is acknowledged."""

    def __init__(self, file: Path, client: mqtt.Client) -> None:
        """Read the key and the count, or begin with new ones."""
        self._file = file
        if file.exists():
            kept = json.loads(file.read_text())
            self._key = ec.derive_private_key(int(kept["key"], 16), ec.SECP256R1())
            self._epoch, self._seq = kept["epoch"], kept["seq"]
        else:
            self._key = ec.generate_private_key(ec.SECP256R1())
            self._epoch, self._seq = secrets.randbelow(2**31), 0
        self.did = did_key(self._key.public_key())
        self._topic = f"iot-blockchain/{self.did}"
        self._kept: dict[int, str] = {}
        self._changed = threading.Condition()
        self._client = client
        client.on_connect = self._connected
        client.on_message = self._acknowledged

    def say(self, **members: str) -> None:
        """Sign and publish a reading or a boot message (docs/formats.md)."""
        with self._changed:
            self._count()
            self._kept[self._seq] = sign(
                self._key,
                {
                    "epoch": self._epoch,
                    "iat": int(time.time()),
                    "iss": self.did,
                    "seq": self._seq,
                    "uptime": int(time.monotonic() - STARTED),
                    **members,
                },
            )
            if len(self._kept) > KEPT:
                del self._kept[min(self._kept)]  # the log will show it as missing
            self._publish(self._seq)

    def resend_forever(self) -> None:
        """Publish the oldest that nobody acknowledged, now and then."""
        while True:
            time.sleep(RESEND_SECONDS)
            self._resend()

    def wait(self) -> None:
        """Wait until all is acknowledged."""
        with self._changed:
            self._changed.wait_for(lambda: not self._kept)

    def _resend(self) -> None:
        with self._changed:
            for number in sorted(self._kept)[:RESENT]:
                self._publish(number)

    def _count(self) -> None:
        """Take the next number. It is used up, whatever happens from here on."""
        self._seq += 1
        key = f"{self._key.private_numbers().private_value:x}"
        new = self._file.with_suffix(".new")
        with new.open("w") as file:
            json.dump({"key": key, "epoch": self._epoch, "seq": self._seq}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)  # a power cut leaves the old file or the new one

    def _publish(self, number: int) -> None:
        if self._client.is_connected():  # else it goes out when it is
            self._client.publish(f"{self._topic}/reading", self._kept[number], qos=1)

    def _connected(self, *_: object) -> None:
        self._client.subscribe(f"{self._topic}/acknowledge", qos=1)
        self._resend()

    def _acknowledged(
        self, _client: object, _data: object, message: mqtt.MQTTMessage
    ) -> None:
        range_ = json.loads(message.payload)
        with self._changed:
            if range_["epoch"] == self._epoch:
                for number in list(self._kept):
                    if range_["first"] <= number <= range_["last"]:
                        del self._kept[number]
            self._changed.notify_all()


def main() -> None:
    """Sign and publish what comes in, until all of it is acknowledged."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--broker", default="localhost")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--username", help="with the password in MQTT_PASSWORD")
    parser.add_argument("--file", type=Path, default=Path("signing.json"))
    parser.add_argument("--name", default=platform.node() or "publisher")
    options = parser.parse_args()

    os.umask(0o077)  # the key is nobody else's
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(options.username, os.environ.get("MQTT_PASSWORD"))
    client.suppress_exceptions = True  # what others publish must not end this program
    publisher = Publisher(options.file, client)
    print(f"Signing with {publisher.did}", flush=True)  # noqa: T201 - to be compared
    publisher.say(
        config=sha256(repr(options).encode()).hexdigest(),
        esphome=f"Python {platform.python_version()}",
        firmware=sha256(Path(__file__).read_bytes()).hexdigest(),
        model=f"{platform.system()} {platform.machine()}",
        name=options.name,
    )

    client.connect_async(options.broker, options.port)
    client.loop_start()
    threading.Thread(target=publisher.resend_forever, daemon=True).start()
    for line in sys.stdin:
        match line.strip().split(maxsplit=2):
            case []:
                pass
            case sensor, value if SENSOR.fullmatch(sensor):
                publisher.say(sensor=sensor, value=value)
            case sensor, value, unit if SENSOR.fullmatch(sensor):
                publisher.say(sensor=sensor, value=value, unit=unit)
            case _:
                print(  # noqa: T201 - to whoever wrote the line
                    f"Not signed: {line.strip()!r} is no reading. Write a sensor, its"
                    " value and perhaps a unit, the sensor in small letters (a-z),"
                    " digits, _ and -.",
                    file=sys.stderr,
                    flush=True,
                )
    publisher.wait()
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    main()
