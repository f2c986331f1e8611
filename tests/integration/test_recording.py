"""Recording: what becomes an entry of the log, and what does not."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant import block_async_io
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
)

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.intake import gone_entities, log_writer
from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.entry import Record
from custom_components.iot_blockchain.log.store import Counts, LogStore

from .conftest import SetUp
from .house import HeldUp, House, async_members, source, until

type Registries = tuple[dr.DeviceEntry, er.RegistryEntry]


@pytest.fixture
def device(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> Registries:
    """A device with one sensor."""
    other = MockConfigEntry(domain="test")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("test", "esp")}
    )
    entity = entity_registry.async_get_or_create(
        "sensor", "test", "fridge", config_entry=other, device_id=device.id
    )
    return device, entity


class BrokenDisk:
    """A disk whose writes can be made to fail.

    It stands in for ``LogStore.append``, because no disk can be filled up in a test.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broken = False
        self.attempts = 0
        append = LogStore.append

        def fail_or_append(
            store: LogStore, records: Sequence[Record], *memory: Mapping[str, str]
        ) -> Counts:
            if self.broken:
                self.attempts += 1
                raise StoreError("the disk is full")
            return append(store, records, *memory)

        monkeypatch.setattr(LogStore, "append", fail_or_append)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> BrokenDisk:
    monkeypatch.setattr(log_writer, "_RETRY_DELAY", 0.05)
    return BrokenDisk(monkeypatch)


