"""A nonce whose turn never comes holds nothing up, and nothing is anchored twice."""

from datetime import timedelta

import pytest

from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import ChainError, RevertedError
from custom_components.iot_blockchain.chain.journal import Status

from .endpoint import Endpoint, forward, methods, result
from .house import House

LOST_AFTER = timedelta(minutes=2, seconds=1)


def automine(house: House, *, on: bool) -> None:
    house.anvil.rpc("evm_setAutomine", on)


def count(house: House) -> int:
    """Return how many transactions of the account are in blocks."""
    return int(
        house.anvil.rpc("eth_getTransactionCount", house.account.address, "latest"), 16
    )


async def days(house: House) -> None:
    """Go on for two days, whatever is raised meanwhile."""
    automine(house, on=True)
    for _ in range(8):
        house.ahead += timedelta(hours=6)
        try:
            await house.advance()
        except ChainError:
            house.settle()
        house.anvil.mine(2)


@pytest.mark.parametrize("said", [7, 2**63 - 1])
async def test_one_answer_with_a_nonce_too_high_is_no_end(
    house: House, second: tuple[Endpoint, ChainClient], said: int
) -> None:
    await house.prepare()
    served, lying = second
    served.answer = methods(
        {"eth_getTransactionCount": result(hex(said))}, forward(house.anvil.url)
    )
    house.begin(client=lying)
    await house.advance()
    (waiting,) = house.anchors()
    assert waiting.nonce == said

    house.begin()  # an honest one from here on
    await house.advance()
    house.ahead += timedelta(minutes=1)
    await house.advance()
    assert [anchor.status for anchor in house.anchors()] == [Status.SUBMITTED]
    house.ahead += timedelta(minutes=1, seconds=1)
    await house.advance()
    await house.advance()
    anchored, given_up = house.anchors()
    assert (given_up.id, given_up.status) == (waiting.id, Status.REPLACED)
    assert (anchored.nonce, anchored.status) == (2, Status.CONFIRMED)
    assert house.events() == [(1, 10)]


async def test_a_nonce_too_high_that_comes_after_all_anchors_nothing_twice(
    house: House, second: tuple[Endpoint, ChainClient]
) -> None:
    await house.prepare()
    served, lying = second
    served.answer = methods(
        {"eth_getTransactionCount": result(hex(4))}, forward(house.anvil.url)
    )
    house.begin(client=lying)
    await house.advance()
    house.begin()
    await days(house)
    assert house.events() == [(1, 10)]
    house.record(1)
    await house.anchor()  # with the nonce before it: the chain takes both
    house.settle()
    assert count(house) == 5
    assert house.events() == [(1, 10), (2, 11)]
    house.record(1)
    await house.anchor()
    assert house.events() == [(1, 10), (2, 11), (3, 12)]


async def test_a_transaction_of_the_key_from_elsewhere_that_a_reorg_takes_back(
    house: House,
) -> None:
    await house.prepare()
    house.use_up_nonce()
    automine(house, on=False)
    await house.advance()
    assert house.anchors()[0].nonce == 3
    house.anvil.rpc("anvil_reorg", 1, [])
    await days(house)
    assert house.events() == [(1, 10)]


@pytest.mark.parametrize("depth", [1, 2])
async def test_a_failed_anchor_that_a_reorg_takes_back_is_sent_again(
    house: House, second: tuple[Endpoint, ChainClient], depth: int
) -> None:
    """What was sent after it waits for its nonce."""
    await house.prepare()
    served, wrong = second
    served.answer = methods(
        {"eth_estimateGas": result(hex(32_000))}, forward(house.anvil.url)
    )
    house.begin(client=wrong)
    await house.advance()
    await house.advance(due=False)
    assert house.anchors()[0].status is Status.FAILED  # out of gas
    house.begin()
    await house.advance()
    assert house.events() == [(1, 10)]
    before = [house.raw(anchor) for anchor in house.anchors()]

    automine(house, on=False)
    house.anvil.rpc("anvil_reorg", depth, [])
    assert house.events() == []
    await house.advance(due=False)
    automine(house, on=True)
    house.anvil.mine()
    await house.advance(due=False)
    assert [a.status for a in house.anchors()] == [Status.FAILED, Status.CONFIRMED]
    assert [house.raw(anchor) for anchor in house.anchors()] == before
    assert house.events() == [(1, 10)]


async def test_what_failed_in_a_final_block_is_not_looked_at_again(
    house: House, second: tuple[Endpoint, ChainClient]
) -> None:
    await house.prepare()
    served, client = second
    served.answer = methods(
        {"eth_estimateGas": result(hex(32_000))}, forward(house.anvil.url)
    )
    house.begin(client=client)
    await house.advance()
    await house.advance(due=False)
    house.anvil.mine(10)
    served.answer = forward(house.anvil.url)
    await house.anchor()
    failed = house.anchors()[0]
    assert failed.status is Status.FAILED
    served.calls.clear()
    await house.advance(due=False)
    asked = [c["params"] for c in served.calls if "Receipt" in c["method"]]
    assert asked
    assert ["0x" + failed.hash.hex()] not in asked


async def test_an_endpoint_that_has_not_seen_an_anchor_is_no_gap(
    house: House, second: tuple[Endpoint, ChainClient]
) -> None:
    await house.anchor()
    house.anvil.mine(10)
    await house.advance(due=False)
    assert house.anchors()[0].status is Status.FINAL
    automine(house, on=False)
    house.record(1)
    await house.advance()
    sent = house.anchors()[1]
    served, behind = second
    served.answer = methods(
        {"eth_getTransactionCount": result(hex(sent.nonce - 1))},
        forward(house.anvil.url),
    )
    house.begin(client=behind)
    for _ in range(3):
        await house.advance(due=False)
        house.ahead += LOST_AFTER
    assert house.anchors()[1].status is Status.SUBMITTED


async def test_a_nonce_too_low_for_ever_pays_for_nothing_twice(
    house: House, second: tuple[Endpoint, ChainClient]
) -> None:
    """The log does not know who used the nonce, so it cannot know that it is used."""
    await house.prepare()
    house.use_up_nonce()
    automine(house, on=False)
    await house.advance()
    (sent,) = house.anchors()
    served, lying = second
    served.answer = methods(
        {
            "eth_getTransactionCount": result(hex(sent.nonce - 1)),
            "eth_estimateGas": result(hex(100_000)),
        },
        forward(house.anvil.url),
    )
    house.begin(client=lying)
    await house.advance()
    house.ahead += LOST_AFTER
    with pytest.raises(RevertedError, match="nonce too low"):
        await house.advance()
    useless, kept = house.anchors()
    assert (useless.nonce, useless.status) == (sent.nonce - 1, Status.SUBMITTED)
    assert (kept.id, kept.status) == (sent.id, Status.REPLACED)

    house.begin()
    await days(house)
    assert house.events() == [(1, 10)]
    assert count(house) == sent.nonce + 1
    anchored = {a.id: a.status for a in house.anchors()}
    assert anchored == {useless.id: Status.REPLACED, sent.id: Status.FINAL}
