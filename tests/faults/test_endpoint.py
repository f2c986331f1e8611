"""An endpoint that fails in every way, one after another, under load.

The tests go on with the same house, and the last one checks what was paid for.
"""

from collections.abc import Iterator

import pytest
import pytest_socket

from scripts.house.audit import Auditor
from scripts.house.home_assistant import HomeAssistantError
from scripts.house.load import LoadedHouse, issues

from .endpoint import Endpoint
from .house import until, wait_for_entries

_ENTITIES = 5


@pytest.fixture(scope="module")
def endpoints() -> Iterator[list[Endpoint]]:
    opened: list[Endpoint] = []
    yield opened
    for endpoint in opened:
        endpoint.close()


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, endpoints: list[Endpoint]
) -> Iterator[LoadedHouse]:
    pytest_socket.enable_socket()

    def open_endpoint(house: LoadedHouse) -> str:
        endpoints.append(Endpoint(house.chain))
        return endpoints[0].url

    house = LoadedHouse(
        tmp_path_factory.mktemp("house"),
        rate=500,
        anchor_readings=500,
        entities=_ENTITIES,
        rpc_url=open_endpoint,
    )
    yield house
    house.close()


@pytest.mark.parametrize("fault", Endpoint.FAULTS)
def test_recording_goes_on_and_so_does_anchoring_afterwards(
    house: LoadedHouse, endpoints: list[Endpoint], fault: str
) -> None:
    (endpoint,) = endpoints
    asked = endpoint.asked
    endpoint.fault = fault
    house.home.action("iot_blockchain", "anchor", {})
    until(lambda: endpoint.asked > asked, "a question to the endpoint")
    wait_for_entries(house, 600)
    endpoint.fault = ""
    size = house.size
    until(lambda: _anchored(house) >= size, "an anchor of all there is")
    assert issues(house.home) == []


def _anchored(house: LoadedHouse) -> int:
    """Anchor, and return how much; nothing while a question is still on its way."""
    try:
        return int(house.anchor()["size"])
    except HomeAssistantError:
        return 0


def test_nothing_was_paid_for_twice(house: LoadedHouse) -> None:
    house.anchor()
    house.home.stop()
    auditor = Auditor(_ENTITIES)
    last = auditor.look(house.log)
    assert last[house.progress.run] == house.progress.states - 1
    payments = auditor.check_chain(house.chain, house.log, house.address)
    assert payments.kinds["anchor"] >= len(Endpoint.FAULTS)
