"""The proof that a block holds an anchor, from real blocks of a real chain."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
import rlp as other  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.block_proof import problem_of
from custom_components.iot_blockchain.chain.contract import Anchored
from custom_components.iot_blockchain.chain.verification import (
    check_anchor,
    check_known_block,
)
from custom_components.iot_blockchain.log.receipt import Anchor, BlockProof, Receipt
from custom_components.iot_blockchain.log.verification import (
    Report,
    Result,
    Verdict,
    verify_offline,
)

from . import reference_trie
from .blocks import anchor_among, finish
from .house import House

type Parts = list[Any]


def offline(value: object) -> Report:
    return check_anchor(verify_offline(value))


def last(report: Report) -> tuple[str, Result]:
    return report.steps[-1].name, report.steps[-1].result


async def proven(house: House) -> Receipt:
    """Gather the proof, and make the receipt of all that is in the log."""
    await house.anchoring.gather_block_proof()
    receipt = house.receipt(0, house.store.size)
    assert receipt.block is not None
    return receipt


@pytest.mark.parametrize(
    ("before", "after"),
    [(0, 0), (0, 1), (1, 0), (3, 13), (16, 0), (126, 2), (127, 0), (128, 4), (130, 9)],
)
async def test_a_block_of_any_number_of_transactions_proves_its_anchor(
    house: House, before: int, after: int
) -> None:
    await house.prepare()
    await anchor_among(house, before, after)
    receipt = await proven(house)
    assert receipt.block is not None
    assert receipt.anchor is not None
    assert receipt.block.index == before
    block = house.anvil.rpc(
        "eth_getBlockByNumber",
        hex(receipt.anchor.block_number),
        False,  # noqa: FBT003 - JSON
    )
    assert len(block["transactions"]) == before + 1 + after
    assert keccak(receipt.block.header).hex() == block["hash"][2:]
    assert keccak(receipt.block.proof[0]).hex() == block["receiptsRoot"][2:]
    report = offline(orjson.dumps(receipt.to_json()))
    assert [(step.name, step.result) for step in report.steps[3:]] == [
        ("anchor", Result.PASSED),
        ("in_block", Result.PASSED),
    ]
    assert report.verdict is Verdict.UNCHECKED
    known = check_known_block(report, {receipt.anchor.block_hash})
    assert known.verdict is Verdict.ANCHORED


@pytest.fixture
async def receipt(house: House) -> Receipt:
    """A receipt with a block of four transactions."""
    await house.prepare()
    await anchor_among(house, 1, 2)
    return await proven(house)


def parts(receipt: Receipt) -> tuple[Anchor, BlockProof]:
    assert receipt.anchor is not None
    assert receipt.block is not None
    return receipt.anchor, receipt.block


def test_no_byte_of_the_block_can_be_changed(receipt: Receipt) -> None:
    anchor, block = parts(receipt)
    assert problem_of(anchor, block) is None
    for at in range(len(block.header)):
        changed = bytearray(block.header)
        changed[at] ^= 1
        assert problem_of(anchor, replace(block, header=bytes(changed)))
    for place, node in enumerate(block.proof):
        for at in range(len(node)):
            changed = bytearray(node)
            changed[at] ^= 0x80
            nodes = [*block.proof[:place], bytes(changed), *block.proof[place + 1 :]]
            assert problem_of(anchor, replace(block, proof=nodes))
    for index in (0, 2, 128, 2**53 - 1):
        assert problem_of(anchor, replace(block, index=index))


def test_no_digit_of_the_block_in_a_file_can_be_changed(receipt: Receipt) -> None:
    data = orjson.dumps(receipt.to_json())
    assert offline(data).steps[-1].name == "in_block"
    begin = data.index(b'"block":')
    for place in range(begin, len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        assert offline(bytes(changed)).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "other_anchor",
    [
        {"number": 2},
        {"size": 9},
        {"root": bytes(32)},
        {"log": bytes(32)},
        {"block_time": 1},
        {"block_number": 1},
        {"block_hash": bytes(32)},
        {"number": 2**53 - 1, "size": 2**53 - 1},
    ],
)
def test_a_block_does_not_prove_another_anchor(
    receipt: Receipt, other_anchor: dict[str, Any]
) -> None:
    anchor, block = parts(receipt)
    assert problem_of(replace(anchor, **other_anchor), block)


def header_of(receipt: Receipt) -> Parts:
    members = other.decode(parts(receipt)[1].header)
    assert isinstance(members, list)
    return members


def with_header(receipt: Receipt, members: object) -> str | None:
    """Judge another header as if the chain had it."""
    anchor, block = parts(receipt)
    header = other.encode(members)
    return problem_of(
        replace(anchor, block_hash=keccak(header)), replace(block, header=header)
    )


def test_a_header_of_before_and_of_later_is_read(receipt: Receipt) -> None:
    members = header_of(receipt)
    for count in (15, 16, 17, 20):
        assert with_header(receipt, members[:count]) is None
    assert with_header(receipt, [*members, b"later", b""]) is None


def test_what_is_no_header_is_refused(receipt: Receipt) -> None:
    members = header_of(receipt)
    for wrong in (
        members[:14],
        [*members, *[b""] * 60],
        [*members, [b"a list"]],
        [*members[:5], b"root", *members[6:]],
        [*members[:8], b"\0" + members[8], *members[9:]],
        [*members[:11], members[11] + b"\1" * 8, *members[12:]],
        b"header",
        [],
    ):
        says = with_header(receipt, wrong)
        assert says is not None
        assert says.startswith("its header cannot be read")


def with_outcome(receipt: Receipt, written: bytes) -> str | None:
    """Judge another outcome of the transaction as if it were all that a block holds."""
    anchor, block = parts(receipt)
    members = header_of(receipt)
    key = other.encode(0)
    members[5] = reference_trie.root_of({key: written})
    node = other.encode([reference_trie.hex_prefix((8, 0), 1), written])
    header = other.encode(members)
    return problem_of(
        replace(anchor, block_hash=keccak(header)),
        replace(block, header=header, index=0, proof=[node]),
    )


@pytest.fixture
def event(receipt: Receipt) -> Parts:
    """The event, put together as the Solidity documentation says."""
    anchor, _ = parts(receipt)
    numbers = (anchor.number, anchor.size, int.from_bytes(anchor.root))
    topic = keccak(b"Anchored(bytes32,uint32,uint64,bytes32,uint64)")
    data = b"".join(n.to_bytes(32) for n in (*numbers, anchor.block_time))
    return [bytes.fromhex(contract.ADDRESS[2:]), [topic, anchor.log], data]


def outcome(
    *events: object,
    status: bytes = b"\1",
    kind: bytes = b"\2",
    more: Sequence[bytes] = (),
) -> bytes:
    written: bytes = other.encode(
        [status, b"\x52\x08", bytes(256), list(events), *more]
    )
    return kind + written


def test_every_type_of_transaction_can_anchor(receipt: Receipt, event: Parts) -> None:
    for kind in (b"", b"\1", b"\2", b"\3", b"\4", b"\x7f"):
        assert with_outcome(receipt, outcome(event, kind=kind)) is None
    deposit = outcome(event, kind=b"\x7e", more=[b"\5", b"\1"])
    assert with_outcome(receipt, deposit) is None
    another = [bytes(20), [], b""]
    assert with_outcome(receipt, outcome(another, event, another)) is None


def test_the_event_is_the_one_that_endpoints_tell_of(event: Parts) -> None:
    told = {
        "address": "0x" + event[0].hex(),
        "topics": ["0x" + topic.hex() for topic in event[1]],
        "data": "0x" + event[2].hex(),
    }
    found = contract.anchored(told)
    assert isinstance(found, Anchored)
    assert contract.event_of(found) == event


def test_another_outcome_is_no_anchor(receipt: Receipt, event: Parts) -> None:
    address, topics, data = event
    for wrong in (
        outcome(),
        outcome([bytes(20), topics, data]),
        outcome([address, topics[::-1], data]),
        outcome([address, [*topics, bytes(32)], data]),
        outcome([address, topics[:1], data]),
        outcome([address, topics, data + b"\0"]),
        outcome([address, topics, data, b""]),
        outcome([address, data]),
        outcome(address),
    ):
        assert with_outcome(receipt, wrong) == (
            "the transaction did not anchor this checkpoint at this time"
        )
    for status in (b"", b"\0", b"\2", bytes(32), b"\1\1"):
        found = outcome(event, status=status)
        assert with_outcome(receipt, found) == "the transaction failed"
    for unreadable in (
        other.encode([b"\1", b"", bytes(256)]),
        other.encode([b"\1", b"", bytes(256), b"events"]),
        b"\2" + other.encode(b"\1" * 300),
        outcome(event) + b"\0",
        outcome(event, more=[b""] * 13),
        b"\2" * 300,
        outcome([[[[]]]]),
    ):
        says = with_outcome(receipt, unreadable)
        assert says is not None
        assert "cannot be read" in says


def test_who_knows_the_hash_of_a_block_needs_no_node(receipt: Receipt) -> None:
    anchor, _ = parts(receipt)
    report = offline(receipt.to_json())
    assert check_known_block(report, set()) is report
    known = check_known_block(report, {bytes(32), anchor.block_hash})
    assert last(known) == ("known_block", Result.PASSED)
    assert f"that of block {anchor.block_number} of eip155:31337" in (
        known.steps[-1].reason
    )
    another = check_known_block(report, {bytes(32)})
    assert last(another) == ("known_block", Result.SKIPPED)
    assert anchor.block_hash.hex() in another.steps[-1].reason
    assert another.verdict is Verdict.UNCHECKED


def test_a_hash_is_of_no_use_without_the_block(receipt: Receipt) -> None:
    anchor, _ = parts(receipt)
    bare = offline(replace(receipt, block=None).to_json())
    known = check_known_block(bare, {anchor.block_hash})
    assert last(known) == ("known_block", Result.SKIPPED)
    assert known.verdict is Verdict.UNCHECKED


def test_a_hash_makes_nothing_of_a_receipt_that_fails(receipt: Receipt) -> None:
    anchor, block = parts(receipt)
    wrong = replace(receipt, block=replace(block, index=0))
    report = offline(wrong.to_json())
    assert last(report) == ("in_block", Result.FAILED)
    assert check_known_block(report, {anchor.block_hash}) is report


async def test_a_receipt_that_is_not_final_carries_no_block(house: House) -> None:
    await house.anchor()
    await house.anchoring.gather_block_proof()
    assert house.receipt(0, 5).block is None
    await finish(house)
    await house.anchoring.gather_block_proof()
    assert house.receipt(0, 5).block is not None
