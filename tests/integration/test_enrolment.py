"""Keys that wait for the owner's decision, and for how long."""

from typing import Any

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.signing import enrolment
from custom_components.iot_blockchain.signing.enrolment import async_get_enrolment

from .conftest import SetUp
from .disk import broken_disk
from .signing import Air, SigningDevice
from .test_devices import enrolled


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(enrolment, "monotonic", made)
    return made


def asked_about(hass: HomeAssistant) -> set[str]:
    """Return the keys that the owner is asked about."""
    return {
        issue_id.removeprefix("device_unknown_")
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN
    }


async def test_silent_stranger_gives_way_to_a_device_that_goes_on_to_send(
    hass: HomeAssistant, set_up: SetUp, clock: Clock
) -> None:
    await set_up()
    air = Air(hass)
    strangers = [SigningDevice() for _ in range(8)]
    for stranger in strangers:
        clock.seconds += 1
        await air.send(stranger.reading())
    mine = SigningDevice()
    await air.send(mine.boot())
    assert mine.did not in asked_about(hass)
    clock.seconds += 500
    # The first one is heard again; the second one is the most silent then.
    await air.send(strangers[0].reading())
    clock.seconds += 90
    await air.send(mine.boot())
    assert mine.did not in asked_about(hass)
    clock.seconds += 10
    # What is not signed makes nobody give way.
    await air.send(SigningDevice().boot()[:-4] + "AAAA")
    assert asked_about(hass) == {stranger.did for stranger in strangers}
    await air.send(mine.boot())
    expected = {mine.did, strangers[0].did, *(each.did for each in strangers[2:])}
    assert asked_about(hass) == expected
    assert (await async_get_enrolment(hass)).candidates.keys() == expected


async def test_no_more_sensors_of_a_stranger_are_remembered_than_a_device_has(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await set_up()
    air, stranger = Air(hass), SigningDevice()
    await air.send(*(stranger.reading(sensor=f"s{number}") for number in range(70)))
    kept = (await async_get_enrolment(hass)).candidates[stranger.did]
    assert len(kept.sensors) == 64


async def test_key_that_was_refused_can_still_be_enrolled(
    hass: HomeAssistant, set_up: SetUp, hass_storage: dict[str, Any]
) -> None:
    await set_up()
    air, device = Air(hass), SigningDevice()
    await air.send(device.boot())
    keys = await async_get_enrolment(hass)
    await keys.async_refuse(device.did)
    assert hass_storage[f"{DOMAIN}_devices"]["data"] == {"refused": [device.did]}
    await keys.async_enrol(device.did)
    assert hass_storage[f"{DOMAIN}_devices"]["data"] == {"refused": []}
    await air.send(device.boot())
    assert asked_about(hass) == {device.did}


async def test_without_a_log_a_device_cannot_be_enrolled(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    house = await set_up()
    air, device = Air(hass), SigningDevice()
    await air.send(device.boot())
    await house.unload()
    manager = repairs_flow_manager(hass)
    assert manager is not None
    flow = await manager.async_init(
        DOMAIN, data={"issue_id": f"device_unknown_{device.did}"}
    )
    assert flow["type"] is FlowResultType.MENU
    result = await manager.async_configure(flow["flow_id"], {"next_step_id": "enrol"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_log"


async def test_device_stays_in_quarantine_where_that_cannot_be_written(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    device = SigningDevice()
    house = await set_up(enrolled(device, quarantine_on_change=True))
    await Air(hass).send(device.boot(), device.boot(firmware="cd" * 16))
    manager = repairs_flow_manager(hass)
    assert manager is not None
    (issue,) = asked_about(hass)
    flow = await manager.async_init(DOMAIN, data={"issue_id": issue})
    with broken_disk(house.coordinator.recording, "async_record"):
        result = await manager.async_configure(flow["flow_id"], {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "log_unwritable"
    assert asked_about(hass) == {issue}


async def test_log_is_chosen_where_there_are_several(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await set_up()
    other = await set_up(name="Garage")
    device = SigningDevice()
    await Air(hass).send(device.boot())
    manager = repairs_flow_manager(hass)
    assert manager is not None
    flow = await manager.async_init(
        DOMAIN, data={"issue_id": f"device_unknown_{device.did}"}
    )
    form = await manager.async_configure(flow["flow_id"], {"next_step_id": "enrol"})
    assert form["type"] is FlowResultType.FORM
    result = await manager.async_configure(
        form["flow_id"], {"log": other.entry.entry_id}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (opened,) = hass.config_entries.subentries.async_progress()
    assert opened["handler"][0] == other.entry.entry_id


async def test_name_of_a_stranger_is_no_link_in_the_question(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await set_up()
    device = SigningDevice()
    await Air(hass).send(
        device.boot(name="fridge. [Update](https://a.example)", model="![](//b/c.png)")
    )
    issue_id = f"device_unknown_{device.did}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    manager = repairs_flow_manager(hass)
    assert manager is not None
    flow = await manager.async_init(DOMAIN, data={"issue_id": issue_id})
    for shown in (issue.translation_placeholders, flow["description_placeholders"]):
        assert shown is not None
        assert shown["device"] == r"fridge. \[Update\](https\://a.example)"
        assert shown["model"] == r"\!\[\](//b/c.png)"
