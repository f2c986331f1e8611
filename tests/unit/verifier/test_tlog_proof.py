"""C2SP tlog-proof, with a tool that somebody else wrote on the other side."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from proofbundle.checkpoint import cosign_checkpoint, verify_checkpoint
from proofbundle.tlogproof import format_tlog_proof, verify_tlog_proof

from custom_components.iot_blockchain.log.tlog_proof import TlogProof, TlogProofError

from .conftest import RECEIPTS, Command

ONE = RECEIPTS / "good/one-reading.json"
RECEIPT: dict[str, Any] = json.loads(ONE.read_text())
ENTRY, KEY = RECEIPT["entries"][0].encode(), RECEIPT["key"]
HASHES = [bytes.fromhex(element[2:]) for element in RECEIPT["proof"]]
NOT_ANCHORED, UNREADABLE, INVALID = 4, 5, 6

GOOD = [
    path
    for path in sorted((RECEIPTS / "good").glob("*.json"))
    if len(json.loads(path.read_bytes())["entries"]) == 1
]


@pytest.mark.parametrize("path", GOOD, ids=[path.stem for path in GOOD])
def test_another_makers_tool_accepts_the_proof_of_every_good_receipt(
    path: Path,
) -> None:
    receipt = json.loads(path.read_bytes())
    hashes = [bytes.fromhex(element[2:]) for element in receipt["proof"]]
    proof = str(TlogProof(receipt["first"], hashes, receipt["checkpoint"]))
    entry = receipt["entries"][0].encode()
    found = verify_tlog_proof(proof, entry, receipt["key"])
    assert found["ok"], found
    assert not verify_tlog_proof(proof, entry + b" ", receipt["key"])["ok"]
    assert verify_checkpoint(receipt["checkpoint"], receipt["key"])["ok"]


async def test_what_is_written_is_read_again(command: Command, tmp_path: Path) -> None:
    proof, entry = tmp_path / "one.tlog-proof", tmp_path / "entry"
    await command(ONE, "--tlog-proof", proof)
    text = proof.read_text()
    assert verify_tlog_proof(text, ENTRY, KEY)["ok"]
    assert text == format_tlog_proof(5, HASHES, RECEIPT["checkpoint"])
    entry.write_bytes(ENTRY)
    run = await command(proof, "--entry", entry, "--key", KEY, "--json")
    assert run.status == NOT_ANCHORED
    assert {step["name"]: step["result"] for step in run.json[0]["steps"]} == {
        "format": "passed",
        "signed": "passed",
        "in_log": "passed",
        "anchor": "skipped",
    }
    entry.write_bytes(ENTRY.replace(b'"on"', b'"off"'))
    run = await command(proof, "--entry", entry, "--key", KEY)
    assert run.status == INVALID
    assert "failed   in_log" in run.out


async def test_what_another_makers_tool_wrote_is_read(
    command: Command, tmp_path: Path
) -> None:
    proof, entry = tmp_path / "one.tlog-proof", tmp_path / "entry"
    witness = Ed25519PrivateKey.generate()
    seen = cosign_checkpoint(
        RECEIPT["checkpoint"], witness, "witness.example", 1795262400
    )
    proof.write_text(format_tlog_proof(5, HASHES, seen, extra=b"of no matter"))
    assert "\nextra " in proof.read_text()
    assert "witness.example" in proof.read_text()
    entry.write_bytes(ENTRY)
    run = await command(proof, "--entry", entry, "--key", KEY)
    assert run.status == NOT_ANCHORED, run.out


async def test_what_is_missing_or_too_much_is_said(
    command: Command, tmp_path: Path
) -> None:
    proof = tmp_path / "one.tlog-proof"
    await command(ONE, "--tlog-proof", proof)
    written = proof.read_bytes()
    binary = tmp_path / "entry"
    binary.write_bytes(b"\xff")
    for arguments, says in (
        ((proof,), "give them with --entry FILE and --key KEY"),
        (
            (proof, "--key", KEY, "--entry", ONE, "--tlog-proof", tmp_path / "new"),
            "leave out --tlog-proof",
        ),
        ((proof, "--key", KEY, "--entry", binary), "is not an entry of a log"),
        ((proof, "--key", KEY, "--entry", tmp_path), "This is a folder."),
        ((ONE, "--tlog-proof", proof), "is there already, and is left as it is"),
        ((ONE, "--tlog-proof", tmp_path / "no/where"), "cannot be written"),
        (
            (RECEIPTS / "good/range.json", "--tlog-proof", tmp_path / "range"),
            "A tlog-proof is of one entry",
        ),
    ):
        run = await command(*arguments)
        assert run.status == UNREADABLE
        assert says in run.out
    assert proof.read_bytes() == written
    assert not (tmp_path / "range").exists()


async def test_a_proof_that_is_damaged_is_invalid(
    command: Command, tmp_path: Path
) -> None:
    proof, entry = tmp_path / "one.tlog-proof", tmp_path / "entry"
    await command(ONE, "--tlog-proof", proof)
    proof.write_text(proof.read_text().replace("index ", "place ", 1))
    entry.write_bytes(ENTRY)
    run = await command(proof, "--entry", entry, "--key", KEY)
    assert run.status == INVALID
    assert "failed   format" in run.out


async def test_nothing_is_written_for_a_bad_receipt(
    command: Command, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(RECEIPT | {"first": 6}))
    run = await command(bad, "--tlog-proof", tmp_path / "proof")
    assert run.status == INVALID
    assert not (tmp_path / "proof").exists()


def _text(*lines: str) -> bytes:
    return "\n".join(lines).encode()


HEADER = "c2sp.org/tlog-proof@v1"
NOTE = ("", "origin", "1", "root", "", "— origin AAAA", "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _text(HEADER),
        _text(HEADER, *NOTE),
        _text("c2sp.org/tlog-proof@v2", "index 0", *NOTE),
        _text(HEADER, "index 00", *NOTE),
        _text(HEADER, "index -1", *NOTE),
        _text(HEADER, "index ٣", *NOTE),
        _text(HEADER, "index 12345678901234567", *NOTE),
        _text(HEADER, "index 0", "extra AAAA", *NOTE),
        _text(HEADER, "extra A", "index 0", *NOTE),
        _text(HEADER, "index 0", "AAAA", *NOTE),
        _text(HEADER, "index 0", b64encode(bytes(32)).decode() + " ", *NOTE),
        _text(HEADER, "index 0", "A" * 42 + "B=", *NOTE),
        _text(HEADER, "index 0", *[b64encode(bytes(32)).decode()] * 129, *NOTE),
        _text(HEADER, "index 0", *NOTE) + b"\xff",
        _text(HEADER, "index 0", *NOTE) + bytes(2**20),
    ],
)
def test_what_is_no_tlog_proof_is_refused(data: bytes) -> None:
    TlogProof.parse(_text(HEADER, "extra AAAA", "index 0", *NOTE))
    with pytest.raises(TlogProofError):
        TlogProof.parse(data)
