"""The public specification: its example is real, and enough to verify a receipt by.

The verifier in this file was written from docs/formats.md, and takes nothing from the
code under test.
"""

import base64
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from eth_utils.crypto import keccak

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.verification import check_anchor
from custom_components.iot_blockchain.log import entry, receipt
from custom_components.iot_blockchain.log.verification import (
    Result,
    Verdict,
    verify_offline,
)

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLE = next(
    block
    for block in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)
    if '"format"' in block
)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def walk(leaves: list[bytes], first: int, size: int, proof: Iterator[bytes]) -> bytes:
    """Compute the root of a subtree that holds leaves of the range."""
    if size == 1:
        return leaves[0]
    k = 1
    while k * 2 < size:
        k *= 2
    stop = first + len(leaves)
    if stop <= k:
        inner = walk(leaves, first, k, proof)
        return node(inner, next(proof))
    if first >= k:
        inner = walk(leaves, first - k, size - k, proof)
        return node(next(proof), inner)
    cut = k - first
    left = walk(leaves[:cut], first, k, proof)
    return node(left, walk(leaves[cut:], 0, size - k, proof))


def verify_from_the_page(document: dict[str, Any]) -> str:
    """Take the steps of the page that need no chain, and name the first that fails."""
    try:
        assert document["format"] == "iot-blockchain-receipt/1"
        entries = [text.encode() for text in document["entries"]]
        for data in entries:
            members = json.loads(data)
            again = json.dumps(
                members, sort_keys=True, separators=(",", ":"), ensure_ascii=False
            )
            assert again.encode() == data
            assert members["v"] == 1
    except AssertionError, LookupError, ValueError:
        return "format"
    try:
        name, _, rest = document["key"].partition("+")
        key_id, _, encoded = rest.partition("+")
        public = base64.b64decode(encoded)[1:]
        expected = sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        assert expected.hex() == key_id
        text, _, signatures = document["checkpoint"].rpartition("\n\n")
        origin, size, root = text.split("\n")
        assert origin == name
        (line,) = signatures.splitlines()
        assert line.startswith(f"— {name} ")
        signature = base64.b64decode(line.rpartition(" ")[2])
        assert signature[:4] == expected
        Ed25519PublicKey.from_public_bytes(public).verify(
            signature[4:], f"{text}\n".encode()
        )
    except AssertionError, LookupError, ValueError, InvalidSignature:
        return "signed"
    proof = iter([bytes.fromhex(element[2:]) for element in document["proof"]])
    try:
        leaves = [sha256(b"\x00" + data).digest() for data in entries]
        found = walk(leaves, document["first"], int(size), proof)
        assert found == base64.b64decode(root)
        assert next(proof, None) is None
    except AssertionError, LookupError, StopIteration:
        return "in_log"
    anchor = document["anchor"]
    creator = bytes.fromhex(anchor["creator"][2:])
    log = keccak(bytes(12) + creator + public).hex()
    fits = (
        anchor["contract"] in PAGE.partition("## Receipt")[0]
        and anchor["log"] == f"0x{log}"
        and origin.endswith(f"/{log}")
        and anchor["size"] == int(size)
        and anchor["root"] == "0x" + base64.b64decode(root).hex()
    )
    return "" if fits else "anchor"


def test_the_example_is_verified() -> None:
    report = check_anchor(verify_offline(EXAMPLE))
    assert [(step.name, step.result) for step in report.steps] == [
        ("format", Result.PASSED),
        ("signed", Result.PASSED),
        ("in_log", Result.PASSED),
        ("anchor", Result.PASSED),
    ]
    assert report.verdict is Verdict.UNCHECKED


def test_the_page_is_enough_to_write_a_verifier() -> None:
    assert verify_from_the_page(json.loads(EXAMPLE)) == ""


