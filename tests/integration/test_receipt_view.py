"""Links to receipts: what a notification holds."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockUser,
)

from custom_components.iot_blockchain.log.entry import Reading
from custom_components.iot_blockchain.successor import async_continue_with_successor
from scripts.house.chain import Anvil

from .conftest import SetUp
from .disk import broken_disk
from .house import House, source, until

type MakeClient = Callable[..., Awaitable[TestClient]]  # type: ignore[type-arg]


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """A log with a reading."""
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.flush()
    return house


async def test_the_link_is_to_the_receipt_as_it_is_when_it_is_opened(
    house: House, hass_client_no_auth: MakeClient, chain: Anvil
) -> None:
    answer = await house.call("get_receipt", entity_id="sensor.fridge")
    assert answer["receipt"]["anchor"] is None
    client = await hass_client_no_auth()
    served = await client.get(answer["download"])
    assert served.status == 200
    assert served.content_type == "application/vnd.iot-blockchain.receipt+json"
    assert served.headers["Content-Disposition"] == (
        f"attachment; filename=receipt-{answer['index']}.json"
    )
    assert served.headers["Cache-Control"] == "no-store"
    pending = await served.json(content_type=None)
    assert pending["entries"] == answer["receipt"]["entries"]
    assert pending["anchor"] is None

    await house.call("anchor", wait=True)
    chain.mine(10)
    await until(lambda: house.state("anchor_status") == "final")
    served = await client.get(answer["download"])
    receipt = await served.json(content_type=None)
    report = await house.call("verify_receipt", receipt=receipt)
    assert report["verdict"] == "anchored"


async def test_only_the_signed_link_works_and_for_a_week(
    house: House,
    hass_client: MakeClient,
    hass_client_no_auth: MakeClient,
    freezer: FrozenDateTimeFactory,
) -> None:
    answer = await house.call("get_receipt", entity_id="sensor.fridge")
    link, path = answer["download"], answer["download"].partition("?")[0]
    anybody = await hass_client_no_auth()
    assert (await anybody.get(path)).status == 401
    another = path.removesuffix(str(answer["index"])) + "0"
    signature = link.partition("?")[2]
    assert (await anybody.get(f"{another}?{signature}")).status == 401
    assert (await (await hass_client()).get(path)).status == 200
    freezer.tick(7 * 24 * 3600 - 60)
    assert (await anybody.get(link)).status == 200
    freezer.tick(120)
    assert (await anybody.get(link)).status == 401


async def test_without_a_link_only_readings_that_one_may_see_are_served(
    house: House,
    hass_client: MakeClient,
    hass_client_no_auth: MakeClient,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    answer = await house.call("get_receipt", entity_id="sensor.fridge")
    path = answer["download"].partition("?")[0]
    act = f"{path.rpartition('/')[0]}/0"
    token = await house.hass.auth.async_create_refresh_token(
        hass_read_only_user, "https://example.invalid"
    )

    def own_link(to: str) -> str:
        return async_sign_path(
            house.hass, to, timedelta(hours=1), refresh_token_id=token.id
        )

    reader = await hass_client(hass_read_only_access_token)
    anybody = await hass_client_no_auth()
    for entity, status in (("sensor.fridge", 200), ("sensor.porch", 401)):
        hass_read_only_user.mock_policy({"entities": {"entity_ids": {entity: True}}})
        assert (await reader.get(path)).status == status
        assert (await anybody.get(own_link(path))).status == status
        # What the house did is for administrators.
        assert (await reader.get(act)).status == 401
        assert (await anybody.get(own_link(act))).status == 401


async def test_a_link_to_what_is_not_there(
    house: House, hass_client: MakeClient
) -> None:
    client = await hass_client()
    log_id = house.entry.data["log_id"]
    folder = "/api/iot_blockchain/receipts"
    for path in (f"{log_id}/99", f"{'0' * 64}/0", f"{log_id}/-1", f"{log_id}/a"):
        assert (await client.get(f"{folder}/{path}")).status == 404
    with broken_disk(house.coordinator.parts.receipts, "make"):
        assert (await client.get(f"{folder}/{log_id}/0")).status == 500
    await house.unload()
    assert (await client.get(f"{folder}/{log_id}/0")).status == 404


async def test_a_link_never_leads_to_the_reading_of_another_log(
    hass: HomeAssistant, house: House, hass_client_no_auth: MakeClient
) -> None:
    """A log that continues another counts from 0 again."""
    await house.coordinator.recording.async_record(
        [Reading("sensor.porch", "1", dt_util.utcnow())]
    )
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id="sensor.porch")
    await async_continue_with_successor(hass, house.entry)
    await hass.async_block_till_done()
    for _ in range(3):
        hass.states.async_set("sensor.fridge", "5")
        hass.states.async_set("sensor.fridge", "6")
    await house.flush()
    client = await hass_client_no_auth()
    assert (await client.get(answer["download"])).status == 404
    before = await house.call("get_receipt", entity_id="sensor.porch")
    assert before["receipt"]["entries"] == answer["receipt"]["entries"]
    assert "download" not in before
