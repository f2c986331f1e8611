"""Real processes that faults are put into."""

from collections.abc import Iterator

import pytest
import pytest_socket

from scripts.house.soak.ordeal import Ordeal


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Home Assistant's test plugin forbids the sockets that processes need."""


@pytest.fixture(autouse=True, name="verify_cleanup")
def _verify_cleanup() -> None:
    """Home Assistant's plugin looks for leftovers of a Home Assistant in-process."""


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeal]:
    """A house with 1,500 state changes a second, and who looks at its log."""
    pytest_socket.enable_socket()
    ordeal = Ordeal(tmp_path_factory.mktemp("ordeal"), rate=1500)
    yield ordeal
    ordeal.close()
