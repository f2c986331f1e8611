"""What a chain can do to a transaction: delay, drop, reorder, forget and refuse it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.iot_blockchain.chain import calls
from custom_components.iot_blockchain.chain.account import create_account
from custom_components.iot_blockchain.chain.errors import (
    AccountEmptyError,
    BudgetReachedError,
    ChainError,
    ChainUnreachableError,
    FeeTooHighError,
    NoBaseFeeError,
    NotPublisherError,
    RevertedError,
)
from custom_components.iot_blockchain.chain.fees import Fees, Limits, raised
from custom_components.iot_blockchain.chain.journal import (
    Journal,
    Kind,
    Placement,
    Status,
    Submission,
)
from custom_components.iot_blockchain.log.database import StoreError

from .endpoint import Answer, endpoint, error, forward, methods, result
from .house import CHAIN, GWEI, House, opened

BUMP_AFTER = timedelta(minutes=3, seconds=1)
LOST_AFTER = timedelta(minutes=2, seconds=1)


@pytest.fixture
async def waiting(house: House) -> House:
    """A house whose first anchor was sent, and is in no block yet."""
    await house.prepare()
    automine(house, on=False)
    last = await house.advance()
    assert last is not None
    assert (last.intent.kind, last.status) == (Kind.ANCHOR, Status.SUBMITTED)
    assert list(house.pool()) == [str(last.nonce)]
    return house


def automine(house: House, *, on: bool) -> None:
    house.anvil.rpc("evm_setAutomine", on)


def use_nonce_elsewhere(waiting: House) -> Submission:
    """Let a block take something else with the nonce of the anchor that waits."""
    anchor = the_anchor(waiting)
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + anchor.hash.hex())
    waiting.use_up_nonce()
    waiting.anvil.mine()
    return anchor


def leave_out(house: House) -> None:
    """Make blocks without what waits."""
    for transaction in house.pool().values():
        house.anvil.rpc("anvil_dropTransaction", transaction["hash"])
    house.anvil.mine(3)


async def wait_long(house: House) -> None:
    """Wait until what is sent is overdue, while blocks are made without it."""
    house.ahead += BUMP_AFTER
    await house.advance()
    leave_out(house)
    await house.advance()


def the_anchor(house: House) -> Submission:
    (anchor,) = house.anchors()
    return anchor


async def test_a_waiting_transaction_is_followed_and_not_sent_twice(
    waiting: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(waiting.client.__class__, "send")
    for due in (True, False, True):
        await waiting.advance(due=due)
    assert len(waiting.raw(the_anchor(waiting))) == 1
    assert len(waiting.pool()) == 1
    waiting.anvil.mine()
    await waiting.advance()
    assert the_anchor(waiting).status is Status.CONFIRMED
    assert waiting.events() == [(1, 10)]


async def test_nothing_else_is_sent_while_something_is_on_its_way(
    waiting: House,
) -> None:
    waiting.record(5)
    await waiting.advance()
    assert len(waiting.anchors()) == 1
    waiting.anvil.mine()
    await waiting.advance()
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10), (2, 15)]


async def test_a_dropped_transaction_is_sent_again_as_it_was(waiting: House) -> None:
    before = waiting.raw(the_anchor(waiting))
    dropped = the_anchor(waiting).hash
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + dropped.hex())
    assert waiting.pool() == {}
    await waiting.advance()
    assert waiting.raw(the_anchor(waiting)) == before
    assert [t["hash"] for t in waiting.pool().values()] == ["0x" + dropped.hex()]
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]
    assert the_anchor(waiting).hash == dropped


@pytest.mark.parametrize("depth", [1, 2])
async def test_a_reorg_takes_an_anchor_back_and_it_is_sent_again_as_it_was(
    anchored: House, depth: int
) -> None:
    """The anchor, or the log's creation before it, too."""
    before = anchored.submissions()
    first = the_anchor(anchored)
    assert first.placement is not None
    raws = [anchored.raw(submission) for submission in before]
    automine(anchored, on=False)
    anchored.anvil.rpc("anvil_reorg", depth, [])
    anchored.anvil.fund(anchored.account.address)
    anchored.anvil.mine(2)  # the chain goes on without it
    assert anchored.events() == []
    await anchored.advance()
    taken_back = the_anchor(anchored)
    assert (taken_back.status, taken_back.placement) == (Status.SUBMITTED, None)
    assert anchored.journal.anchor_covering(0) is None
    day = anchored.now() - timedelta(days=1)
    assert anchored.journal.spent_since(day) == sum(
        submission.placement.cost
        for submission in before[: len(before) - depth]
        if submission.placement
    )
    anchored.anvil.mine()
    await anchored.advance()
    again = the_anchor(anchored)
    assert again.status is Status.CONFIRMED
    assert again.placement is not None
    assert again.placement.block_hash != first.placement.block_hash
    assert again.placement.transaction == first.placement.transaction
    after = anchored.submissions()
    assert [s.id for s in after] == [s.id for s in before]
    assert [anchored.raw(submission) for submission in after] == raws
    assert {s.status for s in after} <= {Status.CONFIRMED, Status.FINAL}
    assert anchored.events() == [(1, 10)]


