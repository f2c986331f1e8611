"""Readings that devices sign, from a transport to the log."""

from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigSubentry,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.iot_blockchain.const import DOMAIN, SUBENTRY_DEVICE
from custom_components.iot_blockchain.device.errors import Reason
from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    SensorRule,
)
from custom_components.iot_blockchain.log.entry import SIGNED_READING
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.signing.envelopes import async_get_envelopes

from .conftest import SetUp
from .disk import broken_disk
from .house import House, async_members
from .signing import Air, SigningDevice

DETAILS = {
    "name": "Fridge signed",
    "assurance": "software_key",
    "quarantine_on_change": False,
    "limits": {
        "time_tolerance": {"minutes": 5},
        "on_drift": "mark",
        "max_age": {"days": 7},
    },
}
"""What a person enters about a device, besides its sensors."""


def enrolled(device: SigningDevice, **rules: Any) -> ConfigSubentryData:  # noqa: ANN401
    """Make the subentry of a device that may report a temperature."""
    data = DeviceRules(
        did=device.did,
        name="",
        assurance=Assurance.SOFTWARE_KEY,
        **{
            "sensors": {"temperature": SensorRule(minimum=-40, maximum=60)},
            **rules,
        },
    ).to_json()
    del data["name"]
    return ConfigSubentryData(
        data=data,
        subentry_type=SUBENTRY_DEVICE,
        title="Fridge signed",
        unique_id=device.did,
    )


def subentry_of(device: SigningDevice) -> ConfigSubentry:
    """Return what Home Assistant keeps of a device that its owner enrols."""
    made = enrolled(device)
    return ConfigSubentry(
        data=MappingProxyType(dict(made["data"])),
        subentry_type=made["subentry_type"],
        title=made["title"],
        unique_id=made["unique_id"],
    )


async def signed(house: House) -> list[tuple[str, str]]:
    """Return entity and envelope of each signed reading in the log."""
    return [
        (member["entity"], member["jws"])
        for member in await house.members()
        if member["type"] == SIGNED_READING
    ]


async def last_signed(house: House) -> int:
    """Return the index of the last signed reading."""
    members = await house.members()
    return max(
        index
        for index, member in enumerate(members)
        if member["type"] == SIGNED_READING
    )


def shown(house: House, key: str) -> str:
    """Return the state of an entity of the device."""
    found = house.hass.states.get(f"sensor.fridge_signed_{key}")
    assert found is not None
    return found.state


def whole(house: House, key: str, attribute: str) -> str:
    """Return what the state of an entity of the device is short for."""
    found = house.hass.states.get(f"sensor.fridge_signed_{key}")
    assert found is not None
    return str(found.attributes[attribute])


def results(report: dict[str, Any]) -> dict[str, str]:
    """Return the result of each step."""
    return {step["name"]: step["result"] for step in report["steps"]}


type Repair = Callable[..., Awaitable[Any]]


@pytest.fixture
async def repair(hass: HomeAssistant) -> Repair:
    """Open the repair of an issue, or go on with it."""
    assert await async_setup_component(hass, "repairs", {})
    await hass.async_block_till_done()

    async def async_repair(issue_id: str, step: Any = None, **entered: object) -> Any:  # noqa: ANN401
        manager = repairs_flow_manager(hass)
        assert manager is not None
        if step is None:
            return await manager.async_init(DOMAIN, data={"issue_id": issue_id})
        result = await manager.async_configure(step["flow_id"], entered)
        await hass.async_block_till_done()
        return result

    return async_repair


async def add_device(house: House, **entered: object) -> Any:  # noqa: ANN401
    """Open the form that adds a device, and fill it in."""
    flows = house.hass.config_entries.subentries
    form = await flows.async_init(
        (house.entry.entry_id, SUBENTRY_DEVICE), context={"source": SOURCE_USER}
    )
    return await flows.async_configure(form["flow_id"], entered)


async def change_device(house: House, option: str) -> Any:  # noqa: ANN401
    """Open the menu of what can be changed of the device, and choose."""
    menu = await house.entry.start_subentry_reconfigure_flow(
        house.hass, next(iter(house.entry.subentries))
    )
    return await house.hass.config_entries.subentries.async_configure(
        menu["flow_id"], {"next_step_id": option}
    )


