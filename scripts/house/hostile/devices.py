"""Hostile input in the name of devices, and what may be made of it.

Each function reads bytes and returns what was wrongly made of them, or None. It judges
by other means than the code under test.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custom_components.iot_blockchain.device import credential, envelope
from custom_components.iot_blockchain.device.credential import (
    CredentialError,
    DeviceCredential,
    Issuer,
)
from custom_components.iot_blockchain.device.errors import EnvelopeError
from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    SensorRule,
)
from custom_components.iot_blockchain.device.state import DeviceState
from custom_components.iot_blockchain.device.status_list import StatusList
from custom_components.iot_blockchain.device.trust import judge
from custom_components.iot_blockchain.log.note import Signer

from ..signing import (
    SigningDevice,
    base58,
    base64url,
    canonical,
    decoded,
    with_high_s,
)

_DEVICE: Final = SigningDevice(5, epoch=9)
_NEXT: Final = SigningDevice(6)
_STATED: Final = ("epoch", "iat", "iss", "seq", "uptime")
_KINDS: Final = (
    {*_STATED, "sensor", "value"},
    {*_STATED, "sensor", "unit", "value"},
    {*_STATED, "config", "esphome", "firmware", "model", "name"},
    {*_STATED, "next"},
)
_LONGEST: Final = 2048
_NUMBERS: Final = 2**53
_PLACES: Final = 131_072
_PRIVATE: Final = bytes(range(32))
_PUBLIC: Final = Signer("x", _PRIVATE).verifier_key.public_key
_ISSUER: Final = "did:key:z" + base58(b"\xed\x01" + _PUBLIC)
_LOG: Final = bytes(32)
_CLAIMS: Final = {"@context", "credentialSubject", "issuer", "type", "validFrom"}
_TIME: Final = datetime(2026, 11, 21, 10, 22, 1, tzinfo=UTC)


def misread_envelope(data: bytes) -> str | None:
    """Read an envelope: the bytes themselves, or, signed by a device, as its payload.

    The first byte chooses.
    """
    if data[:1] != b"p":
        text = data[1:].decode("utf-8", "surrogateescape")
        try:
            envelope.open_envelope(text)
        except EnvelopeError:
            return None
        return None if text in _signed() else "an envelope that was never signed"
    text = _DEVICE.sign(data[1:])
    try:
        opened = envelope.open_envelope(text)
    except EnvelopeError as err:
        return _wrongly_refused(text, err)
    return _misread_payload(data[1:], opened)


def _wrongly_refused(text: str, error: EnvelopeError) -> str | None:
    """Look at what ``judge`` makes of it: it never raises."""
    state = DeviceState()
    rules = DeviceRules(
        did=_DEVICE.did,
        name="x",
        assurance=Assurance.SOFTWARE_KEY,
        sensors={"t": SensorRule(minimum=0, maximum=1)},
    )
    after = judge(rules, state, text, 0).state
    return None if bool(after.refused) == error.signed else "a refusal not its own"


def _misread_payload(data: bytes, opened: envelope.Envelope) -> str | None:
    pairs: list[tuple[str, object]] = []

    def members(found: list[tuple[str, object]]) -> dict[str, object]:
        pairs.extend(found)
        return dict(found)

    claims = json.loads(data, object_pairs_hook=members)
    found = {name: getattr(opened.payload, name, None) for name in claims}
    numbers = [value for value in claims.values() if not isinstance(value, str)]
    right = {
        "too long an envelope": len(opened.jws) <= _LONGEST,
        "other members": set(claims) in _KINDS and len(pairs) == len(claims),
        "members out of order": all(a < b for (a, _), (b, _) in pairwise(pairs)),
        "other values": found == claims,
        "no number": all(type(value) is int for value in numbers),
        "a number out of range": all(0 <= value < _NUMBERS for value in numbers),
        "another device": claims["iss"] == _DEVICE.did,
    }
    return next((what for what, holds in right.items() if not holds), None)


def misread_credential(data: bytes) -> str | None:
    """Read a credential: the bytes themselves, or as a payload that the log signs.

    The first byte chooses.
    """
    if data[:1] == b"p":
        token = _signed_by_the_log(data[1:])
    else:
        token = data[1:].decode("utf-8", "surrogateescape")
    try:
        found = credential.read(token, _PUBLIC, _LOG)
    except CredentialError:
        return None
    payload = decoded(token.split(".")[1])
    claims = json.loads(payload)
    subject = claims["credentialSubject"]
    right = {
        "more than one way to write it": canonical(claims) == payload,
        "another issuer": claims["issuer"] == _ISSUER,
        "another time": _time_of(found) == claims["validFrom"],
    }
    if isinstance(found, StatusList):
        right["another list"] = len(found.bits) == _PLACES // 8 and set(
            claims
        ) == _CLAIMS | {"id"}
    else:
        place = claims["credentialStatus"]["statusListIndex"]
        right |= {
            "other members": set(claims) == _CLAIMS | {"credentialStatus"},
            "another place": str(found.status_index) == place,
            "no place": 0 <= found.status_index < _PLACES,
            "another device": found.device == subject["id"],
            "another assurance": found.assurance == subject["assurance"],
            "another model": found.model == subject.get("model"),
            "another firmware": found.firmware == subject.get("firmware"),
            "another log": subject["log"] == f"0x{_LOG.hex()}",
        }
    return next((what for what, holds in right.items() if not holds), None)


def _time_of(found: DeviceCredential | StatusList) -> str:
    time = found.time if isinstance(found, StatusList) else found.valid_from
    return f"{time.replace(tzinfo=None).isoformat()}Z"


def _signed_by_the_log(payload: bytes) -> str:
    """Sign anything with the log's key."""
    kid = f"{_ISSUER}#{_ISSUER.removeprefix('did:key:')}"
    header = canonical({"alg": "Ed25519", "kid": kid, "typ": "vc+jwt"})
    text = f"{base64url(header)}.{base64url(payload)}"
    key = Ed25519PrivateKey.from_private_bytes(_PRIVATE)
    return f"{text}.{base64url(key.sign(text.encode()))}"


