"""The life of a log on a chain, from an empty account to final anchors."""

import asyncio
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.iot_blockchain.chain import calls, contract
from custom_components.iot_blockchain.chain.account import Account, create_account
from custom_components.iot_blockchain.chain.anchoring import Policy
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import (
    AccountEmptyError,
    ChainUnreachableError,
    ContractMissingError,
    LogDivergedError,
    NotPublisherError,
    RevertedError,
    WrongChainError,
)
from custom_components.iot_blockchain.chain.journal import Kind, Status
from custom_components.iot_blockchain.log import checkpoint
from custom_components.iot_blockchain.log.merkle import verify_consistency
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil

from .house import CHAIN, House, opened

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waiting", "age", "due"),
    [
        (0, None, False),
        (1, timedelta(), False),
        (99, timedelta(minutes=59, seconds=59), False),
        (100, timedelta(), True),
        (100, None, True),
        (101, timedelta(), True),
        (1, timedelta(hours=1), True),
        (1, timedelta(days=1), True),
        # recorded before the clock was set back: it must not wait until then
        (1, timedelta(minutes=-59), False),
        (1, timedelta(hours=-1), True),
    ],
)
def test_an_anchor_is_due_by_number_or_age(
    waiting: int,
    age: timedelta | None,
    due: bool,  # noqa: FBT001 - a column of a table
) -> None:
    policy = Policy(100, timedelta(hours=1))
    oldest = None if age is None else NOW - age
    assert policy.is_due(waiting, oldest, NOW) is due


async def test_an_empty_account_is_named_and_nothing_is_sent(house: House) -> None:
    house.anvil.fund(house.account.address, 0)
    with pytest.raises(AccountEmptyError, match="cannot pay") as raised:
        await house.advance()
    assert raised.value.placeholders == {"address": house.account.address}
    assert house.submissions() == []
    assert house.anvil.rpc("eth_blockNumber") == "0x0"


async def test_anchoring_begins_when_funds_arrive(house: House) -> None:
    house.anvil.fund(house.account.address, 0)
    for _ in range(2):
        with pytest.raises(AccountEmptyError):
            await house.advance()
    house.anvil.fund(house.account.address)
    assert (await house.anchor()).intent.size == 10


async def test_the_whole_way_to_a_final_anchor(house: House) -> None:
    kinds = []
    for _ in range(4):
        last = await house.advance()
        assert last is not None
        kinds.append((last.intent.kind, last.status))
    assert kinds == [
        (Kind.DEPLOY, Status.SUBMITTED),
        (Kind.CREATE, Status.SUBMITTED),
        (Kind.ANCHOR, Status.SUBMITTED),
        (Kind.ANCHOR, Status.CONFIRMED),
    ]
    state = await house.client.log_state(house.log_id)
    assert state == contract.LogState(
        house.account.address, house.account.address, 10, 1, closed=False
    )
    assert house.events() == [(1, 10)]
    house.anvil.mine(2)
    await house.advance(due=False)
    assert {s.status for s in house.submissions()} == {Status.FINAL}
    (anchor,) = house.anchors()
    assert anchor.intent.root == house.store.root()
    assert anchor.placement is not None
    block = house.anvil.rpc("eth_getBlockByNumber", "0x3", False)  # noqa: FBT003 - JSON
    assert (
        anchor.placement.block_number,
        "0x" + anchor.placement.block_hash.hex(),
        hex(anchor.placement.time),
        anchor.placement.number,
        "0x" + anchor.placement.transaction.hex(),
    ) == (3, block["hash"], block["timestamp"], 1, block["transactions"][0])
    assert anchor.hash == anchor.placement.transaction


async def test_the_cost_is_what_the_account_paid(anchored: House) -> None:
    paid = 10**18 - await anchored.client.balance(anchored.account.address)
    assert paid > 0
    costs = [s.placement.cost for s in anchored.submissions() if s.placement]
    assert sum(costs) == paid
    assert anchored.journal.spent == paid
    assert anchored.journal.spent_since(NOW - timedelta(days=3650)) == paid
    future = datetime.now(UTC) + timedelta(hours=1)
    assert anchored.journal.spent_since(future) == 0


async def test_the_contract_stands_where_create2_puts_it(anchored: House) -> None:
    code = anchored.anvil.rpc("eth_getCode", contract.ADDRESS, "latest")
    assert len(code) > 100
    assert await anchored.client.has_code(contract.ADDRESS)


async def test_nothing_is_sent_while_nothing_is_due(house: House) -> None:
    assert await house.advance(due=False) is None
    assert house.anvil.rpc("eth_blockNumber") == "0x0"


async def test_nothing_new_is_not_anchored_again(anchored: House) -> None:
    blocks = anchored.anvil.rpc("eth_blockNumber")
    for _ in range(3):
        await anchored.advance()
    assert anchored.anvil.rpc("eth_blockNumber") == blocks
    assert len(anchored.anchors()) == 1


