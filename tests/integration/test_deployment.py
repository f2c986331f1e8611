"""Deploying the contract while somebody watches, or before it is needed."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.iot_blockchain.chain import calls, contract, deployment
from custom_components.iot_blockchain.chain.journal import Kind
from custom_components.iot_blockchain.flows import deploy_steps
from custom_components.iot_blockchain.logs import async_kept_logs
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil

from .flow import Flow
from .house import Endpoint, House, async_reconfigure, until

PROGRESS = {FlowResultType.SHOW_PROGRESS, FlowResultType.SHOW_PROGRESS_DONE}


@pytest.fixture(autouse=True)
def _short_waits_for_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "_LOOK_AGAIN_SECONDS", 0.05)


async def to_fund(flow: Flow, url: str, key: str = RICH_KEY) -> None:
    """Go on to the last form, on a chain without the contract."""
    await flow.to_account(url)
    assert flow.shows == "contract"
    await flow.enter(deploy=True)
    await flow.choose("import_account")
    await flow.enter(private_key=key)
    if flow.shows == "log":
        await flow.choose("new_log")
    await flow.enter(name="House")
    assert flow.shows == "fund"


async def deploy(flow: Flow) -> None:
    """Choose to deploy the contract, and wait until that is over."""
    await flow.choose("deploy")
    assert flow.result["type"] is FlowResultType.SHOW_PROGRESS
    assert flow.result["progress_action"] == "deploy"
    while flow.result["type"] in PROGRESS:
        await flow.hass.async_block_till_done()
        flow.result = await flow.hass.config_entries.flow.async_configure(
            flow.result["flow_id"]
        )


async def ready(flow: Flow) -> House:
    """Return the log that the flow has ended with."""
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    flow.hass.config_entries.subentries.async_abort(flow.result["next_flow"][1])
    await flow.hass.async_block_till_done()
    entry: Any = flow.result["result"]
    return House(flow.hass, entry)


def is_deployed(chain: Anvil) -> bool:
    return bool(chain.rpc("eth_getCode", contract.ADDRESS, "latest") != "0x")


async def test_contract_is_deployed_in_the_flow_when_the_account_has_money(
    flow: Flow, bare_chain: Anvil
) -> None:
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    assert flow.shows == "deployment"
    assert flow.placeholders == {"contract": contract.ADDRESS}
    await deploy(flow)
    assert is_deployed(bare_chain)
    house = await ready(flow)
    assert (await house.call("anchor", wait=True))["number"] == 1
    assert house.sent(Kind.DEPLOY) == 1


async def test_nobody_has_to_wait_for_it(flow: Flow, bare_chain: Anvil) -> None:
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    await flow.choose("finish")
    house = await ready(flow)
    assert not is_deployed(bare_chain)
    await house.call("anchor", wait=True)
    assert is_deployed(bare_chain)


async def test_account_that_another_log_got_meanwhile_is_not_used(
    hass: HomeAssistant, flow: Flow, bare_chain: Anvil
) -> None:
    other = Flow(hass)
    for each in (flow, other):
        await to_fund(each, bare_chain.url)
        await each.enter()
        assert each.shows == "deployment"
    await other.choose("finish")
    await ready(other)
    await flow.choose("finish")
    assert flow.result["type"] is FlowResultType.ABORT
    assert flow.result["reason"] == "account_in_use"


async def test_account_without_money_is_not_asked(
    flow: Flow, bare_chain: Anvil
) -> None:
    bare_chain.rpc("anvil_setBalance", RICH_ADDRESS, "0x0")
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    assert (await ready(flow)).entry.data["deploy"] is True


async def test_money_that_comes_while_the_form_is_open_is_seen(
    flow: Flow, bare_chain: Anvil
) -> None:
    bare_chain.rpc("anvil_setBalance", RICH_ADDRESS, "0x0")
    await to_fund(flow, bare_chain.url)
    bare_chain.fund(RICH_ADDRESS)
    await flow.enter()
    assert flow.shows == "deployment"


async def test_endpoint_that_dies_at_the_end_stops_nobody(
    flow: Flow, bare_chain: Anvil, endpoint: Endpoint
) -> None:
    await to_fund(flow, endpoint.url)
    endpoint.away = True
    await flow.enter()
    await ready(flow)
    assert not is_deployed(bare_chain)


async def test_contract_that_somebody_else_has_deployed_is_not_deployed_again(
    flow: Flow, bare_chain: Anvil, endpoint: Endpoint
) -> None:
    await to_fund(flow, endpoint.url)
    await flow.enter()
    await _deployed_by_another(bare_chain)
    await deploy(flow)
    house = await ready(flow)
    assert house.sent(Kind.DEPLOY) == 0


async def _deployed_by_another(chain: Anvil) -> None:
    transaction = {
        "from": RICH_ADDRESS,
        "to": contract.DEPLOYER,
        "data": f"0x{calls.deployment().hex()}",
    }
    chain.rpc("eth_sendTransaction", transaction)
    await until(lambda: is_deployed(chain))


async def test_block_that_does_not_come_in_time_is_not_waited_for(
    flow: Flow, bare_chain: Anvil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy_steps, "_PATIENCE_SECONDS", 0.5)
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    bare_chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await deploy(flow)
    assert flow.shows == "not_deployed"
    assert flow.placeholders == {
        "address": RICH_ADDRESS,
        "error": "no block holds it yet",
    }
    await flow.enter()
    house = await ready(flow)
    bare_chain.rpc("evm_setAutomine", True)  # noqa: FBT003 - RPC
    bare_chain.mine()
    assert (await house.call("anchor", wait=True))["number"] == 1
    # The log follows what the flow has sent.
    assert house.sent(Kind.DEPLOY) == 1


async def test_money_that_is_not_enough_is_said(flow: Flow, bare_chain: Anvil) -> None:
    bare_chain.rpc("anvil_setBalance", RICH_ADDRESS, "0x1")
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    await deploy(flow)
    assert flow.shows == "not_deployed"
    assert "it cannot pay" in flow.placeholders["error"]
    await flow.enter()
    await ready(flow)


async def test_transaction_that_deploys_nothing_is_said(
    flow: Flow, bare_chain: Anvil
) -> None:
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    # A contract that takes the transaction, and does nothing.
    bare_chain.rpc("anvil_setCode", contract.DEPLOYER, "0x00")
    await deploy(flow)
    assert flow.shows == "not_deployed"
    assert "did not deploy" in flow.placeholders["error"]


async def test_signer_outside_pays_for_it(
    flow: Flow, bare_chain: Anvil, endpoint: Endpoint
) -> None:
    await flow.to_account(endpoint.url)
    await flow.enter(deploy=True)
    await flow.choose("external_signer")
    await flow.enter(signer_url=bare_chain.url)
    await flow.enter(signer_url=bare_chain.url, address=RICH_ADDRESS)
    await flow.enter(name="House")
    await flow.enter()
    await deploy(flow)
    assert is_deployed(bare_chain)
    await ready(flow)


async def test_network_that_is_chosen_later_gets_the_contract_too(
    hass: HomeAssistant, flow: Flow, bare_chain: Anvil
) -> None:
    await flow.begin()
    await flow.choose("record_now")
    await flow.enter(name="House")
    house = await ready(flow)
    bare_chain.fund(house.address)
    flow.result = await async_reconfigure(house, "network")
    await flow.enter(network="other")
    await flow.enter(rpc_url=bare_chain.url)
    await flow.enter(deploy=True)
    assert flow.shows == "fund"
    await flow.enter()
    await deploy(flow)
    assert flow.result["reason"] == "network_chosen"
    assert is_deployed(bare_chain)
    await hass.async_block_till_done()
    assert (await house.call("anchor", wait=True))["number"] == 1


async def test_what_an_abandoned_flow_has_sent_is_followed_and_not_sent_again(
    hass: HomeAssistant,
    flow: Flow,
    bare_chain: Anvil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deploy_steps, "_PATIENCE_SECONDS", 0.5)
    await to_fund(flow, bare_chain.url)
    await flow.enter()
    bare_chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await deploy(flow)
    hass.config_entries.flow.async_abort(flow.result["flow_id"])

    await flow.to_account(bare_chain.url)
    await flow.enter(deploy=True)
    await flow.choose("kept_account")
    await flow.enter(address=RICH_ADDRESS)
    await flow.choose("continue_log")
    (log,) = await async_kept_logs(hass)
    await flow.enter(log_id=log)
    await flow.enter()
    bare_chain.rpc("evm_setIntervalMining", 1)
    monkeypatch.setattr(deploy_steps, "_PATIENCE_SECONDS", 30)
    await deploy(flow)
    bare_chain.rpc("evm_setIntervalMining", 0)
    bare_chain.rpc("evm_setAutomine", True)  # noqa: FBT003 - RPC
    house = await ready(flow)
    assert house.sent(Kind.DEPLOY) == 1
