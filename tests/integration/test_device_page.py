"""What the page of a device that signs says about it."""

from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.device.rules import SensorRule

from .conftest import SetUp
from .house import House
from .signing import Air, SigningDevice
from .test_devices import add_device, enrolled, shown, signed, whole


def _about(house: House) -> tuple[str | None, ...]:
    (subentry_id,) = house.entry.subentries
    device = dr.async_get(house.hass).async_get_device_by_identifier(
        (DOMAIN, subentry_id), house.entry.entry_id
    )
    assert device is not None
    return device.serial_number, device.model, device.sw_version


async def test_page_follows_the_device(set_up: SetUp, air: Air) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    assert _about(house) == (device.did, None, None)
    await air.send(device.boot())
    assert _about(house) == (device.did, "esp8266 d1_mini", "2026.10.1")
    await air.send(device.rotate(), device.reading("4.2"))
    assert _about(house) == (device.did, "esp8266 d1_mini", "2026.10.1")
    await house.reload()
    assert _about(house) == (device.did, "esp8266 d1_mini", "2026.10.1")


async def test_keys_and_hashes_fit_a_card(set_up: SetUp, air: Air) -> None:
    device = SigningDevice()
    house = await set_up(enrolled(device))
    assert shown(house, "firmware_hash") == "unknown"
    await air.send(device.boot(firmware="0123456789abcdef" * 2))
    key = device.did.removeprefix("did:key:")
    assert shown(house, "signing_key") == f"{key[:8]}…{key[-4:]}"
    assert shown(house, "firmware_hash") == "01234567…cdef"
    assert len(shown(house, "configuration_hash")) == len("01234567…cdef")
    assert whole(house, "firmware_hash", "hash") == "0123456789abcdef" * 2
    assert whole(house, "signing_key", "did") == device.did


async def test_what_changes_with_each_envelope_is_disabled_at_first(
    set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up(enrolled(SigningDevice()))
    disabled = [
        entry.unique_id.partition("DEVICE_")[2]
        for entry in er.async_entries_for_config_entry(
            entity_registry, house.entry.entry_id
        )
        if entry.disabled_by is not None and "DEVICE_" in entry.unique_id
    ]
    assert disabled == ["sequence"]


async def test_sensor_that_a_device_may_not_report_any_more_has_no_entity(
    set_up: SetUp, air: Air, entity_registry: er.EntityRegistry
) -> None:
    device = SigningDevice()
    sensors = {"temperature": SensorRule(), "door": SensorRule()}
    house = await set_up(enrolled(device, sensors=sensors))
    await air.send(device.reading("shut", sensor="door"))
    (subentry,) = house.entry.subentries.values()
    data = {
        **subentry.data,
        "sensors": {"temperature": subentry.data["sensors"]["door"]},
    }
    house.hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
    await house.hass.async_block_till_done()
    assert entity_registry.async_get("sensor.fridge_signed_door") is None
    assert house.hass.states.get("sensor.fridge_signed_door") is None
    assert shown(house, "temperature") == "unknown"
    assert shown(house, "status") == "trusted"
    assert len(await signed(house)) == 1


async def test_name_is_suggested_as_people_write_names(set_up: SetUp, air: Air) -> None:
    device = SigningDevice()
    house = await set_up()
    await air.send(device.boot())
    form = await add_device(house, did=device.did)
    suggested = {
        str(field): field.description["suggested_value"]
        for field in form["data_schema"].schema
        if field.description
    }
    assert suggested["name"] == "Fridge signed"