async def test_an_empty_log_is_created_but_not_anchored(
    anvil: Anvil, client: ChainClient, tmp_path: Path
) -> None:
    with closing(House(anvil, client, tmp_path)) as house:
        anvil.fund(house.account.address)
        for _ in range(5):
            await house.advance()
        assert [s.intent.kind for s in house.submissions()] == ["deploy", "create"]
        house.record(1)
        assert (await house.anchor()).intent.size == 1


async def test_later_anchors_extend_the_earlier_ones(anchored: House) -> None:
    previous = anchored.anchors()[0]
    for count in (1, 300, 7):
        anchored.record(count)
        now = await anchored.anchor()
        sizes = previous.intent.size, now.intent.size
        roots = previous.intent.root, now.intent.root
        assert sizes[0] is not None
        assert sizes[1] is not None
        assert roots[0] is not None
        assert roots[1] is not None
        proof = anchored.store.consistency_proof(sizes[0], sizes[1])
        verify_consistency(sizes[0], sizes[1], proof, roots[0], roots[1])
        previous = now
    assert anchored.events() == [(1, 10), (2, 11), (3, 311), (4, 318)]


async def test_a_restart_goes_on_where_it_was(anchored: House) -> None:
    anchored.record(5)
    anchored.begin()
    await anchored.anchor()
    assert anchored.events() == [(1, 10), (2, 15)]


async def test_steps_at_once_take_turns(house: House) -> None:
    await house.prepare()
    await asyncio.gather(*(house.advance() for _ in range(6)))
    assert house.events() == [(1, 10)]


async def test_a_second_house_uses_the_contract_that_is_there(
    anchored: House, tmp_path: Path
) -> None:
    with closing(
        House(anchored.anvil, anchored.client, tmp_path, seed=50)
    ) as neighbour:
        anchored.anvil.fund(neighbour.account.address)
        neighbour.record(3)
        await neighbour.anchor()
        assert [s.intent.kind for s in neighbour.submissions()] == ["create", "anchor"]
        assert (anchored.events(), neighbour.events()) == ([(1, 10)], [(1, 3)])


async def test_another_chain_is_not_sent_to(house: House) -> None:
    house.begin(chain_id=1)
    with pytest.raises(
        WrongChainError, match="serves the chain 31337, not 1"
    ) as raised:
        await house.advance()
    assert raised.value.placeholders == {"expected": "1", "found": "31337"}
    assert house.anvil.rpc("eth_blockNumber") == "0x0"


async def test_a_missing_contract_is_not_deployed_unasked(house: House) -> None:
    house.begin(deploy=False)
    with pytest.raises(ContractMissingError, match="not on chain 31337") as raised:
        await house.advance()
    assert raised.value.placeholders == {"contract": contract.ADDRESS}
    assert house.submissions() == []


async def test_a_chain_without_the_deployer_is_named(house: House) -> None:
    house.anvil.rpc("anvil_setCode", contract.DEPLOYER, "0x")
    with pytest.raises(ContractMissingError, match="no deterministic deployment proxy"):
        await house.advance()
    assert house.submissions() == []


async def test_only_the_creator_can_create_the_log(house: House) -> None:
    await house.advance()
    stranger = create_account()
    house.anvil.fund(stranger.address)
    house.begin(account=stranger)
    await house.advance(due=False)
    with pytest.raises(NotPublisherError, match="can create this log") as raised:
        await house.advance()
    assert raised.value.placeholders == {"address": stranger.address}


async def test_an_account_that_is_not_the_publisher_anchors_nothing(
    anchored: House,
) -> None:
    anchored.begin(account=Account(RICH_KEY))
    anchored.record(1)
    with pytest.raises(NotPublisherError, match="may not anchor") as raised:
        await anchored.advance()
    assert raised.value.placeholders == {"address": RICH_ADDRESS}
    assert anchored.events() == [(1, 10)]


async def test_a_new_publisher_takes_over(anchored: House) -> None:
    anchored.call_as_owner(calls.call("setPublisher", anchored.log_id, RICH_ADDRESS))
    anchored.record(1)
    with pytest.raises(NotPublisherError):
        await anchored.advance()
    anchored.anvil.mine(3)
    await anchored.advance(due=False)
    anchored.begin(account=Account(RICH_KEY))
    await anchored.anchor()
    assert anchored.events() == [(1, 10), (2, 11)]


async def test_a_closed_log_takes_no_anchor(anchored: House) -> None:
    anchored.call_as_owner(calls.call("close", anchored.log_id))
    anchored.record(1)
    with pytest.raises(NotPublisherError):
        await anchored.advance()
    assert len(anchored.anchors()) == 1


async def test_a_chain_that_is_ahead_of_the_log_stops_anchoring(
    anchored: House, tmp_path: Path
) -> None:
    # The house was restored from a backup made before the first anchor.
    with closing(House(anchored.anvil, anchored.client, tmp_path / "b")) as restored:
        restored.record(12)
        for due in (True, True):
            with pytest.raises(LogDivergedError, match="an anchor of 10 entries"):
                await restored.advance(due=due)
        assert restored.submissions() == []
    assert anchored.events() == [(1, 10)]