@pytest.mark.parametrize("wanted", ["format", "signed", "in_log", "anchor"])
def test_both_verifiers_refuse_the_same_step(wanted: str) -> None:
    document = json.loads(EXAMPLE)
    match wanted:
        case "format":
            document["entries"][0] = " " + document["entries"][0]
        case "signed":
            document["checkpoint"] = document["checkpoint"].replace("\n7\n", "\n8\n")
        case "in_log":
            document["entries"][1] = document["entries"][1].replace("un", "in", 1)
        case "anchor":
            document["anchor"]["size"] = 6
    assert verify_from_the_page(document) == wanted
    step = check_anchor(verify_offline(document)).steps[-1]
    assert (step.name, step.result) == (wanted, Result.FAILED)


def test_a_range_with_an_entry_left_out_is_refused_by_both() -> None:
    document = json.loads(EXAMPLE)
    del document["entries"][1]
    assert verify_from_the_page(document) == "in_log"
    assert check_anchor(verify_offline(document)).verdict is Verdict.INVALID


def test_the_proof_of_the_example_is_the_one_that_is_worked_out() -> None:
    document = json.loads(EXAMPLE)
    assert (document["first"], len(document["entries"])) == (2, 3)
    a, five, six = (bytes.fromhex(element[2:]) for element in document["proof"])
    two, three, four = (
        sha256(b"\x00" + text.encode()).digest() for text in document["entries"]
    )
    d, e = node(a, node(two, three)), node(node(four, five), six)
    assert document["anchor"]["root"] == "0x" + node(d, e).hex()


def test_the_example_entry_is_the_first_of_the_receipt() -> None:
    (text,) = re.findall(r'```json\n(\{"class".*)\n```', PAGE)
    assert text == json.loads(EXAMPLE)["entries"][0]
    assert entry.decode(text.encode()).entity == "sensor.fridge"


def test_the_example_checkpoint_is_that_of_the_receipt() -> None:
    (shown,) = re.findall(
        r"```\n(home\.iot-blockchain/.*?)\.\.\.\n```", PAGE, re.DOTALL
    )
    assert json.loads(EXAMPLE)["checkpoint"].startswith(shown)


def test_the_tables_name_every_member() -> None:
    document = json.loads(EXAMPLE)
    section = PAGE.partition("## Receipt")[2].partition("## Verification")[0]
    first_cells = "".join(re.findall(r"^\| .*? \|", section, re.MULTILINE))
    named = set(re.findall(r"`(\w+)`", first_cells))
    assert named == {*document, *document["anchor"], "credentials", "block", "earlier"}
    section = PAGE.partition("## Block proof")[2].partition("## Receipt")[0]
    named = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    after = set(receipt.EarlierAnchor.__dataclass_fields__)
    assert named == {*receipt.BlockProof.__dataclass_fields__, *after}


def test_the_constants_are_those_of_the_code() -> None:
    assert contract.ADDRESS in PAGE
    assert keccak(b"Anchored(bytes32,uint32,uint64,bytes32,uint64)").hex() in PAGE
    assert bytes(contract._ANCHORED_TOPIC).hex() in PAGE
    assert f'"{receipt.FORMAT}"' in PAGE
    assert f'"{receipt.FORMAT_WITH_DEVICES}"' in PAGE
    assert f'"{receipt.FORMAT_WITH_BLOCK}"' in PAGE
    assert f"at most {receipt.MAX_EARLIER:,} [earlier anchors]" in PAGE
    assert f"at most {receipt.MAX_HEADER:,} bytes" in PAGE
    assert f"at most {receipt.MAX_NODES} nodes" in PAGE
    assert f"each of at most {receipt.MAX_NODE:,} bytes" in PAGE
    assert receipt.MEDIA_TYPE in PAGE
    assert f"at most {receipt.MAX_BYTES // 2**20} MiB" in PAGE
    assert f"at most {receipt._MAX_PROOF} hashes" in PAGE
    for verdict in Verdict:
        assert f"| `{verdict}` |" in PAGE
