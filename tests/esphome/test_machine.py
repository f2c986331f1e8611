"""The machine monitor: when shaking is running, and when a door is open."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import monotonic

import pytest

from scripts.house.device import HOST_CONFIGS, HostDevice, build
from tests.esphome.client import Connection, connect
from tests.esphome.signing import receive

type Scenario = Callable[[Connection], Coroutine[None, None, None]]
type Run = Callable[[str, Scenario], None]

# With the program's limits: 60 and 24 pulses a minute, half a second to run, one
# second to rest.
STILL, BETWEEN, SHAKING = 0.0, 40.0, 600.0
IDLE_AFTER = 1.0
LONG_ENOUGH = 0.8
A_SHORT_WHILE = 0.2


@pytest.fixture(scope="session")
def program() -> Path:
    """Build a monitor for a machine in a hurry."""
    return build(
        HOST_CONFIGS / "machine.yaml",
        substitutions={"running_after": "500ms", "idle_after": "1s"},
    )


@pytest.fixture
def run(program: Path, tmp_path: Path) -> Run:
    """Run a scenario with one of the machine's entities."""

    def run(entity: str, scenario: Scenario) -> None:
        async def with_machine() -> None:
            device = HostDevice(program, tmp_path)
            async with device, connect(device, entity) as connection:
                await scenario(connection)

        asyncio.run(with_machine())

    return run


async def shake(connection: Connection, per_minute: float, seconds: float) -> None:
    """Let the machine shake like this, for so many seconds at least."""
    await connection.act("set_vibration", per_minute=per_minute)
    await asyncio.sleep(seconds)


async def change_thrice(
    connection: Connection, per_minute: float, *, afterwards: float
) -> None:
    """Let the machine shake like this for three short whiles."""
    for _ in range(3):
        await connection.act(
            "set_vibration_for",
            milliseconds=round(A_SHORT_WHILE * 1000),
            per_minute=per_minute,
            afterwards=afterwards,
        )
        await asyncio.sleep(2 * A_SHORT_WHILE)


def test_a_machine_runs_and_rests(run: Run) -> None:
    """It is idle only after it was seen to be still for long enough."""

    async def scenario(running: Connection) -> None:
        await shake(running, STILL, 0)
        assert await running.next_state() is False
        await shake(running, SHAKING, 0)
        assert await running.next_state() is True
        before = monotonic()
        await shake(running, STILL, 0)
        assert await running.next_state() is False
        assert monotonic() - before >= IDLE_AFTER * 0.9

    run("Running", scenario)


def test_nothing_is_claimed_before_it_was_seen(run: Run) -> None:
    """A machine that shakes when the device starts was not idle."""

    async def scenario(running: Connection) -> None:
        await shake(running, SHAKING, 0)
        assert await running.next_state() is True

    run("Running", scenario)


def test_a_knock_is_no_run(run: Run) -> None:
    """Shaking has to go on."""

    async def scenario(running: Connection) -> None:
        assert await running.next_state() is False
        await change_thrice(running, SHAKING, afterwards=STILL)
        await asyncio.sleep(LONG_ENOUGH)
        assert running.states() == []

    run("Running", scenario)


def test_a_pause_ends_no_run(run: Run) -> None:
    """A drum rests between two turns."""

    async def scenario(running: Connection) -> None:
        await shake(running, SHAKING, 0)
        assert await running.next_state() is True
        await change_thrice(running, STILL, afterwards=SHAKING)
        await asyncio.sleep(LONG_ENOUGH)
        assert running.states() == []

    run("Running", scenario)


def test_between_the_limits_nothing_changes(run: Run) -> None:
    """A machine that shakes a little goes on doing what it did."""

    async def scenario(running: Connection) -> None:
        assert await running.next_state() is False
        await shake(running, BETWEEN, LONG_ENOUGH)
        assert running.states() == []
        await shake(running, SHAKING, 0)
        assert await running.next_state() is True
        await shake(running, BETWEEN, 2 * LONG_ENOUGH)
        assert running.states() == []

    run("Running", scenario)


def test_a_door_is_open_when_its_contact_has_settled(run: Run) -> None:
    """What it does before is no reading, nor is a contact that trembles."""

    async def scenario(door: Connection) -> None:
        assert await door.next_state() is False
        await door.act("bounce_door", is_open=False)
        await asyncio.sleep(2 * A_SHORT_WHILE)
        assert door.states() == []
        await door.act("set_door", is_open=True)
        assert await door.next_state() is True

    run("Door", scenario)


def test_running_and_the_door_are_signed(program: Path, tmp_path: Path) -> None:
    """The shaking is not: it is never still."""

    async def scenario() -> None:
        device = HostDevice(program, tmp_path)
        async with device, receive(device) as receiver:
            await receiver.act("set_vibration", per_minute=SHAKING)
            await receiver.act("set_door", is_open=True)
            signed: set[tuple[object, object]] = set()
            while not {("door", "on"), ("running", "on")} <= signed:
                reading = (await receiver.next("reading")).payload
                signed.add((reading["sensor"], reading["value"]))
            assert {sensor for sensor, _ in signed} == {"door", "running"}

    asyncio.run(scenario())