async def test_an_anchor_held_to_be_lost_is_found_before_the_log_diverges(
    anchored: House,
) -> None:
    for lost in (Status.REPLACED, Status.FAILED):
        last = anchored.anchors()[-1]
        anchored.journal.update(last, lost)
        anchored.record(1)
        await anchored.anchor()
    assert anchored.events() == [(1, 10), (2, 11), (3, 12)]
    assert {s.status for s in anchored.anchors()} <= {Status.CONFIRMED, Status.FINAL}


async def test_an_endpoint_that_lags_behind_is_waited_for(anchored: House) -> None:
    behind = anchored.anvil.rpc("evm_snapshot")
    anchored.record(5)
    last = await anchored.anchor()
    anchored.journal.update(last, Status.FINAL, last.placement)
    anchored.anvil.rpc("evm_revert", behind)
    anchored.record(5)
    with pytest.raises(ChainUnreachableError, match="lags behind"):
        await anchored.advance()
    assert len(anchored.anchors()) == 2


async def test_a_history_that_was_rewritten_is_refused_by_the_contract(
    anchored: House, tmp_path: Path
) -> None:
    with closing(House(anchored.anvil, anchored.client, tmp_path / "b")) as forger:
        forger.record(20)
        real = anchored.anchors()[0]
        forged = forger.journal.add(
            real.intent,
            anchored.journal.attempts(real)[0],
            sender=real.sender,
            nonce=real.nonce,
            gas=real.gas,
        )
        forger.journal.update(forged, Status.FINAL, real.placement)
        with pytest.raises(RevertedError, match="the contract refuses: "):
            await forger.advance()
        assert len(forger.anchors()) == 1
    assert anchored.events() == [(1, 10)]


async def test_an_outage_in_the_middle_is_only_a_delay(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    anvil = Anvil(tmp_path, state=state)
    async with AsyncExitStack() as stack:
        stack.callback(anvil.stop)
        client = await stack.enter_async_context(opened(anvil.url))
        house = stack.enter_context(closing(House(anvil, client, tmp_path)))
        anvil.fund(house.account.address)
        house.record(10)
        await house.anchor()
        house.record(5)
        sent = await house.advance()
        anvil.stop()
        for due in (True, False, True):
            with pytest.raises(ChainUnreachableError, match="does not answer"):
                await house.advance(due=due)
        house.record(5)
        house.anvil = Anvil(tmp_path, port=anvil.port, state=state)
        stack.callback(house.anvil.stop)
        await house.anchor()
        assert house.events() == [(1, 10), (2, 15), (3, 20)]
        assert [s.id for s in house.anchors()][1] == (sent and sent.id)


async def test_the_receipt_of_an_anchored_reading_names_its_first_anchor(
    anchored: House,
) -> None:
    for count in (5, 5):
        anchored.record(count)
        await anchored.anchor()
    for first, stop, size in ((0, 1, 10), (9, 10, 10), (9, 11, 15), (15, 20, 20)):
        receipt = anchored.receipt(first, stop)
        assert receipt.anchor is not None
        assert receipt.anchor.size == size
        signed = checkpoint.verify(receipt.checkpoint, anchored.log_key())
        assert (signed.size, signed.root) == (size, receipt.anchor.root)
        assert receipt.entries == anchored.store.entries(first, stop)


async def test_the_receipt_of_a_waiting_reading_says_that_it_waits(
    anchored: House,
) -> None:
    anchored.record(2)
    receipt = anchored.receipt(9, 12)
    assert receipt.anchor is None
    assert checkpoint.verify(receipt.checkpoint, anchored.log_key()).size == 12
    assert (await anchored.advance(due=False)) is not None
    assert anchored.receipt(9, 12).anchor is None


async def test_a_receipt_is_only_of_an_anchor_that_is_in_a_block(
    house: House,
) -> None:
    await house.prepare()
    house.anvil.rpc("evm_setAutomine", False)  # noqa: FBT003 - JSON
    last = await house.advance()
    assert last is not None
    assert last.intent.size == 10
    assert house.receipt(0, 1).anchor is None
    with pytest.raises(ValueError, match="only an anchor in a block"):
        house.receipts._anchor(last)


async def test_an_anchor_without_its_root_is_not_built_upon(anchored: House) -> None:
    anchored.journal._connection.execute("UPDATE submission SET root = NULL")
    anchored.record(1)
    with pytest.raises(AssertionError, match="has no root"):
        await anchored.advance()
    assert anchored.events() == [(1, 10)]


async def test_how_far_an_entry_is_can_be_asked(house: House) -> None:
    assert house.journal.status_of(0) is None
    await house.prepare()
    assert house.journal.status_of(9) is None
    await house.advance()
    assert house.journal.status_of(9) is Status.SUBMITTED
    assert house.journal.status_of(10) is None
    await house.advance()
    assert house.journal.status_of(9) is Status.CONFIRMED


async def test_an_anchor_of_another_chain_is_not_of_this_one(
    anchored: House,
) -> None:
    other = type(anchored.journal)(anchored.path, CHAIN + 1)
    assert other.last() is None
    assert other.with_status(*Status) == []
    other.close()
