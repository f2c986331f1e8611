"""did:key names for public keys (W3C CCG did:key 0.9), in their one canonical form.

A name is ``did:key:z`` and, in base58btc, a multicodec prefix followed by the key's
bytes: P-256 keys as compressed points (SEC 1, section 2.3.3), Ed25519 keys as they are.
"""

import re
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PREFIX: Final = "did:key:z"
_P256: Final = b"\x80\x24"
_ED25519: Final = b"\xed\x01"
_ED25519_BYTES: Final = 32
_DIGITS: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {digit: value for value, digit in enumerate(_DIGITS)}
# 35 bytes that begin with 0x80 take 48 digits, 34 that begin with 0xed take 47.
_NAME: Final = re.compile(rf"{_PREFIX}([{_DIGITS}]{{47,48}})", re.ASCII)


class DidKeyError(ValueError):
    """The text is not the did:key of a key that can be used here."""


def encode_p256(key: EllipticCurvePublicKey) -> str:
    """Name a P-256 key: ``did:key:zDn…``."""
    assert isinstance(key.curve, SECP256R1)
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return _PREFIX + _base58(_P256 + point)


def encode_ed25519(public_key: bytes) -> str:
    """Name the 32 bytes of an Ed25519 public key: ``did:key:z6Mk…``."""
    assert len(public_key) == _ED25519_BYTES
    return _PREFIX + _base58(_ED25519 + public_key)


def decode_p256(did: str) -> EllipticCurvePublicKey:
    """Return the P-256 key that a did:key names.

    Raises:
        DidKeyError: it names none, or is written in another way than
            ``encode_p256`` writes it.
    """
    try:
        # 48 digits have no room for a leading zero, nor for any other form of a point.
        return EllipticCurvePublicKey.from_encoded_point(
            SECP256R1(), _key_bytes(did, _P256)
        )
    except ValueError as err:
        raise DidKeyError("this is not the did:key of a P-256 key") from err


def decode_ed25519(did: str) -> bytes:
    """Return the 32 bytes of the Ed25519 public key that a did:key names.

    Raises:
        DidKeyError: it names none, or is written in another way than
            ``encode_ed25519`` writes it.
    """
    public_key = _key_bytes(did, _ED25519)
    if len(public_key) != _ED25519_BYTES or encode_ed25519(public_key) != did:
        raise DidKeyError("this is not the did:key of an Ed25519 key")
    return public_key


def is_did_key(text: str) -> bool:
    """Say whether a text looks like a did:key, without decoding the key."""
    return _NAME.fullmatch(text) is not None


def fragment(did: str) -> str:
    """Return the id of the one key in a did:key's document, as a JWS names it."""
    return f"{did}#{did.removeprefix('did:key:')}"


def _key_bytes(did: str, codec: bytes) -> bytes:
    match = _NAME.fullmatch(did)
    if match is None:
        raise DidKeyError("this is not a did:key of a known kind")
    number = 0
    for digit in match[1]:
        number = number * len(_DIGITS) + _VALUES[digit]
    data = number.to_bytes((number.bit_length() + 7) // 8)
    if not data.startswith(codec):
        raise DidKeyError("this did:key names another kind of key")
    return data[len(codec) :]


def _base58(data: bytes) -> str:
    """Write bytes that do not begin with zero."""
    number = int.from_bytes(data)
    digits = []
    while number:
        number, value = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[value])
    return "".join(reversed(digits))
