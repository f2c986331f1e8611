"""Durations that somebody entered who does not want them ever to be over."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.iot_blockchain.durations import LONGEST

from .conftest import SetUp
from .house import source
from .signing import SigningDevice
from .test_devices import DETAILS, add_device
from .test_options_flow import OPTIONS
from .test_source_flow import fill_in

TOO_LONG = [
    {"days": LONGEST.days, "seconds": 1},
    {"days": 3_000_000},
    {"days": 99_999_999_999},  # more than Python's own longest
    {"hours": 1e300},
]
LONG_ENOUGH = {"days": LONGEST.days}


@pytest.mark.parametrize("age", TOO_LONG)
async def test_too_long_an_age_is_refused(
    hass: HomeAssistant, set_up: SetUp, age: dict[str, float]
) -> None:
    house = await set_up()
    configure = hass.config_entries.options
    result = await configure.async_init(house.entry.entry_id)
    result = await configure.async_configure(
        result["flow_id"], {**OPTIONS, "anchor_age": age}
    )
    assert result["errors"] == {"anchor_age": "too_long"}
    result = await configure.async_configure(
        result["flow_id"], {**OPTIONS, "anchor_age": LONG_ENOUGH}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize("interval", TOO_LONG)
async def test_too_long_an_interval_is_refused(
    set_up: SetUp, interval: dict[str, float]
) -> None:
    house = await set_up()
    house.hass.states.async_set("sensor.fridge", "1")
    target = {"entity_id": ["sensor.fridge"]}
    result = await fill_in(house, target=target, less={"interval": interval})
    # The field may be folded away, so it is said above its section.
    assert result["errors"] == {"less": "interval_too_long"}
    result = await house.hass.config_entries.subentries.async_configure(
        result["flow_id"],
        {"name": "Fridge", "target": target, "less": {"interval": LONG_ENOUGH}},
    )
    assert not result["errors"]


@pytest.mark.parametrize("limit", ["time_tolerance", "max_age"])
@pytest.mark.parametrize("duration", TOO_LONG)
async def test_too_long_a_limit_of_a_device_is_refused(
    set_up: SetUp, limit: str, duration: dict[str, float]
) -> None:
    house = await set_up()
    form = await add_device(house, did=SigningDevice().did)
    details: dict[str, Any] = {**DETAILS, "sensors": [{"sensor": "temperature"}]}
    limits = {**details["limits"], limit: duration}
    configure = house.hass.config_entries.subentries.async_configure
    form = await configure(form["flow_id"], {**details, "limits": limits})
    assert form["errors"] == {"limits": "too_long"}
    limits[limit] = LONG_ENOUGH
    form = await configure(form["flow_id"], {**details, "limits": limits})
    assert form["type"] is FlowResultType.CREATE_ENTRY
    await house.hass.async_block_till_done()


@pytest.mark.parametrize("kept", TOO_LONG)
async def test_one_that_was_kept_keeps_nothing_from_being_recorded_and_anchored(
    hass: HomeAssistant, set_up: SetUp, kept: dict[str, float]
) -> None:
    interval = {"interval": kept}
    house = await set_up(
        source("sensor.fridge"),
        source("sensor.door", title="Door", policy=interval),
        options={"anchor_age": kept, "anchor_readings": 3},
    )
    hass.states.async_set("sensor.fridge", "1")
    hass.states.async_set("sensor.door", "shut")
    assert len(await house.readings()) == 2
    await house.reload()
    assert house.entry.state is ConfigEntryState.LOADED
    hass.states.async_set("sensor.fridge", "2")
    await house.anchored()
