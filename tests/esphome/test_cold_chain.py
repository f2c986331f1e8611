"""The cold chain monitor: what it adds to the fridge's thermometer."""

import asyncio
import math
from pathlib import Path

import pytest

from scripts.house.device import HOST_CONFIGS, HostDevice, build
from tests.esphome.client import connect
from tests.esphome.signing import receive

AIR = "Air temperature"
PRODUCT = "Product temperature"
# Longer than the contact takes to settle, and than two measurements.
A_MOMENT = 0.4


@pytest.fixture(scope="session")
def program() -> Path:
    """Build a monitor that measures in no time."""
    return build(
        HOST_CONFIGS / "cold_chain.yaml",
        substitutions={"measuring_interval": "100ms", "temperature_gap": "1s"},
    )


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
            await asyncio.sleep(A_MOMENT)
            assert set(air.states()) == {9.125}

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
            await asyncio.sleep(A_MOMENT)
            assert set(product.states()) == {5.5}

    asyncio.run(scenario())


def test_a_bouncing_contact_is_one_opening(program: Path, tmp_path: Path) -> None:
    """What the contact does before it settles is no reading."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, connect(device, "Door") as door:
            await asyncio.sleep(A_MOMENT)
            assert set(door.states()) <= {False}
            for is_open in (True, False, True, False, True):
                await door.act("set_door", is_open=is_open)
            await asyncio.sleep(A_MOMENT)
            assert door.states() == [True]
            for is_open in (False, True):
                await door.act("set_door", is_open=is_open)
            await asyncio.sleep(A_MOMENT)
            assert door.states() == []
            await door.act("set_door", is_open=False)
            assert await door.next_state() is False

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
