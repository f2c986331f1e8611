"""The cold chain monitor: what it adds to the fridge's thermometer."""

import asyncio
import math
from pathlib import Path

import pytest

from scripts.house.device import HOST_CONFIGS, HostDevice, build
from tests.esphome.client import connect
from tests.esphome.signing import Receiver, receive

AIR = "Air temperature"
PRODUCT = "Product temperature"
# Longer than the contact takes to settle.
A_MOMENT = 0.4


@pytest.fixture(scope="session")
def program() -> Path:
    """Build a monitor that measures in no time."""
    return build(
        HOST_CONFIGS / "cold_chain.yaml",
        substitutions={"measuring_interval": "100ms", "temperature_gap": "1s"},
    )


async def next_of(receiver: Receiver, sensor: str) -> object:
    """Wait for the next reading of a sensor, and say its value."""
    while (reading := (await receiver.next("reading")).payload)["sensor"] != sensor:
        pass
    return reading["value"]


def test_the_probes_are_told_apart(program: Path, tmp_path: Path) -> None:
    """Each has its name, and its own measurements."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with (
            device,
            connect(device, AIR) as air,
            connect(device, PRODUCT) as product,
        ):
            await air.act("set_air", celsius=9.1)
            await air.until(9.125)
            await product.act("set_product", celsius=5.6)
            await product.until(5.625)
            air.states()
            assert [await air.next_state() for _ in range(3)] == [9.125] * 3

    asyncio.run(scenario())


@pytest.mark.parametrize("rejected", [math.nan, 85.0])
def test_a_failing_probe_does_not_silence_the_other(
    program: Path, tmp_path: Path, rejected: float
) -> None:
    """The failing one becomes unknown; the other goes on."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with (
            device,
            connect(device, AIR) as air,
            connect(device, PRODUCT) as product,
        ):
            await product.act("set_product", celsius=5.5)
            await product.until(5.5)
            await air.act("set_air", celsius=rejected)
            state = await air.next_other(4.5)
            assert isinstance(state, float)
            assert math.isnan(state)
            product.states()
            assert [await product.next_state() for _ in range(3)] == [5.5] * 3

    asyncio.run(scenario())


def test_a_bouncing_contact_is_one_opening(program: Path, tmp_path: Path) -> None:
    """What the contact does before it settles is no reading."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        # Of states that come close together, the API shows only the last one; each is
        # signed.
        async with device, receive(device) as receiver:
            await receiver.until("door", "off")
            await receiver.act("bounce_door", is_open=True)
            assert await next_of(receiver, "door") == "on"
            await receiver.act("bounce_door", is_open=True)
            await asyncio.sleep(A_MOMENT)
            await receiver.act("set_door", is_open=False)
            assert await next_of(receiver, "door") == "off"
            # Nothing else was said of the door until something of another sensor is.
            await receiver.act("set_air", celsius=7)
            said: set[object] = set()
            while "7.000" not in said:
                reading = (await receiver.next("reading")).payload
                said |= {reading["sensor"], reading["value"]}
            assert "door" not in said

    asyncio.run(scenario())


def test_all_of_it_is_signed(program: Path, tmp_path: Path) -> None:
    """Both probes and the door, each under its own name."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, receive(device) as receiver:
            await receiver.act("set_air", celsius=6)
            await receiver.until("air_temperature", "6.000")
            await receiver.act("set_product", celsius=5.5)
            await receiver.until("product_temperature", "5.500")
            await receiver.act("set_door", is_open=True)
            await receiver.until("door", "on")

    asyncio.run(scenario())
