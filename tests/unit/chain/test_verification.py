"""Receipts against the chain that they name."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest
from eth_utils.address import to_checksum_address

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.endpoints import Endpoints
from custom_components.iot_blockchain.chain.verification import (
    check_anchor,
    check_on_chain,
)
from custom_components.iot_blockchain.log import checkpoint
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.verification import (
    Report,
    Result,
    Verdict,
    verify_offline,
)
from scripts.house.chain import RICH_ADDRESS, Anvil
from tests.closed_port import closed_url

from .endpoint import endpoint, forward, methods, result
from .house import CHAIN, House, opened

type Json = dict[str, Any]


def offline(value: object) -> Report:
    return check_anchor(verify_offline(value))


async def verified(value: object, client: ChainClient, chain_id: int = CHAIN) -> Report:
    return await check_on_chain(offline(value), Endpoints([client], chain_id))


async def verified_where(outcome: Json, receipt: Json, house: House) -> Report:
    """Verify by an endpoint that says this outcome of the anchor's transaction."""
    answer = methods(
        {"eth_getTransactionReceipt": result(outcome)}, forward(house.anvil.url)
    )
    async with endpoint(answer) as served, opened(served.url) as client:
        return await verified(receipt, client)


def last(report: Report) -> tuple[str, Result]:
    return report.steps[-1].name, report.steps[-1].result


@pytest.fixture
async def receipt(anchored: House) -> Json:
    """The receipt of four readings, in the second of two anchors.

    It does not name the first: see ``test_earlier``.
    """
    anchored.record(7)
    await anchored.anchor()
    return replace(anchored.receipt(9, 13), earlier=()).to_json()


async def test_an_anchored_receipt_passes_every_step(
    anchored: House, receipt: Json
) -> None:
    report = await verified(receipt, anchored.client)
    assert [(step.name, step.result) for step in report.steps] == [
        ("format", Result.PASSED),
        ("signed", Result.PASSED),
        ("in_log", Result.PASSED),
        ("anchor", Result.PASSED),
        ("on_chain", Result.PASSED),
    ]
    assert report.verdict is Verdict.ANCHORED
    assert report.steps[3].reason == (
        "The receipt names anchor 2 of this log on eip155:31337."
    )
    assert "recent: it becomes final" in report.steps[4].reason
    assert [e.members["state"] for e in report.entries] == ["9", "10", "11", "12"]


async def test_a_final_block_is_said_to_be(anchored: House, receipt: Json) -> None:
    anchored.anvil.mine(5)
    report = await verified(receipt, anchored.client)
    assert report.steps[4].reason == ("The chain holds the anchor. Its block is final.")


async def test_a_receipt_survives_the_loss_of_the_house(
    anchored: House, receipt: Json
) -> None:
    text = json.dumps(receipt, indent=1)
    anchored.record(100)
    await anchored.anchor()
    anchored.path.unlink()
    assert (await verified(text, anchored.client)).verdict is Verdict.ANCHORED


async def test_a_receipt_that_is_not_anchored_is_never_anchored(
    anchored: House,
) -> None:
    anchored.record(1)
    report = await verified(anchored.receipt(10, 11).to_json(), anchored.client)
    assert last(report) == ("anchor", Result.SKIPPED)
    assert report.verdict is Verdict.NOT_ANCHORED


