"""Triggers, in automations that really run."""

import asyncio
import threading
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)
from homeassistant.setup import async_setup_component
from probatio import Invalid

from custom_components.iot_blockchain.anchoring.happenings import (
    VerificationFailed,
    tell,
)
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log import history
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .house import source, until


async def automate(
    hass: HomeAssistant, trigger: str, **details: object
) -> list[dict[str, Any]]:
    """Let an automation pass on what its trigger tells; return where to."""
    heard: list[dict[str, Any]] = []

    async def hear(call: Any) -> None:  # noqa: ANN401 - Home Assistant's
        heard.append(call.data["trigger"])

    hass.services.async_register("test", "hear", hear)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": f"{DOMAIN}.{trigger}", **details},
                "actions": {
                    "action": "test.hear",
                    "data": {"trigger": "{{ trigger }}"},
                },
                "mode": "queued",
            }
        },
    )
    await hass.async_block_till_done()
    return heard


async def test_an_anchor_triggers_once_for_the_log(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    heard = await automate(hass, "reading_anchored")
    hass.states.async_set("sensor.fridge", "4.2")
    answer = await house.call("anchor", wait=True)
    await until(lambda: len(heard) == 1)
    told = heard[0]
    assert told["platform"] == "iot_blockchain.reading_anchored"
    assert told["description"] == "reading anchored"
    assert told["config_entry_id"] == house.entry.entry_id
    assert told["log"] == "House"
    assert told["kind"] == "anchored"
    assert "entity_id" not in told
    for name in ("number", "size", "transaction", "block_number", "block_time"):
        assert told[name] == answer[name]
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")
    await asyncio.sleep(0.2)
    assert len(heard) == 1


async def test_an_anchor_triggers_for_each_chosen_entity_with_readings(
    hass: HomeAssistant,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    kitchen = area_registry.async_create("Kitchen")
    for name in ("fridge", "freezer", "oven"):
        entity_registry.async_get_or_create(
            "sensor", "test", name, suggested_object_id=name
        )
        entity_registry.async_update_entity(f"sensor.{name}", area_id=kitchen.id)
    names = [f"sensor.{name}" for name in ("fridge", "freezer", "oven", "porch")]
    house = await set_up(source(*names))
    heard = await automate(
        hass,
        "reading_anchored",
        target={"area_id": kitchen.id, "entity_id": "sensor.porch"},
        options={"config_entry_id": house.entry.entry_id},
    )
    for name, state in (
        ("fridge", "4.2"),
        ("fridge", "4.3"),
        ("porch", "1.0"),
        ("attic", "9"),
    ):
        hass.states.async_set(f"sensor.{name}", state)
    answer = await house.call("anchor", wait=True)
    await until(lambda: len(heard) == 2)
    assert [(t["entity_id"], t["readings"]) for t in heard] == [
        ("sensor.fridge", 2),
        ("sensor.porch", 1),
    ]
    for told in heard:
        assert told["transaction"] == answer["transaction"]
        assert told["block_time"] == answer["block_time"]
        receipt = await house.call("get_receipt", index=told["index"])
        assert receipt["readings"][0]["entity"] == told["entity_id"]
        assert receipt["status"] == "confirmed"
    assert receipt["readings"][0]["state"] == "1.0"

    hass.states.async_set("sensor.freezer", "-18")
    await house.call("anchor", wait=True)
    await until(lambda: len(heard) == 3)
    assert heard[2]["entity_id"] == "sensor.freezer"
    assert heard[2]["number"] == 2


async def test_whoever_waits_for_final_hears_only_then(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    heard = await automate(
        hass,
        "reading_anchored",
        target={"entity_id": ["sensor.fridge"]},
        options={"final": True},
    )
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    await asyncio.sleep(0.2)
    assert heard == []
    chain.mine(10)
    await until(lambda: len(heard) == 1)
    assert heard[0]["kind"] == "final"
    assert heard[0]["entity_id"] == "sensor.fridge"


async def test_another_log_does_not_trigger(hass: HomeAssistant, set_up: SetUp) -> None:
    first = await set_up(source("sensor.fridge"))
    second = await set_up(source("sensor.fridge"), name="Shed")
    heard = await automate(
        hass,
        "reading_anchored",
        options={"config_entry_id": second.entry.entry_id},
    )
    await first.call("anchor", wait=True)
    await second.call("anchor", wait=True)
    await until(lambda: bool(heard))
    assert [told["log"] for told in heard] == ["Shed"]


async def test_a_trigger_that_is_detached_while_it_looks_up_does_not_fire(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up(source("sensor.fridge"))
    fired: list[object] = []
    config = await async_validate_trigger_config(
        hass,
        [
            {
                "platform": f"{DOMAIN}.reading_anchored",
                "target": {"entity_id": "sensor.fridge"},
            }
        ],
    )
    detach = await async_initialize_triggers(
        hass, config, lambda told, _context: fired.append(told), "test", "test", print
    )
    assert detach is not None
    looked_up, detached = asyncio.Event(), threading.Event()
    stretches = history.stretches

    def slowly(*args: Any) -> Any:  # noqa: ANN401
        hass.loop.call_soon_threadsafe(looked_up.set)
        assert detached.wait(60)
        return stretches(*args)

    monkeypatch.setattr(history, "stretches", slowly)
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    await looked_up.wait()
    detach()
    detached.set()
    await asyncio.sleep(0.2)
    assert fired == []


async def test_a_log_that_cannot_be_read_is_said_to_be(
    hass: HomeAssistant,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = await set_up(source("sensor.fridge"))
    heard = await automate(
        hass, "reading_anchored", target={"entity_id": "sensor.fridge"}
    )
    with broken_disk(history, "stretches"):
        await house.call("anchor", wait=True)
        await until(lambda: "the disk is broken" in caplog.text)
    assert heard == []


@pytest.mark.parametrize(
    ("trigger", "options", "expected"),
    [
        ("anchor_failed", {}, {"kind": "failed", "reason": "account_empty"}),
        ("balance_low", {}, {"kind": "balance_low", "anchors": 0, "balance": 0.0}),
        (
            "anchor_failed",
            {"max_fee": 0.000001},
            {"kind": "failed", "reason": "fee_too_high"},
        ),
        (
            "anchor_failed",
            {"daily_budget": 0.0000001},
            {"kind": "budget_reached", "reason": "budget_reached"},
        ),
    ],
)
async def test_what_stops_anchoring_triggers(
    hass: HomeAssistant,
    set_up: SetUp,
    trigger: str,
    options: dict[str, float],
    expected: dict[str, object],
) -> None:
    heard = await automate(hass, trigger)
    house = await set_up(
        source("sensor.fridge"),
        options={"anchor_readings": 1, **options},
        funded=bool(options),
    )
    hass.states.async_set("sensor.fridge", "4.2")
    await until(lambda: bool(heard))
    assert expected.items() <= heard[0].items()
    assert heard[0]["log"] == "House"
    await house.reload()
    await asyncio.sleep(0.3)
    assert len(heard) == 1


async def test_an_invalid_receipt_triggers(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    heard = await automate(hass, "verification_failed")
    receipt = (await house.call("get_receipt", entity_id="sensor.fridge"))["receipt"]
    await house.call("verify_receipt", receipt=receipt)
    assert heard == []
    receipt["entries"][0] = receipt["entries"][0].replace("4.2", "2.4")
    assert (await house.call("verify_receipt", receipt=receipt))["verdict"] == "invalid"
    await until(lambda: len(heard) == 1)
    assert heard[0]["reason"] == "in_log"
    assert heard[0]["error"]
    assert heard[0]["log"] is None


async def test_a_history_that_is_not_as_the_log_says_triggers_for_its_log(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    heard = await automate(
        hass,
        "verification_failed",
        options={"config_entry_id": house.entry.entry_id},
    )
    failure = VerificationFailed(
        reason="altered", error="it was altered", entities=("sensor.fridge",)
    )
    tell(hass, None, failure)
    tell(hass, house.entry.entry_id, failure)
    await until(lambda: len(heard) == 1)
    assert heard[0]["entities"] == ["sensor.fridge"]
    assert heard[0]["log"] == "House"


@pytest.mark.parametrize("name", ["reading_anchored", "anchor_failed"])
async def test_a_log_that_is_none_is_refused(
    hass: HomeAssistant, set_up: SetUp, name: str
) -> None:
    await set_up()
    with pytest.raises(Invalid, match="there is no log with the config entry other"):
        await async_validate_trigger_config(
            hass,
            [
                {
                    "platform": f"{DOMAIN}.{name}",
                    "options": {"config_entry_id": "other"},
                }
            ],
        )
