"""What Home Assistant would see of a device."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aioesphomeapi.client import APIClient
from aioesphomeapi.model import (
    BinarySensorState,
    EntityState,
    SensorState,
    TextSensorState,
    UserService,
)

from scripts.house.device import HostDevice

type State = float | str | bool | None

# A state comes at once, or after the scanner's quarter of a second.
PATIENCE = 30.0


class Connection:
    """A client of a device's API, as Home Assistant is one."""

    def __init__(
        self, client: APIClient, actions: Sequence[UserService], key: int | None
    ) -> None:
        """Wrap a client that is connected, and follow the entity with this key."""
        self.client = client
        self._key = key
        self._actions = {action.name: action for action in actions}
        self._states: asyncio.Queue[State] = asyncio.Queue()
        self.subscribed = asyncio.Event()

    def on_state(self, state: EntityState) -> None:
        """Keep a state, None when there is none; but not the first message's None."""
        if self._key is not None and state.key != self._key:
            return
        if isinstance(state, SensorState | TextSensorState | BinarySensorState):
            if self.subscribed.is_set() or not state.missing_state:
                self._states.put_nowait(None if state.missing_state else state.state)
            self.subscribed.set()

    async def next_state(self) -> State:
        """Wait for the next state."""
        async with asyncio.timeout(PATIENCE):
            return await self._states.get()

    async def next_other(self, than: State) -> State:
        """Wait for the next state that is another."""
        async with asyncio.timeout(PATIENCE):
            while (state := await self._states.get()) == than:
                pass
        return state

    async def until(self, awaited: State) -> None:
        """Wait for a state that is known to come: all before it has come."""
        async with asyncio.timeout(PATIENCE):
            while await self._states.get() != awaited:
                pass

    def states(self) -> list[State]:
        """Take all states that have come and were not taken yet."""
        return [self._states.get_nowait() for _ in range(self._states.qsize())]

    async def act(self, name: str, **arguments: float) -> None:
        """Call one of the device's actions."""
        await self.client.execute_service(self._actions[name], {**arguments})


async def logged(device: HostDevice, text: str, *, times: int = 1) -> None:
    """Wait until a device's log has said something so often."""

    def said() -> int:
        return device.log.read_text(errors="replace").count(text)

    async with asyncio.timeout(PATIENCE):
        while said() < times:  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.02)


@asynccontextmanager
async def connect(
    device: HostDevice, entity: str | None = None
) -> AsyncIterator[Connection]:
    """Connect to a device and follow its states: of all entities, or of the named."""
    client = APIClient(device.host, device.port, None)
    await client.connect(login=True)
    try:
        # Once: a device answers by sending all its states again, too.
        entities, actions = await client.list_entities_services()
        keys = {info.name: info.key for info in entities}
        key = None if entity is None else keys[entity]
        connection = Connection(client, actions, key)
        client.subscribe_states(connection.on_state)
        async with asyncio.timeout(PATIENCE):
            await connection.subscribed.wait()
        yield connection
    finally:
        await client.disconnect(force=True)
