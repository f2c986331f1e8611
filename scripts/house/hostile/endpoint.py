"""What an endpoint answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from functools import cache
from typing import Any, cast

from aiohttp import ClientSession
from eth_utils.crypto import keccak

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.client import (
    Block,
    ChainClient,
    Inclusion,
)
from custom_components.iot_blockchain.chain.errors import ChainError

from .honest import LOG, root
from .target import require

_MAX_ERROR = 300
_LAST_SQLITE_INTEGER = 2**63 - 1

_ASKED: Sequence[tuple[Callable[[ChainClient], Coroutine[Any, Any, object]], type]] = (
    (ChainClient.chain_id, int),
    (lambda client: client.balance(contract.ADDRESS), int),
    (lambda client: client.transaction_count(contract.ADDRESS), int),
    (lambda client: client.has_code(contract.ADDRESS), bool),
    (lambda client: client.log_state(LOG), contract.LogState),
    (lambda client: client.estimate_gas(contract.ADDRESS, contract.ADDRESS, b""), int),
    (ChainClient.priority_fee, int),
    (ChainClient.base_fee, int),
    (ChainClient.latest_block, Block),
    (lambda client: client.block(17), Block),
    (ChainClient.final_block_number, int),
    (lambda client: client.inclusion(bytes(32)), Inclusion),
    (lambda client: client.knows(bytes(32)), bool),
    (lambda client: client.send(b"\x02"), type(None)),
)

# What only some read of an answer, and only then.
_READ_LATER: Mapping[type, Sequence[str]] = {
    Block: ("base_fee", "transactions"),
    Inclusion: ("succeeded", "cost"),
}
_MOST_COST = _LAST_SQLITE_INTEGER**2 + _LAST_SQLITE_INTEGER


def read_answer(data: bytes) -> None:
    """Let an endpoint answer a question; the first byte chooses the question."""
    ask, kind = _ASKED[data[0] % len(_ASKED) if data else 0]
    try:
        answer = _loop().run_until_complete(ask(answered_with(data[1:])))
    except ChainError:
        return
    may_be_none = kind is Block or kind is Inclusion
    require(
        isinstance(answer, kind) or (answer is None and may_be_none), "another type"
    )
    if isinstance(answer, Block | Inclusion):
        for name in (*answer.__slots__, *_READ_LATER[type(answer)]):
            try:
                value = getattr(answer, name)
            except ChainError:
                continue
            if type(value) is int:
                most = _MOST_COST if name == "cost" else _LAST_SQLITE_INTEGER
                require(0 <= value <= most, "a number out of range")


def answered_with(body: bytes, url: str = "http://endpoint") -> ChainClient:
    """Make a client that gets the same bytes as the answer to every question."""
    return ChainClient(url, cast("ClientSession", _Session(body)))


def right_answer(to: str) -> dict[str, Any]:
    """Return what an honest endpoint says when it is asked for a block or inclusion."""
    place = {"block": 9, "inclusion": 11}[to]
    found = next(data[1:] for data in answers() if data[0] == place)
    return cast("dict[str, Any]", json.loads(found)["result"])


class _Session:
    """A session whose endpoint answers anything with the same bytes."""

    closed = False

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.content = self

    def post(self, *_args: object, **_kwargs: object) -> _Session:
        return self

    async def __aenter__(self) -> _Session:  # noqa: PYI034 - nothing stands on it
        return self

    async def __aexit__(self, *_args: object) -> None:
        pass

    def raise_for_status(self) -> None:
        pass

    async def iter_chunked(self, _size: int) -> AsyncIterator[bytes]:
        yield self._body


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def answers() -> list[bytes]:
    """Write answers that are right for some of the questions."""
    word = "0x" + "00" * 32
    event = {
        "address": contract.ADDRESS,
        "topics": [
            "0x67063167db0c7162928459180be34bf1b42a457cc339ef12d974b4a537680200",
            "0x" + LOG.hex(),
        ],
        "data": "0x" + f"{3:064x}{11:064x}" + root(0, 11).hex() + f"{1790000000:064x}",
        "blockNumber": "0x11",
        "blockHash": word,
        "transactionHash": word,
        "transactionIndex": "0x0",
        "logIndex": "0x0",
        "removed": False,
    }
    block = {
        "number": "0x11",
        "hash": word,
        "timestamp": "0x6ab13b80",
        "baseFeePerGas": "0x7",
        "extraData": "0x",
    }
    receipt = {
        "status": "0x1",
        "blockNumber": "0x11",
        "blockHash": word,
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x7",
        "l1Fee": "0x1",
        "transactionHash": word,
        "logs": [event],
    }
    state = "0x" + ("00" * 12 + "ab" * 20) * 2 + f"{11:064x}{3:064x}{0:064x}"
    right: dict[int, object] = {
        **dict.fromkeys((0, 1, 2, 5, 6), "0x7a69"),
        3: "0x60",
        4: state,
        **dict.fromkeys((7, 8, 9, 10), block),
        11: receipt,
        12: {"hash": word, "blockNumber": "0x11"},
        13: "0x" + keccak(b"\x02").hex(),
    }
    errors: list[object] = [
        {"code": -32000, "message": "insufficient funds"},
        {"code": 3, "message": "execution reverted", "data": "0x" + "ab" * 36},
        "no",
    ]
    answers = [(place, {"result": value}) for place, value in right.items()]
    answers += [(place, {"result": None}) for place in right]
    answers += [(13, {"error": value}) for value in errors]
    return [
        bytes([place]) + json.dumps({"jsonrpc": "2.0", "id": 0, **answer}).encode()
        for place, answer in answers
    ]
