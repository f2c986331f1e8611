"""The receipt of a period, by action."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockUser,
)

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.evidence import range_receipt
from custom_components.iot_blockchain.evidence.range_receipt import Period

from .conftest import SetUp
from .house import House, source

FRIDGE, DOOR = "sensor.fridge", "sensor.door"
DAY = {"hours": 24}


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """Two entities, one of them away for a moment, and anchors in between."""
    house = await set_up(source(FRIDGE, DOOR))
    for entity, state in ((FRIDGE, "4.2"), (DOOR, "closed"), (FRIDGE, "unavailable")):
        hass.states.async_set(entity, state)
        await house.flush()
    await house.call("anchor", wait=True)
    for entity, state in ((FRIDGE, "4.4"), (DOOR, "open"), (FRIDGE, "4.5")):
        hass.states.async_set(entity, state)
        await house.flush()
    await house.call("anchor", wait=True)
    return house


async def test_nothing_of_a_period_is_left_out(house: House) -> None:
    answer = await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    assert answer["status"] == "confirmed"
    assert [reading["state"] for reading in answer["readings"]] == [
        "4.2",
        "unavailable",
        "4.4",
        "4.5",
    ]
    # The receipt also holds the other entity, and the acts: all that follows.
    assert answer["first"] == 0
    assert answer["entries"] == len(answer["receipt"]["entries"]) == 8
    report = await house.call("verify_receipt", receipt=answer["receipt"])
    assert report["verdict"] == "anchored"
    assert "nothing left out" in report["steps"][2]["reason"]

    one_less = {**answer["receipt"], "entries": answer["receipt"]["entries"][:4]}
    report = await house.call("verify_receipt", receipt=one_less)
    assert report["verdict"] == "invalid"
    json.dumps(answer)


async def test_gaps_and_anchors_of_a_period_are_named(house: House) -> None:
    await house.reload()
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    away, stopped = answer["gaps"]
    assert (away["reason"], away["entity"]) == ("unavailable", FRIDGE)
    assert (
        away["end"] == datetime.fromisoformat(answer["readings"][2]["time"]).isoformat()
    )
    assert (stopped["reason"], stopped["entity"]) == ("stopped", None)
    assert [anchor["size"] for anchor in answer["anchors"]] == [5, 8, 10]
    assert [anchor["number"] for anchor in answer["anchors"]] == [1, 2, 3]
    assert all(anchor["block_time"] for anchor in answer["anchors"])


async def test_a_period_that_begins_with_a_start_began_with_a_gap(
    hass: HomeAssistant, house: House
) -> None:
    await house.reload()
    hass.states.async_set(FRIDGE, "4.6")
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    entries = map(json.loads, answer["receipt"]["entries"])
    start = [entry["time"] for entry in entries if entry.get("act") == "started"][-1]
    answer = await house.call("get_receipt", entity_id=FRIDGE, start=start)
    (stopped,) = answer["gaps"]
    assert (stopped["reason"], stopped["start"]) == ("stopped", None)
    assert stopped["end"] == datetime.fromisoformat(start).isoformat()


async def test_a_period_of_several_entities(house: House) -> None:
    answer = await house.call("get_receipt", entity_id=[FRIDGE, DOOR], duration=DAY)
    assert [reading["entity"] for reading in answer["readings"]].count(DOOR) == 2
    assert answer["gaps"][0]["entity"] == FRIDGE


async def test_a_reading_that_waits_takes_the_anchor_from_no_other(
    hass: HomeAssistant, house: House
) -> None:
    hass.states.async_set(FRIDGE, "4.6")
    hass.states.async_set(DOOR, "closed")
    answer = await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    assert answer["status"] == "confirmed"
    assert [reading["state"] for reading in answer["readings"]][-1] == "4.5"
    assert (answer["entries"], answer["waiting"]) == (8, 1)
    report = await house.call("verify_receipt", receipt=answer["receipt"])
    assert report["verdict"] == "anchored"
    await house.call("anchor", wait=True)
    answer = await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    assert (answer["entries"], answer["waiting"]) == (10, 0)


async def test_a_period_of_which_nothing_is_anchored_says_so(
    hass: HomeAssistant, house: House
) -> None:
    hass.states.async_set(DOOR, "closed")
    fridge, door = hass.states.get(FRIDGE), hass.states.get(DOOR)
    assert fridge is not None
    assert door is not None
    # A reading of another entity is: that does not help who asks for this one.
    start = fridge.last_updated.isoformat()
    answer = await house.call("get_receipt", entity_id=DOOR, start=start)
    assert answer["entries"] == 2
    assert (answer["status"], answer["waiting"]) == ("pending", 0)
    assert [reading["state"] for reading in answer["readings"]] == ["closed"]
    assert answer["anchors"] == []
    report = await house.call("verify_receipt", receipt=answer["receipt"])
    assert report["verdict"] == "not_anchored"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"entity_id": [FRIDGE, DOOR]}, "one_entity"),
        ({"index": 0, "duration": DAY}, "period_of_entities"),
        ({"entity_id": FRIDGE, "time": "2026-01-01", "duration": DAY}, None),
        ({"entity_id": FRIDGE, "end": "2026-01-01 00:00"}, "period_without_start"),
        (
            {
                "entity_id": FRIDGE,
                "start": "2026-01-02 00:00",
                "end": "2026-01-01 00:00",
            },
            "period_backwards",
        ),
        (
            {
                "entity_id": FRIDGE,
                "start": "2026-01-01 00:00",
                "end": "2026-01-02 00:00",
                "duration": DAY,
            },
            "period_twice",
        ),
        (
            {
                "entity_id": FRIDGE,
                "start": "2001-01-01 00:00",
                "end": "2001-01-02 00:00",
            },
            "no_readings_in_period",
        ),
        ({"entity_id": "sensor.never", "duration": DAY}, "no_readings_in_period"),
        (
            {"entity_id": FRIDGE, "duration": {"days": 3_000_000}},
            "period_beyond_calendar",
        ),
    ],
)
async def test_a_question_that_makes_no_sense_says_why(
    house: House, data: dict[str, Any], key: str | None
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await house.call("get_receipt", **data)
    assert raised.value.translation_key == (key or "period_of_entities")


async def test_a_period_that_is_too_long(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(range_receipt.async_prove, "__defaults__", (7,))
    with pytest.raises(ServiceValidationError) as raised:
        await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    assert raised.value.translation_key == "period_too_long"
    assert raised.value.translation_placeholders == {"most": "7"}


@pytest.mark.usefixtures("house")
async def test_only_administrators_get_what_others_recorded(
    hass: HomeAssistant,
) -> None:
    async def ask(user: MockUser, **data: object) -> None:
        data = {"entity_id": FRIDGE, **data}
        await hass.services.async_call(
            DOMAIN,
            "get_receipt",
            {name: value for name, value in data.items() if value is not None},
            blocking=True,
            return_response=True,
            context=Context(user_id=user.id),
        )

    member = MockUser(groups=[]).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await ask(member)
    member.mock_policy({"entities": {"entity_ids": {FRIDGE: {"read": True}}}})
    await ask(member)
    with pytest.raises(Unauthorized):
        await ask(member, duration=DAY)
    # Neither what others recorded, nor what the operator did.
    for index in (3, 0):
        with pytest.raises(Unauthorized):
            await ask(member, entity_id=None, index=index)
    await ask(MockUser(is_owner=True).add_to_hass(hass), duration=DAY)


NOW = datetime(2026, 11, 20, 12, 0, tzinfo=dt_util.UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("data", "since", "until"),
    [
        ({"duration": HOUR}, NOW - HOUR, NOW),
        ({"start": NOW - HOUR}, NOW - HOUR, NOW),
        ({"start": NOW - 3 * HOUR, "duration": HOUR}, NOW - 3 * HOUR, NOW - 2 * HOUR),
        ({"end": NOW - HOUR, "duration": HOUR}, NOW - 2 * HOUR, NOW - HOUR),
        ({"start": NOW - 3 * HOUR, "end": NOW}, NOW - 3 * HOUR, NOW),
    ],
)
def test_periods(data: dict[str, Any], since: datetime, until: datetime) -> None:
    assert Period.of(data, NOW) == Period(since, until)


async def test_times_without_a_zone_are_of_home_assistant(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("America/New_York")
    start = datetime(2026, 11, 20, 5, 0)  # noqa: DTZ001 - as a form has it
    assert Period.of({"start": start}, NOW).since == NOW - 2 * HOUR
    await hass.config.async_set_time_zone("UTC")
