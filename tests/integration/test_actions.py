"""Receipts, by action, and checking them."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import probatio as vol
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.store import LogStore

from .conftest import SetUp
from .house import Endpoint, House, async_call, source

FRIDGE = "sensor.fridge"

_SERVICES = Path(__file__).parents[2] / "custom_components" / DOMAIN / "services.yaml"


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """A log with two readings, at the indexes 2 and 3."""
    house = await set_up(source(FRIDGE))
    for state in ("4.2", "4.3"):
        hass.states.async_set(FRIDGE, state, {"unit_of_measurement": "°C"})
    await house.flush()
    return house


@pytest.fixture
async def receipt(house: House) -> dict[str, Any]:
    """The anchored receipt of the last reading."""
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id=FRIDGE)
    found: dict[str, Any] = answer["receipt"]
    return found


async def verify(house: House, receipt: object) -> dict[str, Any]:
    return await house.call("verify_receipt", receipt=receipt)


def failed(report: dict[str, Any]) -> list[str]:
    return [step["name"] for step in report["steps"] if step["result"] == "failed"]


async def test_receipt_of_the_last_reading(house: House) -> None:
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id=FRIDGE)
    state = house.hass.states.get(FRIDGE)
    assert state is not None
    assert answer["status"] == "confirmed"
    assert answer["index"] == 3
    assert answer["readings"] == [
        {
            "type": "reading",
            "trust": "gateway-signed",
            "entity": FRIDGE,
            "state": "4.3",
            "unit": "°C",
            "time": f"{state.last_updated:%Y-%m-%dT%H:%M:%S.%fZ}",
        }
    ]
    assert answer["receipt"]["first"] == 3
    assert answer["receipt"]["anchor"]["chain"] == "eip155:31337"
    json.dumps(answer)


async def test_receipt_of_an_earlier_time(hass: HomeAssistant, set_up: SetUp) -> None:
    await hass.config.async_set_time_zone("America/New_York")
    house = await set_up(source(FRIDGE))
    noon = dt_util.utcnow().replace(microsecond=0) - timedelta(hours=9)
    for minutes, state in ((0, "noon"), (30, "later")):
        hass.states.async_set(
            FRIDGE, state, timestamp=(noon + timedelta(minutes=minutes)).timestamp()
        )
        await house.flush()
    between = noon + timedelta(minutes=10)
    naive = dt_util.as_local(between).replace(tzinfo=None)
    for time in (
        between.isoformat(),
        dt_util.as_local(between).isoformat(),
        naive.isoformat(),
        naive.strftime("%Y-%m-%d %H:%M:%S"),
        noon.isoformat(),
    ):
        answer = await house.call("get_receipt", entity_id=FRIDGE, time=time)
        assert answer["readings"][0]["state"] == "noon", time
    before = noon - timedelta(seconds=1)
    with pytest.raises(ServiceValidationError) as raised:
        await house.call("get_receipt", entity_id=FRIDGE, time=before.isoformat())
    assert raised.value.translation_key == "no_reading"
    assert raised.value.translation_placeholders == {
        "entity": FRIDGE,
        "time": before.isoformat(),
    }
    await hass.config.async_set_time_zone("UTC")


async def test_receipt_by_index_can_be_of_an_act(house: House) -> None:
    answer = await house.call("get_receipt", index=0)
    assert answer["index"] == 0
    assert answer["readings"][0]["act"] == "started"
    answer = await house.call("get_receipt", index="2")
    assert answer["readings"][0]["state"] == "4.2"


async def test_receipt_holds_what_was_seen_a_moment_ago(house: House) -> None:
    house.hass.states.async_set(FRIDGE, "4.4")
    answer = await house.call("get_receipt", entity_id=FRIDGE)
    assert answer["readings"][0]["state"] == "4.4"


@pytest.mark.parametrize("entity", ["sensor.never_recorded", "light.nothing"])
async def test_receipt_of_an_entity_that_was_never_recorded(
    house: House, entity: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await house.call("get_receipt", entity_id=entity)
    assert raised.value.translation_key == "no_reading"
    assert raised.value.translation_placeholders == {"entity": entity, "time": "now"}


@pytest.mark.parametrize("index", [4, 10**9])
async def test_receipt_of_an_index_that_does_not_exist(
    house: House, index: int
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await house.call("get_receipt", index=index)
    assert raised.value.translation_key == "no_entry"
    assert raised.value.translation_placeholders == {"index": str(index), "size": "4"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"time": "2026-01-01 00:00:00"},
        {"entity_id": FRIDGE, "index": 2},
        {"entity_id": "not an entity"},
        {"index": -1},
        {"index": "first"},
        {"entity_id": FRIDGE, "time": "yesterday"},
        {"entity_id": FRIDGE, "unknown": 1},
    ],
)
async def test_question_that_makes_no_sense(
    house: House, data: dict[str, object]
) -> None:
    with pytest.raises(vol.Invalid):
        await house.call("get_receipt", **data)


async def test_file_that_cannot_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is made to fail, as it does when an entry was erased."""

    def fail(*_: object) -> None:
        raise StoreError("the log has no entries 2 to 2, or one was erased")

    monkeypatch.setattr(LogStore, "entries", fail)
    with pytest.raises(HomeAssistantError) as raised:
        await house.call("get_receipt", index=2)
    assert raised.value.translation_key == "no_receipt"


async def test_one_log_needs_no_name_and_two_do(house: House, set_up: SetUp) -> None:
    answer = await async_call(house.hass, "get_receipt", index=0)
    assert answer["index"] == 0
    other = await set_up(name="Second")
    for action, data in (("get_receipt", {"index": 0}), ("anchor", {})):
        with pytest.raises(ServiceValidationError):
            await async_call(house.hass, action, **data)
    first = await house.call("get_receipt", index=0)
    second = await other.call("get_receipt", index=0)
    assert first["receipt"]["key"] != second["receipt"]["key"]