@pytest.mark.parametrize("depth", [1, 2])
async def test_a_reorg_that_moves_an_anchor_to_another_block_is_noticed(
    anchored: House, depth: int
) -> None:
    first = the_anchor(anchored)
    assert first.placement is not None
    moved = anchored.submissions()[-depth:]
    automine(anchored, on=False)
    anchored.anvil.rpc("anvil_rollback", depth)
    anchored.anvil.rpc("evm_increaseTime", 100)
    for submission in moved:
        (raw,) = anchored.raw(submission)
        anchored.anvil.rpc("eth_sendRawTransaction", "0x" + raw.hex())
    anchored.anvil.mine()
    automine(anchored, on=True)
    await anchored.advance()
    again = the_anchor(anchored)
    assert again.status is Status.CONFIRMED
    assert again.placement is not None
    assert again.placement.time > first.placement.time + 90
    assert again.placement.block_hash != first.placement.block_hash
    anchored.record(1)
    await anchored.anchor()  # the contract wants the time of the block it moved to
    assert anchored.events() == [(1, 10), (2, 11)]


async def test_an_endpoint_behind_the_block_of_an_anchor_is_no_reorg(
    anchored: House,
) -> None:
    anchored.anvil.rpc("anvil_rollback", 1)
    await anchored.advance(due=False)
    assert the_anchor(anchored).status is Status.CONFIRMED
    assert anchored.pool() == {}


@pytest.mark.parametrize("meanwhile", ["gone", "another"])
async def test_a_block_that_changes_under_the_look_is_looked_at_later(
    waiting: House, meanwhile: str
) -> None:
    waiting.anvil.mine()
    block = waiting.anvil.rpc("eth_getBlockByNumber", "0x3", False)  # noqa: FBT003 - JSON
    other = {**block, "hash": "0x" + "ab" * 32, "timestamp": "0x1"}

    def answer(call: dict[str, Any]) -> bytes | None:
        if call["method"] == "eth_getBlockByNumber" and call["params"][0] == "0x3":
            return result(None if meanwhile == "gone" else other)(call)
        return forward(waiting.anvil.url)(call)

    async with endpoint(answer) as served, opened(served.url) as client:
        waiting.begin(client=client)
        await waiting.advance()
        assert the_anchor(waiting).status is Status.SUBMITTED
    waiting.begin()
    await waiting.advance()
    assert the_anchor(waiting).status is Status.CONFIRMED


async def test_the_fee_of_a_stuck_transaction_is_raised_by_an_eighth(
    waiting: House,
) -> None:
    before = the_anchor(waiting)
    await waiting.advance()
    waiting.ahead += timedelta(minutes=1)
    await waiting.advance()
    leave_out(waiting)
    await waiting.advance()
    assert len(waiting.raw(before)) == 1
    waiting.ahead += timedelta(minutes=2, seconds=1)
    await waiting.advance()
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + before.hash.hex())
    waiting.anvil.mine(2)
    await waiting.advance()
    assert len(waiting.raw(before)) == 1
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + before.hash.hex())
    waiting.anvil.mine()
    await waiting.advance()
    new, old = waiting.journal.attempts(before)
    assert new.max_fee * 8 >= old.max_fee * 9
    assert new.priority_fee * 8 >= old.priority_fee * 9
    after = the_anchor(waiting)
    assert (after.nonce, after.id) == (before.nonce, before.id)
    assert after.hash == new.transaction.hash
    (pooled,) = waiting.pool().values()
    assert pooled["hash"] == "0x" + new.transaction.hash.hex()
    await wait_long(waiting)
    assert len(waiting.raw(before)) == 3
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]
    assert the_anchor(waiting).status is Status.CONFIRMED


