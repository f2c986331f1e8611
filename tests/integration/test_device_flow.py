"""The forms about a device, where something has changed since they were opened."""

import pytest
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.iot_blockchain.const import SUBENTRY_DEVICE
from custom_components.iot_blockchain.signing.enrolment import fingerprint_of

from .conftest import SetUp
from .disk import broken_disk
from .signing import Air, SigningDevice
from .test_devices import (
    DETAILS,
    add_device,
    change_device,
    enrolled,
    shown,
    signed,
)


@pytest.mark.parametrize("loaded", [True, False])
async def test_key_is_enrolled_in_one_log_only(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice, *, loaded: bool
) -> None:
    one, other = await set_up(), await set_up(name="Garage")
    forms = [await add_device(house, did=device.did) for house in (one, other)]
    entered = {**DETAILS, "sensors": [{"sensor": "temperature"}]}
    flows = hass.config_entries.subentries
    first = await flows.async_configure(forms[0]["flow_id"], entered)
    assert first["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    if not loaded:
        await one.unload()
    second = await flows.async_configure(forms[1]["flow_id"], entered)
    assert second["errors"] == {"base": "already_enrolled"}
    assert not other.entry.subentries
    third = await add_device(other, did=device.did)
    assert third["errors"] == {"did": "already_enrolled"}


async def test_key_that_a_device_changed_to_is_enrolled_with_it(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    other = await set_up(name="Garage")
    await Air(hass).send(device.rotate())
    form = await add_device(other, did=device.did)
    assert form["errors"] == {"did": "already_enrolled"}
    # Only its log knows that key.
    await house.unload()
    form = await add_device(other, did=device.did)
    assert form["step_id"] == "details"


async def test_devices_that_were_heard_can_be_chosen(
    hass: HomeAssistant, set_up: SetUp, device: SigningDevice
) -> None:
    house = await set_up()
    await Air(hass).send(device.reading("4.2"))
    form = await hass.config_entries.subentries.async_init(
        (house.entry.entry_id, SUBENTRY_DEVICE), context={"source": SOURCE_USER}
    )
    assert form["data_schema"] is not None
    choice = form["data_schema"].schema["did"].config
    (offered,) = choice["options"]
    assert offered["value"] == device.did
    assert offered["label"].endswith(f"(…{fingerprint_of(device.did)})")
    assert choice["custom_value"]
    form = await hass.config_entries.subentries.async_configure(
        form["flow_id"], {"did": device.did}
    )
    assert form["step_id"] == "details"


async def test_device_of_a_log_that_is_not_loaded_cannot_be_changed(
    set_up: SetUp, device: SigningDevice
) -> None:
    house = await set_up(enrolled(device))
    await house.unload()
    result = await house.entry.start_subentry_reconfigure_flow(
        house.hass, next(iter(house.entry.subentries))
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_loaded"


async def test_device_is_released_once_the_disk_can_be_written(
    hass: HomeAssistant,
    set_up: SetUp,
    device: SigningDevice,
) -> None:
    air = Air(hass)
    house = await set_up(enrolled(device, quarantine_on_change=True))
    await air.send(device.boot(), device.boot(firmware="cd" * 16))
    flows = hass.config_entries.subentries
    form = await change_device(house, "release")
    assert form["description_placeholders"] == {"name": "Fridge signed"}
    with broken_disk(house.coordinator.parts.store, "append"):
        result = await flows.async_configure(form["flow_id"], {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "log_unwritable"
    assert result["description_placeholders"] == {"error": "the disk is broken"}
    assert shown(house, "status") == "quarantined"

    form = await change_device(house, "release")
    result = await flows.async_configure(form["flow_id"], {})
    assert result["reason"] == "released"
    assert shown(house, "status") == "trusted"
    await air.send(device.reading("4.2"))
    assert len(await signed(house)) == 1
