"""Receipts that are made to fill the memory, take for ever, or flood a screen."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log import checkpoint, entry
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.entry import Act
from custom_components.iot_blockchain.log.members import ReceiptError
from custom_components.iot_blockchain.log.merkle import leaf_hash, root_of
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.receipt import (
    FORMAT,
    MAX_BYTES,
    Receipt,
)
from custom_components.iot_blockchain.log.verification import Verdict, verify_offline

REPOSITORY = Path(__file__).parents[2]
SIGNER = Signer("home.iot-blockchain/" + "ab" * 32, bytes(range(32)))
TIME = datetime(2026, 11, 20, tzinfo=UTC)
ENTRY = (
    '{"entity":"a.b","salt":"Tq5fKL3oel9aq823j5hQ7g","state":"4",'
    '"time":"2026-11-21T10:23:01.373456Z","type":"reading","v":1}'
)
MEGABYTE = 2**20
LONG = 2 * MEGABYTE

UNITS = [
    "[],",
    "{},",
    '{"a":1},',
    "1.5,",
    '"",',
    '"ab",',
    "1,",
    "[",
    '{"":',
    '"\\"',
    "\\",
]

# Runs in a process of its own, whose largest size tells what the worst took.
PROBE = """
import json, resource, sys, time
from custom_components.iot_blockchain.log.verification import verify_offline

def peak():
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024

before, size = peak(), int(sys.argv[1])
begin = b'{"format":"iot-blockchain-receipt/1","entries":['
for unit in sys.argv[2:]:
    data = begin + unit.encode() * (size // len(unit)) + b"1]}"
    begun = time.monotonic()
    verdict = verify_offline(data).verdict
    print(json.dumps([unit, verdict, peak() - before, time.monotonic() - begun]))
"""


def test_no_file_takes_many_times_its_size_or_long() -> None:
    size = 16 * MEGABYTE
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(size), *UNITS],
        check=True,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=120,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [unit for unit, *_ in results] == UNITS
    for unit, verdict, grown, seconds in results:
        assert verdict == "invalid"
        assert grown < 5 * size, f"{unit} takes {grown / size:.0f} times its size"
        assert seconds < 10, f"{unit} takes {seconds:.0f} s"


@pytest.mark.parametrize("indent", [None, 0, 4])
def test_a_receipt_of_the_smallest_entries_is_read(indent: int | None) -> None:
    entries = [entry.encode(Act("", TIME)) for _ in range(5000)]
    root = root_of(map(leaf_hash, entries))
    note = checkpoint.sign(
        Checkpoint(SIGNER.verifier_key.name, len(entries), root), SIGNER
    )
    receipt = Receipt(
        first=0,
        entries=entries,
        proof=[],
        checkpoint=note,
        key=str(SIGNER.verifier_key),
        anchor=None,
    )
    separators = (",", ":") if indent is None else None
    text = json.dumps(receipt.to_json(), indent=indent, separators=separators)
    assert verify_offline(text).verdict is Verdict.NOT_ANCHORED


def test_the_size_of_a_file_is_counted_in_bytes() -> None:
    text = '{"format":"' + "€" * (MAX_BYTES // 2) + '"}'
    assert len(text) < MAX_BYTES
    with pytest.raises(ReceiptError, match="too large"):
        Receipt.from_json(text)


def test_a_later_format_with_many_values_still_asks_for_a_newer_verifier() -> None:
    later = {"format": "iot-blockchain-receipt/9", "nodes": [[] for _ in range(400)]}
    with pytest.raises(ReceiptError, match="Use a newer version"):
        Receipt.from_json(json.dumps(later))


def signed_by(name: str) -> dict[str, object]:
    signer = Signer(name, bytes(32))
    root = root_of([leaf_hash(ENTRY.encode())])
    return {
        "key": str(signer.verifier_key),
        "checkpoint": checkpoint.sign(Checkpoint(name, 1, root), signer),
    }


@pytest.mark.parametrize(
    ("changed", "passes"),
    [
        ({"entries": [ENTRY.replace('"v":1', '"v":"' + "1" * LONG + '"')]}, False),
        ({"entries": [ENTRY.replace("reading", "x" * LONG)]}, False),
        ({"entries": [ENTRY.replace("2026-", "2026" * LONG)]}, False),
        ({"key": "a b" * LONG + "+00000000+AQ=="}, False),
        ({"checkpoint": "\n" * LONG}, False),
        ({"checkpoint": " \n" * LONG}, False),
        ({**signed_by("x" * LONG), "key": signed_by("y")["key"]}, False),
        (signed_by("x" * LONG), True),
    ],
    ids=["version", "type", "time", "key", "lines", "spaces", "other", "origin"],
)
def test_a_reason_is_short_whatever_it_quotes(
    changed: dict[str, object], *, passes: bool
) -> None:
    value = {
        "format": FORMAT,
        "first": 0,
        "entries": [ENTRY],
        "proof": [],
        **signed_by("home.iot-blockchain"),
        "anchor": None,
        **changed,
    }
    report = verify_offline(json.dumps(value))
    assert (report.verdict is Verdict.NOT_ANCHORED) is passes
    assert all(len(step.reason) < 600 for step in report.steps)
