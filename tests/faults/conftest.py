"""Real processes that faults are put into."""

from collections.abc import Iterator

import pytest
import pytest_socket

from scripts.house.load import LoadedHouse
from scripts.house.soak.ordeal import Ordeal
from tests.processes import no_cleanup  # noqa: F401


@pytest.fixture(scope="module")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeal]:
    """A house with 1,500 state changes a second, and who looks at its log."""
    pytest_socket.enable_socket()
    ordeal = Ordeal(LoadedHouse(tmp_path_factory.mktemp("ordeal"), rate=1500))
    yield ordeal
    ordeal.close()
