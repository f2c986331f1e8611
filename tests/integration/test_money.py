"""What anchoring may cost, and what becomes of a transaction that no block takes."""

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.chain import calls, contract
from custom_components.iot_blockchain.chain.journal import Status
from scripts.house.chain import RICH_ADDRESS, Anvil

from .conftest import SetUp
from .house import Endpoint, House, source, until
from .test_anchoring import issue

type Stuck = Callable[..., Awaitable[tuple[House, dict[str, Any]]]]

GWEI = 10**9
NOBODY = "0x" + "00" * 20
BUMP_AFTER = timedelta(minutes=3, seconds=1)
LOST_AFTER = timedelta(minutes=2, seconds=1)
ROOM = 30_000_000
NO_ROOM = 30_000
"""Less gas than an anchor takes."""


@pytest.fixture
def chain(own_chain: Anvil) -> Anvil:
    """A chain of each test's own: fees and the pool outlive a snapshot."""
    return own_chain


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)


@pytest.fixture
def clock(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> Generator[FrozenDateTimeFactory]:
    """The house's clock, which a test sets ahead; waits take real time all the same."""
    monkeypatch.setattr(hass.loop, "time", time.monotonic)
    with freeze_time() as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


@pytest.fixture
def shown(hass: HomeAssistant) -> list[str]:
    """What the anchor status has shown, in its order."""
    states: list[str] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and states[-1:] != [state.state]:
            states.append(state.state)

    async_track_state_change_event(hass, "sensor.house_anchor_status", hear)
    return states


async def waits(house: House, readings: int) -> None:
    await until(
        lambda: house.state("waiting_readings") == str(readings),
        what="one more reading that waits",
    )


def automine(chain: Anvil, *, on: bool) -> None:
    chain.rpc("evm_setAutomine", on)


def mine_at(chain: Anvil, base_fee: int) -> None:
    """Make a block that burns so many wei for each unit of gas."""
    chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))
    chain.mine()


def leave_out(chain: Anvil, base_fee: int) -> None:
    """Make the same block without what waits, which waits on: there is no room."""
    chain.rpc("evm_setBlockGasLimit", hex(NO_ROOM))
    mine_at(chain, base_fee)
    chain.rpc("evm_setBlockGasLimit", hex(ROOM))


def pooled(chain: Anvil, house: House) -> dict[str, Any] | None:
    """Return the transaction of the log's account that waits, if one does."""
    found = [*chain.pool(house.address).values()]
    assert len(found) <= 1
    return found[0] if found else None


async def waiting(chain: Anvil, house: House, *, instead_of: str = "") -> Any:  # noqa: ANN401 - JSON
    """Wait until a transaction waits, other than the one with this hash."""
    found: dict[str, Any] | None = None

    def waits() -> bool:
        nonlocal found
        found = pooled(chain, house)
        return found is not None and found["hash"] != instead_of

    await until(waits, what="a transaction")
    return found


def anchors(chain: Anvil, house: House) -> list[dict[str, Any]]:
    """Return the transactions that anchored the log, as the chain has them."""
    topics = [contract._ANCHORED_TOPIC, bytes.fromhex(house.entry.data["log_id"])]
    events = chain.rpc(
        "eth_getLogs",
        {
            "fromBlock": "0x0",
            "address": contract.ADDRESS,
            "topics": [f"0x{topic.hex()}" for topic in topics],
        },
    )
    return [
        chain.rpc("eth_getTransactionByHash", event["transactionHash"])
        for event in events
    ]


def assert_same_but_dearer(new: Mapping[str, Any], old: Mapping[str, Any]) -> None:
    """The call holds size and root: the same call is the same checkpoint."""
    for name in ("from", "to", "nonce", "input", "value"):
        assert new[name] == old[name]
    for name in ("maxFeePerGas", "maxPriorityFeePerGas"):
        assert int(new[name], 16) * 8 >= int(old[name], 16) * 9


