"""Gathering block proofs, from endpoints that can and that cannot give them."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rlp as other  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from custom_components.iot_blockchain.chain import proving
from custom_components.iot_blockchain.chain.journal import Journal, Status
from custom_components.iot_blockchain.chain.rpc import NonsenseError
from custom_components.iot_blockchain.log.receipt import BlockProof
from scripts.house.chain import RICH_ADDRESS, Anvil

from . import reference_trie
from .blocks import anchor_among, finish
from .endpoint import Answer, body, endpoint, error, forward, methods, result
from .house import CHAIN, House, opened

type Json = dict[str, Any]

BLOCK, OUTCOMES = "eth_getBlockByHash", "eth_getBlockReceipts"
REFUSED = error({"code": -32601, "message": "the method does not exist"})


@pytest.fixture
async def final(house: House) -> House:
    """A house with one anchor that is final, whose block nobody asked for yet."""
    await house.prepare()
    await anchor_among(house, 1, 1)
    return house


def kept(house: House) -> BlockProof | None:
    return house.receipt(0, 1).block


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so much time go by that it is tried again."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 601)


async def gather(house: House, *answers: Answer) -> list[list[str]]:
    """Gather from endpoints that answer so; return what each was asked."""
    async with AsyncExitStack() as stack:
        served = [await stack.enter_async_context(endpoint(one)) for one in answers]
        first, *others = [
            await stack.enter_async_context(opened(one.url)) for one in served
        ]
        house.begin(client=first, others=others)
        await house.anchoring.gather_block_proof()
        house.begin()
        return [[call["method"] for call in one.calls] for one in served]


def chain_but(house: House, **otherwise: Answer) -> Answer:
    """Answer as the chain does, but for some methods."""
    return methods(otherwise, forward(house.anvil.url))


async def test_a_proof_is_gathered_once(final: House) -> None:
    assert kept(final) is None
    asked = await gather(final, forward(final.anvil.url))
    assert asked == [["eth_chainId", BLOCK, OUTCOMES]]
    found = kept(final)
    assert found is not None
    assert await gather(final, forward(final.anvil.url)) == [[]]
    with closing(Journal(final.path, CHAIN)) as again:
        (anchor,) = final.anchors()
        assert again.block_of(anchor) == found


def changed(house: House, method: str, change: Callable[[Any], object]) -> Answer:
    def answer(call: Json) -> bytes | None:
        found = house.anvil.rpc(method, *call["params"])
        return result(change(found))(call)

    return answer


WRONG: dict[str, tuple[str, Callable[[Any], object]]] = {
    "no block": (BLOCK, lambda _: None),
    "another block": (BLOCK, lambda block: block | {"timestamp": "0x1"}),
    "a block without a hash in it": (BLOCK, lambda block: block | {"mixHash": "0x1"}),
    "a header of another kind": (BLOCK, lambda block: block | {"requestsHash": None}),
    "no receipts": (OUTCOMES, lambda _: None),
    "nothing in the block": (OUTCOMES, lambda _: []),
    "other receipts": (OUTCOMES, lambda found: found[:2]),
    "receipts in another order": (OUTCOMES, lambda found: found[::-1]),
    "receipts of another type": (
        OUTCOMES,
        lambda found: [one | {"type": "0x7f"} for one in found],
    ),
    "a type that there cannot be": (
        OUTCOMES,
        lambda found: [one | {"type": "0x80"} for one in found],
    ),
    "texts": (OUTCOMES, lambda found: [json.dumps(one) for one in found]),
    "events of no form": (
        OUTCOMES,
        lambda found: [one | {"logs": [{}]} for one in found],
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_does_not_fit_together_is_no_proof(final: House, name: str) -> None:
    method, change = WRONG[name]
    await gather(final, chain_but(final, **{method: changed(final, method, change)}))
    assert kept(final) is None


@pytest.mark.parametrize(
    "answer",
    [
        REFUSED,
        error({"code": -32005, "message": "limit exceeded"}),
        body(b"{"),
        body(b"x" * (16 * 2**20 + 1)),
        body(b"", status="500 Oops"),
        lambda _: b"",
    ],
    ids=["refused", "busy", "no json", "too long", "error", "cut"],
)
@pytest.mark.parametrize("method", [BLOCK, OUTCOMES])
async def test_without_an_answer_there_is_no_proof(
    final: House, method: str, answer: Answer
) -> None:
    await gather(final, chain_but(final, **{method: answer}))
    assert kept(final) is None
    receipt = final.receipt(0, 1).to_json()
    assert receipt["format"] == "iot-blockchain-receipt/1"


async def test_what_one_endpoint_cannot_give_another_one_can(final: House) -> None:
    cannot = chain_but(final, **{OUTCOMES: REFUSED})
    wrong_chain = chain_but(final, eth_chainId=result("0x1"))
    asked = await gather(final, cannot, wrong_chain, forward(final.anvil.url))
    assert asked[1] == ["eth_chainId"]
    assert kept(final) is not None


async def test_it_is_tried_again_later_and_not_for_ever(
    final: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cannot = chain_but(final, **{OUTCOMES: REFUSED})
    assert await gather(final, cannot) != [[]]
    assert await gather(final, cannot) == [[]]
    for _ in range(4):
        later(monkeypatch)
        assert await gather(final, cannot) != [[]]
    later(monkeypatch)
    assert await gather(final, forward(final.anvil.url)) == [[]]
    assert kept(final) is None


async def test_where_no_endpoint_answers_nothing_is_raised(final: House) -> None:
    await gather(final, lambda _: b"")
    await gather(final, chain_but(final, eth_chainId=result("0x1")))
    final.journal.close()
    await final.anchoring.gather_block_proof()


async def test_the_newest_anchor_comes_first_and_old_ones_are_left(
    final: House,
) -> None:
    for _ in range(17):
        final.record(1)
        await final.anchor()
    await finish(final)
    anchors = final.anchors()
    assert {anchor.status for anchor in anchors} == {Status.FINAL}
    for _ in anchors:
        await final.anchoring.gather_block_proof()
    with_proof = [final.journal.block_of(anchor) is not None for anchor in anchors]
    assert with_proof == [False] * 2 + [True] * 16


async def test_a_proof_of_a_block_that_was_taken_back_is_not_handed_out(
    final: House,
) -> None:
    await final.anchoring.gather_block_proof()
    (anchor,) = final.anchors()
    assert anchor.placement is not None
    moved = replace(anchor.placement, block_hash=bytes(32))
    final.journal.update(anchor, Status.FINAL, moved)
    assert kept(final) is None
    wanted = final.journal.anchor_without_block()
    assert wanted is not None
    assert wanted.id == anchor.id
    final.journal.update(anchor, Status.CONFIRMED, moved)
    assert final.journal.anchor_without_block() is None
    final.journal.update(anchor, Status.FINAL, anchor.placement)
    assert kept(final) is not None


async def test_a_file_from_before_there_were_proofs_is_opened(final: House) -> None:
    final.journal.close()
    with closing(sqlite3.connect(final.path)) as connection:
        connection.execute("DROP TABLE block_proof")
    final.journal = Journal(final.path, CHAIN)
    final.begin()
    assert kept(final) is None
    await final.anchoring.gather_block_proof()
    assert kept(final) is not None


async def test_only_one_block_is_asked_for_at_a_time(final: House) -> None:
    calls = 0

    def answer(call: Json) -> bytes | None:
        nonlocal calls
        calls += call["method"] == OUTCOMES
        return forward(final.anvil.url)(call)

    async with endpoint(answer) as served, opened(served.url) as client:
        final.begin(client=client)
        first = final.anchoring.gather_block_proof()
        second = final.anchoring.gather_block_proof()
        await asyncio.gather(first, second)
    assert calls == 1


@pytest.mark.parametrize(
    ("hardfork", "members"),
    [
        ("berlin", 15),
        ("london", 16),
        ("shanghai", 17),
        ("cancun", 20),
        ("prague", 21),
        ("osaka", 21),
    ],
)
async def test_blocks_of_every_time_are_proven(
    tmp_path: Path, hardfork: str, members: int
) -> None:
    chain = Anvil(tmp_path, hardfork=hardfork)
    try:
        chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - JSON
        for nonce in range(3):
            sent = chain.rpc(
                "eth_sendTransaction",
                {
                    "from": RICH_ADDRESS,
                    "to": RICH_ADDRESS,
                    "gasPrice": hex(10**10),
                    "nonce": hex(nonce),
                },
            )
        chain.mine()
        head = chain.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON
        async with opened(chain.url) as client:
            block = await client.header(bytes.fromhex(head["hash"][2:]))
            outcomes = await client.outcomes(int(head["number"], 16))
    finally:
        chain.stop()
    found = proving.prove(block, outcomes, bytes.fromhex(sent[2:]))
    assert found.index == 2
    assert len(other.decode(found.header)) == members
    assert keccak(found.header).hex() == head["hash"][2:]


HASH = "0x" + "11" * 32
OLD_BLOCK: Json = {
    "parentHash": HASH,
    "sha3Uncles": HASH,
    "miner": "0x" + "22" * 20,
    "stateRoot": HASH,
    "transactionsRoot": HASH,
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x2",
    "number": "0x1234",
    "gasLimit": "0x1c9c380",
    "gasUsed": "0x0",
    "timestamp": "0x6b01454c",
    "extraData": "0xabcdef",
    "mixHash": HASH,
    "nonce": "0x0102030405060708",
}
OUTCOME: Json = {
    "transactionHash": HASH,
    "status": "0x1",
    "cumulativeGasUsed": "0x5208",
    "logsBloom": "0x" + "00" * 256,
    "logs": [],
}
TRANSACTION = bytes.fromhex(HASH[2:])
MEMBERS = [b"\1", b"\x52\x08", bytes(256), []]


def block_of(*outcomes: bytes, **later_members: str) -> Json:
    values = {other.encode(n): written for n, written in enumerate(outcomes)}
    root = reference_trie.root_of(values)
    return OLD_BLOCK | {"receiptsRoot": "0x" + root.hex()} | later_members


def prove(block: Json, *outcomes: Json) -> BlockProof:
    answer = json.dumps({"id": 1, "result": outcomes}).encode()
    return proving.prove(block, answer, TRANSACTION)


DEPOSIT = {"type": "0x7e", "transactionHash": "0x" + "33" * 32}


@pytest.mark.parametrize(
    ("more", "written"),
    [
        ({}, other.encode(MEMBERS)),
        ({"type": "0x0"}, other.encode(MEMBERS)),
        ({"type": "0x2"}, b"\x02" + other.encode(MEMBERS)),
        ({"type": "0x6a"}, b"\x6a" + other.encode(MEMBERS)),
        (DEPOSIT, b"\x7e" + other.encode(MEMBERS)),
        (DEPOSIT | {"depositNonce": "0x5"}, b"\x7e" + other.encode(MEMBERS)),
        (
            DEPOSIT | {"depositNonce": "0x5", "depositReceiptVersion": "0x1"},
            b"\x7e" + other.encode([*MEMBERS, b"\5", b"\1"]),
        ),
    ],
)
def test_receipts_of_layer_two_networks_are_written_as_theirs_are(
    more: Json, written: bytes
) -> None:
    own = b"\2" + other.encode(MEMBERS)
    block = block_of(written, own)
    found = prove(
        block,
        OUTCOME | {"transactionHash": HASH} | more,
        OUTCOME | {"type": "0x2"},
    )
    assert found.index == 1
    with pytest.raises(NonsenseError, match="not those of the block"):
        prove(block, OUTCOME | {"type": "0x1"}, OUTCOME)


LATER = {
    "baseFeePerGas": "0x7",
    "withdrawalsRoot": HASH,
    "blobGasUsed": "0x0",
    "excessBlobGas": "0x20000",
    "parentBeaconBlockRoot": HASH,
    "requestsHash": HASH,
}


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6])
def test_a_header_has_the_members_of_its_time(count: int) -> None:
    members = dict(list(LATER.items())[:count])
    written = other.encode(MEMBERS)
    found = prove(block_of(written, **members), OUTCOME)
    header = other.decode(found.header)
    assert len(header) == 15 + count
    assert header[7:12] == [
        b"\2",
        b"\x12\x34",
        b"\x01\xc9\xc3\x80",
        b"",
        bytes.fromhex("6b01454c"),
    ]
    assert header[15:16] == [b"\7"][:count]
    assert keccak(found.proof[0]) == header[5]
