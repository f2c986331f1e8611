"""Compact JWS: RFC 7515's example, an independent library, and ways to cheat."""

import json
import random
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, strategies as st
from joserfc import jws as joserfc
from joserfc.jwk import ECKey

from custom_components.iot_blockchain.device import did_key, jws
from custom_components.iot_blockchain.device.errors import EnvelopeError, Reason
from scripts.house.signing import (
    SigningDevice,
    base64url,
    canonical,
    decoded,
    signature,
    with_high_s,
)

# RFC 7515, appendix A.3.
RFC_KEY = ec.EllipticCurvePublicNumbers(
    int.from_bytes(decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")),
    int.from_bytes(decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")),
    ec.SECP256R1(),
).public_key()
RFC_JWS = (
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
    "pmWQxfKTUJqPP3-Kg6NU1Q"
)

DEVICE = SigningDevice(0xABCDEF)
KEY = DEVICE.key.public_key()
SIGNED = DEVICE.reading()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def reason_of(text: str, key: ec.EllipticCurvePublicKey = KEY) -> Reason:
    with pytest.raises(EnvelopeError) as raised:
        jws.parse(text).verify(key)
    assert not raised.value.signed
    assert str(raised.value)
    return raised.value.reason


def test_the_example_of_the_standard_has_a_high_s() -> None:
    assert reason_of(RFC_JWS, RFC_KEY) is Reason.HIGH_S


def test_the_example_of_the_standard_is_verified_with_its_low_s() -> None:
    parts = jws.parse(with_high_s(RFC_JWS))
    parts.verify(RFC_KEY)
    assert json.loads(parts.payload)["iss"] == "joe"
    assert reason_of(with_high_s(RFC_JWS)) is Reason.BAD_SIGNATURE


def test_what_a_device_signs_is_verified() -> None:
    parts = jws.parse(SIGNED)
    parts.verify(KEY)
    assert json.loads(parts.payload)["value"] == "4.2"
    assert parts.text == SIGNED


def test_another_library_verifies_the_same() -> None:
    key = ECKey.import_key(KEY)
    found = joserfc.deserialize_compact(SIGNED, key, algorithms=["ES256"])
    assert found.payload == jws.parse(SIGNED).payload
    assert found.headers() == {"alg": "ES256"}


@given(st.binary(max_size=1000))
def test_what_another_library_signs_is_verified_in_one_of_two_forms(
    payload: bytes,
) -> None:
    key = ECKey.import_key(DEVICE.key)
    text = joserfc.serialize_compact({"alg": "ES256"}, payload, key, ["ES256"])
    if not payload:
        assert reason_of(text) is Reason.MALFORMED
        return
    low, high = sorted((text, with_high_s(text)), key=lambda t: decoded(t[-86:])[32:])
    jws.parse(low).verify(KEY)
    assert reason_of(high) is Reason.HIGH_S


def with_header(header: bytes) -> str:
    return DEVICE.sign(decoded(SIGNED.split(".")[1]), header)


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none"}',
        b'{"alg":"HS256"}',
        b'{"alg":"ES256K"}',
        b'{"alg":"ES384"}',
        b'{"alg":"es256"}',
        b'{"alg":"ES256","typ":"JWT"}',
        b'{"alg":"ES256","kid":"x"}',
        b'{"alg":"ES256","jwk":{}}',
        b'{"alg":"ES256","b64":false,"crit":["b64"]}',
        b'{"alg": "ES256"}',
        b'{"alg":"ES256"} ',
        b'{"alg":"ES256","alg":"ES256"}',
        b'{"alg":"ES25\\u0036"}',
        b"{}",
        b"null",
        b"",
    ],
)
def test_any_other_header_is_refused_though_it_is_signed(header: bytes) -> None:
    assert reason_of(with_header(header)) is Reason.WRONG_ALGORITHM


def test_no_signature_is_no_signature() -> None:
    payload = SIGNED.split(".")[1]
    assert reason_of(f"{jws.HEADER}.{payload}.") is Reason.MALFORMED
    none = base64url(b'{"alg":"none"}')
    assert reason_of(f"{none}.{payload}.") is Reason.WRONG_ALGORITHM


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "....",
        SIGNED + ".",
        SIGNED + ".AA",
        "." + SIGNED,
        SIGNED.replace(".", "", 1),
        SIGNED.rpartition(".")[0],
        json.dumps({"payload": "", "signatures": []}),
    ],
)
def test_what_is_not_three_texts_is_refused(text: str) -> None:
    with pytest.raises(EnvelopeError) as raised:
        jws.parse(text)
    assert raised.value.reason in {Reason.MALFORMED, Reason.WRONG_ALGORITHM}