async def looked_at(endpoint: Endpoint, times: int = 5) -> None:
    """Wait until the log has looked at the chain so many times more.

    Each time it asks for the chain before everything else, up to four times.
    """
    enough = endpoint.calls["eth_chainId"] + 4 * times
    await until(
        lambda: endpoint.calls["eth_chainId"] >= enough, what="a look at the chain"
    )


async def final(chain: Anvil, house: House) -> None:
    """Let the last anchor become final: nothing is sent for it any more."""
    chain.mine(10)
    house.anchorer.look_again()
    await until(lambda: house.state("anchor_status") == "final", what="finality")


def send(chain: Anvil, sender: str, to: str, **details: str) -> str:
    """Send past Home Assistant, with the key of an account."""
    chain.rpc("anvil_impersonateAccount", sender)
    return str(chain.rpc("eth_sendTransaction", {"from": sender, "to": to, **details}))


def set_publisher(chain: Anvil, house: House, owner: str, publisher: str) -> str:
    """Let the log's owner name who anchors it, ahead of all that waits."""
    log = bytes.fromhex(house.entry.data["log_id"])
    return send(
        chain,
        owner,
        contract.ADDRESS,
        data=f"0x{calls.set_publisher(log, publisher).hex()}",
        maxFeePerGas=hex(100 * GWEI),
        maxPriorityFeePerGas=hex(50 * GWEI),
    )


@pytest.fixture
def stuck(hass: HomeAssistant, set_up: SetUp, chain: Anvil) -> Stuck:
    """Make a log with one anchor in a block, and return it with the next, waiting."""

    async def async_stuck(**limits: float) -> tuple[House, dict[str, Any]]:
        house = await set_up(
            source("sensor.fridge"), options={"anchor_readings": 1, **limits}
        )
        hass.states.async_set("sensor.fridge", "1")
        await house.anchored()
        automine(chain, on=False)
        mine_at(chain, GWEI)
        hass.states.async_set("sensor.fridge", "2")
        first = await waiting(chain, house)
        await until(lambda: house.state("anchor_status") == "submitted")
        return house, first

    return async_stuck


