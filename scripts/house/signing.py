"""A device that signs, in Python: docs/formats.md put into practice once more.

Nothing here is taken from the code under test. Its signatures are deterministic
(RFC 6979), so that the same device says the same thing twice.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_HEADER: Final = b'{"alg":"ES256"}'


class SigningDevice:
    """Counts, and signs what it is asked to."""

    def __init__(self, secret: int, epoch: int = 1) -> None:
        """Take the private key as a number."""
        self.key = ec.derive_private_key(secret, ec.SECP256R1())
        self.did = did_key(self.key.public_key())
        self.epoch = epoch
        self.seq = 0
        self.iat = 0
        self.uptime = 0

    def reading(self, value: str = "4.2", **changes: object) -> str:
        """Sign a reading; changes are for members, and None leaves one out."""
        reading = {"sensor": "temperature", "unit": "°C", "value": value}
        return self._next({**reading, **changes})

    def boot(self, **changes: object) -> str:
        """Sign a boot message."""
        said = {
            "config": "1a2b3c4d",
            "esphome": "2026.10.1",
            "firmware": "0f" * 16,
            "model": "esp8266 d1_mini",
            "name": "fridge",
        }
        return self._next({**said, **changes})

    def rotation(self, following: SigningDevice) -> str:
        """Sign the key of the device that this one becomes."""
        return self._next({"next": following.did})

    def _next(self, members: Mapping[str, object]) -> str:
        self.seq += 1
        payload = {
            "epoch": self.epoch,
            "iat": self.iat,
            "iss": self.did,
            "seq": self.seq,
            "uptime": self.uptime,
            **members,
        }
        return self.sign(canonical(payload))

    def sign(self, payload: bytes, header: bytes = _HEADER) -> str:
        """Sign any bytes."""
        signed = f"{base64url(header)}.{base64url(payload)}"
        der = self.key.sign(
            signed.encode(), ec.ECDSA(SHA256(), deterministic_signing=True)
        )
        r, s = utils.decode_dss_signature(der)
        return f"{signed}.{signature(r, min(s, _ORDER - s))}"


def canonical(members: Mapping[str, object]) -> bytes:
    """Write members in the form of RFC 8785; None leaves one out."""
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(
        present, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def signature(r: int, s: int) -> str:
    """Write a signature as JWS does."""
    return base64url(r.to_bytes(32) + s.to_bytes(32))


def with_high_s(jws: str) -> str:
    """Return the other signature that fits as well."""
    signed, _, encoded = jws.rpartition(".")
    raw = decoded(encoded)
    s = _ORDER - int.from_bytes(raw[32:])
    return f"{signed}.{signature(int.from_bytes(raw[:32]), s)}"


def did_key(key: ec.EllipticCurvePublicKey) -> str:
    """Name a P-256 key."""
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return "did:key:z" + base58(b"\x80\x24" + point)


def base58(data: bytes) -> str:
    """Write bytes in base58btc."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data)
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    return "1" * zeros + text


def base64url(data: bytes) -> str:
    """Write base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
