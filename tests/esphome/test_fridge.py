"""The fridge thermometer's filters, which the D1 mini shares, over the real API."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from scripts.house.device import HostDevice
from tests.esphome.client import Connection, connect
from tests.esphome.signing import receive

type Scenario = Callable[[Connection], Coroutine[None, None, None]]
type Run = Callable[[Scenario], None]


@pytest.fixture
def run(fridge_program: Path, tmp_path: Path) -> Run:
    """Run a scenario with a connection to a fridge."""

    def run(scenario: Scenario) -> None:
        async def with_fridge() -> None:
            fridge = HostDevice(fridge_program, tmp_path)
            async with fridge, connect(fridge, "Temperature") as connection:
                await scenario(connection)

        asyncio.run(with_fridge())

    return run


async def temperature(connection: Connection) -> float:
    """Wait for the next temperature."""
    state = await connection.next_state()
    assert isinstance(state, float)
    return state


def test_a_fridge_lives_by_itself(run: Run) -> None:
    """It measures without being told to, and stays between 3 and 6 °C."""

    async def scenario(connection: Connection) -> None:
        for _ in range(10):
            assert 3 <= await temperature(connection) <= 6

    run(scenario)


def test_a_measurement_is_rounded_to_what_a_float_can_say(run: Run) -> None:
    """Eighths of a degree are recorded as they are shown."""

    async def scenario(connection: Connection) -> None:
        for measured, published in ((4.2, 4.25), (-18.1, -18.125), (3.0, 3.0)):
            await connection.act("set_temperature", celsius=measured)
            await connection.until(published)

    run(scenario)


@pytest.mark.parametrize(
    "rejected",
    [
        pytest.param(math.nan, id="a bad read"),
        pytest.param(85.0, id="power was lost"),
        pytest.param(84.9375, id="what would be rounded to 85"),
    ],
)
def test_what_is_no_measurement_is_no_reading(
    fridge_program: Path, tmp_path: Path, rejected: float
) -> None:
    """It is never published, however often it is measured."""

    async def scenario() -> None:
        fridge = HostDevice(fridge_program, tmp_path)
        async with fridge, receive(fridge) as receiver:
            await receiver.act("set_temperature", celsius=4.5)
            await receiver.until("temperature", "4.500")
            await receiver.act("set_temperature", celsius=rejected)
            await asyncio.sleep(0.5)
            await receiver.act("set_temperature", celsius=5.5)
            readings = await receiver.up_to(lambda e: e.says("temperature", "5.500"))
            assert {e.payload["value"] for e in readings} <= {"4.500", "5.500"}

    asyncio.run(scenario())


def test_a_warm_fridge_is_a_reading(run: Run) -> None:
    """Only 85 °C is refused: a broken fridge is what people want to know about."""

    async def scenario(connection: Connection) -> None:
        for celsius in (25.0, 84.875, 85.125):
            await connection.act("set_temperature", celsius=celsius)
            await connection.until(celsius)

    run(scenario)


def test_a_silent_sensor_becomes_unknown(run: Run) -> None:
    """The last good value is not shown for ever: a gap can be seen."""

    async def scenario(connection: Connection) -> None:
        await connection.act("set_temperature", celsius=4.5)
        await connection.until(4.5)
        await connection.act("set_temperature", celsius=math.nan)
        celsius = await connection.next_other(4.5)
        assert isinstance(celsius, float)
        assert math.isnan(celsius)
        await connection.act("release_temperature")
        assert 3 <= await temperature(connection) <= 6

    run(scenario)


def test_what_is_recorded_is_signed(fridge_program: Path, tmp_path: Path) -> None:
    """To the same eighth of a degree."""

    async def scenario() -> None:
        fridge = HostDevice(fridge_program, tmp_path)
        async with fridge, receive(fridge) as receiver:
            await receiver.act("set_temperature", celsius=-18.1)
            reading = await receiver.until("temperature", "-18.125")
            assert reading["unit"] == "°C"

    asyncio.run(scenario())
