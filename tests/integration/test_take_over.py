"""Another account pays for a log, or owns it."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.iot_blockchain.chain import anchoring, calls, contract
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.keys import async_get_key_ring
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil

from .conftest import SetUp
from .house import Endpoint, House, async_add_entry, async_reconfigure, source

COLD = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


@pytest.fixture(autouse=True)
def _short_waits_for_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "_LOOK_AGAIN_SECONDS", 0.05)


async def _anchored(set_up: SetUp) -> House:
    house = await set_up(source("sensor.fridge"))
    house.hass.states.async_set("sensor.fridge", "1")
    assert (await house.call("anchor", wait=True))["number"] == 1
    return house


async def _enter(house: House, form: Any, **values: object) -> Any:  # noqa: ANN401
    return await house.hass.config_entries.flow.async_configure(form["flow_id"], values)


async def _end(house: House, progress: Any) -> Any:  # noqa: ANN401
    """Wait until what is shown as being done is done."""
    flows = house.hass.config_entries.flow
    while progress["type"] in {
        FlowResultType.SHOW_PROGRESS,
        FlowResultType.SHOW_PROGRESS_DONE,
    }:
        await house.hass.async_block_till_done()
        progress = await flows.async_configure(progress["flow_id"])
    await house.hass.async_block_till_done()
    return progress


async def _state(house: House) -> contract.LogState:
    return await house.coordinator.chain.anchoring.state()


async def test_new_account_takes_the_log_over_and_anchors_it(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await _anchored(set_up)
    old = house.address
    menu = await async_reconfigure(house, "reconfigure_account")
    result = await _end(house, await _enter(house, menu, next_step_id="create_account"))
    assert result["reason"] == "account_changed"
    new = result["description_placeholders"]["address"]
    assert house.address == new != old
    assert (await async_get_key_ring(hass)).account_key(new) is not None
    state = await _state(house)
    assert (state.owner, state.publisher) == (new, new)

    chain.fund(new)
    hass.states.async_set("sensor.fridge", "2")
    assert (await house.call("anchor", wait=True))["number"] == 2


async def test_cold_owner_decides_which_account_anchors(
    set_up: SetUp, chain: Anvil
) -> None:
    house = await _anchored(set_up)
    form = await async_reconfigure(house, "reconfigure_owner")
    for wrong in ("me", COLD.lower()):
        form = await _enter(house, form, address=wrong)
        assert form["errors"] == {"address": "invalid_address"}
    result = await _end(house, await _enter(house, form, address=f" {COLD}"))
    assert result["reason"] == "owner_changed"
    assert (await _state(house)).owner == COLD

    async def take_over() -> Any:  # noqa: ANN401
        menu = await async_reconfigure(house, "reconfigure_account")
        form = await _enter(house, menu, next_step_id="import_account")
        return await _end(house, await _enter(house, form, private_key=RICH_KEY))

    before = house.address
    result = await take_over()
    assert result["reason"] == "not_owner"
    log_id = house.entry.data["log_id"]
    told = result["description_placeholders"]
    assert (told["address"], told["log"]) == (RICH_ADDRESS, log_id)
    assert house.address == before

    call = calls.set_publisher(bytes.fromhex(log_id), RICH_ADDRESS)
    chain.rpc(
        "eth_sendTransaction",
        {"from": COLD, "to": contract.ADDRESS, "data": "0x" + call.hex()},
    )
    chain.mine()
    result = await take_over()
    assert result["reason"] == "account_changed"
    house.hass.states.async_set("sensor.fridge", "2")
    assert (await house.call("anchor", wait=True))["number"] == 2


async def test_log_that_was_never_anchored_cannot_be_taken_over(
    set_up: SetUp,
) -> None:
    house = await set_up(source("sensor.fridge"))
    menu = await async_reconfigure(house, "reconfigure_account")
    result = await _end(house, await _enter(house, menu, next_step_id="create_account"))
    assert result["reason"] == "not_owner"
    # Whoever is told to make an account the publisher can rely on its key.
    asked_for = result["description_placeholders"]["address"]
    assert (await async_get_key_ring(house.hass)).account_key(asked_for) is not None


async def test_take_over_that_fails_can_be_done_again(
    set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await _anchored(set_up)
    endpoint.away = True
    menu = await async_reconfigure(house, "reconfigure_account")
    result = await _end(house, await _enter(house, menu, next_step_id="create_account"))
    assert result["reason"] == "failed"
    assert "does not answer" in result["description_placeholders"]["error"]
    endpoint.away = False
    menu = await async_reconfigure(house, "reconfigure_account")
    result = await _end(house, await _enter(house, menu, next_step_id="create_account"))
    assert result["reason"] == "account_changed"


async def test_key_of_the_account_moves_into_a_signer_and_leaves_the_house(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    """The chain itself is the signer: it holds this account."""
    account = await hass.async_add_executor_job(Account, RICH_KEY)
    house = await set_up(source("sensor.fridge"), account=account)
    ring = await async_get_key_ring(hass)
    assert ring.account_key(RICH_ADDRESS) is not None

    async def pay_with(signer_url: str) -> None:
        menu = await async_reconfigure(house, "reconfigure_account")
        form = await _enter(house, menu, next_step_id="external_signer")
        entered = {"signer_url": signer_url}
        form = await _enter(house, form, **entered)
        assert RICH_ADDRESS in str(form["data_schema"].schema["address"].config)
        form = await _enter(house, form, **entered, address=RICH_ADDRESS)
        assert (await _end(house, form))["reason"] == "account_changed"

    await pay_with(chain.url)
    assert house.entry.data["signer_url"] == chain.url
    assert ring.account_key(RICH_ADDRESS) is None
    hass.states.async_set("sensor.fridge", "1")
    assert (await house.call("anchor", wait=True))["number"] == 1

    async with Endpoint(chain) as moved:
        await pay_with(moved.url)
        hass.states.async_set("sensor.fridge", "2")
        assert (await house.call("anchor", wait=True))["number"] == 2
        assert moved.calls["eth_signTransaction"] == 1


async def test_key_that_another_log_needs_stays(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    account = await hass.async_add_executor_job(Account, RICH_KEY)
    house = await set_up(source("sensor.fridge"), account=account)
    other = await async_add_entry(hass, chain.url, name="Other", account=account)
    menu = await async_reconfigure(house, "reconfigure_account")
    form = await _enter(house, menu, next_step_id="external_signer")
    # On this chain the other log would get in the way: let it be on another.
    hass.config_entries.async_update_entry(other, data={**other.data, "chain_id": 10})
    await _enter(house, form, signer_url=chain.url)
    form = await _enter(house, form, signer_url=chain.url, address=RICH_ADDRESS)
    assert (await _end(house, form))["reason"] == "account_changed"
    assert (await async_get_key_ring(hass)).account_key(RICH_ADDRESS) is not None


async def test_log_that_is_not_loaded_can_only_get_another_endpoint(
    set_up: SetUp,
) -> None:
    house = await set_up()
    await house.unload()
    menu = await house.entry.start_reconfigure_flow(house.hass)
    assert menu["menu_options"] == ["reconfigure_endpoint"]


async def test_log_that_is_unloaded_meanwhile_ends_the_dialog(set_up: SetUp) -> None:
    house = await set_up()
    form = await async_reconfigure(house, "reconfigure_owner")
    menu = await async_reconfigure(house, "reconfigure_account")
    await house.unload()
    for result in (
        await _enter(house, form, address=COLD),
        await _end(house, await _enter(house, menu, next_step_id="create_account")),
    ):
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "not_loaded"


async def test_log_that_is_unloaded_while_it_is_given_away_says_why_it_was_not(
    set_up: SetUp, chain: Anvil
) -> None:
    house = await _anchored(set_up)
    form = await async_reconfigure(house, "reconfigure_owner")
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    progress = await _enter(house, form, address=COLD)
    assert progress["type"] is FlowResultType.SHOW_PROGRESS
    await house.unload()
    result = await _end(house, progress)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "failed"