@pytest.mark.parametrize(
    "text",
    [
        SIGNED + "=",
        SIGNED + "==",
        SIGNED + "\n",
        SIGNED + " ",
        " " + SIGNED,
        SIGNED + "A",
        SIGNED + "AAAA",
        SIGNED[:-1],
        SIGNED[:-1] + "+",
        SIGNED[:-1] + "/",
        SIGNED[:-1] + "é",
        SIGNED[:-1] + "\ud800",
        SIGNED.replace(".", ".=", 1),
        SIGNED.replace(".", ". ", 1),
        SIGNED.replace(".", ".é", 1),
        SIGNED.replace(".", ".\n", 1),
    ],
)
def test_padding_white_space_and_other_alphabets_are_refused(text: str) -> None:
    with pytest.raises(EnvelopeError) as raised:
        jws.parse(text)
    assert raised.value.reason in {Reason.MALFORMED, Reason.WRONG_ALGORITHM}


def test_spare_bits_are_refused() -> None:
    header, payload, last = SIGNED.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 64 bytes leave 4 spare bits in the last of 86 characters
    value = alphabet.index(last[-1])
    assert value % 16 == 0
    for spare in range(1, 16):
        other = f"{header}.{payload}.{last[:-1]}{alphabet[value + spare]}"
        assert urlsafe_b64encode(decoded(other[-86:])) == urlsafe_b64encode(
            decoded(last)
        )
        assert reason_of(other) is Reason.NOT_CANONICAL
    # as in a payload of a length that leaves spare bits
    text = DEVICE.sign(b"abcd")
    header, payload, last = text.split(".")
    other = f"{header}.{payload[:-1]}{alphabet[alphabet.index(payload[-1]) + 1]}.{last}"
    assert reason_of(other) is Reason.NOT_CANONICAL


def with_signature(encoded: str) -> str:
    return f"{SIGNED.rpartition('.')[0]}.{encoded}"


@pytest.mark.parametrize(
    ("r", "s", "reason"),
    [
        (0, 1, Reason.MALFORMED),
        (1, 0, Reason.MALFORMED),
        (0, 0, Reason.MALFORMED),
        (ORDER, 1, Reason.MALFORMED),
        (1, ORDER, Reason.MALFORMED),
        (2**256 - 1, 1, Reason.MALFORMED),
        (1, 2**256 - 1, Reason.MALFORMED),
        (1, ORDER - 1, Reason.HIGH_S),
        (1, ORDER // 2 + 1, Reason.HIGH_S),
        (1, ORDER // 2, Reason.BAD_SIGNATURE),
        (1, 1, Reason.BAD_SIGNATURE),
        (ORDER - 1, 1, Reason.BAD_SIGNATURE),
    ],
)
def test_signatures_out_of_range_are_refused(r: int, s: int, reason: Reason) -> None:
    assert reason_of(with_signature(signature(r, s))) is reason


def test_r_and_s_have_their_places() -> None:
    raw = decoded(SIGNED.rpartition(".")[2])
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    jws.parse(with_signature(signature(r, s))).verify(KEY)
    swapped = signature(s, min(r, ORDER - r))
    assert reason_of(with_signature(swapped)) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 70, 72, 128])
def test_signatures_of_another_length_are_refused(length: int) -> None:
    text = with_signature(base64url(bytes([1]) * length))
    assert reason_of(text) is Reason.MALFORMED


def test_a_der_signature_is_refused() -> None:
    der = DEVICE.key.sign(b"x", ec.ECDSA(SHA256()))
    assert reason_of(with_signature(base64url(der))) is Reason.MALFORMED


def test_the_other_signature_that_fits_is_refused() -> None:
    assert reason_of(with_high_s(SIGNED)) is Reason.HIGH_S


def test_the_longest_envelope_is_taken_and_a_longer_one_is_not() -> None:
    most = jws.MAX_LENGTH - len(jws.HEADER) - 2 - 86
    payload = b"x" * (most * 3 // 4)
    text = DEVICE.sign(payload)
    assert len(text) == jws.MAX_LENGTH
    jws.parse(text).verify(KEY)
    assert reason_of(DEVICE.sign(payload + b"x")) is Reason.TOO_LONG
    assert reason_of("x" * 10**7) is Reason.TOO_LONG


def test_no_bit_can_be_changed() -> None:
    """Each byte of an envelope, with one bit flipped; each character by another."""
    data = SIGNED.encode()
    chance = random.Random(3)
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            reason_of(changed.decode("latin-1"))
        other = chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-.=0123456789")
        if other != SIGNED[place]:
            reason_of(SIGNED[:place] + other + SIGNED[place + 1 :])
        reason_of(SIGNED[:place] + SIGNED[place + 1 :])


def test_the_signature_covers_header_and_payload() -> None:
    other = DEVICE.sign(canonical({"value": "5"}))
    header, payload, _ = other.split(".")
    assert (
        reason_of(f"{header}.{payload}.{SIGNED.rpartition('.')[2]}")
        is Reason.BAD_SIGNATURE
    )


def test_another_key_did_not_sign() -> None:
    other = did_key.decode_p256(SigningDevice(2).did)
    assert reason_of(SIGNED, other) is Reason.BAD_SIGNATURE


@given(
    st.text(max_size=300)
    | st.text("ey.A_-=", max_size=300).map((jws.HEADER + ".").__add__)
)
def test_any_text_is_refused(text: str) -> None:
    reason_of(text)
