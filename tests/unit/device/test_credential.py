"""Credentials: an ordinary JOSE library reads them, and nothing else is taken."""

import gzip
import json
import random
import re
import secrets
import zlib
from base64 import b64decode, urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from custom_components.iot_blockchain.device import credential, did_key, status_list
from custom_components.iot_blockchain.device.credential import (
    CredentialError,
    DeviceCredential,
    Issuer,
    read,
)
from custom_components.iot_blockchain.device.rules import Assurance
from custom_components.iot_blockchain.device.status_list import StatusList
from custom_components.iot_blockchain.log.note import (
    NoteError,
    Signer,
    VerifierKey,
    verify,
)
from scripts.house.signing import SigningDevice, base58, base64url, decoded

PRIVATE = bytes(range(32))
LOG = bytes(range(100, 132))
ISSUER = Issuer(PRIVATE, LOG)
PUBLIC = Signer("x", PRIVATE).verifier_key.public_key
DID = "did:key:z" + base58(b"\xed\x01" + PUBLIC)
TIME = datetime(2026, 11, 21, 10, 22, 1, tzinfo=UTC)
DEVICE = DeviceCredential(
    device=SigningDevice(8).did,
    assurance=Assurance.SOFTWARE_KEY,
    valid_from=TIME,
    status_index=94_567,
    model="esp8266 d1_mini",
    firmware="0f" * 16,
)
TOKEN = ISSUER.issue(DEVICE)
LIST = ISSUER.issue(StatusList.of({5, 94_567}, TIME))


def read_by_another_library(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": base64url(PUBLIC)})
    found = jwt.decode(token, key, algorithms=["Ed25519"])
    return found.header, found.claims


def test_an_ordinary_library_verifies_a_credential() -> None:
    header, claims = read_by_another_library(TOKEN)
    assert header == {
        "alg": "Ed25519",
        "kid": f"{DID}#{DID.removeprefix('did:key:')}",
        "typ": "vc+jwt",
    }
    assert claims == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/undefined-terms/v2",
        ],
        "type": ["VerifiableCredential", "SigningDeviceCredential"],
        "issuer": DID,
        "validFrom": "2026-11-21T10:22:01Z",
        "credentialSubject": {
            "id": DEVICE.device,
            "assurance": "software_key",
            "firmware": "0f" * 16,
            "log": f"0x{LOG.hex()}",
            "model": "esp8266 d1_mini",
        },
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "94567",
            "statusListCredential": claims["credentialStatus"]["statusListCredential"],
        },
    }


