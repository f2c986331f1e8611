"""Saying what to record."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    label_registry as lr,
)
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.const import SUBENTRY_SOURCE

from .conftest import SetUp
from .house import House, source


async def add(house: House, **values: object) -> SubentryFlowResult:
    """Fill in the form for a new source, and save it if there is no error."""
    return await save(house, await fill_in(house, **values))


async def save(house: House, result: SubentryFlowResult) -> SubentryFlowResult:
    """Save what is shown, if there is no error."""
    if result["errors"]:
        return result
    return await house.hass.config_entries.subentries.async_configure(
        result["flow_id"], {}
    )


async def fill_in(house: House, **values: object) -> SubentryFlowResult:
    """Fill in the form for a new source."""
    subentries = house.hass.config_entries.subentries
    result = await subentries.async_init(
        (house.entry.entry_id, SUBENTRY_SOURCE), context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert result["errors"] == {}
    return await subentries.async_configure(
        result["flow_id"], {"name": "Fridge", "reports": False, **values}
    )


def suggestions(result: SubentryFlowResult) -> dict[str, Any]:
    assert result["data_schema"] is not None
    return {
        str(marker): (marker.description or {}).get("suggested_value")
        for marker in result["data_schema"].schema
    }


async def test_adding_a_source_loses_no_reading_of_the_others(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    hass.states.async_set("binary_sensor.door", "off")
    result = await add(
        house, name="Door", target={"entity_id": ["binary_sensor.door"]}, reports=True
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Door"
    assert result["data"] == {
        "target": {},
        "entities": ["binary_sensor.door"],
        "excluded": [],
        "reports": True,
        "urgent": False,
    }
    hass.states.async_set("sensor.fridge", "2")
    await hass.async_block_till_done()
    hass.states.async_set("binary_sensor.door", "on")
    hass.states.async_set("sensor.fridge", "3")
    readings = await house.readings()
    # What an entity is when its source is added comes at any moment after.
    assert [state for entity, state in readings if entity == "sensor.fridge"] == [
        *("1", "2", "3")
    ]
    assert [state for entity, state in readings if entity != "sensor.fridge"] == [
        *("off", "on")
    ]


@pytest.mark.parametrize(
    "target",
    [
        {},
        {"entity_id": []},
        {"area_id": ["attic"]},
        {"label_id": ["evidence"]},
        {"entity_id": ["sensor.house_waiting_readings"]},
        {"entity_id": ["sensor.house_anchor_status", "button.house_anchor_now"]},
    ],
)
async def test_target_that_selects_nothing_to_record_is_refused(
    hass: HomeAssistant, set_up: SetUp, target: dict[str, list[str]]
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "1")
    assert hass.states.get("sensor.house_waiting_readings") is not None
    result = await add(house, target=target)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"target": "no_entities"}
    suggested = suggestions(result)
    assert (suggested["name"], suggested["target"]) == ("Fridge", target)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"],
        {"name": "Fridge", "target": {"entity_id": "sensor.fridge"}, "reports": False},
    )
    result = await save(house, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_device_of_the_log_itself_is_refused(
    set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up()
    own = entity_registry.async_get("sensor.house_recorded_readings")
    assert own is not None
    result = await add(house, target={"device_id": [own.device_id]})
    assert result["errors"] == {"target": "no_entities"}


async def test_area_and_label_with_an_entity_are_accepted(
    hass: HomeAssistant,
    set_up: SetUp,
    area_registry: ar.AreaRegistry,
    label_registry: lr.LabelRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = await set_up()
    area = area_registry.async_create("Kitchen")
    label = label_registry.async_create("Evidence")
    fridge = entity_registry.async_get_or_create("sensor", "test", "fridge")
    entity_registry.async_update_entity(
        fridge.entity_id, area_id=area.id, labels={label.label_id}
    )
    for target in ({"area_id": [area.id]}, {"label_id": [label.label_id]}):
        result = await add(house, target=target)
        assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert house.coordinator.recording.entities == {fridge.entity_id}


async def test_source_can_be_changed_and_what_it_recorded_stays(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    hass.states.async_set("sensor.freezer", "-17")
    (subentry_id,) = house.entry.subentries
    result = await house.entry.start_subentry_reconfigure_flow(hass, subentry_id)
    assert result["step_id"] == "reconfigure"
    suggested = suggestions(result)
    del suggested["less"]
    assert suggested == {
        "name": "Fridge",
        "target": {"entity_id": ["sensor.fridge"]},
        "excluded": [],
        "attributes": [],
        "reports": False,
        "urgent": False,
    }
    configure = hass.config_entries.subentries.async_configure
    result = await configure(
        result["flow_id"], {"name": "Freezer", "target": {}, "reports": True}
    )
    assert result["errors"] == {"target": "no_entities"}
    result = await configure(
        result["flow_id"],
        {
            "name": "Freezer",
            "target": {"entity_id": ["sensor.freezer"]},
            "reports": True,
        },
    )
    result = await save(house, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    subentry = house.entry.subentries[subentry_id]
    assert subentry.title == "Freezer"
    assert subentry.data == {
        "target": {},
        "entities": ["sensor.freezer"],
        "excluded": [],
        "reports": True,
        "urgent": False,
    }
    hass.states.async_set("sensor.fridge", "2")
    hass.states.async_set("sensor.freezer", "-18")
    assert await house.readings() == [
        ("sensor.fridge", "1"),
        ("sensor.freezer", "-17"),
        ("sensor.freezer", "-18"),
    ]


async def test_removed_source_is_recorded_no_more(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"), source("sensor.door", title="Door"))
    hass.states.async_set("sensor.fridge", "1")
    hass.states.async_set("sensor.door", "open")
    door = next(s for s in house.entry.subentries.values() if s.title == "Door")
    hass.config_entries.async_remove_subentry(house.entry, door.subentry_id)
    await hass.async_block_till_done()
    hass.states.async_set("sensor.door", "shut")
    hass.states.async_set("sensor.fridge", "2")
    assert await house.readings() == [
        ("sensor.fridge", "1"),
        ("sensor.door", "open"),
        ("sensor.fridge", "2"),
    ]


async def test_source_can_be_added_while_the_log_is_not_set_up(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    await house.unload()
    hass.states.async_set("sensor.fridge", "1")
    result = await add(house, target={"entity_id": ["sensor.fridge"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry: MockConfigEntry = house.entry
    assert len(entry.subentries) == 1
    await hass.async_block_till_done()


async def test_leaving_out_everything_is_refused(set_up: SetUp) -> None:
    house = await set_up()
    house.hass.states.async_set("sensor.fridge", "1")
    result = await add(
        house,
        target={"entity_id": ["sensor.fridge"]},
        excluded=["sensor.fridge"],
    )
    assert result["errors"] == {"excluded": "all_excluded"}
    result = await house.hass.config_entries.subentries.async_configure(
        result["flow_id"],
        {"name": "Fridge", "target": {"entity_id": ["sensor.fridge"]}, "excluded": []},
    )
    assert (await save(house, result))["type"] is FlowResultType.CREATE_ENTRY
    await house.hass.async_block_till_done()


async def test_smallest_change_of_repeated_readings_is_refused(set_up: SetUp) -> None:
    house = await set_up()
    house.hass.states.async_set("sensor.fridge", "1")
    result = await add(
        house,
        target={"entity_id": ["sensor.fridge"]},
        reports=True,
        less={"deadband": 0.5},
    )
    assert result["errors"] == {"reports": "reports_and_deadband"}
    assert suggestions(result)["reports"] is True


async def test_entities_are_kept_by_their_id_and_shown_by_their_name(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up()
    fridge = entity_registry.async_get_or_create("sensor", "test", "fridge")
    door = entity_registry.async_get_or_create("sensor", "test", "door")
    hass.states.async_set("sensor.plain", "1")
    result = await add(
        house,
        target={"entity_id": [fridge.entity_id, "sensor.plain"]},
        excluded=[door.entity_id],
        attributes=["latitude", "not seen yet"],
        urgent=True,
        less={"interval": {"minutes": 1}, "deadband": 0.5},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (subentry,) = house.entry.subentries.values()
    assert subentry.data == {
        "target": {},
        "entities": [fridge.id, "sensor.plain"],
        "excluded": [door.id],
        "attributes": ["latitude", "not seen yet"],
        "reports": False,
        "urgent": True,
        "interval": {"minutes": 1},
        "deadband": 0.5,
    }
    entity_registry.async_update_entity(fridge.entity_id, new_entity_id="sensor.new")
    entity_registry.async_update_entity(door.entity_id, new_entity_id="sensor.gate")
    result = await house.entry.start_subentry_reconfigure_flow(
        hass, subentry.subentry_id
    )
    suggested = suggestions(result)
    assert suggested["target"] == {"entity_id": ["sensor.new", "sensor.plain"]}
    assert suggested["excluded"] == ["sensor.gate"]
    assert suggested["attributes"] == ["latitude", "not seen yet"]
    assert result["data_schema"] is not None
    less = result["data_schema"].schema["less"].schema
    assert {str(key): key.description["suggested_value"] for key in less.schema} == {
        "interval": {"minutes": 1},
        "deadband": 0.5,
    }


async def test_attributes_that_there_are_can_be_chosen(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    hass.states.async_set(
        "tracker.van", "home", {"latitude": 1, "friendly_name": "Van", "icon": "mdi:x"}
    )
    result = await hass.config_entries.subentries.async_init(
        (house.entry.entry_id, SUBENTRY_SOURCE), context={"source": SOURCE_USER}
    )
    assert result["data_schema"] is not None
    offered = result["data_schema"].schema["attributes"].config["options"]
    assert "latitude" in offered
    assert {"friendly_name", "icon", "unit_of_measurement"}.isdisjoint(offered)


async def test_nothing_and_zero_record_everything(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "1")
    await add(
        house,
        target={"entity_id": ["sensor.fridge"]},
        less={"interval": {"hours": 0, "minutes": 0, "seconds": 0}, "deadband": 0},
    )
    await hass.async_block_till_done()
    (subentry,) = house.entry.subentries.values()
    assert subentry.data.keys().isdisjoint({"attributes", "interval", "deadband"})


@pytest.mark.parametrize("field", ["target", "excluded"])
async def test_entity_that_there_is_not_is_refused_by_its_name(
    hass: HomeAssistant, set_up: SetUp, field: str
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.fridge", "1")
    entered = {
        "target": {"entity_id": ["sensor.fridge"]},
        "excluded": [],
        field: {
            "target": {"entity_id": ["sensor.fridge", "sensor.fridgge"]},
            "excluded": ["sensor.fridgge"],
        }[field],
    }
    result = await fill_in(house, **entered)
    assert result["errors"] == {field: "unknown_entity"}
    assert result["description_placeholders"] == {"entities": "sensor.fridgge"}
    assert suggestions(result)[field] == entered[field]


async def test_all_entities_that_there_are_not_are_named_at_once(set_up: SetUp) -> None:
    house = await set_up()
    result = await fill_in(
        house, target={"entity_id": ["sensor.a", "sensor.b"]}, excluded=["sensor.c"]
    )
    assert result["errors"] == {
        "target": "unknown_entity",
        "excluded": "unknown_entity",
    }
    assert result["description_placeholders"] == {
        "entities": "sensor.a, sensor.b, sensor.c"
    }


async def test_entity_without_a_state_is_known_by_its_registration(
    set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up()
    fridge = entity_registry.async_get_or_create(
        "sensor", "test", "fridge", disabled_by=er.RegistryEntryDisabler.USER
    )
    result = await fill_in(house, target={"entity_id": [fridge.entity_id]})
    assert result["step_id"].startswith("confirm")


async def test_source_can_be_changed_while_its_entities_are_away(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    gone = entity_registry.async_get_or_create("sensor", "test", "gone")
    house = await set_up(source("sensor.fridge", gone.id, excluded=["sensor.door"]))
    entity_registry.async_remove(gone.entity_id)
    await hass.async_block_till_done()
    (subentry_id,) = house.entry.subentries
    result = await house.entry.start_subentry_reconfigure_flow(hass, subentry_id)
    shown = {
        key: value for key, value in suggestions(result).items() if value is not None
    }
    configure = hass.config_entries.subentries.async_configure
    entered = {**shown, "name": "Freezer"}
    entered["excluded"] = ["sensor.door", "sensor.new"]
    result = await configure(result["flow_id"], entered)
    assert result["errors"] == {"excluded": "unknown_entity"}
    assert result["description_placeholders"] == {"entities": "sensor.new"}
    result = await configure(result["flow_id"], {**shown, "name": "Freezer"})
    result = await save(house, result)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
