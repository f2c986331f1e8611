"""Anchoring: from readings to a block, whatever happens on the way."""

from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.chain.journal import Kind

from .conftest import SetUp
from .house import source


async def test_action_waits_for_the_anchor_and_answers_with_it(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    answer = await house.call("anchor", wait=True)
    assert answer["status"] == "confirmed"
    assert answer["size"] == 3
    assert answer["number"] == 1
    assert answer["waiting"] == 0
    assert house.sent(Kind.CREATE) == 1
    assert house.sent(Kind.DEPLOY) == 0
