"""What the panel and the card ask for, and who gets an answer."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockUser,
)
from pytest_homeassistant_custom_component.typing import (  # type: ignore[import-untyped]
    WebSocketGenerator,
)

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .flow import Flow
from .house import NEVER, House, source
from .test_without_network import begin

FRIDGE, DOOR = "sensor.fridge", "sensor.door"

type Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """Two readings of a fridge in an anchor, and one that waits."""
    house = await set_up(source(FRIDGE, DOOR))
    for state in ("4.2", "4.3"):
        hass.states.async_set(FRIDGE, state, {"unit_of_measurement": "°C"})
        await house.flush()
    await house.call("anchor", wait=True)
    hass.states.async_set(FRIDGE, "4.4", {"unit_of_measurement": "°C"})
    await house.flush()
    return house


@pytest.fixture
async def ask(hass_ws_client: WebSocketGenerator) -> Ask:
    """Ask as an administrator; what goes wrong is returned as its error."""
    client = await hass_ws_client()

    async def ask(command: str, **data: object) -> Any:  # noqa: ANN401 - JSON
        await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **data})
        answer = await client.receive_json()
        return answer["result"] if answer["success"] else answer["error"]

    return ask


def day(house: House) -> dict[str, str]:
    now = dt_util.utcnow()
    return {
        "entry_id": house.entry.entry_id,
        "start": (now - timedelta(days=1)).isoformat(),
        "end": (now + timedelta(days=1)).isoformat(),
    }


async def test_logs(house: House, ask: Ask) -> None:
    (log,) = await ask("logs")
    assert log["entry_id"] == house.entry.entry_id
    assert log["title"] == "House"
    assert log["origin"] == house.coordinator.parts.store.origin
    assert log["chain"] == {
        "id": "eip155:31337",
        "name": "eip155:31337",
        "currency": "ETH",
        "explorer": None,
        "testnet": False,
        "address": house.address,
    }
    await house.unload()
    assert await ask("logs") == []


async def test_status_is_told_now_and_when_it_changes(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client()

    async def told(recorded: int) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = (await client.receive_json())["event"]
            if event["recorded"] == recorded:
                return event

    await client.send_json_auto_id(
        {"type": f"{DOMAIN}/subscribe_status", "entry_id": house.entry.entry_id}
    )
    assert (await client.receive_json())["success"]
    status = await told(3)
    assert (status["size"], status["waiting"]) == (5, 1)
    assert status["anchor_status"] == "confirmed"
    assert dt_util.parse_datetime(status["last_anchored"])
    assert int(status["balance"]) > int(status["spent_today"]) > 0
    assert int(status["last_cost"]) > 0
    due = dt_util.parse_datetime(status["next"], raise_on_error=True)
    assert due - dt_util.utcnow() > timedelta(**NEVER) - timedelta(hours=1)

    hass.states.async_set(FRIDGE, "4.5")
    assert (await told(4))["waiting"] == 2
    await house.call("anchor", wait=True)
    while (status := await told(4))["waiting"]:
        pass
    assert status["next"] is None


async def test_status_is_told_after_a_reload_too(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.unload()
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": f"{DOMAIN}/subscribe_status", "entry_id": house.entry.entry_id}
    )
    assert (await client.receive_json())["success"]
    for recorded in (4, 5):
        if recorded == 4:
            assert await hass.config_entries.async_setup(house.entry.entry_id)
        else:
            await house.reload()
        hass.states.async_set(FRIDGE, f"{recorded}.5")
        while (await client.receive_json())["event"]["recorded"] != recorded:
            pass


async def test_status_of_many_that_wait_is_due_now(
    hass: HomeAssistant, set_up: SetUp, hass_ws_client: WebSocketGenerator
) -> None:
    house = await set_up(source(FRIDGE), funded=False, options={"anchor_readings": 2})
    before = dt_util.utcnow()
    for state in ("1", "2"):
        hass.states.async_set(FRIDGE, state)
        await house.flush()
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": f"{DOMAIN}/subscribe_status", "entry_id": house.entry.entry_id}
    )
    await client.receive_json()
    while (status := (await client.receive_json())["event"])["waiting"] < 2:
        pass
    due = dt_util.parse_datetime(status["next"], raise_on_error=True)
    assert before <= due <= dt_util.utcnow()


async def test_nobody_is_told_who_does_not_listen(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": f"{DOMAIN}/subscribe_status", "entry_id": house.entry.entry_id}
    )
    number = (await client.receive_json())["id"]
    listeners = len(house.coordinator._listeners)
    await client.receive_json()
    await client.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": number}
    )
    while "success" not in await client.receive_json():
        pass
    assert len(house.coordinator._listeners) == listeners - 1
    hass.states.async_set(FRIDGE, "4.5")
    await house.flush()
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_readings_with_their_lifecycle(house: House, ask: Ask) -> None:
    found = await ask("readings", entity_id=FRIDGE, **day(house))
    assert not found["more"]
    assert [(one["state"], one["status"]) for one in found["readings"]] == [
        ("4.4", "pending"),
        ("4.3", "confirmed"),
        ("4.2", "confirmed"),
    ]
    waiting, anchored, _ = found["readings"]
    assert (waiting["anchor"], waiting["anchored"]) == (None, None)
    assert anchored["anchor"] == 1
    assert dt_util.parse_datetime(anchored["anchored"])
    assert anchored["unit"] == "°C"
    assert anchored["signed"] is False
    assert [act["act"] for act in found["acts"]] == ["started", "sources"]


async def test_readings_come_in_pages(house: House, ask: Ask) -> None:
    first = await ask("readings", entity_id=FRIDGE, limit=2, **day(house))
    assert [one["state"] for one in first["readings"]] == ["4.4", "4.3"]
    assert first["more"]
    index = first["readings"][-1]["index"]
    rest = await ask("readings", entity_id=FRIDGE, limit=2, before=index, **day(house))
    assert [one["state"] for one in rest["readings"]] == ["4.2"]
    assert not rest["more"]
    assert rest["acts"] == []


async def test_readings_of_several_anchors(house: House, ask: Ask) -> None:
    for state in ("1", "2", "3"):
        house.hass.states.async_set(FRIDGE, state)
        await house.call("anchor", wait=True)
    found = await ask("readings", entity_id=FRIDGE, **day(house))
    assert [one["anchor"] for one in found["readings"]] == [4, 3, 2, 2, 1, 1]


async def test_a_reading_on_its_way_is_submitted(
    house: House, ask: Ask, chain: Anvil
) -> None:
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
    await house.call("anchor")
    status = ""
    while status != "submitted":
        found = await ask("readings", entity_id=FRIDGE, **day(house))
        status = found["readings"][0]["status"]
        assert status in {"pending", "submitted"}


async def test_anchors_come_in_pages(house: House, ask: Ask) -> None:
    for state in ("1", "2"):
        house.hass.states.async_set(FRIDGE, state)
        await house.call("anchor", wait=True)
    entry = {"entry_id": house.entry.entry_id}
    found = await ask("anchors", limit=2, **entry)
    assert [anchor["number"] for anchor in found["anchors"]] == [3, 2]
    assert found["more"]
    last = found["anchors"][-1]
    assert last["first"] < last["size"] == found["anchors"][0]["first"]
    assert last["transaction"].startswith("0x")
    assert int(last["cost"]) > 0
    found = await ask("anchors", limit=2, before=last["size"], **entry)
    assert [anchor["number"] for anchor in found["anchors"]] == [1]
    assert found["anchors"][0]["first"] == 0
    assert not found["more"]


async def test_entities(house: House, ask: Ask) -> None:
    assert await ask("entities", entry_id=house.entry.entry_id) == [FRIDGE]


async def test_a_log_that_is_not_there(house: House, ask: Ask) -> None:
    await house.unload()
    for command in ("entities", "anchors"):
        error = await ask(command, entry_id=house.entry.entry_id)
        assert error["translation_key"] == "log_not_loaded"
    error = await ask("subscribe_status", entry_id="another")
    assert error["translation_key"] == "log_not_loaded"


@pytest.mark.usefixtures("house")
async def test_a_file_that_cannot_be_read(ask: Ask) -> None:
    with broken_disk(LogStore, "find"):
        error = await ask("latest_reading", entity_id=FRIDGE)
    assert error["translation_key"] == "log_unreadable_now"


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": 1001},
        {"before": -1},
        {"start": "yesterday"},
        {"end": "2001-01-01"},
    ],
)
async def test_questions_are_bounded(
    house: House, ask: Ask, wrong: dict[str, Any]
) -> None:
    error = await ask("readings", **{"entity_id": FRIDGE, **day(house), **wrong})
    assert error["code"] in {"invalid_format", "home_assistant_error"}


async def test_a_log_without_a_network_has_readings_and_no_anchors(
    flow: Flow, hass_ws_client: WebSocketGenerator
) -> None:
    house = await begin(flow)
    client = await hass_ws_client()

    async def ask(command: str, **data: object) -> Any:  # noqa: ANN401 - JSON
        await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **data})
        return (await client.receive_json())["result"]

    (log,) = await ask("logs")
    assert log["chain"] is None
    entry = {"entry_id": log["entry_id"]}
    assert await ask("anchors", **entry) == {"anchors": [], "more": False}
    found = await ask("readings", entity_id=FRIDGE, **day(house))
    assert [one["status"] for one in found["readings"]] == ["pending"]
    assert (await ask("latest_reading", entity_id=FRIDGE))["chain"] is None
    await ask("subscribe_status", **entry)
    while (status := (await client.receive_json())["event"])["recorded"] == 0:
        pass
    assert (status["recorded"], status["next"], status["balance"]) == (1, None, None)
    assert status["spent_today"] is None


async def test_latest_reading(house: House, ask: Ask) -> None:
    found = await ask("latest_reading", entity_id=FRIDGE)
    assert (found["state"], found["status"], found["log"]) == (
        "4.4",
        "pending",
        "House",
    )
    assert found["entry_id"] == house.entry.entry_id
    assert await ask("latest_reading", entity_id="sensor.never") is None


@pytest.mark.parametrize(
    "command", ["logs", "entities", "readings", "anchors", "subscribe_status"]
)
async def test_only_administrators_see_readings(
    house: House, ask: Ask, hass_admin_user: MockUser, command: str
) -> None:
    hass_admin_user.groups = []
    data: dict[str, Any] = (
        {} if command == "logs" else {"entry_id": house.entry.entry_id}
    )
    if command == "readings":
        data = {"entity_id": FRIDGE, **day(house)}
    assert (await ask(command, **data))["code"] == "unauthorized"


@pytest.mark.usefixtures("house")
async def test_who_may_see_an_entity_sees_how_far_its_reading_is(
    ask: Ask, hass_admin_user: MockUser
) -> None:
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"entity_ids": {FRIDGE: {"read": True}}}})
    assert (await ask("latest_reading", entity_id=FRIDGE))["status"] == "pending"
    assert (await ask("latest_reading", entity_id=DOOR))["code"] == "unauthorized"


async def test_ten_thousand_readings_are_quick_to_page(
    hass: HomeAssistant, house: House, ask: Ask
) -> None:
    store = house.coordinator.parts.store
    now = dt_util.utcnow()

    def fill() -> None:
        store.append(
            [Reading(FRIDGE, str(n), now - timedelta(seconds=n)) for n in range(10_000)]
        )
        store.append([Act("stopped", now)] * 300)

    await hass.async_add_executor_job(fill)
    found = await ask("readings", entity_id=FRIDGE, **day(house))
    assert len(found["readings"]) == 1000
    assert len(found["acts"]) == 200