async def test_a_chain_that_stands_still_is_not_bid_up(waiting: House) -> None:
    before = the_anchor(waiting)
    for _ in range(20):
        waiting.ahead += BUMP_AFTER
        await waiting.advance()
    assert len(waiting.raw(before)) == 1
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


async def test_no_more_than_a_few_times_the_usual_is_offered(waiting: House) -> None:
    for _ in range(20):
        await wait_long(waiting)
    new, *_, old = waiting.journal.attempts(the_anchor(waiting))
    block = waiting.anvil.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON
    base, tip = int(block["baseFeePerGas"], 16), await waiting.client.priority_fee()
    assert old.max_fee < new.max_fee <= 3 * old.max_fee
    assert new.max_fee * 9 // 8 + 1 > 3 * (2 * base + tip)
    assert new.priority_fee < 3 * old.priority_fee
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


async def test_a_clock_that_was_set_back_holds_nothing_up(waiting: House) -> None:
    waiting.ahead -= timedelta(days=1)
    await waiting.advance()
    leave_out(waiting)
    await waiting.advance()
    assert len(waiting.raw(the_anchor(waiting))) == 2
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


@pytest.mark.parametrize("what", ["nothing", "another log", "another size"])
async def test_an_anchor_that_anchored_something_else_is_not_believed(
    waiting: House, what: str
) -> None:
    """The contract never lets one succeed without its event: the endpoint lies."""
    waiting.anvil.mine()
    anchor = "0x" + the_anchor(waiting).hash.hex()
    receipt = waiting.anvil.rpc("eth_getTransactionReceipt", anchor)
    (event,) = receipt["logs"]

    def lie(call: dict[str, Any]) -> bytes | None:
        if (call["method"], *call["params"]) != ("eth_getTransactionReceipt", anchor):
            return forward(waiting.anvil.url)(call)
        match what:
            case "nothing":
                receipt["logs"] = []
            case "another log":
                event["topics"][1] = "0x" + "00" * 32
            case "another size":
                event["data"] = event["data"].replace(f"{10:064x}", f"{11:064x}")
        return result(receipt)(call)

    async with endpoint(lie) as lying, opened(lying.url) as client:
        waiting.begin(client=client, others=[waiting.client])
        with pytest.raises(ChainUnreachableError, match="anchored nothing"):
            await waiting.advance()
        assert the_anchor(waiting).status is Status.SUBMITTED
        await waiting.advance()  # by another endpoint
    placement = the_anchor(waiting).placement
    assert placement is not None
    assert placement.number == 1


async def test_a_bump_keeps_up_with_the_market(waiting: House) -> None:
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + the_anchor(waiting).hash.hex())
    waiting.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    waiting.anvil.mine()
    await wait_long(waiting)
    attempts = waiting.journal.attempts(the_anchor(waiting))
    base = int(
        waiting.anvil.rpc("eth_getBlockByNumber", "latest", False)["baseFeePerGas"],  # noqa: FBT003 - JSON
        16,
    )
    assert base > 20 * GWEI
    assert attempts[0].max_fee >= 2 * base
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


def test_a_bump_gives_those_who_make_blocks_what_they_ask_for() -> None:
    market = Fees(max_fee=90, priority_fee=20)
    assert raised(Fees(max_fee=96, priority_fee=1), market, Limits()) == Fees(109, 20)


async def test_what_no_node_takes_any_more_at_its_price_is_bumped_at_once(
    waiting: House,
) -> None:
    before = the_anchor(waiting)
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + before.hash.hex())
    waiting.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    waiting.anvil.mine()
    waiting.begin(limits=Limits(max_fee=20 * GWEI))
    with pytest.raises(FeeTooHighError):
        await waiting.advance()
    assert len(waiting.raw(before)) == 1
    waiting.begin()
    await waiting.advance()
    new, old = waiting.journal.attempts(before)
    assert new.max_fee > 50 * GWEI > old.max_fee
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


async def test_what_was_dropped_is_sent_again_also_when_a_bump_is_too_dear(
    waiting: House,
) -> None:
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + the_anchor(waiting).hash.hex())
    waiting.begin(limits=Limits(daily_budget=1))
    with pytest.raises(BudgetReachedError):
        await wait_long(waiting)
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


