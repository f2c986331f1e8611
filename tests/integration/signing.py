"""A device that signs, as a test sees it."""

import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from custom_components.iot_blockchain.device.did_key import encode_p256

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SigningDevice:
    """Makes the envelopes that a device makes, right or wrong."""

    def __init__(self, *, epoch: int = 7) -> None:
        """Make a key."""
        self._key = generate_private_key(SECP256R1())
        self.did = encode_p256(self._key.public_key())
        self.epoch = epoch
        self.seq = 0
        self.uptime = 0

    def sign(self, **members: Any) -> str:  # noqa: ANN401 - JSON
        """Sign a payload; members that are given replace those that it would have."""
        self.seq += 1
        self.uptime += 1
        payload = {
            "epoch": self.epoch,
            "iat": 0,
            "iss": self.did,
            "seq": self.seq,
            "uptime": self.uptime,
            **members,
        }
        text = json.dumps(
            payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        signed = f"{_encode(b'{"alg":"ES256"}')}.{_encode(text.encode())}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ECDSA(SHA256())))
        s = min(s, _ORDER - s)
        return f"{signed}.{_encode(r.to_bytes(32) + s.to_bytes(32))}"

    def reading(self, value: str, sensor: str = "temperature", **members: Any) -> str:  # noqa: ANN401
        """Sign a reading."""
        return self.sign(sensor=sensor, value=value, **members)

    def boot(self, *, config: str = "c0ffee00", firmware: str = "ab" * 16) -> str:
        """Sign a boot message."""
        self.uptime = 0
        return self.sign(
            config=config,
            esphome="2026.10.4",
            firmware=firmware,
            model="esp8266 d1_mini",
            name="fridge",
        )

    def rotate(self) -> str:
        """Sign the next key with this one, and go on with that."""
        following = SigningDevice(epoch=self.epoch + 1)
        envelope = self.sign(next=following.did)
        self.__dict__.update(following.__dict__)
        return envelope


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
