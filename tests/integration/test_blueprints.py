"""The blueprints, in automations made of them."""

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.persistent_notification import (
    DOMAIN as PERSISTENT_NOTIFICATION,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import selector
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.anchoring.happenings import (
    VerificationFailed,
    tell,
)
from custom_components.iot_blockchain.chain.journal import ANCHORED
from custom_components.iot_blockchain.const import DOMAIN
from scripts.house.chain import Anvil

from .conftest import SetUp
from .house import source, until

type MakeClient = Callable[..., Awaitable[TestClient]]  # type: ignore[type-arg]

_FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / DOMAIN
_NAMES = sorted(path.name for path in _FOLDER.glob("*.yaml"))
_PHONE = "notify.phone"


@pytest.fixture
def sent(hass: HomeAssistant) -> list[Any]:
    """What was sent to phones."""
    return async_mock_service(hass, "notify", "send_message")  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
async def _end(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Leave no automation that waits for a time."""
    yield
    if automations := hass.states.async_entity_ids("automation"):
        await hass.services.async_call(
            "automation", "turn_off", {"entity_id": automations}, blocking=True
        )


def notifications(hass: HomeAssistant) -> list[dict[str, Any]]:
    return list(hass.data.get(PERSISTENT_NOTIFICATION, {}).values())


async def use(hass: HomeAssistant, name: str, **inputs: object) -> None:
    """Make an automation of a blueprint, as a person does who imported it."""
    folder = Path(hass.config.path("blueprints", "automation", DOMAIN))
    await hass.async_add_executor_job(
        lambda: shutil.copytree(_FOLDER, folder, dirs_exist_ok=True)
    )
    assert await async_setup_component(hass, "persistent_notification", {})
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "use_blueprint": {"path": f"{DOMAIN}/{name}", "input": inputs}
            }
        },
    )
    await hass.async_block_till_done()
    (automation,) = hass.states.async_all("automation")
    assert automation.state == "on"


def test_there_are_three() -> None:
    assert _NAMES == ["needs_attention.yaml", "too_warm.yaml", "weekly_evidence.yaml"]


@pytest.mark.parametrize("name", _NAMES)
def test_every_input_is_explained(name: str) -> None:
    blueprint = Blueprint(
        load_yaml_dict(str(_FOLDER / name)),
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.name.startswith("IoT Blockchain: ")
    assert blueprint.metadata["description"]
    assert blueprint.metadata["source_url"].endswith(
        f"/blueprints/automation/{DOMAIN}/{name}"
    )
    assert blueprint.validate() is None
    for key, details in blueprint.inputs.items():
        assert details["name"], key
        assert details["description"], key
        if "default" in details:
            selector(details["selector"])(details["default"])  # type: ignore[operator]


async def test_a_fridge_that_is_too_warm_is_anchored_and_told(
    hass: HomeAssistant,
    set_up: SetUp,
    sent: list[Any],
    hass_client_no_auth: MakeClient,
) -> None:
    house = await set_up(source("sensor.fridge"))
    fridge = {"unit_of_measurement": "°C", "friendly_name": "Fridge"}
    hass.states.async_set("sensor.fridge", "4.2", fridge)
    await use(
        hass,
        "too_warm.yaml",
        sensor="sensor.fridge",
        duration={"seconds": 0.3},
        log=house.entry.entry_id,
        notify=[_PHONE],
        address="https://home.example.org",
    )
    hass.states.async_set("sensor.fridge", "8.4", fridge)
    await house.flush()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await until(lambda: bool(sent), what="the notification")
    (told,) = notifications(hass)
    assert told["title"] == "Fridge: 8.4 °C"
    assert told["message"].startswith(
        "Above 8 for 0:00:00.300000. The reading is anchored. <a "
    )
    link = told["message"].partition('href="')[2].partition('"')[0]
    assert link.startswith("https://home.example.org/api/iot_blockchain/receipts/")
    client = await hass_client_no_auth()
    served = await client.get(link.removeprefix("https://home.example.org"))
    receipt = await served.json(content_type=None)
    report = await house.call("verify_receipt", receipt=receipt)
    assert report["verdict"] == "anchored"
    assert report["readings"][0]["state"] == "8.4"

    (message,) = sent
    assert message.data["entity_id"] == [_PHONE]
    assert message.data["title"] == "Fridge: 8.4 °C"
    assert message.data["message"].endswith(f"Receipt: {link}")


async def test_a_fridge_that_is_warm_for_a_moment_is_left_alone(
    hass: HomeAssistant, set_up: SetUp, sent: list[Any]
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await use(hass, "too_warm.yaml", sensor="sensor.fridge", log=house.entry.entry_id)
    hass.states.async_set("sensor.fridge", "8.4")
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=14))
    await hass.async_block_till_done()
    hass.states.async_set("sensor.fridge", "7.9")
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=16))
    await house.flush()
    assert notifications(hass) == []
    assert sent == []
    assert house.sent() == 0


async def test_a_fridge_that_is_too_warm_is_told_also_while_nothing_can_be_anchored(
    hass: HomeAssistant, set_up: SetUp, sent: list[Any]
) -> None:
    house = await set_up(source("sensor.fridge"), funded=False)
    hass.states.async_set("sensor.fridge", "4.2")
    await use(
        hass,
        "too_warm.yaml",
        sensor="sensor.fridge",
        duration={"seconds": 0},
        log=house.entry.entry_id,
    )
    hass.states.async_set("sensor.fridge", "8.4")
    await until(lambda: bool(notifications(hass)), what="the notification")
    (told,) = notifications(hass)
    assert "The reading is not anchored yet" in told["message"]
    assert 'href="/api/iot_blockchain/receipts/' in told["message"]
    assert sent == []


async def test_the_evidence_of_a_week_is_written_on_its_day(
    hass: HomeAssistant,
    set_up: SetUp,
    sent: list[Any],
    hass_client_no_auth: MakeClient,
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.flush()
    moment = dt_util.now() + timedelta(minutes=5)
    await use(
        hass,
        "weekly_evidence.yaml",
        entities=["sensor.fridge"],
        log=house.entry.entry_id,
        weekday=dt_util.now().strftime("%a").lower(),
        time=moment.strftime("%H:%M:00"),
        notify=[_PHONE],
    )
    async_fire_time_changed(hass, moment)
    await until(lambda: bool(sent), what="the notification")
    (told,) = notifications(hass)
    assert told["title"] == "Evidence of the week"
    assert "1 readings, all anchored." in told["message"]
    link = told["message"].partition('href="')[2].partition('"')[0]
    client = await hass_client_no_auth()
    assert (await client.get(link)).status == 200
    (message,) = sent
    assert "download" not in message.data["message"].lower()
    path = Path(message.data["message"].partition("The file is ")[2].partition(" (")[0])
    assert await hass.async_add_executor_job(path.is_file)


async def test_the_evidence_of_a_week_is_not_written_on_other_days(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    moment = dt_util.now() + timedelta(minutes=5)
    await use(
        hass,
        "weekly_evidence.yaml",
        entities=["sensor.fridge"],
        log=house.entry.entry_id,
        weekday=(dt_util.now() + timedelta(days=1)).strftime("%a").lower(),
        time=moment.strftime("%H:%M:00"),
    )
    async_fire_time_changed(hass, moment)
    await house.flush()
    assert notifications(hass) == []
    assert house.sent() == 0


async def test_a_log_that_needs_attention_is_told_of(
    hass: HomeAssistant, set_up: SetUp, sent: list[Any]
) -> None:
    house = await set_up(source("sensor.fridge"), funded=False)
    await use(hass, "needs_attention.yaml", log=house.entry.entry_id, notify=[_PHONE])
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor")
    await until(lambda: len(sent) == 2)
    tell(
        hass,
        house.entry.entry_id,
        VerificationFailed(reason="altered", error="1 reading was altered."),
    )
    tell(hass, None, VerificationFailed(reason="signed", error="another's receipt"))
    await until(lambda: len(sent) == 3)
    messages = {message.data["title"]: message.data["message"] for message in sent}
    assert messages.keys() == {
        "House: the balance is low",
        "House: anchoring has stopped",
        "House: the history is not as the log says",
    }
    assert house.address in messages["House: anchoring has stopped"]
    assert (
        messages["House: the history is not as the log says"]
        == "1 reading was altered."
    )
    assert len(notifications(hass)) == 3


async def test_a_low_balance_is_told_with_the_address(
    hass: HomeAssistant,
    set_up: SetUp,
    sent: list[Any],
    chain: Anvil,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchorer, "_BALANCE_AGE", timedelta(0))
    house = await set_up(source("sensor.fridge"))
    await house.call("anchor", wait=True)
    await use(hass, "needs_attention.yaml", log=house.entry.entry_id, notify=[_PHONE])
    anchor = house.coordinator.chain.journal.last_anchor(*ANCHORED)
    assert anchor is not None
    assert anchor.placement is not None
    wei = 5 * anchor.placement.cost
    chain.rpc("anvil_setBalance", house.address, hex(wei))
    assert house.coordinator.anchorer is not None
    house.coordinator.anchorer.wake()
    await until(lambda: len(sent) == 1)
    assert sent[0].data["title"] == "House: the balance is low"
    assert house.address in sent[0].data["message"]
    assert "can pay for 5 more anchors" in sent[0].data["message"]
