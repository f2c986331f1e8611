"""A Home Assistant, a chain, and logs in one on the other."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_socket
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from pytest_homeassistant_custom_component.syrupy import (  # type: ignore[import-untyped]
    HomeAssistantSnapshotExtension,
)
from syrupy.assertion import SnapshotAssertion

from custom_components.iot_blockchain import coordinator
from custom_components.iot_blockchain.anchoring import anchorer
from custom_components.iot_blockchain.chain import calls, contract
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.intake import log_writer
from scripts.house.chain import RICH_ADDRESS, Anvil

from .flow import Flow
from .house import Endpoint, House, async_add_entry
from .signing import Air, SigningDevice

type SetUp = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find the integration."""


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what is only there to be gentle to disks and endpoints."""
    monkeypatch.setattr(anchorer, "CUSTOM_POLL", 0.05)
    monkeypatch.setattr(coordinator, "_REFRESH_SECONDS", 0.01)
    monkeypatch.setattr(log_writer, "_FLUSH_DELAY", 0.02)


@pytest.fixture
def all_entities_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable the entities, too, that a person would have to enable."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give every test a config folder of its own: logs are files."""
    return hass_tmp_config_dir


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


def _start(folder: Any, chain_id: int) -> Anvil:  # noqa: ANN401 - pytest's own
    pytest_socket.enable_socket()
    return Anvil(folder.mktemp("chain"), chain_id=chain_id)


@contextmanager
def _with_contract(folder: Any) -> Generator[Anvil]:  # noqa: ANN401 - pytest's own
    """Start a chain that has the contract, and end it."""
    anvil = _start(folder, 31337)
    anvil.rpc(
        "eth_sendTransaction",
        {
            "from": RICH_ADDRESS,
            "to": contract.DEPLOYER,
            "data": f"0x{calls.deployment().hex()}",
        },
    )
    deadline = time.monotonic() + 20
    while anvil.rpc("eth_getCode", contract.ADDRESS, "latest") == "0x":
        assert time.monotonic() < deadline, "the contract was not deployed"
        time.sleep(0.05)
    yield anvil
    anvil.stop()


@pytest.fixture(scope="session")
def _chain(tmp_path_factory: pytest.TempPathFactory) -> Generator[Anvil]:
    with _with_contract(tmp_path_factory) as anvil:
        yield anvil


@pytest.fixture
def own_chain(tmp_path_factory: pytest.TempPathFactory) -> Generator[Anvil]:
    """A chain for one test alone: not all that a test does to one can be undone."""
    with _with_contract(tmp_path_factory) as anvil:
        yield anvil


@pytest.fixture
def chain(_chain: Anvil) -> Generator[Anvil]:
    """A chain that has the contract; what a test does to it is undone."""
    before = _chain.rpc("evm_snapshot")
    yield _chain
    _chain.rpc("evm_setAutomine", True)  # noqa: FBT003 - RPC
    _chain.rpc("evm_revert", before)


@pytest.fixture
def bare_chain(chain: Anvil) -> Anvil:
    """A chain where nobody has deployed the contract yet."""
    chain.rpc("anvil_setCode", contract.ADDRESS, "0x")
    chain.rpc("anvil_setNonce", contract.ADDRESS, "0x0")
    return chain


@pytest.fixture(scope="session")
def _base_sepolia(tmp_path_factory: pytest.TempPathFactory) -> Generator[Anvil]:
    anvil = _start(tmp_path_factory, 84532)
    yield anvil
    anvil.stop()


@pytest.fixture
def base_sepolia(_base_sepolia: Anvil) -> Anvil:
    """A chain that says to be Base Sepolia, without the contract."""
    return _base_sepolia


@pytest.fixture
async def endpoint(hass: HomeAssistant, chain: Anvil) -> AsyncGenerator[Endpoint]:
    """An endpoint of the chain that can be made to fail."""
    async with Endpoint(chain) as opened:
        yield opened
        # Nobody may be about to ask when it closes.
        await hass.async_block_till_done()
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)
        await asyncio.sleep(0.05)


@pytest.fixture
def set_up(hass: HomeAssistant, endpoint: Endpoint, chain: Anvil) -> SetUp:
    """Set up a log whose account has money; see ``async_add_entry``."""

    async def async_set_up(
        *sources: Any,  # noqa: ANN401
        funded: bool = True,
        **details: Any,  # noqa: ANN401
    ) -> House:
        entry = await async_add_entry(hass, endpoint.url, sources=sources, **details)
        house = House(hass, entry)
        if funded:
            chain.fund(house.address)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return house

    return async_set_up


@pytest.fixture
def flow(hass: HomeAssistant) -> Flow:
    """Somebody who sets up a log."""
    return Flow(hass)


@pytest.fixture
def device() -> SigningDevice:
    """A device that nobody has seen before."""
    return SigningDevice()


@pytest.fixture
def air(hass: HomeAssistant) -> Air:
    """What devices send over ESPHome."""
    return Air(hass)
