"""An endpoint or a signer refuses access, and a person enters a new access key."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError

from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.const import DOMAIN
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil
from tests.closed_port import closed_url

from .conftest import SetUp
from .flow import Flow
from .house import Endpoint, House, source, until


def reauth_flows(hass: HomeAssistant) -> list[Any]:
    """Return the flows that ask for access."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == "reauth"
    ]


async def asked(house: House) -> Any:  # noqa: ANN401 - a flow's result
    """Wait until a person is asked for access, and return the form."""
    await until(lambda: bool(reauth_flows(house.hass)), what="the question")
    (flow,) = reauth_flows(house.hass)
    assert flow["context"]["entry_id"] == house.entry.entry_id
    return await house.hass.config_entries.flow.async_configure(flow["flow_id"])


@pytest.mark.parametrize("status", [401, 403])
async def test_endpoint_that_refuses_access_is_replaced_and_all_else_stays(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    chain: Anvil,
    base_sepolia: Anvil,
    status: int,
) -> None:
    house = await set_up(source("sensor.fridge"))
    before = dict(house.entry.data)
    endpoint.denies = status
    hass.states.async_set("sensor.fridge", "1")
    with pytest.raises(HomeAssistantError, match="access key") as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "access_denied"
    form = await asked(house)
    assert form["step_id"] == "reauth_endpoint"
    assert form["description_placeholders"]["network"] == "chain 31337"

    configure = hass.config_entries.flow.async_configure
    for url, error in (
        (endpoint.url, "access_denied"),
        (closed_url(), "chain_unreachable"),
        (base_sepolia.url, "wrong_chain"),
        ("nonsense", "invalid_url"),
    ):
        form = await configure(form["flow_id"], {"rpc_url": url})
        assert form["errors"] == {"rpc_url": error}
    result = await configure(form["flow_id"], {"rpc_url": chain.url})
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "reauth_successful",
    )
    await hass.async_block_till_done()
    assert house.entry.data == {**before, "rpc_url": chain.url}
    assert house.entry.state is ConfigEntryState.LOADED
    await house.anchored()


async def test_nobody_is_asked_where_another_endpoint_answers(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint, chain: Anvil
) -> None:
    endpoint.denies = 403
    house = await set_up(source("sensor.fridge"), more_urls=[chain.url])
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor", wait=True)
    assert not reauth_flows(hass)


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_nobody_is_asked_for_what_passes_by_itself(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint, status: int
) -> None:
    house = await set_up(source("sensor.fridge"))
    endpoint.denies = status
    hass.states.async_set("sensor.fridge", "1")
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("anchor", wait=True)
    assert raised.value.translation_key == "chain_unreachable"
    assert not reauth_flows(hass)


async def test_refusal_of_a_moment_asks_nobody(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_PATIENCE", 100)
    house = await set_up(source("sensor.fridge"))
    endpoint.denies = 403
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    await until(lambda: house.anchorer._failures > 1)
    assert not reauth_flows(hass)


async def test_question_is_withdrawn_when_access_works_again(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.2)
    house = await set_up(source("sensor.fridge"))
    endpoint.denies = 401
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    await asked(house)
    endpoint.denies = None
    await house.anchored()
    assert not reauth_flows(hass)


async def test_same_address_is_taken_when_it_works_again(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    """As when the provider's page was all that had to be visited."""
    house = await set_up(source("sensor.fridge"))
    endpoint.denies = 401
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    form = await asked(house)
    before = house.coordinator
    endpoint.denies = None
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"rpc_url": endpoint.url}
    )
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert house.coordinator is not before
    await house.anchored()


async def with_signer(hass: HomeAssistant, house: House, url: str) -> None:
    """Let a signer outside sign for the log, from the next start on."""
    hass.config_entries.async_update_entry(
        house.entry, data={**house.entry.data, "signer_url": url}
    )
    await hass.async_block_till_done()


async def test_signer_that_refuses_access_is_replaced_by_one_of_the_same_account(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    """The chain itself is the signer: it holds this account."""
    account = await hass.async_add_executor_job(Account, RICH_KEY)
    house = await set_up(source("sensor.fridge"), account=account)
    async with Endpoint(chain) as signer, Endpoint(chain) as other:
        await with_signer(hass, house, signer.url)
        signer.denies = 401
        hass.states.async_set("sensor.fridge", "1")
        with pytest.raises(HomeAssistantError, match="refuses access") as raised:
            await house.call("anchor", wait=True)
        assert raised.value.translation_key == "signer_denied"
        form = await asked(house)
        assert form["step_id"] == "reauth_signer"
        assert form["description_placeholders"]["address"] == RICH_ADDRESS
        configure = hass.config_entries.flow.async_configure
        other.answers["eth_accounts"] = []
        for url, error in (
            (signer.url, "signer_denied"),
            (closed_url(), "signer"),
            ("nonsense", "invalid_url"),
            (other.url, "account_not_signed"),
        ):
            form = await configure(form["flow_id"], {"signer_url": url})
            assert form["errors"] == {"signer_url": error}
        other.answers.clear()
        result = await configure(form["flow_id"], {"signer_url": f" {other.url}"})
        assert result["reason"] == "reauth_successful"
        await hass.async_block_till_done()
        assert house.entry.data["signer_url"] == other.url
        await house.anchored()
        await house.unload()


@pytest.mark.parametrize("away", [True, False])
async def test_endpoint_is_asked_for_where_the_signer_does_not_refuse(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    chain: Anvil,
    away: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    account = await hass.async_add_executor_job(Account, RICH_KEY)
    house = await set_up(source("sensor.fridge"), account=account)
    await with_signer(hass, house, closed_url() if away else chain.url)
    endpoint.denies = 403
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    assert (await asked(house))["step_id"] == "reauth_endpoint"


async def test_access_that_is_refused_while_a_log_is_set_up_is_said_at_the_field(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.denies = 401
    await flow.to_account(endpoint.url)
    assert flow.errors == {"rpc_url": "access_denied"}
    endpoint.denies = None
    await flow.enter(rpc_url=endpoint.url)
    await flow.choose("external_signer")
    endpoint.denies = 403
    await flow.enter(signer_url=endpoint.url)
    assert flow.errors == {"signer_url": "signer_denied"}
