"""The examples in docs/automations.md run as they are written."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.persistent_notification import (
    DOMAIN as PERSISTENT_NOTIFICATION,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.iot_blockchain.chain import errors
from custom_components.iot_blockchain.condition import async_get_conditions
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.trigger import async_get_triggers
from scripts.house.chain import Anvil

from .conftest import SetUp
from .docs import examples, page
from .house import House, source, until

_PAGE = page("automations.md")
_EXAMPLES = examples(_PAGE)
_FRIDGE = "sensor.fridge_temperature"

type Calls = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A log, its chain, and what the examples call that is no part of this."""

    house: House
    chain: Anvil
    calls: Calls

    @property
    def hass(self) -> HomeAssistant:
        """Where it all is."""
        return self.house.hass

    def empty_the_account(self) -> None:
        """Let nothing be paid for any more."""
        self.chain.rpc("anvil_setBalance", self.house.address, "0x0")


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """A log of a house, anchored up to now."""
    house = await set_up(
        source(_FRIDGE, "sensor.freezer_temperature", "sensor.barcode_scanner_code")
    )
    hass.states.async_set(_FRIDGE, "4.2")
    hass.states.async_set("sensor.freezer_temperature", "-18")
    await house.call("anchor", wait=True)
    await until(lambda: house.status.waiting == 0)
    return house


@pytest.fixture
async def calls(hass: HomeAssistant) -> AsyncGenerator[Calls]:
    """What the examples call that is no part of this."""
    assert await async_setup_component(hass, "persistent_notification", {})
    yield {
        action: async_mock_service(hass, *action.split("."))
        for action in ("logbook.log", "notify.send_message", "light.turn_on")
    }
    await hass.services.async_call(
        "automation",
        "turn_off",
        {"entity_id": hass.states.async_entity_ids("automation")},
        blocking=True,
    )


def notifications(hass: HomeAssistant) -> list[dict[str, Any]]:
    return list(hass.data.get(PERSISTENT_NOTIFICATION, {}).values())


async def use(hass: HomeAssistant, heading: str) -> None:
    assert await async_setup_component(
        hass, "automation", {"automation": _EXAMPLES[heading]}
    )
    await hass.async_block_till_done()
    (automation,) = hass.states.async_all("automation")
    assert automation.state == "on"


async def at(hass: HomeAssistant, moment: datetime) -> None:
    async_fire_time_changed(hass, moment)
    await hass.async_block_till_done()


def evening() -> datetime:
    return dt_util.now().replace(hour=21, minute=0, second=0) + timedelta(days=1)


async def write_into_the_logbook(scene: Scene) -> None:
    scene.hass.states.async_set(_FRIDGE, "4.3")
    answer = await scene.house.call("anchor", wait=True)
    scene.chain.mine(10)
    await until(lambda: bool(scene.calls["logbook.log"]))
    # The anchor from before became final, too.
    await until(lambda: len(scene.calls["logbook.log"]) == 2)
    assert scene.calls["logbook.log"][-1].data == {
        "name": "Fridge",
        "entity_id": _FRIDGE,
        "message": f"1 readings anchored in block {answer['block_number']}",
    }


async def be_told_what_stops(scene: Scene) -> None:
    scene.empty_the_account()
    scene.hass.states.async_set(_FRIDGE, "4.3")
    await scene.house.call("anchor")
    sent = scene.calls["notify.send_message"]
    await until(lambda: bool(sent))
    assert sent[0].data["title"] == "House"
    assert scene.house.address in sent[0].data["message"]


async def receive_goods(scene: Scene) -> None:
    scene.hass.states.async_set("sensor.barcode_scanner_code", "4006381333931")
    sent = scene.calls["notify.send_message"]
    await until(lambda: bool(sent))
    assert sent[0].data["title"] == "Received 4006381333931"
    assert sent[0].data["message"].startswith("https://home.example.org/api/")


async def ask_in_the_evening(scene: Scene) -> None:
    await at(scene.hass, evening())
    assert notifications(scene.hass) == []
    scene.hass.states.async_set(_FRIDGE, "4.3")
    await scene.house.flush()
    await at(scene.hass, evening() + timedelta(days=1))
    (told,) = notifications(scene.hass)
    assert told["title"] == "Not everything is anchored"


async def switch_on_a_lamp(scene: Scene) -> None:
    now = dt_util.utcnow()
    soon = now.replace(minute=now.minute // 5 * 5, second=0) + timedelta(minutes=10)
    await at(scene.hass, soon)
    assert scene.calls["light.turn_on"] == []
    scene.empty_the_account()
    scene.hass.states.async_set(_FRIDGE, "4.3")
    await scene.house.call("anchor")
    await until(lambda: scene.house.status.problem is not None)
    await at(scene.hass, soon + timedelta(minutes=5))
    assert len(scene.calls["light.turn_on"]) == 1


async def forge_a_receipt(scene: Scene) -> None:
    receipt = (await scene.house.call("get_receipt", entity_id=_FRIDGE))["receipt"]
    receipt["entries"][0] = receipt["entries"][0].replace("4.2", "2.4")
    await scene.house.call("verify_receipt", receipt=receipt)
    await until(lambda: bool(notifications(scene.hass)))
    (told,) = notifications(scene.hass)
    assert told["title"] == "A verification failed"


_WHAT_HAPPENS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "Write each anchored reading into the logbook": write_into_the_logbook,
    "Be told what stops anchoring": be_told_what_stops,
    "A receipt for whoever brought the goods": receive_goods,
    "Ask in the evening whether all is anchored": ask_in_the_evening,
    "Switch on a lamp while anchoring is not healthy": switch_on_a_lamp,
    "Be told of a forged receipt": forge_a_receipt,
}


def test_every_example_of_the_page_is_tried() -> None:
    assert _EXAMPLES.keys() == _WHAT_HAPPENS.keys()


@pytest.mark.parametrize("heading", _WHAT_HAPPENS)
async def test_an_example_does_what_it_says(
    hass: HomeAssistant, house: House, calls: Calls, chain: Anvil, heading: str
) -> None:
    await use(hass, heading)
    await _WHAT_HAPPENS[heading](Scene(house, chain, calls))


async def test_the_page_names_every_trigger_and_condition(hass: HomeAssistant) -> None:
    for names in (await async_get_triggers(hass), await async_get_conditions(hass)):
        for name in names:
            assert f"`{DOMAIN}.{name}`" in _PAGE


def test_the_page_names_every_reason_for_which_anchoring_stops() -> None:
    named = set(
        re.findall(r"`(\w+)`", _PAGE.partition("`trigger.reason` | What it is")[2])
    )
    reasons = {
        error.key
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.ChainError)
    }
    assert reasons - {"chain_error", "not_owner"} <= named
