"""The energy meter's count: whole, exact, and seen to begin again."""

import asyncio
from pathlib import Path

import pytest
from aioesphomeapi.model import SensorInfo

from scripts.house.device import HOST_CONFIGS, HostDevice, build
from tests.esphome.client import connect
from tests.esphome.signing import receive

MOST = 16_000_000


@pytest.fixture(scope="session")
def program() -> Path:
    """Build a meter that gives no pulse by itself, and is read all the time."""
    return build(
        HOST_CONFIGS / "energy_meter.yaml",
        substitutions={
            "pulse_interval": "1h",
            # Longer than the API collects states before it sends the last one.
            "counting_interval": "300ms",
            "most_pulses": str(MOST),
        },
    )


def test_pulses_are_counted(program: Path, tmp_path: Path) -> None:
    """Each one, from 0 on, however many come between two readings."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, connect(device, "Pulses") as meter:
            assert await meter.next_state() == 0
            await meter.act("add_pulses", count=1)
            assert await meter.next_other(0) == 1
            for _ in range(3):
                await meter.act("add_pulses", count=2)
            await meter.until(7)

    asyncio.run(scenario())


def test_no_consumption_is_a_reading_too(program: Path, tmp_path: Path) -> None:
    """A meter that stands still is not a reader that is dead."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, connect(device, "Pulses") as meter:
            await meter.act("add_pulses", count=5)
            await meter.next_other(0)
            assert [await meter.next_state() for _ in range(3)] == [5, 5, 5]
            entities, _ = await meter.client.list_entities_services()
            # Else Home Assistant would not see that it was said again.
            (pulses,) = (e for e in entities if isinstance(e, SensorInfo))
            assert pulses.force_update

    asyncio.run(scenario())


def test_the_count_begins_again_while_it_is_exact(
    program: Path, tmp_path: Path
) -> None:
    """A float counts to 16,777,216; the reading that ends a count is published."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        # Of states that come close together, the API shows only the last one; each is
        # signed.
        async with device, receive(device) as receiver:
            await receiver.act("add_pulses", count=MOST - 1)
            await receiver.until("pulses", str(MOST - 1))
            await receiver.act("add_pulses", count=4)
            await receiver.until("pulses", str(MOST + 3))
            assert (await receiver.next("reading")).payload["value"] == "0"
            await receiver.act("add_pulses", count=2)
            await receiver.until("pulses", "2")

    asyncio.run(scenario())


def test_a_restarted_device_counts_from_0(program: Path, tmp_path: Path) -> None:
    """The count says how much since the start, and never more than was seen."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, connect(device, "Pulses") as meter:
            await meter.act("add_pulses", count=9)
            assert await meter.next_other(0) == 9
        async with device, connect(device, "Pulses") as meter:
            assert await meter.next_state() == 0

    asyncio.run(scenario())


def test_a_whole_number_is_signed(program: Path, tmp_path: Path) -> None:
    """To the last pulse, however many there are."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, receive(device) as receiver:
            await receiver.act("add_pulses", count=MOST - 1)
            reading = await receiver.until("pulses", str(MOST - 1))
            assert reading["unit"] == "pulses"

    asyncio.run(scenario())
