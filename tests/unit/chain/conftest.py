"""A real chain, and a house with a log on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from custom_components.iot_blockchain.chain.client import ChainClient
from scripts.house.chain import Anvil

from .endpoint import Endpoint, endpoint, forward
from .house import House, house_with_readings, opened


@pytest.fixture
def anvil(tmp_path: Path) -> Iterator[Anvil]:
    chain = Anvil(tmp_path)
    yield chain
    chain.stop()


@pytest.fixture
async def client(anvil: Anvil) -> AsyncIterator[ChainClient]:
    async with opened(anvil.url) as connected:
        yield connected


@pytest.fixture
async def house(
    anvil: Anvil, client: ChainClient, tmp_path: Path
) -> AsyncIterator[House]:
    """A house whose account has money, and whose log has ten readings."""
    async with house_with_readings(anvil, client, tmp_path) as made:
        yield made


@pytest.fixture
async def anchored(house: House) -> House:
    """A house whose ten readings are anchored, as far as the next look at the chain."""
    await house.anchor()
    return house


@pytest.fixture
async def second(anvil: Anvil) -> AsyncIterator[tuple[Endpoint, ChainClient]]:
    """Another endpoint of the same chain, which can be told what to answer."""
    async with endpoint(forward(anvil.url)) as served, opened(served.url) as client:
        yield served, client
