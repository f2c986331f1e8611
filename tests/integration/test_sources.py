"""Sources: entities that are renamed or left out, policies, and older entries."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.chain.journal import Kind
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.intake import gone_entities

from .conftest import SetUp
from .house import Endpoint, House, async_members, source, until


@pytest.fixture
def fridge(entity_registry: er.EntityRegistry) -> er.RegistryEntry:
    return entity_registry.async_get_or_create(
        "sensor", "test", "1", suggested_object_id="fridge"
    )


async def told(house: House) -> list[tuple[str, Any]]:
    """Return what the log says, in short."""
    found: list[tuple[str, Any]] = []
    for member in await house.members():
        match member:
            case {"act": "sources", "sources": sources}:
                names = [described["entity_id"] for described in sources.values()]
                found.append(("sources", names))
            case {"act": "entity_renamed", "to": new}:
                found.append(("entity_renamed", new))
            case {"entity": entity, "state": state}:
                found.append((entity, state))
    return found


async def test_rename_is_followed_and_written_down(
    hass: HomeAssistant,
    set_up: SetUp,
    fridge: er.RegistryEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = await set_up(source(fridge.id))
    hass.states.async_set("sensor.fridge", "4.1")
    entity_registry.async_update_entity(
        "sensor.fridge", new_entity_id="sensor.cold_store"
    )
    hass.states.async_remove("sensor.fridge")
    hass.states.async_set("sensor.cold_store", "4.2")
    hass.states.async_set("sensor.fridge", "of another entity")
    await house.flush()
    await house.reload()
    assert await told(house) == [
        ("sources", ["sensor.fridge"]),
        ("sensor.fridge", "4.1"),
        ("entity_renamed", "sensor.cold_store"),
        ("sources", ["sensor.cold_store"]),
        ("sensor.cold_store", "4.2"),
    ]
    (renamed,) = [m for m in await house.members() if m.get("act") == "entity_renamed"]
    assert renamed["from"] == "sensor.fridge"


async def test_rename_while_nobody_listened_is_written_down_too(
    hass: HomeAssistant,
    set_up: SetUp,
    fridge: er.RegistryEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = await set_up(source(fridge.id))
    hass.states.async_set("sensor.fridge", "4.1")
    await house.flush()
    await house.unload()
    entity_registry.async_update_entity(
        "sensor.fridge", new_entity_id="sensor.cold_store"
    )
    hass.states.async_remove("sensor.fridge")
    hass.states.async_set("sensor.cold_store", "4.2")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.flush()
    await house.reload()
    assert await told(house) == [
        ("sources", ["sensor.fridge"]),
        ("sensor.fridge", "4.1"),
        ("entity_renamed", "sensor.cold_store"),
        ("sources", ["sensor.cold_store"]),
        ("sensor.cold_store", "4.2"),
    ]


@pytest.mark.usefixtures("fridge")
async def test_rename_of_what_an_area_selects_is_written_down(
    hass: HomeAssistant,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
) -> None:
    area = ar.async_get(hass).async_create("Kitchen")
    entity_registry.async_update_entity("sensor.fridge", area_id=area.id)
    entity_registry.async_get_or_create("sensor", "test", "2")
    house = await set_up(source(area_id=[area.id]))
    entity_registry.async_update_entity("sensor.test_2", new_entity_id="sensor.oven")
    entity_registry.async_update_entity(
        "sensor.fridge", new_entity_id="sensor.cold_store"
    )
    hass.states.async_set("sensor.cold_store", "4.2")
    acts = await house.acts()
    assert acts[:3] == ["started", "sources", "selected"]
    assert sorted(acts[3:]) == ["entity_renamed", "selected"]
    assert await house.readings() == [("sensor.cold_store", "4.2")]


async def test_excluded_entity_is_not_recorded_after_a_rename_either(
    hass: HomeAssistant,
    set_up: SetUp,
    fridge: er.RegistryEntry,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    other = MockConfigEntry(domain="test")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("test", "esp")}
    )
    entity_registry.async_update_entity("sensor.fridge", device_id=device.id)
    entity_registry.async_get_or_create(
        "sensor", "test", "2", suggested_object_id="door", device_id=device.id
    )
    house = await set_up(source(device_id=[device.id], excluded=[fridge.id]))
    hass.states.async_set("sensor.fridge", "1")
    entity_registry.async_update_entity(
        "sensor.fridge", new_entity_id="sensor.cold_store"
    )
    hass.states.async_set("sensor.cold_store", "2")
    hass.states.async_set("sensor.door", "open")
    assert await house.readings() == [("sensor.door", "open")]
    excluded = [
        described["excluded"]
        for member in await house.members()
        for described in member.get("sources", {}).values()
    ]
    assert excluded == ["sensor.fridge", "sensor.cold_store"]
    assert "entity_renamed" not in await house.acts()


async def test_renamed_entity_is_not_gone_and_a_deleted_one_is_told_by_its_name(
    set_up: SetUp,
    fridge: er.RegistryEntry,
    entity_registry: er.EntityRegistry,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gone_entities, "_GONE_SECONDS", 0.02)
    house = await set_up(source(fridge.id))
    entity_registry.async_update_entity(
        "sensor.fridge", new_entity_id="sensor.cold_store"
    )
    await asyncio.sleep(0.1)
    issue_id = f"entity_gone_{house.entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    entity_registry.async_remove("sensor.cold_store")
    await until(
        lambda: issue_registry.async_get_issue(DOMAIN, issue_id) is not None,
        what="the issue",
    )
    found = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert found is not None
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["entities"] == "sensor.cold_store"


async def test_other_entity_that_takes_the_name_of_a_deleted_one_is_not_recorded(
    hass: HomeAssistant,
    set_up: SetUp,
    fridge: er.RegistryEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    house = await set_up(source(fridge.id))
    entity_registry.async_remove("sensor.fridge")
    entity_registry.async_get_or_create(
        "sensor", "other", "1", suggested_object_id="fridge"
    )
    hass.states.async_set("sensor.fridge", "1")
    assert await house.readings() == []


@pytest.mark.parametrize(
    ("policy", "described"),
    [
        ({"deadband": 0.5}, {"deadband": "0.5"}),
        (
            {"interval": {"hours": 1}, "urgent": True},
            {"interval": "3600", "urgent": True},
        ),
        ({"attributes": ["door", "a b"]}, {"attributes": {"a b": True, "door": True}}),
        ({}, {}),
    ],
)
async def test_log_says_how_readings_are_thinned(
    set_up: SetUp, policy: Mapping[str, object], described: Mapping[str, object]
) -> None:
    house = await set_up(source("sensor.fridge", policy=policy))
    (sources,) = [m["sources"] for m in await house.members() if "sources" in m]
    assert list(sources.values()) == [
        {
            "entity_id": "sensor.fridge",
            "reports": False,
            "title": "Fridge",
            **described,
        }
    ]


async def test_deadband_leaves_out_small_changes_and_survives_other_registrations(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    area = ar.async_get(hass).async_create("Kitchen")
    house = await set_up(
        source("sensor.fridge", policy={"deadband": 0.5}, area_id=[area.id])
    )
    hass.states.async_set("sensor.fridge", "4.0")
    hass.states.async_set("sensor.fridge", "4.4")
    entity_registry.async_get_or_create("sensor", "test", "2")
    entity_registry.async_update_entity("sensor.test_2", area_id=area.id)
    hass.states.async_set("sensor.fridge", "4.3")
    hass.states.async_set("sensor.fridge", "unavailable")
    hass.states.async_set("sensor.fridge", "4.3")
    hass.states.async_set("sensor.fridge", "4.8")
    assert [state for _, state in await house.readings()] == [
        "4.0",
        "unavailable",
        "4.3",
        "4.8",
    ]


async def test_chosen_attributes_are_recorded_and_their_change_is_a_reading(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("tracker.van", policy={"attributes": ["latitude", "zones", "mode"]}),
        source("tracker.van", "sensor.door"),
    )
    place = {"latitude": 52.52, "zones": ["home", "city"], "other": 1}
    for entity in ("tracker.van", "sensor.door"):
        hass.states.async_set(entity, "home", place)
        hass.states.async_set(entity, "home", place | {"other": 2})
        hass.states.async_set(entity, "home", place | {"latitude": 52.53})
    hass.states.async_set("tracker.van", "home", {"mode": "é", "zones": object()})
    hass.states.async_set("tracker.van", "away", {})
    van = [m for m in await house.members() if m.get("entity") == "tracker.van"]
    zones = '["home","city"]'
    assert [(m["state"], m.get("attributes")) for m in van[:2]] == [
        ("home", {"latitude": "52.52", "zones": zones}),
        ("home", {"latitude": "52.53", "zones": zones}),
    ]
    attributes = van[2]["attributes"]
    assert isinstance(attributes, Mapping)
    assert attributes["mode"] == "é"
    # No JSON can hold it, so it stands there as Python writes it.
    assert str(attributes["zones"]).startswith("<object object at")
    assert [(m["state"], "attributes" in m) for m in van[3:]] == [("away", False)]
    door = [m for m in await house.members() if m.get("entity") == "sensor.door"]
    assert [(m["state"], "attributes" in m) for m in door] == [("home", False)]


async def test_attribute_that_changed_while_nobody_listened_is_recorded_once(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("tracker.van", policy={"attributes": ["latitude"]}))
    hass.states.async_set("tracker.van", "home", {"latitude": 1})
    await house.unload()
    hass.states.async_set("tracker.van", "home", {"latitude": 2})
    await hass.config_entries.async_setup(house.entry.entry_id)
    await house.reload()
    assert [
        m["attributes"]
        for m in await house.members()
        if m.get("entity") == "tracker.van"
    ] == [{"latitude": "1"}, {"latitude": "2"}]


async def test_interval_records_the_last_state_with_its_own_time(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("sensor.fridge", policy={"interval": {"seconds": 2}}),
        source("sensor.door"),
    )
    for state in ("1", "2", "3"):
        hass.states.async_set("sensor.fridge", state)
        hass.states.async_set("sensor.door", state)
    seen = hass.states.get("sensor.fridge")
    assert seen is not None

    async def all_recorded() -> bool:
        return len(await house.readings()) == 5

    await until(all_recorded, what="the held reading")
    fridge = [m for m in await house.members() if m.get("entity") == "sensor.fridge"]
    assert [member["state"] for member in fridge] == ["1", "3"]
    assert fridge[-1]["time"] == f"{seen.last_updated:%Y-%m-%dT%H:%M:%S.%fZ}"


async def test_held_reading_is_written_at_the_end_and_once(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge", policy={"interval": {"hours": 1}}))
    for state in ("1", "2", "3"):
        hass.states.async_set("sensor.fridge", state)
    assert [state for _, state in await house.readings()] == ["1"]
    await house.unload()
    assert [m.get("state") for m in await async_members(hass, house.entry)][-2:] == [
        "3",
        None,
    ]
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    assert [state for _, state in await house.readings()] == ["1", "3"]


async def test_state_from_before_the_source_is_recorded_once_with_a_policy_too(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.fridge", "4.0")
    house = await set_up(source("sensor.fridge", policy={"deadband": 1}))
    assert await house.readings() == [("sensor.fridge", "4.0")]
    hass.states.async_set("sensor.fridge", "4.5")
    await house.flush()
    await house.reload()
    await house.flush()
    await house.reload()
    # After a start, the state of then is recorded, however small the change.
    assert await house.readings() == [
        ("sensor.fridge", "4.0"),
        ("sensor.fridge", "4.5"),
    ]


async def test_reports_are_thinned_too(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(
        source("sensor.scanner", reports=True, policy={"interval": {"hours": 1}})
    )
    for _ in range(5):
        hass.states.async_set("sensor.scanner", "1")
    assert len(await house.readings()) == 1
    await house.reload()
    assert len(await house.readings()) == 2


async def test_urgent_source_anchors_at_once_and_others_wait(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("sensor.fridge"),
        source("binary_sensor.door", title="Door", policy={"urgent": True}),
    )
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    await asyncio.sleep(0.3)
    assert house.sent() == 0
    hass.states.async_set("binary_sensor.door", "on")
    await house.anchored()
    assert house.sent(Kind.ANCHOR) == 1
    hass.states.async_set("sensor.fridge", "2")
    await house.flush()
    await asyncio.sleep(0.3)
    assert house.sent() == 1


async def test_urgency_survives_a_restart_while_the_chain_is_away(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("binary_sensor.door", policy={"urgent": True}))
    endpoint.away = True
    hass.states.async_set("binary_sensor.door", "on")
    await house.flush()
    await house.unload()
    endpoint.away = False
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await until(lambda: house.status.last_anchored is not None, what="the anchor")
    # The acts of the restart are no readings of the source.
    assert house.sent() == 1


async def test_other_readings_of_an_entity_in_an_urgent_source_are_urgent_too(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("sensor.fridge"),
        source("sensor.fridge", title="Alarm", policy={"urgent": True, "deadband": 9}),
    )
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
        await house.anchored()
    assert await house.readings() == [("sensor.fridge", "1"), ("sensor.fridge", "2")]
    assert house.sent() == 2


@pytest.mark.usefixtures("fridge")
async def test_state_reached_outside_an_area_is_recorded_when_it_is_back(
    hass: HomeAssistant,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
) -> None:
    area = ar.async_get(hass).async_create("Kitchen")

    async def move(area_id: str | None) -> None:
        entity_registry.async_update_entity("sensor.fridge", area_id=area_id)
        await hass.async_block_till_done()

    await move(area.id)
    house = await set_up(source(area_id=[area.id]))
    hass.states.async_set("sensor.fridge", "1")
    await move(None)
    hass.states.async_set("sensor.fridge", "2")
    hass.states.async_set("sensor.fridge", "3")
    await move(area.id)
    await house.flush()
    expected = [("sensor.fridge", "1"), ("sensor.fridge", "3")]
    assert await house.readings() == expected
    # Where it has not changed meanwhile, nothing is recorded twice, written or not.
    await move(None)
    await move(area.id)
    assert await house.readings() == expected
    hass.states.async_set("sensor.fridge", "4")
    await move(None)
    await move(area.id)
    assert await house.readings() == [*expected, ("sensor.fridge", "4")]
