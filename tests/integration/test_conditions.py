"""Conditions, as automations check them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition
from homeassistant.util import dt as dt_util
from probatio import Invalid

from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.intake import log_writer
from custom_components.iot_blockchain.log.entry import Reading
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .flow import Flow
from .house import Endpoint, House, source, until
from .test_without_network import FRIDGE, begin

type Check = Callable[[], bool | None]


async def check(
    hass: HomeAssistant, name: str, target: object = None, **options: object
) -> Check:
    """Return what checks a condition, as an automation has it."""
    config = await condition.async_validate_condition_config(
        hass,
        {
            "condition": f"{DOMAIN}.{name}",
            "options": options,
            **({} if target is None else {"target": target}),
        },
    )
    return (await condition.async_from_config(hass, config)).async_check


async def test_a_reading_is_anchored_once_a_block_holds_it(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up(source("sensor.fridge"))
    fridge = {"entity_id": "sensor.fridge"}
    anchored = await check(hass, "is_anchored", fridge)
    final = await check(hass, "is_anchored", fridge, final=True)
    assert not anchored()

    hass.states.async_set("sensor.fridge", "4.2")
    await house.flush()
    assert not anchored()
    await house.call("anchor", wait=True)
    await until(lambda: anchored() is True)
    assert not final()
    chain.mine(10)
    await until(lambda: final() is True)

    hass.states.async_set("sensor.fridge", "4.3")
    await house.flush()
    assert not anchored()
    await house.call("anchor", wait=True)
    await until(lambda: anchored() is True)
    assert not final()
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    chain.rpc("anvil_reorg", 1, [])
    await until(lambda: not anchored(), what="the reorg")


async def test_a_reading_that_is_not_written_yet_is_not_anchored(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up(source("sensor.fridge", "sensor.porch"))
    hass.states.async_set("sensor.fridge", "4.2")
    hass.states.async_set("sensor.porch", "1")
    await house.call("anchor", wait=True)
    fridge = await check(hass, "is_anchored", {"entity_id": "sensor.fridge"})
    porch = await check(hass, "is_anchored", {"entity_id": "sensor.porch"})
    await until(lambda: fridge() is True)
    monkeypatch.setattr(log_writer, "_FLUSH_DELAY", 60)
    hass.states.async_set("sensor.fridge", "9.9")
    assert not fridge()
    assert porch()


async def test_a_change_of_a_chosen_attribute_is_a_reading_too(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("tracker.van", policy={"attributes": ["latitude"]}))
    hass.states.async_set("tracker.van", "away", {"latitude": 1, "battery": 90})
    anchored = await check(hass, "is_anchored", {"entity_id": "tracker.van"})
    await house.call("anchor", wait=True)
    await until(lambda: anchored() is True)
    hass.states.async_set("tracker.van", "away", {"latitude": 1, "battery": 80})
    assert anchored()
    hass.states.async_set("tracker.van", "away", {"latitude": 2, "battery": 80})
    assert not anchored()
    await house.call("anchor", wait=True)
    await until(lambda: anchored() is True)


async def test_a_state_that_is_held_is_not_anchored_and_one_left_out_is_no_reading(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("sensor.fridge", policy={"interval": {"hours": 1}}),
        source("sensor.porch", title="Porch", policy={"deadband": 5}),
    )
    for entity in ("sensor.fridge", "sensor.porch"):
        hass.states.async_set(entity, "1")
    fridge = await check(hass, "is_anchored", {"entity_id": "sensor.fridge"})
    porch = await check(hass, "is_anchored", {"entity_id": "sensor.porch"})
    await house.call("anchor", wait=True)
    await until(lambda: fridge() is True)
    assert porch()
    for entity in ("sensor.fridge", "sensor.porch"):
        hass.states.async_set(entity, "2")
    await house.flush()
    assert not fridge()
    assert porch()
    # What goes back to the last reading leaves nothing to be recorded.
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    assert fridge()


async def test_it_is_still_known_after_a_restart(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    long_ago = dt_util.utcnow() - timedelta(days=1)
    for state in ("4.2", "4.3"):
        await house.coordinator.recording.async_record(
            [Reading("sensor.fridge", state, long_ago)]
        )
    anchored = await check(hass, "is_anchored", {"entity_id": "sensor.fridge"})
    await house.call("anchor", wait=True)
    await until(lambda: anchored() is True)
    await house.unload()
    assert not anchored()
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    assert anchored()
    await house.coordinator.recording.async_record(
        [Reading("sensor.fridge", "4.4", dt_util.utcnow())]
    )
    assert not anchored()
    await house.reload()
    assert not anchored()


async def test_of_several_entities_all_or_any_must_be_anchored(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge", "sensor.porch"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    both = {"entity_id": ["sensor.fridge", "sensor.porch"]}
    checks = {
        behavior: await check(hass, "is_anchored", both, behavior=behavior)
        for behavior in ("all", "any")
    }
    default = await check(hass, "is_anchored", both)
    await until(lambda: checks["any"]() is True)
    assert not checks["all"]()
    assert not default()
    hass.states.async_set("sensor.porch", "1")
    await house.call("anchor", wait=True)
    await until(lambda: checks["all"]() is True)
    assert checks["any"]()
    assert default()
    nothing = await check(hass, "is_anchored", {"area_id": "nowhere"})
    assert not nothing()


async def test_every_log_that_is_meant_must_hold_it(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    first = await set_up(source("sensor.fridge"))
    second = await set_up(source("sensor.fridge"), name="Shed")
    fridge = {"entity_id": "sensor.fridge"}
    everywhere = await check(hass, "is_anchored", fridge)
    in_first = await check(
        hass, "is_anchored", fridge, config_entry_id=first.entry.entry_id
    )
    hass.states.async_set("sensor.fridge", "4.2")
    await second.flush()
    await first.call("anchor", wait=True)
    await until(lambda: in_first() is True)
    assert not everywhere()
    await second.call("anchor", wait=True)
    await until(lambda: everywhere() is True)


async def test_anchoring_is_healthy_until_something_keeps_it(
    hass: HomeAssistant,
    set_up: SetUp,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_LONGEST_DELAY", 0.1)
    healthy = await check(hass, "is_anchoring_healthy")
    assert not healthy()  # there is no log
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    await until(lambda: healthy() is True)

    endpoint.away = True
    await house.call("anchor")
    hass.states.async_set("sensor.fridge", "1")
    await house.call("anchor")
    await until(lambda: not healthy(), what="the failure")
    assert house.status.problem == "chain_unreachable"
    endpoint.away = False
    await until(lambda: healthy() is True, what="health")

    await house.unload()
    assert not healthy()


async def test_anchoring_is_not_healthy_while_readings_cannot_be_written(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "_RETRY_DELAY", 0.05)
    house = await set_up(source("sensor.fridge"))
    healthy = await check(hass, "is_anchoring_healthy")
    assert healthy()
    with broken_disk(house.coordinator.parts.store, "append"):
        hass.states.async_set("sensor.fridge", "1")
        await until(lambda: not healthy(), what="the failure")
        assert house.status.problem == "log_unwritable"
    await until(lambda: healthy() is True, what="health")


async def test_a_log_without_a_network_anchors_nothing(
    hass: HomeAssistant, flow: Flow
) -> None:
    house = await begin(flow)
    healthy = await check(hass, "is_anchoring_healthy")
    anchored = await check(hass, "is_anchored", {"entity_id": FRIDGE})
    assert await house.readings() == [(FRIDGE, "4.1")]
    assert not healthy()
    assert not anchored()


async def test_the_health_of_one_log_is_its_own(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    first = await set_up()
    second = await set_up(
        source("sensor.fridge"),
        name="Shed",
        options={"anchor_readings": 1},
        funded=False,
    )
    checks = {
        house: await check(
            hass, "is_anchoring_healthy", config_entry_id=house.entry.entry_id
        )
        for house in (first, second)
    }
    everywhere = await check(hass, "is_anchoring_healthy")
    hass.states.async_set("sensor.fridge", "1")
    await until(lambda: not checks[second](), what="the failure")
    assert second.status.problem == "account_empty"
    assert checks[first]()
    assert not everywhere()


@pytest.mark.parametrize("name", ["is_anchored", "is_anchoring_healthy"])
async def test_a_log_that_is_none_is_refused(
    hass: HomeAssistant, set_up: SetUp, name: str
) -> None:
    house: House = await set_up()
    target = {"entity_id": "sensor.fridge"} if name == "is_anchored" else None
    await check(hass, name, target, config_entry_id=house.entry.entry_id)
    with pytest.raises(Invalid, match="there is no log"):
        await check(hass, name, target, config_entry_id="other")