@cache
def _signed() -> Sequence[str]:
    """All that the device has signed, as it was sent."""
    device = SigningDevice(5, epoch=9)
    device.iat = 1_790_000_000
    return [
        device.reading(),
        device.reading("on", sensor="door", unit=None),
        device.boot(),
        device.rotation(_NEXT),
    ]


@cache
def envelopes() -> Sequence[bytes]:
    """Return envelopes and payloads, right ones and some that must be refused."""
    payloads = [decoded(text.split(".")[1]) for text in _signed()]
    forged = [with_high_s(text) for text in _signed()[:2]]
    return [
        *(b"e" + text.encode() for text in (*_signed(), *forged)),
        *(b"p" + payload for payload in payloads),
    ]


@cache
def credentials() -> Sequence[bytes]:
    """Return credentials and payloads."""
    issuer = Issuer(_PRIVATE, _LOG)
    vouched = DeviceCredential(
        device=_DEVICE.did,
        assurance=Assurance.SOFTWARE_KEY,
        valid_from=_TIME,
        status_index=7,
        model="esp8266 d1_mini",
        firmware="0f" * 16,
    )
    # not compressed here: another machine's zlib may compress otherwise
    tokens = [issuer.issue(vouched), issuer.issue(StatusList.decode(_LIST, _TIME))]
    return [
        *(b"e" + token.encode() for token in tokens),
        *(b"p" + decoded(token.split(".")[1]) for token in tokens),
    ]


_LIST: Final = (
    "uH4sIAAAAAAACA-3BMQ0AAAwDoDWZf82V0Qf4AwAAAAAAAAAAAAAAAAAAAMZSL06ExwBAAAA"
)
