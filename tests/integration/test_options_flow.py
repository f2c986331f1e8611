"""When to anchor, and what that may cost."""

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData

from custom_components.iot_blockchain.const import (
    DEFAULT_ANCHOR_AGE,
    DEFAULT_ANCHOR_READINGS,
)

from .conftest import SetUp
from .house import Endpoint, source

OPTIONS = {
    "anchor_readings": 2,
    "anchor_age": {"days": 1, "hours": 2, "minutes": 0, "seconds": 30},
    "max_fee": 50.5,
    "daily_audit": True,
    "daily_budget": 0.01,
    "confirmations": 12,
}


async def test_options_are_kept_shown_again_and_in_force_at_once(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"), options={})
    configure = hass.config_entries.options
    result = await configure.async_init(house.entry.entry_id)
    assert result["step_id"] == "init"
    assert result["errors"] == {}
    result = await configure.async_configure(result["flow_id"], OPTIONS)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.options == OPTIONS
    await hass.async_block_till_done()
    assert house.entry.state is ConfigEntryState.LOADED
    hass.states.async_set("sensor.fridge", "1")
    hass.states.async_set("sensor.fridge", "2")
    result = await configure.async_init(house.entry.entry_id)
    assert result["data_schema"] is not None
    suggested = {
        str(marker): marker.description["suggested_value"]
        for marker in result["data_schema"].schema
        if marker.description
    }
    assert suggested == OPTIONS
    configure.async_abort(result["flow_id"])
    await house.anchored()


async def test_defaults_are_shown(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(options={})
    hass.config_entries.async_update_entry(house.entry, options={})
    await hass.async_block_till_done()
    result = await hass.config_entries.options.async_init(house.entry.entry_id)
    assert result["data_schema"] is not None
    assert result["data_schema"]({}) == {
        "anchor_readings": DEFAULT_ANCHOR_READINGS,
        "anchor_age": DEFAULT_ANCHOR_AGE,
        "confirmations": 64,
        "daily_audit": False,
    }
    policy = house.coordinator.chain.policy
    assert policy.readings == DEFAULT_ANCHOR_READINGS == 5000
    assert policy.age.total_seconds() == 3600


@pytest.mark.parametrize(
    ("age", "long_enough"),
    [
        ({"seconds": 0}, False),
        ({"seconds": 9}, False),
        ({"seconds": 10}, True),
        ({"days": 1, "hours": 0, "minutes": 0, "seconds": 0}, True),
    ],
)
async def test_anchoring_too_often_is_refused(
    hass: HomeAssistant,
    set_up: SetUp,
    age: dict[str, int],
    long_enough: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    house = await set_up()
    configure = hass.config_entries.options
    result = await configure.async_init(house.entry.entry_id)
    entered = {"anchor_readings": 7, "anchor_age": age}
    result = await configure.async_configure(result["flow_id"], entered)
    if long_enough:
        assert result["type"] is FlowResultType.CREATE_ENTRY
        return
    assert result["errors"] == {"anchor_age": "too_short"}
    assert result["data_schema"] is not None
    suggested = {
        str(marker): (marker.description or {}).get("suggested_value")
        for marker in result["data_schema"].schema
    }
    assert suggested["anchor_readings"] == 7
    configure.async_abort(result["flow_id"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"anchor_readings": 0},
        {"max_fee": -1},
        {"daily_budget": -0.1},
    ],
)
async def test_numbers_that_make_no_sense_are_refused(
    hass: HomeAssistant, set_up: SetUp, wrong: dict[str, float]
) -> None:
    house = await set_up()
    configure = hass.config_entries.options
    result = await configure.async_init(house.entry.entry_id)
    with pytest.raises(InvalidData):
        await configure.async_configure(result["flow_id"], OPTIONS | wrong)
    configure.async_abort(result["flow_id"])


@pytest.mark.parametrize("limit", ["max_fee", "daily_budget"])
@pytest.mark.parametrize("nothing", [0, 1e-20])
async def test_limit_that_would_allow_no_anchor_is_refused(
    hass: HomeAssistant, set_up: SetUp, limit: str, nothing: float
) -> None:
    house = await set_up()
    configure = hass.config_entries.options
    result = await configure.async_init(house.entry.entry_id)
    result = await configure.async_configure(
        result["flow_id"], {**OPTIONS, limit: nothing}
    )
    assert result["errors"] == {limit: "zero_limit"}
    unlimited = {name: value for name, value in OPTIONS.items() if name != limit}
    result = await configure.async_configure(result["flow_id"], unlimited)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert limit not in house.entry.options
    await hass.async_block_till_done()


async def test_limits_that_no_account_reaches_are_no_limits(set_up: SetUp) -> None:
    house = await set_up(
        source("sensor.fridge"), options={"max_fee": 1e308, "daily_budget": 1e308}
    )
    house.hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor", wait=True)


async def test_limits_are_taken_in_gwei_and_whole_coins(set_up: SetUp) -> None:
    house = await set_up(options={"max_fee": 1.5, "daily_budget": 0.02})
    limits = house.coordinator.chain.anchoring._sender._limits
    assert limits.max_fee == 1_500_000_000
    assert limits.daily_budget == 20_000_000_000_000_000


@pytest.mark.parametrize(("options", "depth"), [({"confirmations": 3}, 3), ({}, 64)])
async def test_confirmations_are_taken_where_a_network_calls_no_block_final(
    set_up: SetUp, endpoint: Endpoint, options: dict[str, int], depth: int
) -> None:
    house = await set_up(options=options)
    client = await house.coordinator.chain.endpoints.choose()
    endpoint.calls_blocks_final = False
    final = await client.final_block_number()
    assert final == (await client.latest_block()).number - depth