async def test_an_invented_anchor_is_found_out(anchored: House, receipt: Json) -> None:
    # The house signs another history, and points at the anchor of the true one.
    other = Checkpoint(anchored.store.origin, 1, bytes(32))
    forged = json.loads(json.dumps(receipt))
    forged["checkpoint"] = checkpoint.sign(other, anchored.signer)
    assert offline(forged).verdict is Verdict.INVALID
    unanchored = anchored.receipt(0, 1)
    anchored.record(1)
    waiting = anchored.receipt(17, 18)
    assert unanchored.anchor is not None
    moved = replace(waiting, anchor=unanchored.anchor)
    report = offline(moved.to_json())
    assert last(report) == ("anchor", Result.FAILED)
    assert "another checkpoint" in report.steps[-1].reason
    fitting = replace(
        unanchored.anchor,
        size=18,
        root=anchored.store.root(),
        number=3,
    )
    report = await verified(replace(waiting, anchor=fitting).to_json(), anchored.client)
    assert last(report) == ("on_chain", Result.FAILED)
    assert "did not anchor this checkpoint" in report.steps[-1].reason


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("contract", RICH_ADDRESS, "is not LogAnchor"),
        ("contract", contract.ADDRESS.lower(), "is not LogAnchor"),
        ("creator", RICH_ADDRESS, "does not belong to the key"),
        ("creator", RICH_ADDRESS.lower(), "is misspelt"),
        ("log", "0x" + "00" * 32, "does not belong to the key"),
        ("size", 16, "another checkpoint"),
        ("size", 18, "another checkpoint"),
        ("root", "0x" + "00" * 32, "another checkpoint"),
    ],
)
async def test_an_anchor_that_does_not_fit_is_refused_offline(
    receipt: Json, name: str, value: object, reason: str
) -> None:
    receipt["anchor"][name] = value
    report = offline(receipt)
    assert last(report) == ("anchor", Result.FAILED)
    assert reason in report.steps[-1].reason
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("number", 1, "did not anchor this checkpoint"),
        ("number", 3, "did not anchor this checkpoint"),
        ("block_time", 1, "did not anchor this checkpoint"),
        ("block_number", 3, "in another block"),
        ("block_number", 99, "in another block"),
        ("block_hash", "0x" + "00" * 32, "in another block"),
        ("transaction", "0x" + "00" * 32, "no such transaction"),
    ],
)
async def test_an_anchor_that_the_chain_does_not_hold_is_refused(
    anchored: House, receipt: Json, name: str, value: object, reason: str
) -> None:
    receipt["anchor"][name] = value
    assert offline(receipt).verdict is Verdict.UNCHECKED
    report = await verified(receipt, anchored.client)
    assert last(report) == ("on_chain", Result.FAILED)
    assert reason in report.steps[-1].reason
    assert report.verdict is Verdict.INVALID


async def test_another_transaction_of_the_log_is_not_its_anchor(
    anchored: House, receipt: Json
) -> None:
    first = anchored.receipt(0, 1)
    assert first.anchor is not None
    receipt["anchor"]["transaction"] = "0x" + first.anchor.transaction.hex()
    report = await verified(receipt, anchored.client)
    assert last(report) == ("on_chain", Result.FAILED)


async def test_an_event_of_another_contract_is_not_an_anchor(
    anchored: House, receipt: Json
) -> None:
    # A contract with the same code at another address says whatever one likes.
    transaction = receipt["anchor"]["transaction"]
    made = anchored.anvil.rpc("eth_getTransactionReceipt", transaction)
    made["logs"][0]["address"] = RICH_ADDRESS.lower()
    report = await verified_where(made, receipt, anchored)
    assert last(report) == ("on_chain", Result.FAILED)


@pytest.mark.parametrize(
    ("name", "value"), [("blockHash", "0x" + "ab" * 32), ("blockNumber", "0x3")]
)
async def test_a_block_that_the_transaction_is_not_in_is_refused(
    anchored: House, receipt: Json, name: str, value: str
) -> None:
    # Where blocks come faster than seconds, the time alone does not tell them apart.
    transaction = receipt["anchor"]["transaction"]
    made = anchored.anvil.rpc("eth_getTransactionReceipt", transaction)
    report = await verified_where({**made, name: value}, receipt, anchored)
    assert last(report) == ("on_chain", Result.FAILED)
    assert "in another block" in report.steps[-1].reason


async def test_an_anchor_that_a_reorg_took_back_is_refused(
    anchored: House, receipt: Json
) -> None:
    anchored.anvil.rpc("anvil_reorg", 1, [])
    report = await verified(receipt, anchored.client)
    assert last(report) == ("on_chain", Result.FAILED)


async def test_another_chain_is_not_asked(anchored: House, receipt: Json) -> None:
    report = await verified(receipt, anchored.client, chain_id=1)
    assert last(report) == ("on_chain", Result.SKIPPED)
    assert "on eip155:31337, and only eip155:1 can be asked" in report.steps[-1].reason
    assert report.verdict is Verdict.UNCHECKED


async def test_an_endpoint_of_another_chain_is_not_believed(
    receipt: Json, tmp_path: Path
) -> None:
    receipt["anchor"]["chain"] = "eip155:31338"
    async with AsyncExitStack() as stack:
        other = Anvil(tmp_path / "other", chain_id=31339)
        stack.callback(other.stop)
        client = await stack.enter_async_context(opened(other.url))
        report = await verified(receipt, client, chain_id=31338)
    assert last(report) == ("on_chain", Result.SKIPPED)
    assert "serves the chain 31339, not 31338" in report.steps[-1].reason
    assert report.verdict is Verdict.UNCHECKED


