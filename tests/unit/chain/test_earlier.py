"""The anchors before the receipt's own, on a real chain."""

from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import orjson
import pytest

from custom_components.iot_blockchain.chain.earlier import Bounds, bounds
from custom_components.iot_blockchain.chain.endpoints import Endpoints
from custom_components.iot_blockchain.chain.journal import ANCHORED
from custom_components.iot_blockchain.chain.verification import (
    check_anchor,
    check_known_block,
    check_on_chain,
    check_with_each,
)
from custom_components.iot_blockchain.log.receipt import MAX_EARLIER, Receipt
from custom_components.iot_blockchain.log.verification import (
    Report,
    Result,
    Verdict,
    verify_offline,
)

from .blocks import finish
from .endpoint import Answer, endpoint, error, forward, methods, result
from .house import CHAIN, House, opened

SIZES = (10, 14, 15, 21)


@pytest.fixture
async def grown(house: House) -> House:
    """A house with four anchors, in blocks of different times."""
    await house.prepare()
    for size in SIZES:
        house.record(size - house.store.size)
        house.anvil.rpc("evm_increaseTime", 3600)
        await house.anchor()
    return house


def time_of(house: House, size: int) -> int:
    (anchor,) = (one for one in house.anchors() if one.intent.size == size)
    assert anchor.placement is not None
    return anchor.placement.time


def offline(receipt: Receipt) -> Report:
    return check_anchor(verify_offline(orjson.dumps(receipt.to_json())))


async def asked(house: House, receipt: Receipt) -> Report:
    return await check_on_chain(offline(receipt), Endpoints([house.client], CHAIN))


def sizes(receipt: Receipt) -> list[int]:
    return [found.anchor.size for found in receipt.earlier]


@pytest.mark.parametrize(
    ("first", "stop", "earlier"),
    [
        (0, 10, []),
        (9, 10, []),
        (10, 11, [10]),
        (14, 15, [14]),
        (20, 21, [15]),
        (0, 21, [10, 14, 15]),
        (9, 15, [10, 14]),
        (10, 15, [10, 14]),
        (11, 16, [10, 14, 15]),
        (15, 16, [15]),
    ],
)
async def test_a_receipt_names_the_anchors_in_it_and_the_one_before(
    grown: House, first: int, stop: int, earlier: list[int]
) -> None:
    receipt = grown.receipt(first, stop)
    assert sizes(receipt) == earlier
    report = await asked(grown, receipt)
    assert report.verdict is Verdict.ANCHORED
    steps = {step.name: step.result for step in report.steps}
    expected = Result.PASSED if earlier else None
    assert steps.get("earlier") is expected
    assert steps.get("earlier_on_chain") is expected


async def test_each_entry_has_the_times_of_the_anchors_around_it(grown: House) -> None:
    report = await asked(grown, grown.receipt(9, 21))
    ten, fourteen, fifteen, last = (time_of(grown, size) for size in SIZES)
    assert ten < fourteen < fifteen < last
    assert bounds(report) == [
        Bounds(ten, None),
        *[Bounds(fourteen, ten)] * 4,
        Bounds(fifteen, fourteen),
        *[Bounds(last, fifteen)] * 6,
    ]


async def test_what_nobody_confirmed_says_nothing_of_times(grown: House) -> None:
    receipt = grown.receipt(9, 21)
    assert receipt.anchor is not None
    last = time_of(grown, 21)
    nobody = [Bounds(last, None)] * 12
    await finish(grown)
    for _ in SIZES:
        await grown.anchoring.gather_block_proof()
    whole = grown.receipt(9, 21)
    assert all(found.block for found in whole.earlier)
    own = receipt.anchor.block_hash
    known = check_known_block(offline(whole), {own})
    assert known.verdict is Verdict.ANCHORED
    assert bounds(known) == nobody
    second = whole.earlier[1].anchor
    both = check_known_block(offline(whole), {own, second.block_hash})
    assert bounds(both) == [
        *[Bounds(second.block_time, None)] * 5,
        *[Bounds(last, second.block_time)] * 7,
    ]
    without = replace(
        whole, earlier=[replace(found, block=None) for found in whole.earlier]
    )
    every = {found.anchor.block_hash for found in whole.earlier} | {own}
    assert bounds(check_known_block(offline(without), every)) == nobody


