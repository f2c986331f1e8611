"""The public specification of devices: its examples are real, and enough to verify by.

The verifier in this file was written from docs/formats.md, and takes nothing from the
code under test.
"""

import base64
import gzip
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.iot_blockchain.device import acts, jws as module
from custom_components.iot_blockchain.device.credential import (
    DeviceCredential,
    Issuer,
)
from custom_components.iot_blockchain.device.envelope import open_envelope
from custom_components.iot_blockchain.device.errors import EnvelopeError, Reason
from custom_components.iot_blockchain.device.rules import Assurance
from custom_components.iot_blockchain.device.status_list import StatusList
from custom_components.iot_blockchain.device.verification import check_devices
from custom_components.iot_blockchain.log import receipt
from custom_components.iot_blockchain.log.entry import Reading, Record, SignedReading
from custom_components.iot_blockchain.log.verification import Result, verify_offline
from scripts.house.signing import SigningDevice

from .house import LOG, PRIVATE, TIME, credential_of, list_of, receipt_of

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
ENVELOPES = PAGE.partition("## Device envelope")[2].partition("\n## ")[0]
CREDENTIALS = PAGE.partition("## Credentials")[2].partition("\n## ")[0]
(SHOWN,) = re.findall(r"```\n(eyJ.*?)\n```", ENVELOPES, re.DOTALL)
ENVELOPE = SHOWN.replace("\n", "")
(PAYLOAD,) = re.findall(r"```json\n(.*)\n```", ENVELOPES)
BLOCKS = re.findall(r"```json\n(.*?)\n```", CREDENTIALS, re.DOTALL)
DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ORDER = int(re.search(r"`0x([0-9a-f]{64})`", ENVELOPES)[1], 16)  # type: ignore[index]


def base64url(text: str) -> bytes:
    data = base64.b64decode(
        text + "=" * (-len(text) % 4), altchars=b"-_", validate=True
    )
    assert base64.urlsafe_b64encode(data).decode().rstrip("=") == text
    return data


