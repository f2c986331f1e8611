"""Devices that run as processes, and what Home Assistant would see of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aioesphomeapi.client import APIClient
from aioesphomeapi.model import (
    EntityState,
    SensorState,
    TextSensorState,
    UserService,
)

from scripts.house.device import HOST_CONFIGS, HostDevice, build

# A state comes at once, or after the scanner's quarter of a second.
PATIENCE = 5.0


class Connection:
    """A client of a device's API, as Home Assistant is one."""

    def __init__(self, client: APIClient, actions: Sequence[UserService]) -> None:
        """Wrap a client that is connected."""
        self.client = client
        self._actions = {action.name: action for action in actions}
        self._states: asyncio.Queue[Any] = asyncio.Queue()
        self.subscribed = asyncio.Event()

    def on_state(self, state: EntityState) -> None:
        """Keep a state, None when there is none; but not the first message's None."""
        if isinstance(state, SensorState | TextSensorState):
            if self.subscribed.is_set() or not state.missing_state:
                self._states.put_nowait(None if state.missing_state else state.state)
            self.subscribed.set()

    async def next_state(self) -> Any:
        """Wait for the next state."""
        async with asyncio.timeout(PATIENCE):
            return await self._states.get()

    def states(self) -> list[Any]:
        """Take all states that have come and were not taken yet."""
        return [self._states.get_nowait() for _ in range(self._states.qsize())]

    async def act(self, name: str, **arguments: float) -> None:
        """Call one of the device's actions."""
        await self.client.execute_service(self._actions[name], {**arguments})


type Connect = Callable[[HostDevice], Any]


@asynccontextmanager
async def connect(device: HostDevice) -> AsyncIterator[Connection]:
    """Connect to a device and follow its states."""
    client = APIClient(device.host, device.port, None)
    await client.connect(login=True)
    try:
        # Once: a device answers by sending all its states again, too.
        _, actions = await client.list_entities_services()
        connection = Connection(client, actions)
        client.subscribe_states(connection.on_state)
        async with asyncio.timeout(PATIENCE):
            await connection.subscribed.wait()
        yield connection
    finally:
        await client.disconnect(force=True)


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Home Assistant's test plugin forbids the sockets that a device needs."""


@pytest.fixture(name="connect", scope="session")
def connect_fixture() -> Connect:
    """Hand out `connect`, so that tests need not import this file."""
    return connect


@pytest.fixture(scope="session")
def scanner_program() -> Path:
    """Build the barcode scanner."""
    return build(HOST_CONFIGS / "barcode_scanner.yaml")


@pytest.fixture(scope="session")
def fridge_program() -> Path:
    """Build a fridge thermometer that measures, and gives up, in no time."""
    return build(
        HOST_CONFIGS / "fridge.yaml",
        substitutions={"measuring_interval": "100ms", "temperature_gap": "1s"},
    )