async def test_what_the_account_before_has_sent_is_not_offered_more_by_this_one(
    waiting: House,
) -> None:
    waiting.begin(account=create_account())
    await wait_long(waiting)
    assert len(waiting.raw(the_anchor(waiting))) == 1
    assert list(waiting.pool()) == [str(the_anchor(waiting).nonce)]
    waiting.anvil.mine()
    await waiting.advance(due=False)
    assert the_anchor(waiting).status is Status.CONFIRMED


async def test_a_refusal_of_what_the_account_before_has_sent_is_told(
    waiting: House,
) -> None:
    """Nobody else can do anything about it, however long it takes."""
    leave_out(waiting)
    refusal = error({"code": -32000, "message": "no such type of transaction"})
    async with (
        endpoint(
            methods({"eth_sendRawTransaction": refusal}, forward(waiting.anvil.url))
        ) as served,
        opened(served.url) as client,
    ):
        waiting.begin(account=create_account(), client=client)
        for _ in range(2):
            with pytest.raises(RevertedError, match="no such type"):
                await waiting.advance()
            waiting.ahead += BUMP_AFTER


async def test_the_first_transaction_may_win_over_its_replacement(
    waiting: House,
) -> None:
    (first,) = waiting.raw(the_anchor(waiting))
    await wait_long(waiting)
    new, old = waiting.journal.attempts(the_anchor(waiting))
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + new.transaction.hash.hex())
    waiting.anvil.rpc("eth_sendRawTransaction", "0x" + first.hex())
    waiting.anvil.mine()
    await waiting.advance()
    placed = the_anchor(waiting)
    assert placed.placement is not None
    assert placed.placement.transaction == placed.hash == old.transaction.hash
    assert waiting.events() == [(1, 10)]


async def test_a_bump_stays_below_the_ceiling(waiting: House) -> None:
    (only,) = waiting.journal.attempts(the_anchor(waiting))
    waiting.begin(limits=Limits(max_fee=only.max_fee + 1))
    await wait_long(waiting)
    assert len(waiting.raw(the_anchor(waiting))) == 1
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + only.transaction.hash.hex())
    await waiting.advance()  # the first one is offered again instead
    assert len(waiting.pool()) == 1


async def test_a_nonce_that_something_else_used_is_given_up_after_a_while(
    waiting: House,
) -> None:
    lost = use_nonce_elsewhere(waiting)
    await waiting.advance()
    assert the_anchor(waiting).status is Status.SUBMITTED
    waiting.ahead += timedelta(minutes=1)
    await waiting.advance()
    assert the_anchor(waiting).status is Status.SUBMITTED
    waiting.ahead += timedelta(minutes=1, seconds=1)
    await waiting.advance()
    waiting.anvil.mine()
    await waiting.advance()
    first, second = waiting.anchors()
    assert (first.id, first.status) == (lost.id, Status.REPLACED)
    assert second.nonce == first.nonce + 1
    assert second.status is Status.CONFIRMED
    assert waiting.events() == [(1, 10)]


async def test_a_nonce_that_is_used_is_given_up_also_by_a_clock_that_was_set_back(
    waiting: House,
) -> None:
    use_nonce_elsewhere(waiting)
    await waiting.advance()
    assert the_anchor(waiting).status is Status.SUBMITTED
    waiting.ahead -= timedelta(days=1)
    await waiting.advance()
    assert [anchor.status for anchor in waiting.anchors()] == [
        Status.REPLACED,
        Status.SUBMITTED,
    ]


async def test_a_nonce_that_only_seemed_to_be_used_is_not_given_up(
    waiting: House,
) -> None:
    count = "eth_getTransactionCount"
    answers = {count: result(hex(99))}
    answer = methods(answers, forward(waiting.anvil.url))
    async with endpoint(answer) as served, opened(served.url) as client:
        waiting.begin(client=client)
        await waiting.advance()
        waiting.ahead += timedelta(minutes=1)
        answers[count] = result(hex(the_anchor(waiting).nonce))
        await waiting.advance()
        waiting.ahead += timedelta(minutes=1, seconds=30)
        answers[count] = result(hex(99))
        await waiting.advance()
        assert the_anchor(waiting).status is Status.SUBMITTED