def key_bytes(did: str, prefix: bytes) -> bytes:
    assert did.startswith("did:key:z")
    number = 0
    for digit in did[9:]:
        number = number * 58 + DIGITS.index(digit)
    data = number.to_bytes((number.bit_length() + 7) // 8)
    assert data[:2] == prefix
    return data[2:]


def verify_envelope(text: str) -> dict[str, Any]:
    """Verify an envelope as the page says, and return its payload."""
    assert len(text) <= 2048
    header, payload, signature = text.split(".")
    assert header == "eyJhbGciOiJFUzI1NiJ9"
    data, raw = base64url(payload), base64url(signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    assert 1 <= r < ORDER
    assert 1 <= s <= (ORDER - 1) // 2
    members: dict[str, Any] = json.loads(data)
    point = key_bytes(members["iss"], b"\x80\x24")
    assert len(point) == 33
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    signed = f"{header}.{payload}".encode()
    key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    again = json.dumps(
        members, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert again.encode() == data
    return members


def verify_credential(token: str, public: bytes) -> dict[str, Any]:
    """Verify a credential as the page says, and return it."""
    header, payload, signature = token.split(".")
    found = json.loads(base64url(header))
    claims: dict[str, Any] = json.loads(base64url(payload))
    issuer = claims["issuer"]
    assert key_bytes(issuer, b"\xed\x01") == public
    assert found == {
        "alg": "Ed25519",
        "kid": f"{issuer}#{issuer.removeprefix('did:key:')}",
        "typ": "vc+jwt",
    }
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(
        base64url(signature), f"{header}.{payload}".encode()
    )
    return claims


def verify_devices_from_the_page(document: dict[str, Any]) -> list[tuple[str, Result]]:
    """Take the steps ``device_signed`` and ``device_known`` as the page says."""
    entries = [json.loads(text) for text in document["entries"]]
    signed = [entry for entry in entries if entry["type"] == "signed_reading"]
    found = []
    first: dict[str, datetime] = {}
    try:
        for entry in signed:
            payload = verify_envelope(entry["jws"])
            assert "sensor" in payload
            received = datetime.fromisoformat(entry["received"])
            known = first.get(payload["iss"], received)
            first[payload["iss"]] = min(known, received)
    except AssertionError, LookupError, ValueError, InvalidSignature:
        return [("device_signed", Result.FAILED)]
    if signed:
        found.append(("device_signed", Result.PASSED))
    if not signed and not document["credentials"]:
        return found
    name, _, rest = document["key"].partition("+")
    public = base64.b64decode(rest.partition("+")[2])[1:]
    try:
        claims = [verify_credential(token, public) for token in document["credentials"]]
        devices = [c for c in claims if "SigningDeviceCredential" in c["type"]]
        lists = [c for c in claims if "BitstringStatusListCredential" in c["type"]]
        result = Result.PASSED if lists else Result.SKIPPED
        for did, time in first.items():
            mine = [
                c
                for c in devices
                if c["credentialSubject"]["id"] == did
                and c["credentialSubject"]["log"] == f"0x{name.rpartition('/')[2]}"
                and datetime.fromisoformat(c["validFrom"]) <= time
            ]
            if not mine:
                result = Result.SKIPPED
            for status in (c["credentialStatus"] for c in mine):
                for revoked in lists:
                    assert status["statusListCredential"] == revoked["id"]
                    assert revoked["id"] == (
                        f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, revoked['issuer'])}"
                    )
                    encoded = revoked["credentialSubject"]["encodedList"]
                    bits = gzip.decompress(base64url(encoded.removeprefix("u")))
                    assert len(bits) * 8 == 131_072
                    place = int(status["statusListIndex"])
                    assert not bits[place // 8] >> (7 - place % 8) & 1
    except AssertionError, LookupError, ValueError, InvalidSignature:
        result = Result.FAILED
    return [*found, ("device_known", result)]


def test_the_example_of_an_envelope_is_verified_by_both() -> None:
    assert verify_envelope(ENVELOPE) == json.loads(PAYLOAD)
    opened = open_envelope(ENVELOPE).payload
    for name, value in json.loads(PAYLOAD).items():
        assert getattr(opened, name) == value


def test_the_example_of_an_envelope_can_be_made_again() -> None:
    assert SigningDevice(1).sign(PAYLOAD.encode()) == ENVELOPE
    assert base64url(ENVELOPE.split(".")[1]).decode() == PAYLOAD


def test_both_refuse_the_same_envelopes() -> None:
    for place in range(len(ENVELOPE)):
        changed = (
            ENVELOPE[:place] + chr(ord(ENVELOPE[place]) ^ 1) + ENVELOPE[place + 1 :]
        )
        with pytest.raises(EnvelopeError):
            open_envelope(changed)
        with pytest.raises((AssertionError, LookupError, ValueError, InvalidSignature)):
            verify_envelope(changed)


def test_the_examples_of_credentials_are_what_is_issued() -> None:
    shown, listed = (json.loads(block) for block in BLOCKS)
    subject = shown["credentialSubject"]
    issuer = Issuer(PRIVATE, bytes.fromhex(subject["log"][2:]))
    token = issuer.issue(
        DeviceCredential(
            device=subject["id"],
            assurance=Assurance(subject["assurance"]),
            valid_from=datetime.fromisoformat(shown["validFrom"]),
            status_index=int(shown["credentialStatus"]["statusListIndex"]),
            model=subject["model"],
            firmware=subject["firmware"],
        )
    )
    public = key_bytes(shown["issuer"], b"\xed\x01")
    assert verify_credential(token, public) == shown
    time = datetime.fromisoformat(listed["validFrom"])
    token = issuer.issue(
        StatusList.decode(listed["credentialSubject"]["encodedList"], time)
    )
    assert verify_credential(token, public) == listed
    assert StatusList.decode(listed["credentialSubject"]["encodedList"], time).revokes(
        5
    )
    assert subject["id"] == json.loads(PAYLOAD)["iss"]


def test_the_example_of_a_document_is_made_of_the_name_alone() -> None:
    section = PAGE.partition("## The document of a did:key")[2].partition("\n## ")[0]
    (block,) = re.findall(r"```json\n(.*?)\n```", section, re.DOTALL)
    document = json.loads(block)
    did = json.loads(PAYLOAD)["iss"]
    multikey = did.removeprefix("did:key:")
    assert document.pop("@context")[0] == "https://www.w3.org/ns/did/v1"
    assert document.pop("id") == did
    (method,) = document.pop("verificationMethod")
    assert method == {
        "id": f"{did}#{multikey}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey,
    }
    assert document.keys() == {
        "authentication",
        "assertionMethod",
        "capabilityDelegation",
        "capabilityInvocation",
    }
    assert all(uses == [method["id"]] for uses in document.values())
    # The issuer of a credential names its key in the same way.
    credential = credential_of(did).split(".")
    issuer = json.loads(base64url(credential[1]))["issuer"]
    kid = json.loads(base64url(credential[0]))["kid"]
    assert kid == f"{issuer}#{issuer.removeprefix('did:key:')}"
    assert key_bytes(did, b"\x80\x24") == SigningDevice(
        1
    ).key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def receipts() -> dict[str, tuple[dict[str, Any], list[Result]]]:
    """Make receipts, each with what is to be said of it."""
    device, plain = SigningDevice(9), Reading("sensor.plain", "1", TIME)
    signed = SignedReading("sensor.fridge", TIME, device.reading())
    wrong = SignedReading("sensor.fridge", TIME, device.reading()[:-1] + "A")
    mine = credential_of(device.did, 5)
    late = credential_of(device.did, 5, time=TIME + timedelta(seconds=2))
    foreign = Issuer(bytes(32), LOG).issue(StatusList.of((), datetime.now(UTC)))
    passed, failed, skipped = Result.PASSED, Result.FAILED, Result.SKIPPED
    made: dict[str, tuple[list[Record], list[str], list[Result]]] = {
        "known": ([signed, plain], [mine, list_of()], [passed, passed]),
        "revoked": ([signed], [mine, list_of(5)], [passed, failed]),
        "another revoked": ([signed], [mine, list_of(4, 6)], [passed, passed]),
        "no list": ([signed], [mine], [passed, skipped]),
        "no credential": ([signed], [list_of()], [passed, skipped]),
        "nothing": ([signed], [], [passed, skipped]),
        "too late": ([signed], [late, list_of()], [passed, skipped]),
        "foreign": ([signed], [mine, foreign], [passed, failed]),
        "wrong": ([signed, wrong], [mine, list_of()], [failed]),
        "unsigned": ([plain], [], []),
        "only credentials": ([plain], [mine, list_of()], [passed]),
    }
    return {
        name: (receipt_of(records, credentials).to_json(), results)
        for name, (records, credentials, results) in made.items()
    }


@pytest.mark.parametrize("name", receipts())
def test_the_page_is_enough_to_check_what_devices_signed(name: str) -> None:
    document, results = receipts()[name]
    found = verify_devices_from_the_page(document)
    assert [result for _, result in found] == results
    report = check_devices(verify_offline(document))
    assert [(step.name, step.result) for step in report.steps[3:]] == found


def test_the_tables_name_every_act_and_its_members() -> None:
    section = ENVELOPES.partition("### Acts about devices")[2]
    named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    written = {
        value
        for name, value in vars(acts).items()
        if name.isupper() and isinstance(value, str)
    }
    assert set(named) == written
    assert len(named) == len(written)


def test_every_reason_that_an_act_can_give_is_named() -> None:
    # the others are of envelopes that nobody with the key signed
    strangers = {
        Reason.TOO_LONG,
        Reason.WRONG_ALGORITHM,
        Reason.HIGH_S,
        Reason.BAD_SIGNATURE,
        Reason.UNKNOWN_DEVICE,
        Reason.OLD_KEY,
    }
    told = ENVELOPES.partition("reasons for a refusal are")[2]
    assert set(re.findall(r"`(\w+)`", told)) == set(Reason) - strangers


def test_the_constants_are_those_of_the_code() -> None:
    assert module.HEADER in PAGE
    assert ORDER == module._ORDER
    assert f"at most {receipt._MAX_CREDENTIALS:,} texts" in PAGE
    assert f"at most {receipt._MAX_CREDENTIAL:,} characters" in PAGE
    assert f"exactly {len(StatusList.of((), TIME).bits) * 8:,} bits" in PAGE
