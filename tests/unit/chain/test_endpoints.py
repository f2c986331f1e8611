"""Several endpoints of one chain."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.endpoints import Endpoints, distinct
from custom_components.iot_blockchain.chain.errors import (
    AccessDeniedError,
    ChainUnreachableError,
    FinalReorgedError,
    RevertedError,
    WrongChainError,
)
from custom_components.iot_blockchain.chain.journal import Status
from scripts.house.chain import Anvil
from tests.closed_port import closed_url

from .endpoint import Answer, Endpoint, body, error, forward, methods, result
from .house import CHAIN, House, opened

MINUTE = 60.0


@pytest.fixture
async def dead() -> AsyncIterator[ChainClient]:
    async with opened(closed_url()) as client:
        yield client


async def test_the_first_that_answers_is_chosen(
    client: ChainClient, dead: ChainClient
) -> None:
    assert await Endpoints([client, dead], CHAIN).choose() is client
    assert await Endpoints([dead, client], CHAIN).choose() is client


async def test_one_of_another_chain_is_passed_over(
    client: ChainClient, second: tuple[Endpoint, ChainClient]
) -> None:
    served, other = second
    served.answer = result("0x1")
    assert await Endpoints([other, client], CHAIN).choose() is client


async def test_without_any_the_first_one_s_error_is_told(
    dead: ChainClient, second: tuple[Endpoint, ChainClient]
) -> None:
    served, other = second
    served.answer = result("0x1")
    with pytest.raises(ChainUnreachableError):
        await Endpoints([dead, other], CHAIN).choose()
    with pytest.raises(WrongChainError):
        await Endpoints([other, dead], CHAIN).choose()


async def test_that_access_is_refused_is_told_before_all_else(
    dead: ChainClient, second: tuple[Endpoint, ChainClient]
) -> None:
    """Somebody can mend that, and whoever is away comes back by itself."""
    served, other = second
    served.answer = body(b"who are you?", status="401 Unauthorized", kind="text/plain")
    for clients in ([dead, other], [other, dead]):
        with pytest.raises(AccessDeniedError):
            await Endpoints(clients, CHAIN).choose()


async def test_one_that_failed_rests_and_comes_back(
    client: ChainClient, second: tuple[Endpoint, ChainClient]
) -> None:
    served, preferred = second
    now = 0.0
    endpoints = Endpoints([preferred, client], CHAIN, now=lambda: now)
    working = served.answer
    served.answer = error({"code": -32603, "message": "oh no"})
    assert await endpoints.choose() is client
    asked = len(served.calls)

    served.answer = working
    now = 4 * MINUTE
    assert await endpoints.choose() is client
    assert len(served.calls) == asked

    now = 6 * MINUTE
    assert await endpoints.choose() is preferred


async def test_one_that_rests_is_asked_when_no_other_answers(
    client: ChainClient, dead: ChainClient
) -> None:
    endpoints = Endpoints([client, dead], CHAIN)
    endpoints.give_up(client)
    assert await endpoints.choose() is client


@pytest.mark.parametrize(
    "same",
    [
        "https://node.example/v1/Key?a=b",
        "HTTPS://Node.Example/v1/Key?a=b",
        "https://node.example:443/v1/Key?a=b",
        "https://node.example/v1/Key/?a=b",
    ],
)
def test_an_endpoint_is_named_once(same: str) -> None:
    url = "https://node.example/v1/Key?a=b"
    assert distinct([url, same, same]) == [url]
    assert distinct([same, url]) == [same]
    assert distinct(["https://node.example", "https://node.example/"]) == [
        "https://node.example"
    ]


@pytest.mark.parametrize(
    "other",
    [
        "http://node.example/v1/Key?a=b",
        "https://node.example:8443/v1/Key?a=b",
        "https://other.example/v1/Key?a=b",
        "https://node.example/v1/key?a=b",
        "https://node.example/v1/Key?a=c",
        "https://node.example/v1/Key",
        "https://user@node.example/v1/Key?a=b",
    ],
)
def test_another_endpoint_stays(other: str) -> None:
    urls = ["https://node.example/v1/Key?a=b", other]
    assert distinct(urls) == urls


@pytest.mark.parametrize("status", ["submitted", "confirmed", "final", "replaced"])
async def test_one_that_changes_to_another_chain_changes_nothing(
    house: House,
    second: tuple[Endpoint, ChainClient],
    tmp_path: Path,
    status: str,
) -> None:
    served, client = second
    house.begin(client=client)
    await house.prepare()
    house.anvil.rpc("evm_setAutomine", status in {"confirmed", "final"})
    await house.advance()
    house.anvil.mine(10 if status == "final" else 0)
    await house.advance(due=False)
    (tmp_path / "other").mkdir()
    other = Anvil(tmp_path / "other", chain_id=31338)
    try:
        other.mine(50)
        if status == "replaced":  # another chain has seen more of the account
            other.rpc("anvil_setNonce", house.account.address, hex(50))
        before = house.submissions()
        served.answer = forward(other.url)
        house.record(1)
        house.ahead += timedelta(minutes=3)
        for _ in range(2):
            with pytest.raises((WrongChainError, RevertedError)) as raised:
                await house.advance()
            house.ahead += timedelta(minutes=3)
        assert isinstance(raised.value, WrongChainError)
        assert house.submissions() == before
    finally:
        other.stop()
    served.answer = forward(house.anvil.url)
    house.anvil.rpc("evm_setAutomine", True)  # noqa: FBT003 - JSON
    house.anvil.mine()
    await house.anchor()
    assert house.events()[-1][1] == 11


@pytest.mark.parametrize("code", [-32005, -32016, 429])
async def test_one_that_wants_patience_is_passed_over(
    client: ChainClient, second: tuple[Endpoint, ChainClient], code: int
) -> None:
    served, busy = second
    served.answer = error({"code": code, "message": "limit exceeded"})
    with pytest.raises(ChainUnreachableError, match="patience"):
        await busy.chain_id()
    assert await Endpoints([busy, client], CHAIN).choose() is client


async def test_a_step_that_fails_in_the_middle_goes_on_with_another_endpoint(
    house: House, second: tuple[Endpoint, ChainClient]
) -> None:
    served, preferred = second
    served.answer = methods(
        {"eth_chainId": forward(house.anvil.url)}, error({"code": -32005})
    )
    house.begin(client=preferred, others=[house.client])
    with pytest.raises(ChainUnreachableError):
        await house.advance()
    await house.anchor()
    assert house.events() == [(1, 10)]


def doubt(house: House, what: str) -> Answer:
    """Answer as an endpoint does that cannot confirm the anchor, or denies it."""
    chain = forward(house.anvil.url)

    def answer(call: dict[str, Any]) -> bytes | None:
        method, parameters = call["method"], call["params"]
        said = house.anvil.rpc(method, *parameters)
        match what, method:
            case "it cannot be asked", _:
                return b""
            case "it is of another chain", "eth_chainId":
                said = "0x1"
            case "it is not final there", "eth_getBlockByNumber" if (
                "finalized" in parameters
            ):
                said = house.anvil.rpc(method, "earliest", False)  # noqa: FBT003 - JSON
            case "it is unknown", "eth_getTransactionReceipt":
                said = None
            case "it is in another block", "eth_getTransactionReceipt":
                said["blockHash"] = "0x" + "ab" * 32
            case "it failed", "eth_getTransactionReceipt":
                said["status"] = "0x0"
            case "it anchored nothing", "eth_getTransactionReceipt":
                said["logs"] = []
            case _:
                return chain(call)
        return result(said)(call)

    return answer


@pytest.mark.parametrize(
    "what",
    [
        "it cannot be asked",
        "it is of another chain",
        "it is not final there",
        "it is unknown",
        "it is in another block",
        "it failed",
        "it anchored nothing",
    ],
)
async def test_an_anchor_is_final_only_when_two_agree(
    house: House, second: tuple[Endpoint, ChainClient], what: str
) -> None:
    served, other = second
    house.begin(others=[other])
    served.answer = doubt(house, what)
    await house.anchor()
    house.anvil.mine(10)
    for _ in range(2):
        await house.advance(due=False)
        assert house.anchors()[0].status is Status.CONFIRMED

    served.answer = forward(house.anvil.url)
    await house.advance(due=False)
    assert house.anchors()[0].status is Status.FINAL


async def test_a_final_anchor_that_is_gone_is_told_and_sent_again_as_it_was(
    anchored: House,
) -> None:
    anchored.anvil.mine(10)
    await anchored.advance()
    final = anchored.anchors()[0]
    assert final.status is Status.FINAL
    raw = anchored.raw(final)

    depth = int(anchored.anvil.rpc("eth_blockNumber"), 16)
    anchored.anvil.rpc("anvil_reorg", depth - 2, [])
    anchored.record(1)
    with pytest.raises(FinalReorgedError, match="are gone") as raised:
        await anchored.advance()
    assert int(raised.value.placeholders["count"]) >= 1
    assert anchored.anchors()[0].status is Status.SUBMITTED

    await anchored.anchor()
    assert anchored.raw(anchored.anchors()[0]) == raw
    assert anchored.events() == [(1, 10), (2, 11)]


async def test_a_final_anchor_that_went_unseen_is_found_by_comparing(
    anchored: House,
) -> None:
    """As after a restart, before anything is due: the anchor before it still stands."""
    anchored.record(1)
    await anchored.anchor()
    anchored.anvil.mine(10)
    await anchored.advance(due=False)
    assert {s.status for s in anchored.submissions()} == {Status.FINAL}
    placement = anchored.anchors()[-1].placement
    assert placement is not None
    head = int(anchored.anvil.rpc("eth_blockNumber"), 16)
    anchored.anvil.rpc("anvil_reorg", head - placement.block_number + 1, [])
    assert anchored.events() == [(1, 10)]

    anchored.begin()
    with pytest.raises(FinalReorgedError) as raised:
        await anchored.anchoring.compare()
    assert raised.value.placeholders == {"count": "1"}
    await anchored.anchor()
    assert anchored.events() == [(1, 10), (2, 11)]
    await anchored.anchoring.compare()


async def test_an_endpoint_behind_a_final_anchor_is_no_reorg(
    anchored: House, second: tuple[Endpoint, ChainClient]
) -> None:
    anchored.anvil.mine(10)
    await anchored.advance()
    served, behind = second
    served.answer = methods(
        {
            "eth_getTransactionReceipt": result(None),
            "eth_getBlockByNumber": result(None),
        },
        forward(anchored.anvil.url),
    )
    anchored.begin(client=behind)
    await anchored.advance()
    assert anchored.anchors()[0].status is Status.FINAL


async def test_an_endpoint_that_has_forgotten_a_final_transaction_is_no_reorg(
    anchored: House, second: tuple[Endpoint, ChainClient]
) -> None:
    anchored.anvil.mine(10)
    await anchored.advance()
    served, forgetful = second
    served.answer = methods(
        {"eth_getTransactionReceipt": result(None)}, forward(anchored.anvil.url)
    )
    anchored.begin(client=forgetful)
    await anchored.advance()
    assert anchored.anchors()[0].status is Status.FINAL