async def test_a_transaction_that_does_not_arrive_is_sent_again_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.prepare()
    sent: list[bytes] = []
    real = house.client.send

    async def broken(raw: bytes) -> None:
        sent.append(raw)
        raise ChainUnreachableError("the cable was cut")

    monkeypatch.setattr(house.client, "send", broken)
    with pytest.raises(ChainUnreachableError):
        await house.advance()
    assert house.raw(the_anchor(house)) == sent  # it was on the disk before
    monkeypatch.setattr(house.client, "send", real)
    await house.advance()
    await house.advance()
    assert house.raw(the_anchor(house)) == sent
    assert house.events() == [(1, 10)]
    assert len(house.anchors()) == 1


async def test_a_crash_after_sending_sends_nothing_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.prepare()
    real = house.client.send

    async def arrives(raw: bytes) -> None:
        await real(raw)
        raise asyncio.CancelledError

    monkeypatch.setattr(house.client, "send", arrives)
    with pytest.raises(asyncio.CancelledError):
        await house.advance()
    monkeypatch.undo()
    house.journal.close()
    house.journal = Journal(house.path, CHAIN)
    house.begin()
    await house.advance()
    assert house.events() == [(1, 10)]
    assert the_anchor(house).status is Status.CONFIRMED


async def test_a_crash_after_offering_more_pays_for_nothing_twice(
    waiting: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the higher offer is in a block, and nothing came after it was sent."""
    (first,) = waiting.raw(the_anchor(waiting))
    real = waiting.client.send

    async def arrives(raw: bytes) -> None:
        await real(raw)
        if raw != first:
            raise asyncio.CancelledError

    monkeypatch.setattr(waiting.client, "send", arrives)
    with pytest.raises(asyncio.CancelledError):
        await wait_long(waiting)
    monkeypatch.undo()
    waiting.anvil.mine()
    waiting.journal.close()
    waiting.journal = Journal(waiting.path, CHAIN)
    waiting.begin()
    await waiting.advance()
    assert the_anchor(waiting).status is Status.CONFIRMED
    assert len(waiting.raw(the_anchor(waiting))) == 2
    assert waiting.events() == [(1, 10)]


async def test_a_transaction_the_node_will_not_carry_unpaid_is_kept(
    waiting: House,
) -> None:
    anchor = the_anchor(waiting)
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + anchor.hash.hex())
    waiting.anvil.fund(waiting.account.address, 0)
    with pytest.raises(AccountEmptyError, match=waiting.account.address):
        await waiting.advance()
    assert the_anchor(waiting).status is Status.SUBMITTED
    waiting.anvil.fund(waiting.account.address)
    await waiting.advance()
    waiting.anvil.mine()
    await waiting.advance()
    assert waiting.events() == [(1, 10)]


async def test_a_nonce_used_between_two_looks_is_no_refusal(waiting: House) -> None:
    # The node says "nonce too low", but only just: the look before saw it free.
    anchor = use_nonce_elsewhere(waiting)
    counts = iter([anchor.nonce])

    def answer(call: dict[str, Any]) -> bytes | None:
        if call["method"] == "eth_getTransactionCount":
            count = next(counts, None)
            if count is not None:
                return result(hex(count))(call)
        return forward(waiting.anvil.url)(call)

    async with endpoint(answer) as served, opened(served.url) as client:
        waiting.begin(client=client)
        await waiting.advance()
    sent = [c for c in served.calls if c["method"] == "eth_sendRawTransaction"]
    assert len(sent) == 1
    assert the_anchor(waiting).status is Status.SUBMITTED


async def test_an_anchor_that_fails_in_its_block_is_made_anew(waiting: House) -> None:
    # Another publisher was named in the same block, just before the anchor.
    failing = the_anchor(waiting)
    paused = calls.call("setPublisher", waiting.log_id, "0x" + "00" * 20)
    waiting.anvil.rpc("anvil_dropTransaction", "0x" + failing.hash.hex())
    waiting.anvil.rpc("anvil_setNonce", waiting.account.address, hex(failing.nonce - 1))
    waiting.call_as_owner(paused)
    await waiting.advance()
    waiting.anvil.mine()
    spent = waiting.journal.spent_since(waiting.now() - timedelta(days=1))
    automine(waiting, on=True)
    with pytest.raises(NotPublisherError):
        await waiting.advance()
    failed = the_anchor(waiting)
    assert failed.status is Status.FAILED
    assert failed.placement is not None
    assert failed.placement.number is None
    assert failed.placement.cost > 0
    day = waiting.now() - timedelta(days=1)
    assert waiting.journal.spent_since(day) == spent + failed.placement.cost
    waiting.call_as_owner(
        calls.call("setPublisher", waiting.log_id, waiting.account.address)
    )
    await waiting.anchor()
    assert waiting.events() == [(1, 10)]
    assert [a.status for a in waiting.anchors()] == [Status.FAILED, Status.CONFIRMED]


async def test_a_fee_above_the_ceiling_is_not_paid(house: House) -> None:
    house.begin(limits=Limits(max_fee=GWEI // 2))
    with pytest.raises(FeeTooHighError, match="the ceiling is 500000000") as raised:
        await house.advance()
    assert raised.value.placeholders["ceiling"] == "0.5"
    assert float(raised.value.placeholders["fee"]) > 0.5
    block = house.anvil.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON
    base, tip = int(block["baseFeePerGas"], 16), await house.client.priority_fee()
    for ceiling in (base, base + tip - 1):  # nothing or too little left for the tip
        house.begin(limits=Limits(max_fee=ceiling))
        with pytest.raises(FeeTooHighError):
            await house.advance()
    assert house.submissions() == []


async def test_a_fee_above_the_ceiling_for_a_day_only_makes_readings_wait(
    anchored: House,
) -> None:
    anchored.begin(limits=Limits(max_fee=10 * GWEI))
    anchored.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(50 * GWEI))
    anchored.anvil.mine()
    for _ in range(24):
        anchored.ahead += timedelta(hours=1)
        anchored.record(1)
        with pytest.raises(FeeTooHighError):
            await anchored.advance()
    assert len(anchored.anchors()) == 1
    anchored.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    anchored.anvil.mine()
    await anchored.anchor()
    assert anchored.events() == [(1, 10), (2, 34)]


async def test_the_ceiling_is_never_exceeded(house: House) -> None:
    block = house.anvil.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON
    base, tip = int(block["baseFeePerGas"], 16), await house.client.priority_fee()
    house.begin(limits=Limits(max_fee=base + tip))
    await house.advance()
    (attempt,) = house.journal.attempts(house.submissions()[0])
    assert attempt.max_fee == base + tip
    assert attempt.priority_fee == tip


async def test_without_a_ceiling_six_full_blocks_are_paid_for(house: House) -> None:
    block = house.anvil.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON
    base, tip = int(block["baseFeePerGas"], 16), await house.client.priority_fee()
    await house.advance()
    (attempt,) = house.journal.attempts(house.submissions()[0])
    assert attempt.max_fee == 2 * base + tip


async def test_anchoring_stops_at_the_daily_budget_and_goes_on_the_day_after(
    anchored: House,
) -> None:
    day = anchored.now() - timedelta(days=1)
    spent = anchored.journal.spent_since(day)
    anchored.begin(limits=Limits(daily_budget=spent + 1))
    anchored.record(1)
    with pytest.raises(BudgetReachedError, match=f"{spent} wei of {spent + 1}"):
        await anchored.advance()
    assert len(anchored.anchors()) == 1
    anchored.begin(limits=Limits(daily_budget=10**16))
    anchored.record(1)
    await anchored.anchor()
    assert anchored.events() == [(1, 10), (2, 12)]
    anchored.begin(limits=Limits(daily_budget=10**15))
    anchored.record(1)
    anchored.ahead += timedelta(days=1, minutes=1)
    await anchored.anchor()
    assert anchored.events()[-1] == (3, 13)


async def test_a_budget_of_nothing_pays_for_nothing(house: House) -> None:
    house.begin(limits=Limits(daily_budget=0))
    with pytest.raises(BudgetReachedError):
        await house.advance()
    assert house.submissions() == []


async def test_an_account_that_can_pay_only_the_usual_fee_waits(house: House) -> None:
    house.anvil.fund(house.account.address, 1e-6)
    with pytest.raises(AccountEmptyError):
        await house.advance()
    assert house.submissions() == []


async def test_a_chain_without_a_base_fee_cannot_be_used(house: House) -> None:
    def answer(call: dict[str, Any]) -> bytes | None:
        if call["method"] == "eth_getBlockByNumber":
            block = house.anvil.rpc("eth_getBlockByNumber", *call["params"])
            del block["baseFeePerGas"]
            return result(block)(call)
        return forward(house.anvil.url)(call)

    async with endpoint(answer) as served, opened(served.url) as client:
        house.begin(client=client)
        with pytest.raises(NoBaseFeeError):
            await house.advance()
    assert house.submissions() == []


async def test_a_nonce_the_endpoint_has_not_seen_is_not_used_again(
    anchored: House,
) -> None:
    # Of two endpoints behind one name, one has not seen the last block.
    taken = [s.nonce for s in anchored.submissions()]
    answer = methods(
        {"eth_getTransactionCount": result(hex(max(taken)))},
        forward(anchored.anvil.url),
    )
    async with endpoint(answer) as served, opened(served.url) as client:
        anchored.begin(client=client)
        anchored.record(1)
        last = await anchored.advance()
    assert last is not None
    assert last.nonce == max(taken) + 1


LOSSES: dict[str, Answer] = {
    "no answer": lambda _: b"",
    "nonsense": result({"a": 1}),
}


@pytest.fixture
async def flaky(house: House) -> AsyncIterator[dict[str, Any]]:
    """A line to the chain that breaks at one call, and a count of the calls."""
    state: dict[str, Any] = {"calls": 0, "at": None, "how": None}

    def answer(call: dict[str, Any]) -> bytes | None:
        state["calls"] += 1
        if state["calls"] == state["at"]:
            # The worst: it arrives, and the answer is lost.
            forward(house.anvil.url)(call)
            return LOSSES[state["how"]](call)
        return forward(house.anvil.url)(call)

    async with endpoint(answer) as served, opened(served.url) as client:
        house.begin(client=client)
        yield state


@pytest.mark.parametrize("how", LOSSES)
async def test_an_answer_lost_at_any_call_costs_only_time(
    house: House, flaky: dict[str, Any], how: str
) -> None:
    await house.prepare()
    flaky["how"] = how
    start = house.anvil.rpc("evm_snapshot")
    for at in range(1, 18):
        flaky.update(calls=0, at=at)
        failures = 0
        for _ in range(5):
            try:
                last = await house.advance()
            except ChainError:
                failures += 1
                continue
            if last and last.status is Status.CONFIRMED and house.anchors():
                break
        assert house.events() == [(1, 10)]
        assert the_anchor(house).status is Status.CONFIRMED
        assert failures <= 1
        if flaky["calls"] < at:
            break
        # Begin again from before the anchor.
        house.anvil.rpc("evm_revert", start)
        start = house.anvil.rpc("evm_snapshot")
        house.journal._connection.execute("DELETE FROM attempt WHERE submission > 2")
        house.journal._connection.execute("DELETE FROM submission WHERE id > 2")
    assert at > 12


async def test_the_journal_is_the_same_after_reopening(anchored: House) -> None:
    before = anchored.submissions()
    raws = [anchored.raw(submission) for submission in before]
    anchored.journal.close()
    anchored.journal = Journal(anchored.path, CHAIN)
    assert anchored.submissions() == before
    assert [anchored.raw(submission) for submission in before] == raws
    assert [s.nonce for s in before] == [0, 1, 2]


async def test_costs_beyond_64_bits_are_kept(anchored: House) -> None:
    anchor = the_anchor(anchored)
    assert anchor.placement is not None
    rich = replace(anchor.placement, cost=10**25)
    anchored.journal.update(anchor, Status.FINAL, rich)
    assert the_anchor(anchored).placement == rich
    day = anchored.now() - timedelta(days=1)
    assert anchored.journal.spent_since(day) > 10**25


async def test_a_journal_that_cannot_be_written_changes_nothing(
    anchored: House,
) -> None:
    anchor = the_anchor(anchored)
    wrong: Any = Placement(
        transaction=bytes(32),
        block_number=2**70,
        block_hash=bytes(32),
        time=0,
        cost=0,
    )
    with pytest.raises(StoreError, match="too large"):
        anchored.journal.update(anchor, Status.FINAL, wrong)
    assert the_anchor(anchored) == anchor
    anchored.journal.update(anchor, Status.FINAL, anchor.placement)
    assert the_anchor(anchored).status is Status.FINAL