def test_an_ordinary_library_verifies_the_list_that_it_names() -> None:
    _, device = read_by_another_library(TOKEN)
    header, claims = read_by_another_library(LIST)
    assert header["typ"] == "vc+jwt"
    named = device["credentialStatus"]["statusListCredential"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", named)
    assert claims["id"] == named
    assert claims["issuer"] == device["issuer"]
    assert claims["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    subject = claims["credentialSubject"]
    assert subject["type"] == "BitstringStatusList"
    assert subject["statusPurpose"] == device["credentialStatus"]["statusPurpose"]
    assert subject["encodedList"].startswith("u")
    # as section 3.4 of the standard says it
    bits = gzip.decompress(urlsafe_b64decode(subject["encodedList"][1:] + "=="))
    assert len(bits) == 16 * 1024
    written = "".join(f"{byte:08b}" for byte in bits)
    assert [place for place, bit in enumerate(written) if bit == "1"] == [5, 94_567]


def test_a_credential_is_read() -> None:
    assert read(TOKEN, PUBLIC, LOG) == DEVICE
    found = read(LIST, PUBLIC, LOG)
    assert isinstance(found, StatusList)
    assert found.time == TIME
    assert [index for index in range(131_072) if found.revokes(index)] == [5, 94_567]


def test_what_a_device_did_not_say_is_left_out() -> None:
    silent = DeviceCredential(
        device=DEVICE.device,
        assurance=Assurance.SECURE_ELEMENT,
        valid_from=TIME + timedelta(microseconds=5),
        status_index=0,
    )
    token = ISSUER.issue(silent)
    _, claims = read_by_another_library(token)
    assert set(claims["credentialSubject"]) == {"id", "assurance", "log"}
    found = read(token, PUBLIC, LOG)
    assert isinstance(found, DeviceCredential)
    assert (found.model, found.firmware, found.valid_from) == (None, None, TIME)


def test_credentials_of_other_logs_are_refused() -> None:
    with pytest.raises(CredentialError, match="does not name the log's key"):
        read(Issuer(bytes(32), LOG).issue(DEVICE), PUBLIC, LOG)
    with pytest.raises(CredentialError, match="says more"):
        read(Issuer(PRIVATE, bytes(32)).issue(DEVICE), PUBLIC, LOG)
    # a list is one of a key, as its name is
    read(Issuer(PRIVATE, bytes(32)).issue(StatusList.of((), TIME)), PUBLIC, LOG)


def forged(claims: object, header: object = None) -> str:
    """Sign claims with the log's key, however wrong they are."""
    parts = TOKEN.split(".")
    first = parts[0] if header is None else base64url(json.dumps(header).encode())
    data = json.dumps(
        claims, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    return signed(f"{first}.{base64url(data)}")


def signed(text: str) -> str:
    key = OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64url(PUBLIC),
            "d": base64url(PRIVATE),
        }
    )
    return f"{text}.{base64url(key.private_key.sign(text.encode()))}"  # type: ignore[union-attr]


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(decoded(token.split(".")[1]))
    return claims


def test_what_these_tests_forge_is_right_when_nothing_is_wrong() -> None:
    assert forged(claims_of(TOKEN)) == TOKEN
    assert forged(claims_of(LIST)) == LIST


@pytest.mark.parametrize("token", [TOKEN, LIST], ids=["device", "list"])
def test_no_claim_can_be_left_out_or_changed(token: str) -> None:
    def places(value: Any, path: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401
        for name, member in (
            value.items() if isinstance(value, dict) else enumerate(value)
        ):
            yield (*path, name)
            if isinstance(member, dict | list):
                yield from places(member, (*path, name))

    for path in places(claims_of(token)):
        changes: list[object] = ["gone", "x", 1, None, [], {}, True]
        for change in changes:
            claims = claims_of(token)
            inner: Any = claims
            for name in path[:-1]:
                inner = inner[name]
            if change == "gone":
                del inner[path[-1]]
            else:
                inner[path[-1]] = change
            optional = path[-1] in {"model", "firmware"} and change in ("gone", "x")
            if optional:
                read(forged(claims), PUBLIC, LOG)
                continue
            with pytest.raises(CredentialError):
                read(forged(claims), PUBLIC, LOG)


@pytest.mark.parametrize("token", [TOKEN, LIST], ids=["device", "list"])
@pytest.mark.parametrize("name", ["exp", "validUntil", "vc", "iss", "a", "more"])
def test_no_claim_can_be_added(token: str, name: str) -> None:
    claims = claims_of(token)
    with pytest.raises(CredentialError, match="says more"):
        read(forged({**claims, name: 1}), PUBLIC, LOG)
    claims["credentialSubject"][name] = 1
    with pytest.raises(CredentialError, match="says more"):
        read(forged(claims), PUBLIC, LOG)


@pytest.mark.parametrize(
    "index", ["-1", "131072", "+5", "05", " 5", "5.0", "\u0665", "1e3", "", "9" * 5000]
)
def test_a_place_in_the_list_is_one_of_its_bits(index: str) -> None:
    claims = claims_of(TOKEN)
    claims["credentialStatus"]["statusListIndex"] = index
    with pytest.raises(CredentialError):
        read(forged(claims), PUBLIC, LOG)


@pytest.mark.parametrize(
    "time",
    [
        "",
        "2026-11-21",
        "2026-11-21T10:22:01",
        "2026-11-21T10:22:01+00:00",
        "2026-11-21T11:22:01+01:00",
        "2026-11-21T10:22:01.5Z",
        "2026-11-21 10:22:01Z",
        "0001-01-01T00:00:00+23:59",
        "x",
    ],
)
@pytest.mark.parametrize("token", [TOKEN, LIST], ids=["device", "list"])
def test_times_are_written_in_one_way(token: str, time: str) -> None:
    with pytest.raises(CredentialError):
        read(forged({**claims_of(token), "validFrom": time}), PUBLIC, LOG)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "", "typ": "vc+jwt"},
        {"alg": "EdDSA", "kid": did_key.fragment(DID), "typ": "vc+jwt"},
        {"alg": "Ed25519", "kid": did_key.fragment(DID), "typ": "JWT"},
        {"alg": "Ed25519", "typ": "vc+jwt"},
        {"alg": "HS256", "kid": did_key.fragment(DID), "typ": "vc+jwt"},
        {},
    ],
)
def test_another_header_is_refused(header: dict[str, str]) -> None:
    with pytest.raises(CredentialError, match="does not name the log's key"):
        read(forged(claims_of(TOKEN), header), PUBLIC, LOG)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"1",
        b"[]",
        b"null",
        b'"id"',
        b"{",
        b"\xff",
        b"[" * 5000,
        b'{"id":1}',
        b"{}",
    ],
)
def test_any_payload_is_refused(payload: bytes) -> None:
    text = f"{TOKEN.split('.')[0]}.{base64url(payload)}"
    with pytest.raises(CredentialError):
        read(signed(text), PUBLIC, LOG)