async def test_a_chain_that_does_not_answer_leaves_it_open(receipt: Json) -> None:
    async with opened(f"{closed_url()}/secret") as client:
        report = await verified(receipt, client)
    assert last(report) == ("on_chain", Result.SKIPPED)
    assert "secret" not in report.steps[-1].reason
    assert report.verdict is Verdict.UNCHECKED


async def test_what_failed_before_is_not_asked_about(
    anchored: House, receipt: Json
) -> None:
    receipt["proof"] = receipt["proof"][1:]
    report = await verified(receipt, anchored.client)
    assert last(report) == ("in_log", Result.FAILED)
    receipt["anchor"]["size"] = 5
    assert last(await verified(receipt, anchored.client)) == ("in_log", Result.FAILED)
    assert last(await verified(None, anchored.client)) == ("format", Result.FAILED)


async def test_a_failed_anchor_is_not_asked_about(
    anchored: House, receipt: Json
) -> None:
    receipt["anchor"]["log"] = "0x" + "00" * 32
    assert last(await verified(receipt, anchored.client)) == ("anchor", Result.FAILED)


async def test_an_origin_must_name_the_log(anchored: House, receipt: Json) -> None:
    for origin, passes in (
        (anchored.store.origin, True),
        ("another.name/" + anchored.log_id.hex(), True),
        ("home.iot-blockchain/" + "00" * 32, False),
        ("home.iot-blockchain", False),
    ):
        signer = Signer(origin, anchored.key)
        signed = Checkpoint(origin, 17, anchored.store.root(17))
        other = {
            **receipt,
            "key": str(signer.verifier_key),
            "checkpoint": checkpoint.sign(signed, signer),
        }
        report = offline(other)
        assert (last(report) == ("anchor", Result.PASSED)) is passes
        if not passes:
            assert "of another log than the anchor" in report.steps[-1].reason


async def test_the_anchor_of_a_neighbour_is_not_that_of_the_house(
    anchored: House, receipt: Json, tmp_path: Path
) -> None:
    with closing(House(anchored.anvil, anchored.client, tmp_path, seed=50)) as other:
        anchored.anvil.fund(other.account.address)
        other.record(3)
        await other.anchor()
        theirs = other.receipt(0, 1).to_json()
    assert (await verified(theirs, anchored.client)).verdict is Verdict.ANCHORED
    for name in ("log", "creator"):
        mixed = {
            **theirs,
            "anchor": {**theirs["anchor"], name: receipt["anchor"][name]},
        }
        assert last(offline(mixed)) == ("anchor", Result.FAILED)
    mixed = {**theirs, "anchor": receipt["anchor"]}
    assert last(offline(mixed)) == ("anchor", Result.FAILED)


@pytest.fixture
async def asked(anchored: House) -> AsyncIterator[ChainClient]:
    """A client of an endpoint that remembers the answers."""
    known: dict[str, Any] = {}

    def answer(call: dict[str, Any]) -> bytes | None:
        question = f"{call['method']} {call['params']}"
        if question not in known:
            known[question] = anchored.anvil.rpc(call["method"], *call["params"])
        return result(known[question])(call)

    async with endpoint(answer) as served, opened(served.url) as client:
        yield client


async def test_no_byte_of_a_receipt_can_be_changed(
    asked: ChainClient, receipt: Json
) -> None:
    right = orjson.dumps(receipt)
    assert (await verified(right, asked)).verdict is Verdict.ANCHORED
    judged_by_the_chain = set()
    for place, bit in product(range(len(right)), range(8)):
        changed = bytearray(right)
        changed[place] ^= 1 << bit
        report = offline(bytes(changed))
        assert report.verdict in {Verdict.INVALID, Verdict.UNCHECKED}
        if report.verdict is Verdict.UNCHECKED:
            judged_by_the_chain.add(place)
            report = await check_on_chain(report, Endpoints([asked], CHAIN))
            assert report.verdict is not Verdict.ANCHORED
    # The two hashes, and the digits of number, block number, block time and chain.
    assert 64 + 64 + 13 < len(judged_by_the_chain) < 64 + 64 + 25


def test_the_addresses_of_these_tests_are_in_eip_55_form() -> None:
    assert to_checksum_address(RICH_ADDRESS) == RICH_ADDRESS
