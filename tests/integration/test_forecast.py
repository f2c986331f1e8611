"""What the form says before a source is saved."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from homeassistant.components.recorder.core import Recorder
from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import (  # type: ignore[import-untyped]
    async_wait_recording_done,
)

from custom_components.iot_blockchain.chain.networks import NETWORKS
from custom_components.iot_blockchain.const import SUBENTRY_SOURCE
from custom_components.iot_blockchain.flows import source_flow
from custom_components.iot_blockchain.intake import forecast
from custom_components.iot_blockchain.intake.source_policy import SourcePolicy

from .conftest import SetUp
from .flow import Flow
from .house import Endpoint, House

_GWEI = 10**9


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder,
    enable_custom_integrations: None,
) -> None:
    """Have a recorder, which must be there before Home Assistant is."""


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """When forecasts are asked for, however long a test takes to do so."""
    moment = dt_util.utcnow()
    clock = SimpleNamespace(
        utcnow=lambda: moment, utc_from_timestamp=dt_util.utc_from_timestamp
    )
    monkeypatch.setattr(forecast, "dt_util", clock)
    return moment


@pytest.fixture
def _half_a_day(recorder_mock: Recorder, now: datetime) -> None:
    """Let the recorder say that it has run for twelve hours."""
    runs = recorder_mock.recorder_runs_manager
    runs.first.start = now - timedelta(hours=12)


@pytest.fixture
async def history(hass: HomeAssistant, now: datetime, _half_a_day: None) -> None:
    """Twelve hours in which the fridge changed every minute, by 0.1."""
    begin = now.timestamp() - 12 * 3600 + 1
    for minute in range(721):
        state = f"4.{minute % 2 + 1}"
        hass.states.async_set("sensor.fridge", state, timestamp=begin + minute * 60)
    await async_wait_recording_done(hass)


async def shown(house: House, **values: object) -> SubentryFlowResult:
    """Fill in the form, and return what is shown then."""
    subentries = house.hass.config_entries.subentries
    result = await subentries.async_init(
        (house.entry.entry_id, SUBENTRY_SOURCE), context={"source": SOURCE_USER}
    )
    answers: dict[str, Any] = {
        "name": "Fridge",
        "target": {"entity_id": ["sensor.fridge"]},
        **values,
    }
    result = await subentries.async_configure(result["flow_id"], answers)
    assert result["type"] is FlowResultType.FORM
    return result


def placeholders(result: SubentryFlowResult) -> Mapping[str, str]:
    found = result["description_placeholders"]
    assert found is not None
    return found


@pytest.mark.usefixtures("history")
async def test_readings_and_cost_are_those_of_the_last_day(
    set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(options={"anchor_age": {"hours": 1}})
    endpoint.answers["eth_maxPriorityFeePerGas"] = hex(_GWEI)
    client = await house.coordinator.chain.endpoints.choose()
    price = (await client.base_fee() + _GWEI) / 10**18
    result = await shown(house)
    assert result["step_id"] == "confirm"
    assert placeholders(result) == {
        "count": "1",
        "names": "fridge",
        "readings": "1,440",
        "anchors": "24",
        "cost": f"{1 / (1 / 24 + 1 / 1440) * 30 * 54_249 * price:.2g}",
        "currency": "ETH",
    }


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("policy", "readings", "anchors"),
    [
        ({"less": {"deadband": 0.2}}, "0", "0"),
        ({"less": {"deadband": 0.1}}, "1,440", "24"),
        ({"urgent": True}, "1,440", "1,440"),
        ({"less": {"interval": {"minutes": 3}}}, "480", "23"),
    ],
)
async def test_policy_is_taken_into_account(
    set_up: SetUp, policy: Mapping[str, object], readings: str, anchors: str
) -> None:
    house = await set_up(options={"anchor_age": {"hours": 1}})
    found = placeholders(await shown(house, **policy))
    assert (found["readings"], found["anchors"]) == (readings, anchors)


@pytest.mark.usefixtures("history")
async def test_entities_without_a_history_are_taken_for_like_the_others(
    hass: HomeAssistant, set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    house = await set_up()
    hass.states.async_set("sensor.new", "1", {"friendly_name": "[New](//a.io)"})
    silent = [
        entity_registry.async_get_or_create("sensor", "test", f"no_{n}").entity_id
        for n in range(10)
    ]
    entities = ["sensor.fridge", *silent, "sensor.new"]
    found = placeholders(await shown(house, target={"entity_id": entities}))
    assert found["count"] == "12"
    assert found["names"].startswith(r"fridge, \[New\](//a.io), sensor.test_no_0, ")
    assert found["names"].endswith(", …")
    assert found["names"].count(",") == 10
    assert found["readings"] == "17,300"  # of 17,280


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, ""),
        (0, "0"),
        (0.1234, "0.12"),
        (9.96, "10"),
        (10.4, "10"),
        (99.6, "100"),
        (1440, "1,440"),
        (17_279.4, "17,300"),
        (1_234_567, "1,230,000"),
    ],
)
def test_no_digits_are_shown_that_nobody_can_know(
    number: float | None, shown: str
) -> None:
    assert source_flow._rounded(number) == shown


async def test_without_history_nothing_is_made_up(set_up: SetUp) -> None:
    house = await set_up()
    house.hass.states.async_set("sensor.fridge", "4.2")
    result = await shown(house)
    assert result["step_id"] == "confirm_no_history"
    result = await house.hass.config_entries.subentries.async_configure(
        result["flow_id"], {}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await house.hass.async_block_till_done()


@pytest.mark.usefixtures("_half_a_day")
async def test_entity_that_the_recorder_does_not_know_has_no_history(
    set_up: SetUp, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create(
        "sensor", "test", "fridge", suggested_object_id="fridge"
    )
    house = await set_up()
    assert (await shown(house))["step_id"] == "confirm_no_history"


@pytest.mark.usefixtures("history")
async def test_recorder_that_takes_too_long_is_not_waited_for(
    set_up: SetUp, recorder_mock: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up()
    monkeypatch.setattr(forecast, "_SECONDS", 0.05)

    async def never(*_args: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(recorder_mock, "async_add_executor_job", never)
    assert (await shown(house))["step_id"] == "confirm_no_history"


@pytest.mark.usefixtures("history")
async def test_only_as_many_entities_are_looked_at_as_there_is_time_for(
    set_up: SetUp, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await set_up()
    monkeypatch.setattr(forecast, "_SECONDS", 0)
    monkeypatch.setattr(forecast, "_MOST_STATES", 100)
    counted = await house.hass.async_add_executor_job(
        forecast._look_back,
        house.hass,
        SourcePolicy(),
        ["sensor.fridge", "sensor.unknown"],
        now - timedelta(hours=12),
        now,
    )
    # A hundred minutes, scaled to a day of two such entities.
    assert counted == pytest.approx(2 * 1440, rel=0.02)


@pytest.mark.usefixtures("history")
async def test_where_the_network_cannot_be_asked_no_price_is_made_up(
    set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up()
    endpoint.away = True
    result = await shown(house)
    assert result["step_id"] == "confirm_no_price"
    await house.unload()
    endpoint.away = False
    assert (await shown(house))["step_id"] == "confirm_no_price"


@pytest.mark.usefixtures("history")
async def test_test_network_costs_nothing(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "by_chain_id", lambda _id: NETWORKS["base_sepolia"])
    house = await set_up()
    assert (await shown(house))["step_id"] == "confirm_free"


@pytest.mark.usefixtures("history")
async def test_without_a_network_readings_are_said_and_no_cost(flow: Flow) -> None:
    await flow.begin()
    await flow.choose("record_now")
    await flow.enter(name="House")
    entry: Any = flow.result["result"]
    result = await shown(House(flow.hass, entry))
    assert result["step_id"] == "confirm_no_chain"
    assert placeholders(result)["readings"] == "1,440"