def test_a_second_way_to_write_the_same_is_refused() -> None:
    header, payload, _ = TOKEN.split(".")
    data = decoded(payload)
    for other in (
        data + b" ",
        data.replace(b":", b": ", 1),
        data.replace(b'"issuer"', b'"issuer":"x","issuer"'),
        json.dumps(dict(reversed(json.loads(data).items()))).encode(),
    ):
        with pytest.raises(CredentialError):
            read(signed(f"{header}.{base64url(other)}"), PUBLIC, LOG)


@pytest.mark.parametrize("token", [TOKEN, LIST], ids=["device", "list"])
def test_no_bit_of_a_credential_can_be_changed(token: str) -> None:
    chance = random.Random(1)
    data = token.encode()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(CredentialError):
            read(changed.decode("latin-1"), PUBLIC, LOG)
    for text in (
        "",
        ".",
        "..",
        token[:-1],
        token + "A",
        token + "=",
        token + ".",
        "\ud800",
    ):
        with pytest.raises(CredentialError):
            read(text, PUBLIC, LOG)


def with_list(packed: bytes | str) -> str:
    claims = claims_of(LIST)
    encoded = packed if isinstance(packed, str) else "u" + base64url(packed)
    claims["credentialSubject"]["encodedList"] = encoded
    return forged(claims)


def test_another_compressor_may_write_the_list() -> None:
    bits = StatusList.of({7}, TIME).bits
    for level in (0, 1, 6):
        found = read(with_list(gzip.compress(bits, level, mtime=5)), PUBLIC, LOG)
        assert isinstance(found, StatusList)
        assert found.revokes(7)
        assert found.bits == bits


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"x",
        "",
        "x",
        "z" + base64url(gzip.compress(bytes(16_384))),
        gzip.compress(b""),
        gzip.compress(bytes(16_383)),
        gzip.compress(bytes(16_385)),
        gzip.compress(bytes(10**7)),
        gzip.compress(bytes(16_384)) + b"x",
        gzip.compress(bytes(8192)) + gzip.compress(bytes(8192)),
        gzip.compress(bytes(16_384))[:-1],
        zlib.compress(bytes(16_384)),
    ],
)
def test_a_list_of_another_size_or_form_is_refused(packed: bytes | str) -> None:
    with pytest.raises(CredentialError):
        read(with_list(packed), PUBLIC, LOG)


def test_every_place_has_its_own_bit() -> None:
    for index in (0, 1, 7, 8, 131_071):
        found = StatusList.of([index], TIME)
        assert found.revokes(index)
        assert sum(byte.bit_count() for byte in found.bits) == 1
    assert StatusList.of([0], TIME).bits[0] == 0x80
    assert not any(StatusList.of((), TIME).bits)


def test_a_full_list_still_fits_into_a_receipt() -> None:
    chance = random.Random(5)
    many = ISSUER.issue(
        StatusList.of([chance.randrange(131_072) for _ in range(1000)], TIME)
    )
    assert len(many) < 8192


def test_places_are_chosen_by_chance_and_once() -> None:
    used: set[int] = set()
    for _ in range(200):
        index = status_list.new_index(used)
        assert 0 <= index < 131_072
        assert index not in used
        used.add(index)
    assert max(used) > 50_000


def test_the_last_place_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([3, 3, 4])
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: next(answers))
    assert status_list.new_index({3}) == 4


def test_a_checkpoint_is_no_credential_and_a_credential_no_checkpoint() -> None:
    signer = Signer("x", PRIVATE)
    assert "\n" not in TOKEN
    text = TOKEN.rpartition(".")[0]
    note = signer.sign(text + "\n")
    encoded = note.rstrip().rpartition(" ")[2]
    stolen = base64url(b64decode(encoded)[4:])
    with pytest.raises(CredentialError, match="did not sign"):
        read(f"{text}.{stolen}", PUBLIC, LOG)
    with pytest.raises(NoteError):
        verify(TOKEN, VerifierKey("x", PUBLIC))


def test_the_media_type_is_that_of_the_standard() -> None:
    assert credential.MEDIA_TYPE == "application/vc+jwt"
