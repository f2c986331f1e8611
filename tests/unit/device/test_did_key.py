"""did:key names."""

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.device import did_key
from custom_components.iot_blockchain.device.did_key import DidKeyError
from scripts.house import signing

ORDER = signing._ORDER
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1

# From the test vectors of the W3C's did:key method.
W3C_P256 = (
    "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
    "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
)
W3C_ED25519 = (
    "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
    "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
)


def name(data: bytes) -> str:
    return "did:key:z" + signing.base58(data)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return name_bytes(did_key.encode_p256(key))[2:]


def name_bytes(did: str) -> bytes:
    number = 0
    for digit in did.removeprefix("did:key:z"):
        number = number * 58 + signing._BASE58.index(digit)
    return number.to_bytes((number.bit_length() + 7) // 8)


@pytest.mark.parametrize("did", W3C_P256)
def test_the_names_of_p256_keys_are_those_of_the_standard(did: str) -> None:
    assert did_key.encode_p256(did_key.decode_p256(did)) == did
    assert did_key.is_did_key(did)


@pytest.mark.parametrize("did", W3C_ED25519)
def test_the_names_of_ed25519_keys_are_those_of_the_standard(did: str) -> None:
    assert did_key.encode_ed25519(did_key.decode_ed25519(did)) == did
    assert did_key.is_did_key(did)


@given(st.integers(1, ORDER - 1))
def test_every_p256_key_has_one_name(secret: int) -> None:
    key = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
    did = did_key.encode_p256(key)
    assert did.startswith("did:key:zDn")
    assert did == signing.did_key(key)
    assert did_key.decode_p256(did) == key


@given(st.binary(min_size=32, max_size=32))
def test_every_ed25519_key_has_one_name(secret: bytes) -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    did = did_key.encode_ed25519(public)
    assert did.startswith("did:key:z6Mk")
    assert did == name(b"\xed\x01" + public)
    assert did_key.decode_ed25519(did) == public


def test_a_key_is_named_by_its_fragment() -> None:
    did = W3C_ED25519[0]
    assert (
        did_key.fragment(did)
        == did + "#z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    )


KEY = ec.derive_private_key(7, ec.SECP256R1()).public_key()
DID = did_key.encode_p256(KEY)
NUMBERS = KEY.public_numbers()


def off_the_curve() -> bytes:
    """Find an x with no point, in its compressed form."""
    for x in range(1, 100):
        data = b"\x02" + x.to_bytes(32)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
        except ValueError:
            return data
    raise AssertionError


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:key:z",
        "did:key:",
        DID.removeprefix("did:key:"),
        DID.upper(),
        f" {DID}",
        f"{DID}\n",
        f"{DID}#{DID[8:]}",
        f"{DID}1",
        DID.replace("did:key:z", "did:key:z1"),
        DID.replace("did:key:z", "did:key:f"),
        DID[:-1],
        DID[:-1] + "0",
        DID[:-1] + "l",
        DID[:-1] + "ä",
        "did:web:example.org",
        W3C_ED25519[0],
        # uncompressed, hybrid and empty points; infinity; other lengths
        name(b"\x80\x24\x04" + NUMBERS.x.to_bytes(32) + NUMBERS.y.to_bytes(32)),
        name(b"\x80\x24\x06" + NUMBERS.x.to_bytes(32) + NUMBERS.y.to_bytes(32)),
        name(b"\x80\x24"),
        name(b"\x80\x24\x00"),
        name(b"\x80\x24\x04" + NUMBERS.x.to_bytes(32)),
        name(b"\x80\x24\x05" + NUMBERS.x.to_bytes(32)),
        name(b"\x80\x24" + point(KEY)[:-1]),
        name(b"\x80\x24" + point(KEY) + b"\0"),
        name(b"\x80\x24" + off_the_curve()),
        # x beyond the field: the same point written a second way, were it taken
        name(b"\x80\x24\x02" + PRIME.to_bytes(32)),
        name(b"\x80\x24\x02" + (PRIME + 5).to_bytes(32)),
        name(b"\x80\x24\x02" + b"\xff" * 32),
        # secp256k1, P-384, and P-256 in no multicodec
        name(b"\xe7\x01" + point(KEY)),
        name(b"\x81\x24" + point(KEY)),
        name(b"\x80\x25" + point(KEY)),
        name(point(KEY)),
    ],
)
def test_what_names_no_p256_key_is_refused(did: str) -> None:
    with pytest.raises(DidKeyError):
        did_key.decode_p256(did)


@pytest.mark.parametrize(
    "did",
    [
        "",
        DID,
        name(b"\xed\x01" + bytes(31)),
        name(b"\xed\x01" + bytes(33)),
        name(b"\xec\x01" + bytes(32)),
        W3C_ED25519[0].replace("z6", "z16"),
        f"{W3C_ED25519[0]} ",
    ],
)
def test_what_names_no_ed25519_key_is_refused(did: str) -> None:
    with pytest.raises(DidKeyError):
        did_key.decode_ed25519(did)


@given(st.integers(0, len(DID) - 1), st.characters(max_codepoint=0x17F))
def test_no_change_of_a_name_leaves_the_key(place: int, character: str) -> None:
    changed = DID[:place] + character + DID[place + 1 :]
    if changed == DID:
        return
    try:
        key = did_key.decode_p256(changed)
    except DidKeyError:
        return
    assert key != KEY
    assert did_key.encode_p256(key) == changed


@given(
    st.text(max_size=80)
    | st.text(signing._BASE58, min_size=46, max_size=49).map("did:key:z".__add__)
)
def test_any_text_is_a_name_in_its_one_form_or_refused(text: str) -> None:
    with suppress(DidKeyError):
        assert did_key.encode_p256(did_key.decode_p256(text)) == text
        assert did_key.is_did_key(text)
    with suppress(DidKeyError):
        assert did_key.encode_ed25519(did_key.decode_ed25519(text)) == text
        assert did_key.is_did_key(text)