async def test_state_is_recorded_verbatim(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set(
        "sensor.fridge",
        "4.19999980926514",
        {
            "unit_of_measurement": "°C",
            "device_class": SensorDeviceClass.TEMPERATURE,
            "friendly_name": "Fridge",
        },
    )
    state = hass.states.get("sensor.fridge")
    assert state is not None
    assert (await house.members())[-1] == {
        "type": "reading",
        "entity": "sensor.fridge",
        "state": "4.19999980926514",
        "unit": "°C",
        "class": "temperature",
        "time": f"{state.last_updated:%Y-%m-%dT%H:%M:%S.%fZ}",
    }


async def test_unit_and_class_are_left_out_where_there_are_none(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.a", "sensor.b"))
    hass.states.async_set("sensor.a", "x", {"unit_of_measurement": None})
    hass.states.async_set("sensor.b", "y", {"unit_of_measurement": 5})
    for member in (await house.members())[-2:]:
        assert member.keys() == {"type", "entity", "state", "time"}


@pytest.mark.parametrize(
    "state", ["", " ", "ÿ €\U0001f9ca", '{"a": 1}', "4,2", "x" * 255]
)
async def test_every_text_survives(
    hass: HomeAssistant, set_up: SetUp, state: str
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", state)
    assert await house.readings() == [("sensor.fridge", state)]


async def test_gaps_are_recorded(hass: HomeAssistant, set_up: SetUp) -> None:
    house = await set_up(source("sensor.fridge"))
    for state in ("4.2", "unavailable", "unknown", "4.3"):
        hass.states.async_set("sensor.fridge", state)
    assert [state for _, state in await house.readings()] == [
        "4.2",
        "unavailable",
        "unknown",
        "4.3",
    ]


async def test_other_entities_are_not_recorded(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.oven", "200")
    hass.states.async_set("sensor.fridge", "4.2")
    assert await house.readings() == [("sensor.fridge", "4.2")]


async def test_other_attributes_alone_are_no_reading(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2", {"battery": 90})
    hass.states.async_set("sensor.fridge", "4.2", {"battery": 89})
    hass.states.async_set("sensor.fridge", "4.2", {"battery": 89})
    assert await house.readings() == [("sensor.fridge", "4.2")]


async def test_same_barcode_twice_is_two_readings_with_reports(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.barcode", reports=True))
    hass.states.async_set("sensor.barcode", "4006381333931")
    hass.states.async_set("sensor.barcode", "4006381333931")
    state = hass.states.get("sensor.barcode")
    assert state is not None
    assert state.last_reported > state.last_updated
    first, second = (await house.members())[-2:]
    assert (first["state"], second["state"]) == ("4006381333931",) * 2
    assert second["time"] == f"{state.last_reported:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert first["time"] == f"{state.last_updated:%Y-%m-%dT%H:%M:%S.%fZ}"


async def test_same_state_with_other_attributes_is_a_reading_with_reports(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.barcode", reports=True))
    hass.states.async_set("sensor.barcode", "123", {"scans": 1})
    hass.states.async_set("sensor.barcode", "123", {"scans": 2})
    assert await house.readings() == [("sensor.barcode", "123")] * 2


async def test_entity_in_two_sources_is_recorded_once(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(
        source("sensor.a", "sensor.b"),
        source("sensor.b", "sensor.c", title="Scanner", reports=True),
    )
    for entity in ("sensor.a", "sensor.b", "sensor.c"):
        hass.states.async_set(entity, "1")
    assert await house.readings() == [
        ("sensor.a", "1"),
        ("sensor.b", "1"),
        ("sensor.c", "1"),
    ]
    # The source that asks for more decides.
    for entity in ("sensor.a", "sensor.b", "sensor.c"):
        hass.states.async_set(entity, "1")
    assert (await house.readings())[3:] == [("sensor.b", "1"), ("sensor.c", "1")]


async def test_entities_of_the_log_itself_are_never_recorded(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up(source("sensor.house_recorded_readings", "sensor.fridge"))
    own = entity_registry.async_get("sensor.house_recorded_readings")
    assert own is not None
    hass.config_entries.async_update_subentry(
        house.entry,
        next(iter(house.entry.subentries.values())),
        data=source(
            "sensor.house_waiting_readings",
            "sensor.fridge",
            reports=True,
            device_id=[own.device_id],
        )["data"],
    )
    await hass.async_block_till_done()
    for state in ("1", "2"):
        hass.states.async_set("sensor.fridge", state)
        await house.flush()
        await until(
            lambda state=state: house.state("recorded_readings") == state,  # type: ignore[misc]
            what="the sensor's change",
        )
    assert await house.readings() == [("sensor.fridge", "1"), ("sensor.fridge", "2")]


@pytest.mark.parametrize("kind", ["device_id", "area_id", "label_id", "floor_id"])
async def test_what_joins_a_target_is_recorded_from_then_on_and_what_leaves_no_more(
    hass: HomeAssistant, set_up: SetUp, device: Registries, kind: str
) -> None:
    esp, fridge = device
    devices, entities = dr.async_get(hass), er.async_get(hass)
    area = ar.async_get(hass).async_create("Kitchen")
    label = lr.async_get(hass).async_create("Evidence")
    empty = devices.async_get_or_create(
        config_entry_id=fridge.config_entry_id or "", identifiers={("test", "empty")}
    )
    floor = fr.async_get(hass).async_create("Ground")
    ar.async_get(hass).async_update(area.id, floor_id=floor.floor_id)
    target = {
        "device_id": empty.id,
        "area_id": area.id,
        "label_id": label.label_id,
        "floor_id": floor.floor_id,
    }[kind]

    def join(*, member: bool) -> None:
        if kind == "device_id":
            device_id = empty.id if member else fridge.device_id
            entities.async_update_entity(fridge.entity_id, device_id=device_id)
        elif kind == "label_id":
            labels = {label.label_id} if member else set()
            entities.async_update_entity(fridge.entity_id, labels=labels)
        else:
            devices.async_update_device(esp.id, area_id=area.id if member else None)

    house = await set_up(
        source(
            title="Kitchen", reports=False, excluded=(), policy=None, **{kind: [target]}
        )
    )
    hass.states.async_set(fridge.entity_id, "before")
    await house.flush()
    join(member=True)
    await house.flush()
    hass.states.async_set(fridge.entity_id, "member")
    await house.flush()
    join(member=False)
    hass.states.async_set(fridge.entity_id, "after")
    # The state that it had when it joined is where its record begins.
    assert [state for _, state in await house.readings()] == ["before", "member"]


async def test_entity_that_a_device_gets_later_is_recorded(
    hass: HomeAssistant, set_up: SetUp, device: Registries
) -> None:
    esp, fridge = device
    house = await set_up(source(device_id=[esp.id]))
    entities = er.async_get(hass)
    new = entities.async_get_or_create(
        "sensor", "test", "humidity", device_id=esp.id, config_entry=None
    )
    diagnostic = entities.async_get_or_create(
        "sensor",
        "test",
        "signal",
        device_id=esp.id,
        entity_category=EntityCategory.DIAGNOSTIC,
    )
    await house.flush()
    for entity in (fridge, new, diagnostic):
        hass.states.async_set(entity.entity_id, "1")
    assert await house.readings() == [(fridge.entity_id, "1"), (new.entity_id, "1")]


async def test_entity_that_goes_and_comes_back(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    fridge = entity_registry.async_get_or_create("sensor", "test", "fridge")
    house = await set_up(source(fridge.entity_id, reports=True), source("sensor.door"))
    hass.states.async_set(fridge.entity_id, "1")
    hass.states.async_set("sensor.door", "open")
    hass.states.async_remove("sensor.door")
    entity_registry.async_remove(fridge.entity_id)
    hass.states.async_remove(fridge.entity_id)
    await house.flush()
    hass.states.async_set(fridge.entity_id, "2")
    hass.states.async_set("sensor.door", "open")
    assert await house.readings() == [
        (fridge.entity_id, "1"),
        ("sensor.door", "open"),
        (fridge.entity_id, "2"),
        ("sensor.door", "open"),
    ]


async def test_start_stop_and_sources_stand_in_the_log(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.fridge", "1")
    house = await set_up(
        source("sensor.fridge", "sensor.a"),
        source(label_id="evidence", title="Scanner", reports=True),
    )
    await house.flush()
    await house.reload()
    await house.flush()
    removed = next(iter(house.entry.subentries))
    hass.config_entries.async_remove_subentry(house.entry, removed)
    await hass.async_block_till_done()
    await house.unload()
    members = await _members(house)
    assert [member.get("act", member.get("state")) for member in members] == [
        "started",
        "sources",
        "1",
        "stopped",
        "started",
        "stopped",
        "started",
        "sources",
        "stopped",
    ]
    fridge, scanner = sorted(
        members[1]["sources"].values(), key=lambda described: described["title"]
    )
    assert fridge == {
        "entity_id": "sensor.a sensor.fridge",
        "reports": False,
        "title": "Fridge",
    }
    assert scanner == {"label_id": "evidence", "reports": True, "title": "Scanner"}
    assert list(members[-2]["sources"].values()) == [scanner]


async def _members(house: House) -> list[dict[str, Any]]:
    """Read the file of a log that is not set up any more."""
    return await async_members(house.hass, house.entry)


async def test_last_source_that_goes_is_written_down_too(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.config_entries.async_remove_subentry(
        house.entry, next(iter(house.entry.subentries))
    )
    await hass.async_block_till_done()
    assert (await house.members())[-1]["sources"] == {}


async def test_state_reached_while_nobody_listened_is_recorded_once(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.old", "1")
    house = await set_up(source("sensor.old", "sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    await house.unload()
    hass.states.async_set("sensor.fridge", "2")
    hass.states.async_set("sensor.fridge", "3")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.flush()
    await house.reload()
    assert await house.readings() == [
        ("sensor.old", "1"),
        ("sensor.fridge", "1"),
        ("sensor.fridge", "3"),
    ]


async def test_state_reached_after_the_clock_was_set_back_is_recorded_once(
    hass: HomeAssistant, set_up: SetUp, freezer: FrozenDateTimeFactory
) -> None:
    house = await set_up(source("sensor.fridge"))
    freezer.tick(timedelta(days=1))
    hass.states.async_set("sensor.fridge", "1")
    await house.reload()
    freezer.tick(timedelta(hours=-20))
    await house.unload()
    hass.states.async_set("sensor.fridge", "2")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.flush()
    await house.reload()
    await house.flush()
    await house.reload()
    assert await house.readings() == [("sensor.fridge", "1"), ("sensor.fridge", "2")]


async def test_change_of_attributes_is_no_reading_after_a_restart_either(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1", {"battery": 90})
    hass.states.async_set("sensor.fridge", "1", {"battery": 89})
    await house.flush()
    await house.reload()
    assert await house.readings() == [("sensor.fridge", "1")]


async def test_thousand_changes_at_once_arrive_in_order(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "_BATCH", 300)
    house = await set_up(source("sensor.fridge", "sensor.door"))
    expected = []
    for number in range(1000):
        entity = "sensor.door" if number % 3 else "sensor.fridge"
        hass.states.async_set(entity, str(number))
        expected.append((entity, str(number)))
        if number % 100 == 0:
            await asyncio.sleep(0)
    assert await house.readings() == expected


async def test_nothing_blocks_the_event_loop(
    hass: HomeAssistant,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.unload()
    # From here to the end of the test: the chain is undone by blocking calls.
    request.getfixturevalue("disable_block_async_io")
    block_async_io.enable()
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    for number in range(200):
        hass.states.async_set("sensor.fridge", str(number))
    await house.flush()
    await house.call("anchor", wait=True)
    await house.call("get_receipt", entity_id="sensor.fridge")
    await house.reload()
    assert "blocking call" not in caplog.text.lower()


async def test_recording_a_change_only_puts_it_into_a_queue(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    state = hass.states.get("sensor.fridge")
    assert state is not None
    for _ in range(1000):
        house.coordinator.recording._enqueue(state, state.last_updated)
    assert house.coordinator.parts.store.counts.readings <= 1


async def test_what_cannot_be_written_waits_and_is_written_in_order(
    hass: HomeAssistant,
    set_up: SetUp,
    disk: BrokenDisk,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    disk.broken = True
    for state in ("2", "3"):
        hass.states.async_set("sensor.fridge", state)
    await until(lambda: disk.attempts >= 3, what="another attempt")
    hass.states.async_set("sensor.fridge", "4")
    issue_id = f"log_unwritable_{house.entry.entry_id}"
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_key == "log_unwritable"
    assert issue.translation_placeholders == {
        "name": "House",
        "currency": "ETH",
        "error": "the disk is full",
    }
    assert caplog.text.count("Readings cannot be written and wait in memory") == 1
    disk.broken = False
    await until(
        lambda: house.coordinator.parts.store.counts.readings == 4,
        what="writing at last",
    )
    await hass.async_block_till_done()
    assert [state for _, state in await house.readings()] == ["1", "2", "3", "4"]
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_disk_that_is_full_from_the_start_stops_no_recording(
    hass: HomeAssistant,
    set_up: SetUp,
    disk: BrokenDisk,
    issue_registry: ir.IssueRegistry,
) -> None:
    disk.broken = True
    hass.states.async_set("sensor.fridge", "1")
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "2")
    await house.flush()
    issue_id = f"log_unwritable_{house.entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    disk.broken = False
    assert [state for _, state in await house.readings()][-1] == "2"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_what_a_start_tells_waits_for_the_disk_and_comes_first(
    hass: HomeAssistant,
    set_up: SetUp,
    disk: BrokenDisk,
    entity_registry: er.EntityRegistry,
) -> None:
    fridge = entity_registry.async_get_or_create(
        "sensor", "test", "1", suggested_object_id="fridge"
    )
    entity_registry.async_update_entity(fridge.entity_id, labels={"cold"})
    house = await set_up(
        source(fridge.id, policy={"urgent": True}), source(label_id=["cold"])
    )
    await house.unload()
    before = await async_members(hass, house.entry)
    entity_registry.async_update_entity("sensor.fridge", new_entity_id="sensor.cold")
    disk.broken = True
    hass.states.async_set("sensor.cold", "1")
    assert await hass.config_entries.async_setup(house.entry.entry_id)
    await house.flush()
    hass.states.async_set("sensor.cold", "2")
    await house.flush()
    disk.broken = False
    told = (await house.members())[len(before) :]
    assert [member.get("act", member.get("state")) for member in told] == [
        "started",
        "entity_renamed",
        "sources",
        "selected",
        "1",
        "2",
    ]
    await house.anchored()
    await house.reload()
    assert (await house.acts())[-2:] == ["stopped", "started"]


async def test_unloading_with_a_full_disk_says_what_is_lost_and_leaves_nothing(
    hass: HomeAssistant,
    set_up: SetUp,
    disk: BrokenDisk,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = await set_up(source("sensor.fridge"))
    disk.broken = True
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    await house.unload()
    assert "The last readings could not be written: the disk is full" in caplog.text
    assert not issue_registry.issues
    attempts = disk.attempts
    await asyncio.sleep(0.2)
    assert disk.attempts == attempts


async def test_readings_are_written_when_home_assistant_stops(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "_FLUSH_DELAY", 3600)
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1", timestamp=dt_util.utcnow().timestamp())
    await hass.async_block_till_done()
    assert (await _members(house))[-1]["type"] == "act"
    await hass.async_stop(force=True)
    *_, reading, stopped = await _members(house)
    assert reading["state"] == "1"
    assert stopped["act"] == "stopped"


async def test_flush_that_waited_while_recording_stopped_does_nothing(
    hass: HomeAssistant, set_up: SetUp, disk: BrokenDisk
) -> None:
    house = await set_up(source("sensor.fridge"))
    recording = house.coordinator.recording
    disk.broken = True
    hass.states.async_set("sensor.fridge", "1")
    await house.unload()
    attempts = disk.attempts
    await recording.async_flush()
    assert disk.attempts == attempts
    assert recording._writer._cancel_flush is None


async def test_entity_that_vanishes_is_told_until_it_is_back(
    hass: HomeAssistant,
    set_up: SetUp,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gone_entities, "_GONE_SECONDS", 0.02)
    entities = er.async_get(hass)
    entities.async_get_or_create("sensor", "test", "1", suggested_object_id="fridge")
    hass.states.async_set("sensor.fridge", "4.2")
    house = await set_up(source("sensor.fridge"))
    issue_id = f"entity_gone_{house.entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None

    entities.async_remove("sensor.fridge")
    hass.states.async_remove("sensor.fridge")
    await until(
        lambda: issue_registry.async_get_issue(DOMAIN, issue_id) is not None,
        what="the issue",
    )
    found = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert found is not None
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["entities"] == "sensor.fridge"
    assert await house.readings() == [("sensor.fridge", "4.2")]

    entities.async_get_or_create("sensor", "test", "1", suggested_object_id="fridge")
    await until(
        lambda: issue_registry.async_get_issue(DOMAIN, issue_id) is None,
        what="the end of the issue",
    )


async def test_entity_that_comes_late_is_gone_no_more(
    hass: HomeAssistant, set_up: SetUp, issue_registry: ir.IssueRegistry
) -> None:
    house = await set_up(source("sensor.fridge"))
    issue_id = f"entity_gone_{house.entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    hass.states.async_set("sensor.fridge", "4.2")
    await until(
        lambda: issue_registry.async_get_issue(DOMAIN, issue_id) is None,
        what="the end of the issue",
    )


async def test_nothing_is_written_twice_when_whoever_waits_goes_away(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.flush()
    hass.states.async_set("sensor.fridge", "1")
    held_up = HeldUp(monkeypatch, house.coordinator.parts.store, "append")
    asked = asyncio.create_task(house.coordinator.recording.async_flush())
    await until(held_up.begun.is_set, what="the writing")
    asked.cancel()
    hass.states.async_set("sensor.fridge", "2")
    held_up.go_on.set()
    await house.flush()
    assert [state for _, state in await house.readings()] == ["1", "2"]


async def test_automation_that_restarts_doubles_nothing(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    """Restarting cancels the action, which waits for the disk."""
    house = await set_up(source("sensor.code"))
    automation = {
        "alias": "A receipt for each code",
        "mode": "restart",
        "triggers": [{"trigger": "state", "entity_id": "sensor.code"}],
        "actions": [
            {
                "action": "iot_blockchain.get_receipt",
                "data": {"entity_id": "sensor.code"},
                "response_variable": "answer",
            }
        ],
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    codes = [str(number) for number in range(200)]
    for code in codes:
        hass.states.async_set("sensor.code", code)
        await asyncio.sleep(0.003)
    await house.flush()
    assert [state for _, state in await house.readings()] == codes


async def test_resuming_is_whole_though_whoever_waits_goes_away(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    recording = house.coordinator.recording
    await recording.async_pause()
    asked = asyncio.create_task(recording.async_resume())
    await asyncio.sleep(0)
    asked.cancel()
    await until(lambda: not recording.paused)
    await house.flush()
    hass.states.async_set("sensor.fridge", "1")
    assert await house.readings() == [("sensor.fridge", "1")]