async def test_of_many_anchors_some_are_left_out(
    grown: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_EARLIER == 1024
    monkeypatch.setattr(
        "custom_components.iot_blockchain.chain.receipts.MAX_EARLIER", 2
    )
    receipt = grown.receipt(0, 21)
    assert sizes(receipt) == [10, 14]
    assert (await asked(grown, receipt)).verdict is Verdict.ANCHORED


async def test_as_many_as_there_may_be_are_read_however_tightly_written(
    grown: House,
) -> None:
    receipt = grown.receipt(9, 21)
    last = replace(receipt.earlier[-1], consistency=())
    many = replace(receipt, earlier=[last] * MAX_EARLIER)
    assert len(Receipt.from_json(orjson.dumps(many.to_json())).earlier) == MAX_EARLIER


async def test_what_is_not_anchored_names_no_earlier_anchors(grown: House) -> None:
    grown.record(1)
    receipt = grown.receipt(0, 22)
    assert receipt.anchor is None
    assert receipt.earlier == ()
    assert len(grown.journal.with_status(*ANCHORED)) == 6


@pytest.mark.parametrize(
    "other", [{"block_time": -1}, {"block_number": -1}, {"transaction": None}]
)
async def test_an_earlier_anchor_that_the_chain_does_not_hold_is_found_out(
    grown: House, other: dict[str, Any]
) -> None:
    receipt = grown.receipt(9, 21)
    second = receipt.earlier[1].anchor
    changes: dict[str, Any] = {
        name: receipt.earlier[0].anchor.transaction
        if by is None
        else getattr(second, name) + by
        for name, by in other.items()
    }
    forged = replace(receipt.earlier[1], anchor=replace(second, **changes))
    receipt = replace(receipt, earlier=[receipt.earlier[0], forged, receipt.earlier[2]])
    assert offline(receipt).steps[-1].name == "earlier"
    report = await asked(grown, receipt)
    assert (report.steps[-1].name, report.steps[-1].result) == (
        "earlier_on_chain",
        Result.FAILED,
    )
    assert "The endpoint: anchor 2: the transaction" in report.steps[-1].reason
    assert report.verdict is Verdict.INVALID


async def test_an_endpoint_that_forgot_is_not_one_that_denies(grown: House) -> None:
    receipt = grown.receipt(9, 21)
    known = receipt.anchor
    assert known is not None

    def forgetting(otherwise: Answer) -> Answer:
        real = forward(grown.anvil.url)

        def answer(call: dict[str, Any]) -> bytes | None:
            if call["params"] == ["0x" + known.transaction.hex()]:
                return real(call)
            return otherwise(call)

        return methods({"eth_getTransactionReceipt": answer}, real)

    forgot = (
        "it knows the block, and not what came of the transaction, which many forget:"
        " ask one that keeps everything (an archive node)"
    )
    refused = error({"code": -32601, "message": "no"})
    for otherwise, says in (
        (result(None), f"anchor 1: {forgot}"),
        (refused, "anchor 1: the node refuses: no"),
    ):
        async with AsyncExitStack() as stack:
            served = await stack.enter_async_context(endpoint(forgetting(otherwise)))
            client = await stack.enter_async_context(opened(served.url))
            clients = {"one": grown.client, "two": client}
            report = await check_with_each(offline(receipt), clients)
        assert report.verdict is Verdict.ANCHORED
        step = report.steps[-1]
        assert (step.name, step.result) == ("earlier_on_chain", Result.SKIPPED)
        assert step.reason == (
            f"Not all earlier anchors could be asked for. two: {says}."
        )
        assert len(set(bounds(report))) == 1


async def test_where_the_anchor_is_not_confirmed_no_other_is_asked_for(
    grown: House,
) -> None:
    receipt = grown.receipt(9, 21)
    assert receipt.anchor is not None
    unknown = replace(receipt.anchor, transaction=bytes(32))
    report = await asked(grown, replace(receipt, anchor=unknown))
    assert report.steps[-1].name == "on_chain"
    assert report.verdict is Verdict.INVALID
    elsewhere = await check_on_chain(offline(receipt), Endpoints([grown.client], 1))
    assert elsewhere.steps[-1].name == "on_chain"


async def test_no_bit_of_the_earlier_anchors_can_be_changed(grown: House) -> None:
    """Not without being found out offline, or by who asks for just these anchors."""
    data = orjson.dumps(grown.receipt(20, 21).to_json())
    right = orjson.loads(data)["earlier"]
    claims = {"number", "block_number", "block_hash", "block_time", "transaction"}
    for place in range(data.index(b'"earlier":'), len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        report = check_anchor(verify_offline(bytes(changed)))
        if report.verdict is not Verdict.INVALID:
            (found,) = orjson.loads(changed)["earlier"]
            different = {
                name
                for name, value in found["anchor"].items()
                if value != right[0]["anchor"][name]
            }
            assert different
            assert different <= claims
            assert found["consistency"] == right[0]["consistency"]
