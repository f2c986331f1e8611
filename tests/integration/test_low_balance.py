"""What is said of an account that soon cannot pay any more, and what ends that."""

from typing import Any

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.iot_blockchain.anchoring.balance import LOW_ANCHORS
from custom_components.iot_blockchain.chain.journal import ANCHORED
from custom_components.iot_blockchain.const import DOMAIN
from scripts.house.chain import Anvil

from .conftest import SetUp
from .house import Endpoint, House, source, until

_ETHER = 10**18


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "repairs", {})


def issue(house: House, key: str) -> ir.IssueEntry | None:
    return ir.async_get(house.hass).async_get_issue(
        DOMAIN, f"{key}_{house.entry.entry_id}"
    )


async def open_fix(house: House, key: str) -> dict[str, Any]:
    """Open the flow that ends an issue, as a person does."""
    flow = await flows(house).async_init(
        DOMAIN, data={"issue_id": f"{key}_{house.entry.entry_id}"}
    )
    assert flow["step_id"] == "fund"
    return dict(flow)


def flows(house: House) -> Any:  # noqa: ANN401 - Home Assistant's own
    manager = repairs_flow_manager(house.hass)
    assert manager is not None
    return manager


async def an_anchor_costs(house: House) -> int:
    house.hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor", wait=True)
    journal = house.coordinator.parts.journal
    last = journal.last_anchor(*ANCHORED)
    assert last is not None
    assert last.placement is not None
    return last.placement.cost


def hold(house: House, chain: Anvil, balance: int) -> None:
    """Let the account hold so many wei, and the log look at that."""
    chain.rpc("anvil_setBalance", house.address, hex(balance))
    assert house.coordinator.anchorer is not None
    house.coordinator.anchorer.look_again()


async def test_low_balance_shows_until_it_is_high_enough(
    set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    cost = await an_anchor_costs(house)
    assert issue(house, "balance_low") is None
    hold(house, chain, LOW_ANCHORS * cost - 1)
    await until(lambda: issue(house, "balance_low") is not None, what="the issue")
    found = issue(house, "balance_low")
    assert found is not None
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["anchors"] == str(LOW_ANCHORS - 1)
    # A little more is not enough to say that all is well.
    hold(house, chain, (LOW_ANCHORS + 1) * cost)
    await until(
        lambda: house.status.anchors_left == LOW_ANCHORS + 1, what="the little more"
    )
    assert issue(house, "balance_low") is not None
    hold(house, chain, 2 * LOW_ANCHORS * cost)
    await until(lambda: issue(house, "balance_low") is None, what="its end")


async def test_person_sends_money_and_says_so(
    set_up: SetUp, chain: Anvil, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    cost = await an_anchor_costs(house)
    hold(house, chain, 3 * cost)
    await until(lambda: issue(house, "balance_low") is not None, what="the issue")
    flow = await open_fix(house, "balance_low")
    assert flow["description_placeholders"]["address"] == house.address
    (selector,) = flow["data_schema"].schema.values()
    assert selector.config["data"] == house.address
    shown = float(flow["description_placeholders"]["balance"])
    assert shown == pytest.approx(3 * cost / _ETHER, rel=1e-4)

    async def submit() -> dict[str, Any]:
        return dict(await flows(house).async_configure(flow["flow_id"], {}))

    result = await submit()
    assert result["errors"] == {"base": "still_low"}
    endpoint.away = True
    result = await submit()
    assert result["errors"] == {"base": "chain_unreachable"}
    endpoint.away = False
    chain.fund(house.address, 1)
    result = await submit()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert issue(house, "balance_low") is None
    await until(lambda: (house.status.balance or 0) > _ETHER / 2, what="the news")


async def test_account_that_is_empty_is_filled_the_same_way(
    set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"), funded=False)
    house.hass.states.async_set("sensor.fridge", "1")
    await until(lambda: house.status.anchors_left == 0, what="the look at the account")
    # Before anything is to be paid, too.
    assert issue(house, "balance_low") is not None
    with pytest.raises(HomeAssistantError):
        await house.call("anchor", wait=True)
    await until(lambda: issue(house, "balance_low") is None, what="one issue of two")
    flow = await open_fix(house, "account_empty")
    assert flow["description_placeholders"]["balance"] == "0"
    chain.fund(house.address, 1)
    result = await flows(house).async_configure(flow["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # What had been asked for is done now, and not when the log looks again.
    await house.anchored()
    assert not ir.async_get(house.hass).issues


async def test_issue_goes_with_the_log(set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"), funded=False)
    await until(lambda: issue(house, "balance_low") is not None, what="the issue")
    await house.unload()
    assert not ir.async_get(house.hass).issues


async def test_log_that_is_unloaded_meanwhile_ends_the_dialog(set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"), funded=False)
    await until(lambda: issue(house, "balance_low") is not None, what="the issue")
    flow = await open_fix(house, "balance_low")
    await house.unload()
    result = await flows(house).async_configure(flow["flow_id"], {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")