@pytest.mark.parametrize("forgets", [False, True])
async def test_stuck_transaction_offers_more_for_the_same_checkpoint(
    stuck: Stuck,
    chain: Anvil,
    endpoint: Endpoint,
    shown: list[str],
    clock: FrozenDateTimeFactory,
    forgets: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Some nodes refuse what offers less than a block burns, most let it wait."""
    house, first = await stuck(max_fee=100)
    shown.clear()
    risen = 2 * int(first["maxFeePerGas"], 16)
    leave_out(chain, risen)
    if forgets:
        chain.rpc("anvil_dropTransaction", first["hash"])
    await looked_at(endpoint)
    assert issue(house, "reverted") is None
    clock.tick(BUMP_AFTER)

    def is_replaced() -> bool:
        leave_out(chain, risen)
        transaction = pooled(chain, house)
        return transaction is not None and transaction["hash"] != first["hash"]

    await until(is_replaced, what="a higher offer")
    second = await waiting(chain, house)
    assert_same_but_dearer(second, first)
    assert risen < int(second["maxFeePerGas"], 16) <= 100 * GWEI
    assert house.state("anchor_status") == "submitted"
    assert len(anchors(chain, house)) == 1

    mine_at(chain, risen)
    await house.anchored()
    await final(chain, house)
    assert shown == ["confirmed", "final"]
    assert [anchor["hash"] for anchor in anchors(chain, house)][1:] == [second["hash"]]
    assert house.sent() == 3
    assert (await house.call("get_receipt", index=3))["status"] == "final"


async def test_stuck_transaction_never_offers_more_than_the_ceiling(
    stuck: Stuck,
    chain: Anvil,
    endpoint: Endpoint,
    shown: list[str],
    clock: FrozenDateTimeFactory,
) -> None:
    house, first = await stuck(max_fee=5)
    shown.clear()
    assert int(first["maxFeePerGas"], 16) < 5 * GWEI * 8 // 9
    tip = int(first["maxPriorityFeePerGas"], 16)
    clock.tick(BUMP_AFTER)

    def is_replaced() -> bool:
        leave_out(chain, 5 * GWEI - 2 * tip)
        transaction = pooled(chain, house)
        return transaction is not None and transaction["hash"] != first["hash"]

    await until(is_replaced, what="an offer up to the ceiling")
    second = await waiting(chain, house)
    assert_same_but_dearer(second, first)
    assert int(second["maxFeePerGas"], 16) == 5 * GWEI

    # An eighth more would be above the ceiling, then the price itself is.
    for base_fee in (5 * GWEI - 2 * tip, 6 * GWEI):
        clock.tick(BUMP_AFTER)
        for _ in range(5):
            leave_out(chain, base_fee)
            await looked_at(endpoint, times=1)
        assert pooled(chain, house) == second
    assert house.sent() == 3
    await until(lambda: issue(house, "fee_too_high") is not None, what="the issue")
    assert house.state("anchor_status") == "submitted"

    mine_at(chain, 2 * GWEI)
    await house.anchored()
    await until(lambda: issue(house, "fee_too_high") is None, what="its end")
    await final(chain, house)
    assert shown == ["confirmed", "final"]
    assert [anchor["hash"] for anchor in anchors(chain, house)][1:] == [second["hash"]]
    assert house.sent() == 3


async def test_nonce_that_the_key_used_elsewhere_leads_to_one_anchor(
    stuck: Stuck,
    chain: Anvil,
    endpoint: Endpoint,
    clock: FrozenDateTimeFactory,
) -> None:
    """The other transaction pays more, and takes the anchor's place in the pool."""
    house, first = await stuck()
    other = send(
        chain,
        house.address,
        RICH_ADDRESS,
        nonce=first["nonce"],
        maxFeePerGas=hex(100 * GWEI),
        maxPriorityFeePerGas=hex(50 * GWEI),
    )
    chain.mine()
    assert chain.rpc("eth_getTransactionReceipt", other)["status"] == "0x1"
    await looked_at(endpoint)
    assert pooled(chain, house) is None
    assert house.state("anchor_status") == "submitted"
    clock.tick(LOST_AFTER)
    second = await waiting(chain, house, instead_of=first["hash"])
    assert int(second["nonce"], 16) == int(first["nonce"], 16) + 1
    assert second["input"] == first["input"]
    chain.mine()
    await house.anchored()
    await final(chain, house)
    assert [anchor["hash"] for anchor in anchors(chain, house)][1:] == [second["hash"]]
    assert house.sent() == 3


async def test_fee_above_the_ceiling_for_a_day_only_makes_readings_wait(
    hass: HomeAssistant,
    set_up: SetUp,
    chain: Anvil,
    endpoint: Endpoint,
    clock: FrozenDateTimeFactory,
) -> None:
    house = await set_up(
        source("sensor.fridge"), options={"anchor_readings": 1, "max_fee": 10}
    )
    hass.states.async_set("sensor.fridge", "start")
    await house.anchored()
    for hour in range(25):
        mine_at(chain, 50 * GWEI)
        clock.tick(timedelta(hours=1))
        hass.states.async_set("sensor.fridge", str(hour))
        await until(lambda: issue(house, "fee_too_high") is not None, what="the issue")
        await waits(house, hour + 1)
    await looked_at(endpoint)
    assert house.state("anchor_status") == "pending"
    assert house.state("problem", "binary_sensor") == "on"
    assert house.sent() == 1

    mine_at(chain, GWEI)
    await house.anchored()
    await until(lambda: issue(house, "fee_too_high") is None, what="the issue's end")
    await until(lambda: house.state("problem", "binary_sensor") == "off")
    assert house.sent() == len(anchors(chain, house)) == 2
    members = await house.members()
    for hour in (0, 12, 24):
        (index,) = (i for i, m in enumerate(members) if m.get("state") == str(hour))
        receipt = await house.call("get_receipt", index=index)
        assert receipt["status"] == "confirmed"
        assert receipt["receipt"]["anchor"]["number"] == 2


async def test_budget_that_is_reached_makes_readings_wait_until_the_day_after(
    hass: HomeAssistant,
    set_up: SetUp,
    chain: Anvil,
    endpoint: Endpoint,
    clock: FrozenDateTimeFactory,
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    hass.states.async_set("sensor.fridge", "0")
    await house.anchored()
    spent = house.coordinator.chain.journal.spent
    hass.config_entries.async_update_entry(
        house.entry,
        options={**house.entry.options, "daily_budget": spent / 10**18},
    )
    await hass.async_block_till_done()
    for count in (1, 2):
        hass.states.async_set("sensor.fridge", str(count))
        await waits(house, count)
        await until(lambda: issue(house, "budget_reached") is not None, what="an issue")
    clock.tick(timedelta(hours=23))
    await looked_at(endpoint)
    assert issue(house, "budget_reached") is not None
    assert house.sent() == len(anchors(chain, house)) == 1

    clock.tick(timedelta(hours=1, minutes=1))
    await house.anchored()
    await until(lambda: issue(house, "budget_reached") is None, what="its end")
    assert house.sent() == len(anchors(chain, house)) == 2
    assert (await house.call("get_receipt", index=3))["status"] == "confirmed"


async def test_anchor_that_fails_in_its_block_is_paid_once_and_made_anew(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, endpoint: Endpoint
) -> None:
    """The log's owner, another account, pauses it in the same block, just before."""
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()
    log = bytes.fromhex(house.entry.data["log_id"])
    hand_over = f"0x{calls.set_owner(log, RICH_ADDRESS).hex()}"
    send(chain, house.address, contract.ADDRESS, data=hand_over)
    automine(chain, on=False)
    chain.mine()
    hass.states.async_set("sensor.fridge", "2")
    failing = await waiting(chain, house)
    set_publisher(chain, house, RICH_ADDRESS, NOBODY)
    chain.mine()
    assert chain.rpc("eth_getTransactionReceipt", failing["hash"])["status"] == "0x0"

    await until(lambda: issue(house, "not_publisher") is not None, what="the issue")
    await until(lambda: house.state("anchor_status") == "pending")
    await looked_at(endpoint)
    assert pooled(chain, house) is None
    journal = house.coordinator.chain.journal
    (failed,) = journal.with_status(Status.FAILED)
    assert failed.placement is not None
    assert failed.placement.cost > 0
    assert house.sent() == 2

    automine(chain, on=True)
    set_publisher(chain, house, RICH_ADDRESS, house.address)
    await house.anchored()
    await until(lambda: issue(house, "not_publisher") is None, what="its end")
    assert len(anchors(chain, house)) == 2
    assert house.sent() == 3
    assert (await house.call("get_receipt", index=3))["status"] == "confirmed"


async def test_anchor_that_would_fail_is_not_sent_and_says_why(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, endpoint: Endpoint
) -> None:
    """The endpoint has not heard yet that the log was paused, the contract has."""
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    hass.states.async_set("sensor.fridge", "1")
    await house.anchored()
    log = bytes.fromhex(house.entry.data["log_id"])
    asked = {"to": contract.ADDRESS, "data": f"0x{contract.log_of(log).hex()}"}
    endpoint.answers["eth_call"] = chain.rpc("eth_call", asked, "latest")
    set_publisher(chain, house, house.address, NOBODY)
    sent = endpoint.calls["eth_sendRawTransaction"]
    hass.states.async_set("sensor.fridge", "2")
    await until(lambda: issue(house, "reverted") is not None, what="the issue")
    found = issue(house, "reverted")
    assert found is not None
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["error"] == (
        "the contract refuses: NotPublisher"
    )
    await looked_at(endpoint)
    assert endpoint.calls["eth_sendRawTransaction"] == sent

    set_publisher(chain, house, house.address, house.address)
    endpoint.answers.clear()
    await house.anchored()
    await until(lambda: issue(house, "reverted") is None, what="its end")
    assert house.sent() == len(anchors(chain, house)) == 2