async def test_signed_reading_is_recorded_as_the_device_sent_it(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    envelopes = [device.boot(), device.reading("4.2", unit="°C")]
    await air.send(*envelopes)
    assert await signed(house) == [("sensor.fridge_signed_temperature", envelopes[1])]
    assert (await house.acts())[-2:] == ["device_enrolled", "device_booted"]
    state = house.hass.states.get("sensor.fridge_signed_temperature")
    assert state is not None
    assert (state.state, state.attributes["unit_of_measurement"]) == ("4.2", "°C")
    assert state.attributes["trust"] == "device-signed"
    assert state.attributes["sequence"] == 2
    assert shown(house, "status") == "trusted"
    assert whole(house, "signing_key", "did") == device.did
    assert whole(house, "firmware_hash", "hash") == "ab" * 16
    assert shown(house, "missing_envelopes") == "0"


async def test_device_is_told_what_is_on_the_disk_in_ranges(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    sent = [device.reading(str(number)) for number in range(6)]
    await air.send(sent[0], sent[1], sent[2], sent[4])
    assert air.acknowledged == [(7, 1, 3), (7, 5, 5)]
    assert shown(house, "missing_envelopes") == "1"
    # Two come a second time, one late: what is doubled is told again, and not recorded.
    await air.send(sent[1], sent[3])
    assert air.acknowledged[2:] == [(7, 2, 2), (7, 4, 4)]
    assert shown(house, "missing_envelopes") == "0"
    assert shown(house, "refused_envelopes") == "1"
    recorded = [jws for _, jws in await signed(house)]
    assert recorded == [sent[0], sent[1], sent[2], sent[4], sent[3]]


async def test_nothing_is_acknowledged_that_is_not_on_the_disk(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    envelope = device.reading("4.2")
    with broken_disk(house.coordinator.parts.store, "append"):
        await air.send(envelope)
        assert air.acknowledged == []
        assert (
            house.coordinator.devices[
                next(iter(house.entry.subentries))
            ].state.sequence.last
            == 0
        )
    await air.send(envelope)
    assert air.acknowledged == [(7, 1, 1)]
    assert len(await signed(house)) == 1


async def test_enrolment_that_could_not_be_written_at_a_start_is_written_first(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    with broken_disk(LogStore, "append") as append:
        house = await set_up(enrolled(device))
    assert append.called
    await air.send(device.reading("4.2"))
    members = await house.members()
    (enrolment,) = [m for m in members if m.get("act") == "device_enrolled"]
    (reading,) = [m for m in members if "jws" in m]
    assert members.index(enrolment) < members.index(reading)
    await house.reload()
    assert (await house.acts()).count("device_enrolled") == 1


async def test_devices_are_known_again_after_a_restart(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    first = device.reading("4.2")
    await air.send(first)
    await house.reload()
    await air.send(first, device.reading("4.3"))
    assert len(await signed(house)) == 2
    assert air.acknowledged == [(7, 1, 1), (7, 1, 2)]
    assert (await house.acts()).count("device_enrolled") == 1


async def test_what_must_not_be_trusted_is_refused_and_counted(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    forged = device.reading("4.2")[:-4] + "AAAA"
    await air.send(
        forged,
        device.reading("99"),
        device.reading("4.2", sensor="humidity"),
        "nonsense",
        None,
        "x" * 5000,
        f"{'e30'}.{'e30'}.{'e30'}",
    )
    assert await signed(house) == []
    refused = house.hass.states.get("sensor.fridge_signed_refused_envelopes")
    assert refused is not None
    reasons = {
        name: refused.attributes[name]
        for name in ("bad_signature", "out_of_range", "unknown_sensor")
    }
    assert set(reasons.values()) == {1}
    counted = (await async_get_envelopes(house.hass)).refused
    assert {"malformed", "too_long", "wrong_algorithm"} <= {*counted}
    # The device itself is told not to send again what will never be taken.
    assert air.acknowledged == [(7, 2, 3)]
    await house.unload()
    (told,) = [
        member
        for member in await async_members(house.hass, house.entry)
        if member.get("act") == "device_refused"
    ]
    assert told["refused"] == {"out_of_range": 1, "unknown_sensor": 1}


async def test_device_that_fails_is_quarantined_until_it_is_released(
    set_up: SetUp, device: SigningDevice, air: Air, repair: Repair
) -> None:
    house = await set_up(enrolled(device))
    for _ in range(10):
        await air.send(device.reading("99"))
    assert shown(house, "status") == "quarantined"
    await air.send(device.reading("4.2"))
    assert await signed(house) == []
    (subentry_id,) = house.entry.subentries
    await house.reload()
    issue_id = f"device_quarantined_{subentry_id}"
    form = await repair(issue_id)
    assert form["type"] is FlowResultType.FORM
    assert form["description_placeholders"] == {"device": "Fridge signed"}
    done = await repair(issue_id, form)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert shown(house, "status") == "trusted"
    await air.send(device.reading("4.2"))
    assert len(await signed(house)) == 1
    acts = await house.acts()
    assert acts.index("device_quarantined") < acts.index("device_released")


async def test_changed_firmware_is_quarantined_where_the_owner_wants_that(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device, quarantine_on_change=True))
    await air.send(device.boot(), device.reading("4.2"))
    await air.send(device.boot(firmware="cd" * 16), device.reading("4.3"))
    assert shown(house, "status") == "quarantined"
    assert whole(house, "firmware_hash", "hash") == "cd" * 16
    assert len(await signed(house)) == 1
    (subentry_id,) = house.entry.subentries
    issue = ir.async_get(house.hass).async_get_issue(
        DOMAIN, f"device_quarantined_{subentry_id}"
    )
    assert issue is not None
    assert issue.translation_key == "device_quarantined_changed"
    await house.unload()
    assert not ir.async_get(house.hass).issues


async def test_device_goes_on_with_its_next_key(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    old = device.did
    await air.send(device.reading("4.2"), device.rotate(), device.reading("4.3"))
    assert whole(house, "signing_key", "did") == device.did != old
    await house.reload()
    await air.send(device.reading("4.4"))
    assert whole(house, "signing_key", "did") == device.did
    assert len(await signed(house)) == 3
    assert (await house.acts()).count("device_enrolled") == 1
    assert "device_rotated" in await house.acts()
    await house.coordinator.async_anchor(wait=True)
    for index, verdict in ((await last_signed(house), "anchored"),):
        receipt = (await house.call("get_receipt", index=index))["receipt"]
        report = await house.call("verify_receipt", receipt=receipt)
        assert report["verdict"] == verdict
        assert results(report)["device_known"] == "passed"


async def test_receipt_of_a_signed_reading_shows_whose_word_it_is(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.boot(), device.reading("4.2", unit="°C"))
    await house.call("anchor", wait=True)
    found = await house.call(
        "get_receipt", entity_id="sensor.fridge_signed_temperature"
    )
    (reading,) = found["readings"]
    assert (reading["state"], reading["unit"]) == ("4.2", "°C")
    assert (reading["trust"], reading["device"]) == ("device-signed", device.did)
    report = await house.call("verify_receipt", receipt=found["receipt"])
    assert report["verdict"] == "anchored"
    assert results(report)["device_signed"] == "passed"
    assert results(report)["device_known"] == "passed"

    (entry,) = found["receipt"]["entries"]
    jws = reading["jws"]
    forged = jws[:-4] + ("AAAA" if jws[-4:] != "AAAA" else "BBBB")
    changed = {**found["receipt"], "entries": [entry.replace(jws, forged)]}
    report = await house.call("verify_receipt", receipt=changed)
    assert report["verdict"] == "invalid"


async def test_removed_device_is_not_heard_any_more_and_can_come_back(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    first = device.reading("4.2")
    await air.send(first)
    entries = house.hass.config_entries
    (subentry_id,) = house.entry.subentries
    entries.async_remove_subentry(house.entry, subentry_id)
    await house.hass.async_block_till_done()
    await air.send(device.reading("4.3"))
    assert len(await signed(house)) == 1
    assert (await house.acts())[-1] == "device_removed"
    assert not dr.async_get(house.hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), house.entry.entry_id
    )
    entries.async_add_subentry(house.entry, subentry_of(device))
    await house.hass.async_block_till_done()
    # What was recorded before it was removed is not recorded again.
    await air.send(first)
    assert len(await signed(house)) == 1


async def test_unknown_key_asks_to_be_enrolled(
    set_up: SetUp, device: SigningDevice, air: Air, repair: Repair
) -> None:
    house = await set_up()
    hass = house.hass
    await air.send(
        device.boot(), device.reading("4.2"), device.reading("ok", sensor="door")
    )
    issue_id = f"device_unknown_{device.did}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["device"] == "fridge"
    menu = await repair(issue_id)
    assert menu["menu_options"] == ["enrol", "refuse"]
    done = await repair(issue_id, menu, next_step_id="enrol")
    kind, flow_id = done["next_flow"]
    assert kind == "config_subentries_flow"

    flows = hass.config_entries.subentries
    form = flows.async_get(flow_id)
    assert form["step_id"] == "details"
    for sensors, error in (
        ([], "no_sensors"),
        ([{"sensor": "Not a sensor"}], "invalid_sensor"),
        ([{"sensor": "door"}, {"sensor": "door"}], "invalid_sensor"),
        ([{"sensor": "door", "minimum": 5, "maximum": 1}], "invalid_limits"),
    ):
        form = await flows.async_configure(flow_id, {**DETAILS, "sensors": sensors})
        assert form["errors"] == {"sensors": error}
    sensors = [{"sensor": "temperature", "minimum": -40.0, "maximum": 60.0}]
    form = await flows.async_configure(flow_id, {**DETAILS, "sensors": sensors})
    assert form["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    await air.send(device.reading("4.4"))
    assert len(await signed(house)) == 1
    # The owner knows this key, and another one is still asked about.
    other = SigningDevice()
    await air.send(other.boot())
    assert [issue.issue_id for issue in ir.async_get(hass).issues.values()] == [
        f"device_unknown_{other.did}"
    ]


async def test_refused_key_does_not_ask_again(
    set_up: SetUp, device: SigningDevice, air: Air, repair: Repair
) -> None:
    house = await set_up()
    await air.send(device.boot())
    issue_id = f"device_unknown_{device.did}"
    menu = await repair(issue_id)
    await repair(issue_id, menu, next_step_id="refuse")
    await air.send(device.boot(), device.reading("4.2"))
    assert not ir.async_get(house.hass).issues
    assert await signed(house) == []
    # It can still be enrolled by hand, and is then remembered as that.
    flow = await add_device(house, did=device.did)
    assert flow["step_id"] == "details"


async def test_strangers_cannot_fill_the_memory_with_keys(
    set_up: SetUp, air: Air
) -> None:
    house = await set_up()
    strangers = [SigningDevice() for _ in range(12)]
    await air.send(*(stranger.boot() for stranger in strangers))
    assert len(ir.async_get(house.hass).issues) == 8
    forged = SigningDevice().boot()[:-4] + "AAAA"
    await air.send(forged)
    assert len(ir.async_get(house.hass).issues) == 8


async def test_key_is_entered_by_hand(set_up: SetUp, device: SigningDevice) -> None:
    house = await set_up(enrolled(device))
    for did, error in (
        ("did:key:zNothing", "invalid_did"),
        (device.did, "already_enrolled"),
    ):
        flow = await add_device(house, did=did)
        assert flow["errors"] == {"did": error}


async def test_owner_changes_and_revokes_a_device(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    await air.send(device.reading("4.2"))
    form = await change_device(house, "change")
    flows = house.hass.config_entries.subentries
    entered = {**DETAILS, "sensors": [{"sensor": "humidity"}]}
    done = await flows.async_configure(form["flow_id"], entered)
    assert done["reason"] == "reconfigure_successful"
    await house.hass.async_block_till_done()
    await air.send(device.reading("50", sensor="humidity"))
    assert [entity for entity, _ in await signed(house)] == [
        "sensor.fridge_signed_temperature",
        "sensor.fridge_signed_humidity",
    ]
    assert (await house.acts()).count("device_enrolled") == 2

    form = await change_device(house, "revoke")
    done = await flows.async_configure(form["flow_id"], {})
    assert done["reason"] == "revoked"
    assert shown(house, "status") == "revoked"
    await air.send(device.reading("51", sensor="humidity"))
    assert len(await signed(house)) == 2
    assert (await house.acts())[-1] == "device_revoked"
    menu = await house.entry.start_subentry_reconfigure_flow(
        house.hass, next(iter(house.entry.subentries))
    )
    assert menu["menu_options"] == ["change"]
    house.hass.config_entries.async_remove_subentry(
        house.entry, next(iter(house.entry.subentries))
    )
    await house.hass.async_block_till_done()
    flow = await add_device(house, did=device.did)
    assert flow["errors"] == {"did": "revoked"}


async def test_log_that_is_unloaded_meanwhile_ends_the_dialog(
    set_up: SetUp, device: SigningDevice, air: Air, repair: Repair
) -> None:
    house = await set_up(enrolled(device))
    for _ in range(10):
        await air.send(device.reading("99"))
    issue_id = f"device_quarantined_{next(iter(house.entry.subentries))}"
    release = await repair(issue_id)
    revoke = await change_device(house, "revoke")
    await house.unload()
    flows = house.hass.config_entries.subentries
    for result in (
        await repair(issue_id, release),
        await flows.async_configure(revoke["flow_id"], {}),
    ):
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "not_loaded"


async def test_flood_of_one_device_does_not_hold_up_another(
    set_up: SetUp, device: SigningDevice, air: Air
) -> None:
    house = await set_up(enrolled(device))
    flood = SigningDevice()
    envelopes = [flood.reading(str(number)) for number in range(1000)]
    for envelope in envelopes:
        house.hass.bus.async_fire(
            "esphome.signed_reading", {"device_id": "flood", "jws": envelope}
        )
    await air.send(device.reading("4.2"))
    assert len(await signed(house)) == 1
    refused = (await async_get_envelopes(house.hass)).refused
    assert refused[Reason.TOO_FAST] + refused[Reason.UNKNOWN_DEVICE] == 1000