async def test_log_that_is_not_there_or_not_loaded(house: House) -> None:
    with pytest.raises(ServiceValidationError):
        await async_call(house.hass, "get_receipt", index=0, config_entry_id="none")
    await house.unload()
    with pytest.raises(ServiceValidationError):
        await house.call("get_receipt", index=0)


async def test_receipt_that_is_not_anchored_never_says_it_is(house: House) -> None:
    answer = await house.call("get_receipt", entity_id=FRIDGE)
    assert answer["status"] == "pending"
    assert answer["receipt"]["anchor"] is None
    report = await verify(house, answer["receipt"])
    assert report["verdict"] == "not_anchored"
    assert "anchored_at" not in report


async def test_good_receipt_as_an_object_and_as_text(
    house: House, receipt: dict[str, Any]
) -> None:
    report = await verify(house, receipt)
    assert report["verdict"] == "anchored"
    assert [(step["name"], step["result"]) for step in report["steps"]] == [
        (name, "passed")
        for name in ("format", "signed", "in_log", "anchor", "on_chain")
    ]
    assert all(step["reason"] for step in report["steps"])
    assert report["readings"][0]["state"] == "4.3"
    assert report["log"].startswith("house.iot-blockchain/")
    block_time = dt_util.parse_datetime(report["anchored_at"])
    assert block_time is not None
    assert block_time.timestamp() == receipt["anchor"]["block_time"]
    assert await verify(house, json.dumps(receipt)) == report


def _other_state(receipt: dict[str, Any]) -> None:
    receipt["entries"][0] = receipt["entries"][0].replace("4.3", "4.9")


def _other_size(receipt: dict[str, Any]) -> None:
    note = receipt["checkpoint"].split("\n")
    note[1] = str(int(note[1]) + 1)
    receipt["checkpoint"] = "\n".join(note)


def _other_position(receipt: dict[str, Any]) -> None:
    receipt["first"] = 2


def _no_format(receipt: dict[str, Any]) -> None:
    del receipt["format"]


def _other_root(receipt: dict[str, Any]) -> None:
    receipt["anchor"]["root"] = "0x" + "11" * 32


def _other_contract(receipt: dict[str, Any]) -> None:
    receipt["anchor"]["contract"] = receipt["anchor"]["creator"]


def _other_time(receipt: dict[str, Any]) -> None:
    receipt["anchor"]["block_time"] -= 86400


def _other_transaction(receipt: dict[str, Any]) -> None:
    receipt["anchor"]["transaction"] = "0x" + "22" * 32


@pytest.mark.parametrize(
    ("tamper", "step"),
    [
        (_no_format, "format"),
        (_other_size, "signed"),
        (_other_state, "in_log"),
        (_other_position, "in_log"),
        (_other_root, "anchor"),
        (_other_contract, "anchor"),
        (_other_time, "on_chain"),
        (_other_transaction, "on_chain"),
    ],
)
async def test_tampered_receipt_is_invalid(
    house: House,
    receipt: dict[str, Any],
    tamper: Callable[[dict[str, Any]], None],
    step: str,
) -> None:
    tampered = deepcopy(receipt)
    tamper(tampered)
    report = await verify(house, tampered)
    assert report["verdict"] == "invalid"
    assert "anchored_at" not in report
    assert failed(report) == [step]


async def test_receipt_of_another_chain_is_not_taken_for_checked(
    house: House, receipt: dict[str, Any]
) -> None:
    receipt["anchor"]["chain"] = "eip155:8453"
    report = await verify(house, receipt)
    assert report["verdict"] == "unchecked"
    assert report["steps"][-1]["name"] == "on_chain"
    assert report["steps"][-1]["result"] == "skipped"
    assert "eip155:8453" in report["steps"][-1]["reason"]


async def test_chain_that_is_away_leaves_a_receipt_unchecked(
    house: House, receipt: dict[str, Any], endpoint: Endpoint
) -> None:
    endpoint.away = True
    report = await verify(house, receipt)
    assert report["verdict"] == "unchecked"
    assert failed(report) == []


async def test_receipt_is_checked_by_another_log_on_the_same_chain(
    house: House, receipt: dict[str, Any], set_up: SetUp
) -> None:
    other = await set_up(name="Second")
    await house.unload()
    assert (await verify(other, receipt))["verdict"] == "anchored"


async def test_without_any_log_a_receipt_is_checked_as_far_as_that_goes(
    house: House, receipt: dict[str, Any]
) -> None:
    await house.unload()
    report = await verify(house, receipt)
    assert report["verdict"] == "unchecked"
    assert report["readings"][0]["state"] == "4.3"


async def test_actions_are_there_before_any_log_is(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    described = load_yaml_dict(str(_SERVICES))
    assert hass.services.async_services_for_domain(DOMAIN).keys() == described.keys()
    report = await async_call(hass, "verify_receipt", receipt={})
    assert report["verdict"] == "invalid"


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "[]", "null", "1", '"x"', {}, {"format": 5}, "\ud800", "x" * 999],
)
async def test_garbage_is_invalid_and_breaks_nothing(
    house: House, garbage: object
) -> None:
    report = await verify(house, garbage)
    assert report["verdict"] == "invalid"
    assert failed(report) == ["format"]
    assert report["readings"] == []


@pytest.mark.parametrize("garbage", [None, 5, ["x"]])
async def test_what_is_neither_text_nor_object_is_refused(
    house: House, garbage: object
) -> None:
    with pytest.raises(vol.Invalid):
        await verify(house, garbage)
