"""Credentials: the gateway vouches for the devices that its owner enrolled.

A W3C Verifiable Credential (VC Data Model 2.0) for each device, secured with JOSE
(VC-JOSE-COSE, section 3.1) by the log's Ed25519 key, and one Bitstring Status List
(v1.0) that says which of them are revoked. Both are specified in docs/formats.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from . import did_key, status_list
from .jws import decode_base64url, encode_base64url
from .rules import Assurance
from .status_list import StatusList

MEDIA_TYPE: Final = "application/vc+jwt"

_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
# For terms that no context on the web defines; the standard's own (section 5.2).
_OWN_TERMS: Final = "https://www.w3.org/ns/credentials/undefined-terms/v2"


class CredentialError(ValueError):
    """The text is not a credential of this log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCredential:
    """What the gateway vouches for: this key is that of an enrolled device.

    ``status_index`` is the device's place in the status list. ``model`` and
    ``firmware`` are what the device said that it is and runs, None where it did not.
    ``valid_from`` is written in whole seconds.
    """

    device: str
    assurance: Assurance
    valid_from: datetime
    status_index: int
    model: str | None = None
    firmware: str | None = None


class Issuer:
    """Whose word a log's credentials are: the holder of the log's key.

    What the key signs here has no line breaks, and a checkpoint has; so neither can be
    taken for the other.
    """

    def __init__(self, private_key: bytes, log_id: bytes) -> None:
        """Take the 32 bytes of the log's private key, and the 32 of its id."""
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self._terms = _Terms(self._key.public_key().public_bytes_raw(), log_id)

    def issue(self, credential: DeviceCredential | StatusList) -> str:
        """Sign a credential, or the list of those that are revoked, as a JWT."""
        payload = encode_base64url(self._terms.payload(credential))
        signed = f"{self._terms.header}.{payload}"
        return f"{signed}.{encode_base64url(self._key.sign(signed.encode()))}"


def read(token: str, public_key: bytes, log_id: bytes) -> DeviceCredential | StatusList:
    """Verify and read what an ``Issuer`` of this log's key and id signed.

    Raises:
        CredentialError: it is anything else.
    """
    terms = _Terms(public_key, log_id)
    signed, _, signature = token.rpartition(".")
    header, _, payload = signed.partition(".")
    if header != terms.header:
        raise CredentialError("it does not name the log's key as its issuer")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            decode_base64url(signature), signed.encode()
        )
    except (ValueError, InvalidSignature) as err:
        raise CredentialError("the log's key did not sign it") from err
    try:
        data = decode_base64url(payload)
        claims = orjson.loads(data)
        found = _listed(claims) if "id" in claims else _vouched_for(claims)
    except (ValueError, TypeError, LookupError, AttributeError) as err:
        raise CredentialError("it does not say what a credential says here") from err
    # What is not said as it is said here was not read, and may change the meaning.
    if terms.payload(found) != data:
        raise CredentialError("it says more than a credential says here")
    return found


class _Terms:
    """How the credentials of one log are written."""

    def __init__(self, public_key: bytes, log_id: bytes) -> None:
        self._issuer = did_key.encode_ed25519(public_key)
        self._log = f"0x{log_id.hex()}"
        # There is no server to ask for it: receipts carry the list beside credentials.
        self._status_list = uuid5(NAMESPACE_URL, self._issuer).urn
        # RFC 9864, section 2.2: "EdDSA" does not say which curve it means
        header = {
            "alg": "Ed25519",
            "kid": did_key.fragment(self._issuer),
            "typ": "vc+jwt",
        }
        self.header = encode_base64url(orjson.dumps(header))

    def payload(self, credential: DeviceCredential | StatusList) -> bytes:
        claims = (
            self._list(credential)
            if isinstance(credential, StatusList)
            else self._device(credential)
        )
        return orjson.dumps(claims, option=orjson.OPT_SORT_KEYS)

    def _device(self, credential: DeviceCredential) -> dict[str, Any]:
        said = {"model": credential.model, "firmware": credential.firmware}
        return {
            "@context": [_CONTEXT, _OWN_TERMS],
            "type": ["VerifiableCredential", "SigningDeviceCredential"],
            "issuer": self._issuer,
            "validFrom": _format_time(credential.valid_from),
            "credentialSubject": {
                "id": credential.device,
                "assurance": credential.assurance.value,
                "log": self._log,
                **{name: text for name, text in said.items() if text is not None},
            },
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(credential.status_index),
                "statusListCredential": self._status_list,
            },
        }

    def _list(self, found: StatusList) -> dict[str, Any]:
        return {
            "@context": [_CONTEXT],
            "id": self._status_list,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self._issuer,
            "validFrom": _format_time(found.time),
            "credentialSubject": {
                "id": f"{self._status_list}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": found.encoded,
            },
        }


def _vouched_for(claims: Mapping[str, Any]) -> DeviceCredential:
    subject = claims["credentialSubject"]
    did_key.decode_p256(subject["id"])
    index = int(claims["credentialStatus"]["statusListIndex"])
    if not 0 <= index < status_list.BITS:
        raise ValueError("the credential has no place in the status list")
    return DeviceCredential(
        device=subject["id"],
        assurance=Assurance(subject["assurance"]),
        valid_from=_parse_time(claims["validFrom"]),
        status_index=index,
        model=_said(subject, "model"),
        firmware=_said(subject, "firmware"),
    )


def _said(subject: Mapping[str, Any], name: str) -> str | None:
    text = subject.get(name)
    if not isinstance(text, str | None):
        raise TypeError(f"{name!r} is not text")
    return text


def _listed(claims: Mapping[str, Any]) -> StatusList:
    return StatusList.decode(
        claims["credentialSubject"]["encodedList"], _parse_time(claims["validFrom"])
    )


def _format_time(time: datetime) -> str:
    in_utc = time.astimezone(UTC).replace(tzinfo=None)
    return in_utc.isoformat(timespec="seconds") + "Z"


def _parse_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is not UTC:
        raise ValueError("the time is not in UTC")
    return time
