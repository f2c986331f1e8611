"""Compact JWS (RFC 7515, section 7.1) with ES256 (RFC 7518, section 3.4), strictly.

There is exactly one text for each payload and signature: one header, base64url with
neither padding nor spare bits, and of the two signatures that fit the one with the low
s. Nothing in the text chooses how it is verified.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .errors import EnvelopeError, Reason

MAX_LENGTH: Final = 2048
"""The most characters that an envelope may have."""

HEADER: Final = "eyJhbGciOiJFUzI1NiJ9"
"""The protected header ``{"alg":"ES256"}`` in base64url: there is no other."""

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SEGMENTS: Final = 3
_SIGNATURE_BYTES: Final = 64
_HASH = ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Jws:
    """The parts of a compact JWS. Nothing is verified yet."""

    text: str
    payload: bytes
    r: int
    s: int

    def verify(self, key: EllipticCurvePublicKey) -> None:
        """Make sure that a P-256 key signed this.

        Raises:
            EnvelopeError: it did not.
        """
        signed = self.text.rpartition(".")[0].encode("ascii")
        try:
            key.verify(encode_dss_signature(self.r, self.s), signed, _HASH)
        except InvalidSignature as err:
            raise EnvelopeError(
                Reason.BAD_SIGNATURE,
                "the signature is not one of the key that the envelope names",
            ) from err


def parse(text: str) -> Jws:
    """Take a compact JWS apart.

    Raises:
        EnvelopeError: it is not one, too long, has another header than ``HEADER``, or
            is not in its one form.
    """
    if len(text) > MAX_LENGTH:
        raise EnvelopeError(
            Reason.TOO_LONG, f"an envelope has at most {MAX_LENGTH} characters"
        )
    segments = text.split(".")
    if len(segments) != _SEGMENTS:
        raise EnvelopeError(
            Reason.MALFORMED, "an envelope is three texts with dots between"
        )
    header, payload, signature = segments
    if header != HEADER:
        raise EnvelopeError(
            Reason.WRONG_ALGORITHM,
            'the header of an envelope is {"alg":"ES256"}, to the byte',
        )
    data = decode_base64url(payload)
    raw = decode_base64url(signature)
    if len(raw) != _SIGNATURE_BYTES:
        raise EnvelopeError(Reason.MALFORMED, "a signature has 64 bytes")
    half = _SIGNATURE_BYTES // 2
    r, s = int.from_bytes(raw[:half]), int.from_bytes(raw[half:])
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        raise EnvelopeError(Reason.MALFORMED, "the signature is out of range")
    if s > _ORDER // 2:
        raise EnvelopeError(
            Reason.HIGH_S, "the signature is not the one with the low s"
        )
    return Jws(text, data, r, s)


def decode_base64url(text: str) -> bytes:
    """Read base64url without padding, in its one form (RFC 7515, section 2).

    Raises:
        EnvelopeError: it is not that.
    """
    if _SEGMENT.fullmatch(text) is None or len(text) % 4 == 1:
        raise EnvelopeError(Reason.MALFORMED, "this is not base64url without padding")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(data) != text:
        raise EnvelopeError(Reason.NOT_CANONICAL, "base64url with spare bits set")
    return data


def encode_base64url(data: bytes) -> str:
    """Write base64url without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
