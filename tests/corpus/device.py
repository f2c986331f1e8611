"""A device whose every byte is fixed, and what the log's key says of it.

Nothing here is taken from the code under test but the writing of canonical JSON.
"""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.iot_blockchain.log import canonical

from . import log
from .case import Json

HEADER = b'{"alg":"ES256"}'
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Lists as gzip files in base64url: which bytes those have depends on who packs them.
NOTHING_REVOKED = (
    "uH4sIAAAAAAACA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
)
FIRST_REVOKED = "uH4sIAAAAAAACA-3BIQEAAAACIKc73RkWoAEAAAAAAAAAAAAAAAAAAADeBuRZQ2cAQAAA"
ONE_BYTE_LESS = "uH4sIAAAAAAACA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAICzAQmvhYr_PwAA"
ONE_BYTE_MORE = "uH4sIAAAAAAACA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC7AUqdctYBQAAA"
AS_ZLIB = "ueNrtwTEBAAAAwqD1T20MH6AAAAAAAAAAAAAAAAAAAACAtwFAAAAB"
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ES256 = ec.ECDSA(SHA256(), deterministic_signing=True)


def base64url(data: bytes) -> str:
    """Write base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base58(data: bytes) -> str:
    """Write base58btc."""
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = _DIGITS[digit] + text
    return text


class Device:
    """A P-256 key that signs envelopes, right ones and others."""

    def __init__(self, seed: str) -> None:
        """Make the key that belongs to a seed."""
        secret = int.from_bytes(sha256(seed.encode()).digest()) % ORDER
        self._key = ec.derive_private_key(secret, ec.SECP256R1())
        point = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.CompressedPoint
        )
        self.did = f"did:key:z{base58(b'\x80\x24' + point)}"

    def payload(self, seq: int = 1, **other: Any) -> Json:  # noqa: ANN401 - JSON
        """Make the members of a reading's payload."""
        return {
            "epoch": 1234567890,
            "iat": 1795256400 + 60 * seq,
            "iss": self.did,
            "seq": seq,
            "sensor": "fridge_temperature",
            "unit": "°C",
            "uptime": 60 * seq,
            "value": f"4.{seq % 10}",
            **other,
        }

    def boot(self, seq: int, **other: Any) -> Json:  # noqa: ANN401 - JSON
        """Make the members of a boot message's payload."""
        return {
            "config": "0badcafe",
            "epoch": 1234567890,
            "esphome": "2026.10.2",
            "firmware": "c0ffee" * 8,
            "iat": 0,
            "iss": self.did,
            "model": "esp8266 d1_mini",
            "name": "fridge",
            "seq": seq,
            "uptime": 3,
            **other,
        }

    def sign(self, payload: Json | bytes, header: bytes = HEADER) -> str:
        """Make an envelope."""
        data = payload if isinstance(payload, bytes) else canonical.encode(payload)
        signed = f"{base64url(header)}.{base64url(data)}"
        return f"{signed}.{base64url(self.signature(signed))}"

    def signature(self, signed: str, *, high: bool = False) -> bytes:
        """Sign a text: r and s, of which there are two that fit."""
        r, s = decode_dss_signature(self._key.sign(signed.encode(), _ES256))
        if (s > ORDER // 2) != high:
            s = ORDER - s
        return r.to_bytes(32) + s.to_bytes(32)


def entry(number: int, jws: str, time: str = "10:22:01.123456") -> Json:
    """Make the members of a signed reading."""
    return {
        "entity": "sensor.fridge_signed_temperature",
        "jws": jws,
        "received": f"2026-11-21T{time}Z",
        "salt": log.salt(number),
        "type": "signed_reading",
        "v": 1,
    }


class Issuer:
    """The log's key, as it vouches for devices, and says anything else."""

    def __init__(self, key: log.Key = log.KEY, log_id: bytes = log.LOG_ID) -> None:
        """Take a log's key and id."""
        self._key = key
        self._log = f"0x{log_id.hex()}"
        self.did = f"did:key:z{base58(b'\xed\x01' + key.public)}"
        self.list = uuid5(NAMESPACE_URL, self.did).urn

    @property
    def header(self) -> Json:
        """The header that its credentials have."""
        kid = f"{self.did}#{self.did.removeprefix('did:key:')}"
        return {"alg": "Ed25519", "kid": kid, "typ": "vc+jwt"}

    def token(self, claims: Json | bytes, header: Json | None = None) -> str:
        """Sign claims."""
        data = (
            claims
            if isinstance(claims, bytes)
            else json.dumps(
                claims, sort_keys=True, separators=(",", ":"), ensure_ascii=False
            ).encode()
        )
        head = json.dumps(header or self.header, separators=(",", ":")).encode()
        signed = f"{base64url(head)}.{base64url(data)}"
        return f"{signed}.{base64url(self._key.sign(signed.encode()))}"

    def device(self, did: str, index: int = 7, **subject: str) -> Json:
        """Make the claims that vouch for a device."""
        return {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://www.w3.org/ns/credentials/undefined-terms/v2",
            ],
            "type": ["VerifiableCredential", "SigningDeviceCredential"],
            "issuer": self.did,
            "validFrom": "2026-11-20T09:00:00Z",
            "credentialSubject": {
                "id": did,
                "assurance": "software_key",
                "log": self._log,
                **subject,
            },
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(index),
                "statusListCredential": self.list,
            },
        }

    def revoked(self, encoded: str = NOTHING_REVOKED) -> Json:
        """Make the claims that say what is revoked."""
        return {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": self.list,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.did,
            "validFrom": "2026-11-21T11:55:00Z",
            "credentialSubject": {
                "id": f"{self.list}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded,
            },
        }
