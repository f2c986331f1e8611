"""The specification of blocks and earlier anchors is enough to check them by.

The verifier in this file was written from docs/formats.md, and takes nothing from the
code under test. It must agree with what the corpus expects.
"""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

CORPUS = Path(__file__).parents[1] / "corpus"
EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())
LOG_ANCHOR = bytes.fromhex("eE14D6242Cda2aeb92F211B47Aa801365141D795")
TOPIC = keccak(b"Anchored(bytes32,uint32,uint64,bytes32,uint64)")

type Json = dict[str, Any]
type Check = Callable[[], None]

_REFUSALS = AssertionError, LookupError, ValueError, rlp.DecodingError

NAMES = [
    name
    for name, case in EXPECTED.items()
    if {"in_block", "earlier"} & case["steps"].keys()
]


def unhex(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def item_of(data: bytes) -> Any:  # noqa: ANN401 - bytes, or a list of such
    """RLP, with just one way to write an item."""
    item = rlp.decode(data)
    assert rlp.encode(item) == data
    return item


def number_of(item: object) -> int:
    assert isinstance(item, bytes)
    assert not item.startswith(b"\0")
    return int.from_bytes(item)


def nested(item: object) -> int:
    return (1 + max(map(nested, item), default=0)) if isinstance(item, list) else 0


def value_at(root: bytes, index: int, nodes: Sequence[bytes]) -> bytes:
    """Follow the trie."""
    digits = index.to_bytes((index.bit_length() + 7) // 8)
    left, wanted = rlp.encode(digits).hex(), root
    for place, node in enumerate(nodes):
        assert keccak(node) == wanted
        items = item_of(node)
        assert isinstance(items, list)
        assert all(isinstance(item, bytes) for item in items)
        if len(items) == 17:
            assert left
            assert items[16] == b""
            wanted, left = items[int(left[0], 16)], left[1:]
            assert len(wanted) == 32
            continue
        path, wanted = items
        kind, second, rest = int(path.hex()[0]), path.hex()[1], path.hex()[2:]
        assert kind < 4
        assert kind % 2 or second == "0"
        nibbles = second + rest if kind % 2 else rest
        if kind >= 2:
            assert nibbles == left
            assert place == len(nodes) - 1
            return bytes(wanted)
        assert nibbles
        assert left.startswith(nibbles)
        assert len(wanted) == 32
        left = left[len(nibbles) :]
    raise AssertionError("no leaf")


def check_block(anchor: Json, block: Json) -> None:
    header = unhex(block["header"])
    assert keccak(header) == unhex(anchor["block_hash"])
    members = item_of(header)
    assert isinstance(members, list)
    assert 15 <= len(members) <= 64
    assert all(isinstance(member, bytes) for member in members)
    assert len(members[5]) == 32
    assert number_of(members[8]) == anchor["block_number"]
    assert number_of(members[11]) == anchor["block_time"]
    value = value_at(members[5], block["index"], list(map(unhex, block["proof"])))
    outcome = item_of(value[1:] if value[0] < 0xC0 else value)
    assert isinstance(outcome, list)
    assert 4 <= len(outcome) <= 16
    assert nested(outcome) <= 4
    assert outcome[0] == b"\x01"
    assert isinstance(outcome[3], list)
    words = [
        anchor["number"].to_bytes(32),
        anchor["size"].to_bytes(32),
        unhex(anchor["root"]),
        anchor["block_time"].to_bytes(32),
    ]
    event = [LOG_ANCHOR, [TOPIC, unhex(anchor["log"])], b"".join(words)]
    assert event in outcome[3]


def roots_of(
    m: int, n: int, proof: list[bytes], old: bytes, *, whole: bool = True
) -> tuple[bytes, bytes]:
    """Compute both roots, the way RFC 9162 makes the proof (section 2.1.4.1)."""
    if m == n:
        found = old if whole else proof.pop()
        return found, found
    k = 1
    while k * 2 < n:
        k *= 2
    beside = proof.pop()
    if m <= k:
        before, after = roots_of(m, k, proof, old, whole=whole)
        return before, sha256(b"\1" + after + beside).digest()
    before, after = roots_of(m - k, n - k, proof, old, whole=False)
    return (
        sha256(b"\1" + beside + before).digest(),
        sha256(b"\1" + beside + after).digest(),
    )


def check_earlier(receipt: Json) -> None:
    last = receipt["anchor"]
    for found in receipt["earlier"]:
        anchor = found["anchor"]
        for name in ("chain", "contract", "creator", "log"):
            assert anchor[name] == last[name]
        assert 0 < anchor["size"] < last["size"]
        proof = list(map(unhex, found["consistency"]))
        old = unhex(anchor["root"])
        roots = roots_of(anchor["size"], last["size"], proof, old)
        assert not proof
        assert roots == (old, unhex(last["root"]))
        if found["block"] is not None:
            check_block(anchor, found["block"])
    anchors = [*(found["anchor"] for found in receipt["earlier"]), last]
    for before, after in pairwise(anchors):
        for name in ("number", "size"):
            assert before[name] < after[name]
        for name in ("block_number", "block_time"):
            assert before[name] <= after[name]


def from_the_page(receipt: Json) -> dict[str, str]:
    """Take the two steps, and say how each went."""
    steps: dict[str, str] = {}
    checks: list[tuple[str, object, Check]] = [
        (
            "in_block",
            receipt["block"],
            lambda: check_block(receipt["anchor"], receipt["block"]),
        ),
        ("earlier", receipt["earlier"], lambda: check_earlier(receipt)),
    ]
    for name, there, check in checks:
        if not there:
            continue
        try:
            check()
        except (*_REFUSALS, RecursionError):
            return {**steps, name: "failed"}
        steps[name] = "passed"
    return steps


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_enough_to_judge_the_corpus(name: str) -> None:
    receipt = json.loads((CORPUS / "receipts" / f"{name}.json").read_bytes())
    expected = {
        step: result
        for step, result in EXPECTED[name]["steps"].items()
        if step in {"in_block", "earlier"}
    }
    assert from_the_page(receipt) == expected


def test_the_corpus_has_enough_of_them() -> None:
    results = [EXPECTED[name]["steps"] for name in NAMES]
    for step in ("in_block", "earlier"):
        for result in ("passed", "failed"):
            assert sum(steps.get(step) == result for steps in results) > 5
