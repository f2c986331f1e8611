"""A conversation agent asks how far readings are anchored, and gets a true answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.homeassistant.exposed_entities import (
    async_expose_entity,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    llm,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from probatio import to_openapi

from custom_components.iot_blockchain import llm as tools
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log import history
from custom_components.iot_blockchain.log.entry import Reading
from custom_components.iot_blockchain.successor import async_continue_with_successor
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .flow import Flow
from .house import House, source, until
from .test_without_network import begin

TOOL = f"{DOMAIN}__get_anchored"
ASSISTANT = "conversation"
FRIDGE = "sensor.fridge_temperature"


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})
    await hass.config.async_set_time_zone("Europe/Berlin")


def context() -> llm.LLMContext:
    return llm.LLMContext(
        platform="test",
        context=Context(),
        language="en",
        assistant=ASSISTANT,
        device_id=None,
    )


async def instance(hass: HomeAssistant) -> llm.APIInstance:
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context())


async def ask(hass: HomeAssistant, **arguments: str) -> dict[str, Any]:
    """Call the tool as an agent does."""
    api = await instance(hass)
    result = await api.async_call_tool(llm.ToolInput(TOOL, arguments))
    assert result.error is ("error" in result.data)
    return dict(result.data)


def show(hass: HomeAssistant, entity: str, name: str, state: str = "4.2") -> None:
    """Let an entity be there that the agent may know."""
    hass.states.async_set(
        entity, state, {"friendly_name": name, "device_class": "temperature"}
    )
    async_expose_entity(hass, ASSISTANT, entity, should_expose=True)


async def record(house: House, entity: str, *times: datetime) -> None:
    await house.coordinator.recording.async_record(
        [Reading(entity, str(number), time) for number, time in enumerate(times)]
    )


def yesterday(hour: int = 12) -> datetime:
    start = dt_util.start_of_local_day() - timedelta(days=1)
    return (start + timedelta(hours=hour)).astimezone(UTC)


def day(days_ago: int = 1) -> str:
    return (dt_util.now() - timedelta(days=days_ago)).date().isoformat()


async def test_are_yesterdays_fridge_temperatures_anchored(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    show(hass, FRIDGE, "Fridge temperature")
    await record(house, FRIDGE, yesterday(1), yesterday(13), yesterday(23))
    await record(house, FRIDGE, yesterday(25), yesterday(-1))  # other days

    answer = await ask(hass, name="fridge temperature", start=day())
    (fridge,) = answer["entities"]
    assert fridge == {
        "name": "Fridge temperature",
        "log": "House",
        "answer": "None of the 3 readings is anchored yet.",
        "readings": 3,
        "anchored": 0,
        "waiting": 3,
        "first_reading": dt_util.as_local(yesterday(1)).isoformat(),
        "last_reading": dt_util.as_local(yesterday(23)).isoformat(),
        "last_anchor_of_the_log": None,
    }
    assert answer["from"].startswith(f"{day()}T00:00:00+")
    assert answer["to"].startswith(f"{day(0)}T00:00:00+")

    anchor = await house.call("anchor", wait=True)
    await until(lambda: house.status.last_anchored is not None)
    await record(house, FRIDGE, yesterday(14))
    (fridge,) = (await ask(hass, name="Fridge temperature", start=day()))["entities"]
    assert fridge["answer"] == "Only 3 of 4 readings are anchored so far."
    assert (fridge["anchored"], fridge["waiting"]) == (3, 1)
    block_time = datetime.fromisoformat(anchor["block_time"])
    assert fridge["last_anchor_of_the_log"] == dt_util.as_local(block_time).isoformat()

    await house.call("anchor", wait=True)
    (fridge,) = (await ask(hass, name="Fridge temperature", start=day()))["entities"]
    assert fridge["answer"] == "All 4 readings are anchored."


async def test_what_was_sent_and_is_in_no_block_is_not_anchored(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil
) -> None:
    house = await set_up()
    await house.call("anchor", wait=True)
    show(hass, FRIDGE, "Fridge")
    await record(house, FRIDGE, yesterday())
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await house.call("anchor")
    await until(lambda: house.state("anchor_status") == "submitted")
    (fridge,) = (await ask(hass, name="Fridge", start=day()))["entities"]
    assert fridge["answer"] == "None of the 1 readings is anchored yet."


async def test_a_log_without_a_network_anchors_nothing(
    hass: HomeAssistant, flow: Flow
) -> None:
    await begin(flow)
    show(hass, "sensor.fridge", "Fridge")
    (fridge,) = (await ask(hass, name="Fridge", start=day(0)))["entities"]
    assert (
        fridge["answer"]
        == f"None of the {fridge['readings']} readings is anchored yet."
    )
    assert fridge["last_anchor_of_the_log"] is None


async def test_a_reading_of_this_moment_counts_as_waiting(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source(FRIDGE))
    show(hass, FRIDGE, "Fridge")
    await house.call("anchor", wait=True)
    show(hass, FRIDGE, "Fridge", "9.9")
    (fridge,) = (await ask(hass, name="Fridge", start=day(0)))["entities"]
    assert (fridge["anchored"], fridge["waiting"]) == (1, 1)


async def test_only_exposed_entities_are_told_of(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    await record(house, FRIDGE, yesterday())
    await record(house, "sensor.safe", yesterday())
    show(hass, FRIDGE, "Fridge")
    show(hass, "sensor.safe", "Safe")
    async_expose_entity(hass, ASSISTANT, "sensor.safe", should_expose=False)
    assert "error" in await ask(hass, name="Safe", start=day())
    everything = await ask(hass, start=day())
    assert [entity["name"] for entity in everything["entities"]] == ["Fridge"]

    api = await instance(hass)
    async_expose_entity(hass, ASSISTANT, FRIDGE, should_expose=False)
    for arguments in ({"start": day()}, {"start": day(), "name": "Fridge"}):
        result = await api.async_call_tool(llm.ToolInput(TOOL, arguments))
        assert result.error
        assert "anchored" not in result.data
    assert TOOL not in {tool.name for tool in (await instance(hass)).tools}


async def test_there_is_no_tool_without_a_log_or_for_another_api(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    show(hass, FRIDGE, "Fridge")
    api = await instance(hass)
    (tool,) = (tool for tool in api.tools if tool.name == TOOL)
    assert tool.annotations.read_only
    assert tool.integration == DOMAIN
    assert TOOL in api.api_prompt
    assert tools.async_get_tools(hass, context(), "other") is None
    await house.unload()
    assert TOOL not in {tool.name for tool in (await instance(hass)).tools}


async def test_the_tool_can_be_described_to_a_model(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    show(hass, FRIDGE, "Fridge")
    api = await instance(hass)
    (tool,) = (tool for tool in api.tools if tool.name == TOOL)
    schema: dict[str, Any] = to_openapi(
        tool.parameters, custom_serializer=api.custom_serializer
    )
    assert schema["required"] == ["start"]
    assert schema["properties"].keys() == {
        "name",
        "area",
        "device_class",
        "start",
        "end",
    }
    assert all(field["description"] for field in schema["properties"].values())


async def test_entities_are_found_by_area_and_device_class(
    hass: HomeAssistant,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = await set_up()
    kitchen = area_registry.async_create("Kitchen")
    for name in ("fridge", "oven"):
        entity_registry.async_get_or_create(
            "sensor", "test", name, suggested_object_id=name
        )
        entity_registry.async_update_entity(f"sensor.{name}", area_id=kitchen.id)
        show(hass, f"sensor.{name}", name)
    show(hass, "sensor.porch", "porch")
    hass.states.async_set("sensor.oven", "on", {"friendly_name": "oven"})
    await record(house, "sensor.fridge", yesterday())
    answer = await ask(hass, area="kitchen", start=day())
    assert [entity["name"] for entity in answer["entities"]] == ["fridge", "oven"]
    assert answer["entities"][1] == {
        "name": "oven",
        "readings": 0,
        "answer": "No log holds a reading of this period.",
    }
    answer = await ask(hass, device_class="temperature", start=day())
    assert [entity["name"] for entity in answer["entities"]] == ["fridge", "porch"]
    assert "error" in await ask(hass, area="cellar", start=day())


async def test_too_many_entities_are_not_counted(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    for number in range(21):
        show(hass, f"sensor.number_{number}", f"Number {number}")
    answer = await ask(hass, start=day())
    assert answer["error"].startswith("21 entities match")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (
            "2026-11-01",
            None,
            ("2026-11-01T00:00:00+01:00", "2026-11-02T00:00:00+01:00"),
        ),
        (
            "2026-10-25",
            None,
            ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        ),
        (
            "2026-11-01",
            "2026-11-03",
            ("2026-11-01T00:00:00+01:00", "2026-11-04T00:00:00+01:00"),
        ),
        (
            "2026-11-01T08:00:00",
            "2026-11-01T09:00",
            ("2026-11-01T08:00:00+01:00", "2026-11-01T09:00:00.000001+01:00"),
        ),
        (
            "2026-11-01T08:00:00Z",
            "2026-11-01T09:00:00Z",
            ("2026-11-01T09:00:00+01:00", "2026-11-01T10:00:00.000001+01:00"),
        ),
    ],
)
async def test_periods_are_those_of_the_house(
    hass: HomeAssistant,
    set_up: SetUp,
    start: str,
    end: str | None,
    expected: tuple[str, str],
) -> None:
    await set_up()
    show(hass, FRIDGE, "Fridge")
    answer = await ask(hass, start=start, **({} if end is None else {"end": end}))
    assert (answer["from"], answer["to"]) == expected


async def test_without_an_end_a_moment_lasts_until_now(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    show(hass, FRIDGE, "Fridge")
    before = dt_util.now()
    answer = await ask(hass, start=f"{day()}T08:00:00")
    assert before <= datetime.fromisoformat(answer["to"]) <= dt_util.now()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"start": "yesterday"},
        {"start": "2026-11-03", "end": "2026-11-01"},
        {"start": "2020-01-01", "end": "2026-11-01"},
        {"start": "2026-11-01", "unknown": "1"},
        {"start": "2026-11-01", "end": "9999-12-31"},
        {"start": "9999-12-30", "end": "9999-12-31"},
        {"start": "9999-12-31T23:59:59.999999", "end": "9999-12-31T23:59:59.999999"},
        {"start": "9999-12-31T23:10:00Z", "end": "9999-12-31T23:20:00Z"},
        {"start": "0001-01-01", "end": "0001-01-02"},
    ],
)
async def test_nonsense_is_answered_with_what_is_wrong(
    hass: HomeAssistant, set_up: SetUp, arguments: dict[str, str]
) -> None:
    await set_up()
    show(hass, FRIDGE, "Fridge")
    answer = await ask(hass, **arguments)
    assert answer["error"].startswith("Ask otherwise: ")


async def test_log_that_is_not_loaded_is_not_said_to_hold_nothing(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    other = await set_up(name="Holiday home")
    show(hass, FRIDGE, "Fridge")
    await record(house, FRIDGE, yesterday())
    unknown = {
        "name": "Fridge",
        "log": "House",
        "answer": "This log is not loaded and cannot be asked now.",
    }
    await house.unload()
    assert (await ask(hass, start=day()))["entities"] == [unknown]

    await record(other, FRIDGE, yesterday())
    known, *rest = (await ask(hass, start=day()))["entities"]
    assert (known["log"], known["readings"]) == ("Holiday home", 1)
    assert rest == [unknown]

    await hass.config_entries.async_set_disabled_by(
        house.entry.entry_id, ConfigEntryDisabler.USER
    )
    assert (await ask(hass, start=day()))["entities"] == [known]


async def test_readings_under_an_earlier_id_count_too(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create(
        "sensor", "test", "fridge", original_name="Fridge", suggested_object_id="old"
    )
    house = await set_up(source("sensor.old"))
    await record(house, "sensor.old", yesterday())
    hass.states.async_set("sensor.old", "1")
    await house.flush()
    entity_registry.async_update_entity("sensor.old", new_entity_id="sensor.new")
    await house.flush()
    # Another entity takes the id that is free now.
    await record(house, "sensor.old", dt_util.utcnow() + timedelta(hours=1))
    await record(house, "sensor.new", dt_util.utcnow())
    show(hass, "sensor.new", "Fridge")
    (fridge,) = (await ask(hass, name="Fridge", start=day(), end=day(-1)))["entities"]
    assert fridge["readings"] == 3
    (fridge,) = (await ask(hass, name="Fridge", start=day()))["entities"]
    assert fridge["readings"] == 1
    soon = (dt_util.utcnow() + timedelta(minutes=1)).isoformat()
    (fridge,) = (await ask(hass, name="Fridge", start=soon, end=day(-1)))["entities"]
    assert fridge["readings"] == 0


async def test_readings_in_the_log_before_count_too(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    show(hass, FRIDGE, "Fridge")
    await record(house, FRIDGE, yesterday(1), yesterday(2))
    await house.call("anchor", wait=True)
    await record(house, FRIDGE, yesterday(3))
    await async_continue_with_successor(hass, house.entry)
    await hass.async_block_till_done()
    await record(house, FRIDGE, yesterday(4))
    (fridge,) = (await ask(hass, name="Fridge", start=day()))["entities"]
    assert (fridge["readings"], fridge["anchored"], fridge["waiting"]) == (4, 2, 2)
    await house.call("anchor", wait=True)
    (fridge,) = (await ask(hass, name="Fridge", start=day()))["entities"]
    assert fridge["answer"] == "All 4 readings are anchored."


async def test_an_earlier_id_is_looked_for_in_the_log_before_too(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create(
        "sensor", "test", "fridge", original_name="Fridge", suggested_object_id="old"
    )
    house = await set_up(source("sensor.old"))
    await record(house, "sensor.old", yesterday())
    await house.call("anchor", wait=True)
    await async_continue_with_successor(hass, house.entry)
    await hass.async_block_till_done()
    entity_registry.async_update_entity("sensor.old", new_entity_id="sensor.new")
    await house.flush()
    show(hass, "sensor.new", "Fridge")
    (fridge,) = (await ask(hass, name="Fridge", start=day()))["entities"]
    assert (fridge["readings"], fridge["anchored"]) == (1, 1)


async def test_several_logs_are_told_apart(hass: HomeAssistant, set_up: SetUp) -> None:
    first, second = await set_up(), await set_up(name="Shed")
    show(hass, FRIDGE, "Fridge")
    for house in (first, second):
        await record(house, FRIDGE, yesterday())
    await second.call("anchor", wait=True)
    answer = await ask(hass, name="Fridge", start=day())
    assert {e["log"]: e["anchored"] for e in answer["entities"]} == {
        "House": 0,
        "Shed": 1,
    }


async def test_a_log_that_cannot_be_read_is_said_to_be(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    show(hass, FRIDGE, "Fridge")
    with broken_disk(history, "period"):
        answer = await ask(hass, name="Fridge", start=day())
    assert answer["error"] == "A log cannot be read: the disk is broken"
