"""The examples in the documentation run as they are written."""

from typing import Any

import pytest
from homeassistant.components.automation.config import (
    AutomationConfig,
    async_validate_config_item,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.script import Script
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    async_mock_service,
)

from .conftest import SetUp
from .docs import examples, page
from .house import House, source

_EXAMPLES = examples(page("use.md"))
_AUTOMATIONS = [name for name, example in _EXAMPLES.items() if "triggers" in example]


async def _house(hass: HomeAssistant, set_up: SetUp) -> House:
    house = await set_up(
        source("sensor.fridge_temperature"), source("sensor.barcode_scanner_code")
    )
    hass.states.async_set(
        "sensor.fridge_temperature", "9.1", {"unit_of_measurement": "°C"}
    )
    hass.states.async_set("sensor.barcode_scanner_code", "4006381333931")
    await house.flush()
    return house


async def _run(hass: HomeAssistant, actions: object) -> dict[str, Any]:
    script = Script(hass, actions, "example", "test")  # type: ignore[arg-type]
    result = await script.async_run()
    assert result is not None
    return dict(result.variables)


def test_the_page_has_examples() -> None:
    assert len(_EXAMPLES) == 5
    assert len(_AUTOMATIONS) == 2


@pytest.mark.parametrize("name", _AUTOMATIONS)
async def test_an_automation_of_the_page_is_one(
    hass: HomeAssistant, set_up: SetUp, name: str
) -> None:
    await _house(hass, set_up)
    config = await async_validate_config_item(hass, "example", _EXAMPLES[name])
    assert isinstance(config, AutomationConfig)
    assert config.validation_error is None


async def test_the_alarm_ends_with_an_anchored_receipt(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await _house(hass, set_up)
    told = async_mock_service(hass, "persistent_notification", "create")
    config = await async_validate_config_item(
        hass, "example", _EXAMPLES["Evidence of an alarm"]
    )
    assert isinstance(config, AutomationConfig)
    variables = await _run(hass, config["actions"])
    assert variables["anchor"]["status"] in {"confirmed", "final"}
    (notification,) = told
    assert notification.data["title"] == "Fridge at 9.1 °C"
    assert '"iot-blockchain-receipt/1"' in notification.data["message"]


async def test_the_hand_over_answers_with_the_receipt_of_the_code(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await _house(hass, set_up)
    assert await async_setup_component(
        hass, "script", {"script": {"hand_over": _EXAMPLES["A hand-over"]}}
    )
    answer: Any = await hass.services.async_call(
        "script", "hand_over", blocking=True, return_response=True
    )
    assert answer["status"] in {"confirmed", "final"}
    assert answer["readings"][0]["state"] == "4006381333931"


@pytest.mark.parametrize(
    "name", ["A receipt from last week", "Check somebody's receipt"]
)
async def test_an_action_of_the_page_takes_what_is_written_there(
    hass: HomeAssistant, set_up: SetUp, name: str
) -> None:
    house = await _house(hass, set_up)
    example = _EXAMPLES[name]
    action = example["action"].removeprefix("iot_blockchain.")
    data = dict(example["data"])
    if "time" in data:  # there is nothing from before this test
        data["time"] = "2100-01-01 00:00:00"
    answer = await house.call(action, **data)
    assert answer.get("status", answer.get("verdict")) in {"pending", "invalid"}
