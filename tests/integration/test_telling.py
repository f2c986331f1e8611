"""What happens to a log is told: each thing once, also across restarts."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.anchoring.happenings import (
    Happening,
    Kind,
    listen,
)
from custom_components.iot_blockchain.chain.journal import Status
from scripts.house.chain import Anvil

from .conftest import SetUp
from .house import Endpoint, House, source, until


@pytest.fixture
def told(hass: HomeAssistant) -> list[Happening]:
    """What was told so far, of all logs."""
    heard: list[Happening] = []
    listen(hass, lambda _entry_id, happening: heard.append(happening))
    return heard


def kinds(told: list[Happening]) -> list[Kind]:
    return [happening.kind for happening in told]


def hears(told: list[Happening], *expected: Kind) -> Callable[[], bool]:
    return lambda: kinds(told) == list(expected)


async def settle(house: House) -> None:
    """Let the log look at the chain some more times."""
    for _ in range(3):
        assert house.coordinator.anchorer is not None
        house.coordinator.anchorer._wake.set()
        await asyncio.sleep(0.1)


async def test_an_anchor_is_told_once_it_is_in_a_block_and_once_it_is_final(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, told: list[Happening]
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    answer = await house.call("anchor", wait=True)
    await until(hears(told, Kind.ANCHORED))
    anchored = told[0].details
    assert anchored.pop("block_hash").startswith("0x")
    assert anchored == {
        "first": 0,
        **{
            name: answer[name]
            for name in ("number", "size", "transaction", "block_number", "block_time")
        },
    }
    chain.mine(10)
    await until(hears(told, Kind.ANCHORED, Kind.FINAL))
    assert told[1].details == told[0].details

    hass.states.async_set("sensor.fridge", "2")
    await house.call("anchor", wait=True)
    await until(hears(told, Kind.ANCHORED, Kind.FINAL, Kind.ANCHORED))
    assert told[2].details["first"] == anchored["size"]
    assert told[2].details["number"] == 2

    await house.reload()
    await settle(house)
    assert len(told) == 3
    chain.mine(10)
    await until(lambda: len(told) == 4)
    assert told[3].kind is Kind.FINAL
    await settle(house)
    assert len(told) == 4


async def test_an_anchor_that_a_block_took_during_a_restart_is_told_after_it(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, told: list[Happening]
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    await until(hears(told, Kind.ANCHORED))
    hass.states.async_set("sensor.fridge", "1")
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await house.call("anchor")
    await until(lambda: house.state("anchor_status") == "submitted", what="sending")
    await house.unload()
    chain.mine()
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await until(hears(told, Kind.ANCHORED, Kind.ANCHORED))
    assert told[1].details["number"] == 2


async def test_nothing_is_told_before_automations_listen(
    hass: HomeAssistant, set_up: SetUp, told: list[Happening]
) -> None:
    hass.set_state(CoreState.starting)
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    await settle(house)
    assert told == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await until(hears(told, Kind.ANCHORED))


@pytest.mark.parametrize(
    "kept", [None, "{}", '{"anchors": [{}], "problem": null, "low": false}', "["]
)
async def test_an_anchor_of_another_version_is_no_news(
    set_up: SetUp, told: list[Happening], kept: str | None
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    await until(hears(told, Kind.ANCHORED))
    writer = house.coordinator.parts.store._writer
    writer.execute("DELETE FROM meta WHERE name = 'memory:told'")
    if kept is not None:
        writer.execute("INSERT INTO meta VALUES ('memory:told', ?)", (kept,))
    await house.reload()
    await settle(house)
    assert len(told) == 1


async def test_a_reorg_is_told_and_the_anchor_is_told_anew(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, told: list[Happening]
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor", wait=True)
    await until(hears(told, Kind.ANCHORED))
    chain.rpc("anvil_reorg", 1, [])
    await until(hears(told, Kind.ANCHORED, Kind.REORGED, Kind.ANCHORED))
    assert told[1].details == told[0].details
    assert told[2].details["size"] == told[0].details["size"]
    assert told[2].details["block_hash"] != told[0].details["block_hash"]


async def test_a_final_block_that_is_taken_back_is_told(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, told: list[Happening]
) -> None:
    house = await set_up(source("sensor.fridge"), options={"anchor_readings": 1})
    for number, state in enumerate(("1", "2"), start=1):
        hass.states.async_set("sensor.fridge", state)
        await house.anchored()
        chain.mine(10)
        await until(lambda n=number: kinds(told).count(Kind.FINAL) == n)  # type: ignore[misc]
    del told[:]
    chain.rpc("anvil_reorg", 11, [])
    hass.states.async_set("sensor.fridge", "3")
    await house.anchored()
    await until(lambda: kinds(told).count(Kind.ANCHORED) == 2)
    assert kinds(told).count(Kind.REORGED) == 1
    (failed,) = (h.details for h in told if h.kind is Kind.FAILED)
    assert failed["reason"] == "final_reorged"
    chain.mine(10)
    await until(lambda: kinds(told).count(Kind.FINAL) == 2)


async def test_what_stops_anchoring_is_told_once(
    hass: HomeAssistant,
    set_up: SetUp,
    chain: Anvil,
    told: list[Happening],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    house = await set_up(source("sensor.fridge"), funded=False)
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    await until(lambda: Kind.FAILED in kinds(told))
    await settle(house)
    await house.reload()
    await settle(house)
    assert sorted(kinds(told)) == [Kind.BALANCE_LOW, Kind.FAILED]
    stopped = next(h for h in told if h.kind is Kind.FAILED)
    assert stopped.details["reason"] == "account_empty"
    assert house.address in stopped.details["error"]
    chain.fund(house.address)
    await house.anchored()
    await until(lambda: Kind.ANCHORED in kinds(told))

    chain.rpc("anvil_setBalance", house.address, "0x0")
    hass.states.async_set("sensor.fridge", "2")
    await house.call("anchor")
    await until(lambda: kinds(told).count(Kind.FAILED) == 2)


async def test_the_budget_is_told_apart(
    hass: HomeAssistant, set_up: SetUp, told: list[Happening]
) -> None:
    house = await set_up(
        source("sensor.fridge"),
        options={"daily_budget": 0.0000001, "anchor_readings": 1},
    )
    hass.states.async_set("sensor.fridge", "1")
    await until(hears(told, Kind.BUDGET_REACHED))
    assert told[0].details["reason"] == "budget_reached"
    await house.reload()
    await settle(house)
    assert len(told) == 1


async def test_an_endpoint_that_is_away_for_a_moment_is_no_news(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    told: list[Happening],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    house = await set_up(source("sensor.fridge"))
    await settle(house)
    endpoint.away = True
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    await until(lambda: house.coordinator.anchorer._failures >= 1)  # type: ignore[union-attr]
    assert told == []
    await until(hears(told, Kind.FAILED))
    assert told[0].details["reason"] == "chain_unreachable"
    # A restart looks anew, and does not know better for a moment: it is no news.
    await house.reload()
    await settle(house)
    await asyncio.sleep(0.5)
    assert len(told) == 1
    endpoint.away = False
    await house.anchored()
    await until(hears(told, Kind.FAILED, Kind.ANCHORED))


async def test_a_low_balance_is_told_when_it_becomes_low(
    set_up: SetUp,
    chain: Anvil,
    told: list[Happening],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_BALANCE_AGE", timedelta(0))
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    await until(hears(told, Kind.ANCHORED))
    cost = house.coordinator.chain.journal.spent_since(
        dt_util.utcnow() - timedelta(days=1)
    )
    anchor = house.coordinator.chain.journal.last_anchor(Status.CONFIRMED)
    assert anchor is not None
    assert anchor.placement is not None
    assert 0 < anchor.placement.cost < cost

    def lows() -> list[dict[str, Any]]:
        return [h.details for h in told if h.kind is Kind.BALANCE_LOW]

    async def hold(anchors: float) -> None:
        wei = int(anchors * anchor.placement.cost)  # type: ignore[union-attr]
        chain.rpc("anvil_setBalance", house.address, hex(wei))
        await settle(house)
        await until(lambda: house.status.balance == wei)
        await settle(house)

    assert house.status.anchors_left is not None
    assert house.status.anchors_left > 1000
    await hold(10.5)
    assert lows() == []
    await hold(9.5)
    assert lows() == [
        {
            "address": house.address,
            "balance": pytest.approx(9.5 * anchor.placement.cost / 10**18),
            "anchors": 9,
        }
    ]
    assert house.status.anchors_left == 9
    await hold(8.5)
    await hold(12.5)  # near the limit: prices go up and down
    await hold(9.5)
    await house.reload()
    await settle(house)
    assert len(lows()) == 1
    await hold(30)
    await hold(5.5)
    assert len(lows()) == 2
