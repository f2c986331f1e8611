"""Talking to an RPC endpoint that may do anything."""

import asyncio
import threading
import traceback
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientSession, ClientTimeout

from custom_components.iot_blockchain.chain import contract, rpc
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import (
    AccessDeniedError,
    ChainError,
    ChainUnreachableError,
    RevertedError,
    WrongChainError,
)
from scripts.house.chain import RICH_ADDRESS, Anvil
from tests.closed_port import closed_url

from .endpoint import Answer, body, endpoint, error, forward, http, methods, result
from .house import House, opened

SECRET = "s3cr3t-4cc3ss-k3y"

type Ask = Callable[[ChainClient], Awaitable[object]]

ASKING: dict[str, Ask] = {
    "chain_id": lambda c: c.chain_id(),
    "require_chain": lambda c: c.require_chain(1),
    "balance": lambda c: c.balance(contract.ADDRESS),
    "transaction_count": lambda c: c.transaction_count(contract.ADDRESS),
    "has_code": lambda c: c.has_code(contract.ADDRESS),
    "log_state": lambda c: c.log_state(bytes(32)),
    "estimate_gas": lambda c: c.estimate_gas(
        contract.ADDRESS, contract.ADDRESS, b"\x01"
    ),
    "priority_fee": lambda c: c.priority_fee(),
    "latest_block": lambda c: c.latest_block(),
    "block": lambda c: c.block(1),
    "final_block_number": lambda c: c.final_block_number(),
    "inclusion": lambda c: c.inclusion(bytes(32)),
    "knows": lambda c: c.knows(bytes(32)),
    "send": lambda c: c.send(b"\x02"),
}

UNREACHABLE: dict[str, Answer] = {
    "cut": lambda _: b"",
    "not HTTP": lambda _: b"nonsense\r\n\r\n",
    "HTML": body(b"<html><body>Hello</body></html>", kind="text/html"),
    "rate limit": body(
        b'{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"slow down"}}',
        status="429 Too Many Requests",
    ),
    "unauthorized": body(b"who are you?", status="401 Unauthorized", kind="text/plain"),
    "forbidden": body(b"who are you?", status="403 Forbidden", kind="text/plain"),
    "broken": body(b"oh no", status="502 Bad Gateway", kind="text/html"),
    "half an answer": lambda _: http(b"{}" * 99)[:-5],
}
NONSENSE: dict[str, Answer] = {
    "nothing": body(b""),
    "not JSON": body(b"<html>"),
    "null": body(b"null"),
    "number": body(b"5"),
    "list": body(b"[]"),
    "list of lists": body(b"[[]]"),
    "text": body(b'"0x1"'),
    "object": body(b"{}"),
    "not UTF-8": body(b"\xff\xfe"),
    "deep": body(b"[" * 200_000),
    "null result": result(None),
    "object result": result({}),
    "list result": result([]),
    "other result": result({"number": "zz", "hash": 5, "blockNumber": None}),
    "text result": result("nonsense"),
    "half a byte": result("0x123"),
    "not hex": result("0xzz"),
    "boolean result": result(value=True),
    "huge result": result("0x" + "f" * 20_000),
    "number too large to keep": result("0x8000000000000000"),
    "null error": error(None),
    "text error": error("no"),
    "empty error": error({}),
    "no message": error({"code": -32000}),
    "no code": error({"message": "no"}),
    "strange message": error({"code": 3, "message": {"a": 1}}),
    "strange code": error({"code": "3", "message": "no"}),
    "revert without data": error({"code": 3, "message": "execution reverted"}),
    "revert with no hex": error(
        {"code": 3, "message": "execution reverted", "data": "nonsense"}
    ),
    "revert with half a byte": error(
        {"code": 3, "message": "execution reverted", "data": "0x123"}
    ),
    "revert with an object": error(
        {"code": 3, "message": "execution reverted", "data": {"a": 1}}
    ),
    "revert with a short text": error(
        {"code": 3, "message": "execution reverted", "data": "0x08c379a0"}
    ),
    "revert with an unknown error": error(
        {"code": 3, "message": "execution reverted", "data": "0x12345678"}
    ),
    "panic": error(
        {
            "code": 3,
            "message": "execution reverted",
            "data": "0x4e487b71" + "00" * 31 + "11",
        }
    ),
    "lookup elsewhere": error(
        {"code": 3, "message": "execution reverted", "data": "0x556f1830" + "00" * 64}
    ),
}


def shown(err: BaseException) -> str:
    """Return all that a log or a person may see of an error."""
    return "".join(traceback.format_exception(err)) + repr(err)


async def outcome(ask: Ask, url: str) -> Exception | None:
    async with opened(url) as client:
        try:
            await ask(client)
        except Exception as err:  # noqa: BLE001 - any at all is looked at
            return err
    return None


@pytest.mark.parametrize("name", UNREACHABLE)
@pytest.mark.parametrize("ask", ASKING)
async def test_an_endpoint_that_does_not_answer_is_unreachable(
    ask: str, name: str
) -> None:
    async with endpoint(UNREACHABLE[name]) as served:
        err = await outcome(ASKING[ask], f"{served.url}/{SECRET}")
    assert isinstance(err, ChainUnreachableError)
    assert "127.0.0.1" not in str(err)
    assert SECRET not in shown(err)
    told = ("does not answer", "without sense", "refuses access")
    assert any(words in str(err) for words in told)
    denied = name in {"unauthorized", "forbidden"}
    assert isinstance(err, AccessDeniedError) is denied


@pytest.mark.parametrize("name", NONSENSE)
async def test_an_endpoint_that_answers_nonsense_raises_nothing_else(
    name: str,
) -> None:
    # Some nonsense is an answer to some questions; the wrong kind of error is to none.
    # Some questions are only asked after the one for the chain's id.
    nonsense = NONSENSE[name]
    errors = []
    for answer in (nonsense, methods({"eth_chainId": result("0x1")}, nonsense)):
        async with endpoint(answer) as served:
            url = f"{served.url}/{SECRET}"
            for ask in ASKING.values():
                err = await outcome(ask, url)
                if err is not None:
                    assert isinstance(err, ChainError), shown(err)
                    assert SECRET not in shown(err)
                    errors.append(err)
    assert errors


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/{SECRET}",
        f"http://user:{SECRET}@127.0.0.1:1/",
        f"http://127.0.0.1:99999/{SECRET}",
        f"http://[::1/{SECRET}",
        f"ftp://127.0.0.1/{SECRET}",
        f"ws://127.0.0.1:1/{SECRET}",
        f"http://{SECRET}.invalid/",
        f"http:///{SECRET}",
        f"{SECRET}",
        f"http://127.0.0.1:{SECRET}/",
        f"http://exa mple/{SECRET}",
    ],
)
async def test_no_url_shows_in_an_error(url: str) -> None:
    err = await outcome(ASKING["chain_id"], url)
    assert isinstance(err, ChainUnreachableError)
    assert SECRET not in shown(err)


async def test_an_endpoint_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rpc, "_TIMEOUT", ClientTimeout(total=0.2))
    async with endpoint(lambda _: None) as served:
        err = await outcome(ASKING["chain_id"], f"{served.url}/{SECRET}")
    assert isinstance(err, ChainUnreachableError)
    assert SECRET not in shown(err)


async def test_an_answer_without_end_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rpc, "_MAX_ANSWER", 100_000)
    async with endpoint(result("0x" + "0" * 100_000 + "1")) as served:
        err = await outcome(ASKING["chain_id"], served.url)
    assert isinstance(err, ChainUnreachableError)
    assert "AnswerTooLargeError" in str(err)


async def test_nobody_at_the_port_is_unreachable_at_once() -> None:
    err = await outcome(ASKING["chain_id"], closed_url())
    assert isinstance(err, ChainUnreachableError)


async def test_nothing_is_asked_twice() -> None:
    # Whoever calls decides on retries: a transaction must not be sent unawares.
    for answer in (UNREACHABLE["broken"], UNREACHABLE["cut"], NONSENSE["null"]):
        async with endpoint(answer) as served:
            await outcome(ASKING["send"], served.url)
        assert [call["method"] for call in served.calls] == ["eth_sendRawTransaction"]


async def test_another_chain_is_refused(client: ChainClient) -> None:
    assert await client.chain_id() == 31337
    await client.require_chain(31337)
    with pytest.raises(WrongChainError):
        await client.require_chain(1)


async def test_a_node_that_refuses_is_quoted() -> None:
    answer = error({"code": -32000, "message": "insufficient funds"})
    async with endpoint(answer) as served:
        for ask in ("send", "estimate_gas", "balance"):
            err = await outcome(ASKING[ask], served.url)
            assert isinstance(err, RevertedError)
            assert "insufficient funds" in str(err)


@pytest.mark.parametrize(
    "message",
    [
        "already known",
        "ALREADY_EXISTS: already known",
        "transaction already imported",
        "known transaction: 0x12",
    ],
)
async def test_sending_what_the_node_has_is_harmless(message: str) -> None:
    async with endpoint(error({"code": -32000, "message": message})) as served:
        assert await outcome(ASKING["send"], served.url) is None


def of_final(answer: Answer, anvil: Anvil) -> Answer:
    """Answer in this way what asks for the last final block, else as the chain does."""
    return lambda call: (
        answer if call["params"][:1] == ["finalized"] else forward(anvil.url)
    )(call)


# Nethermind and reth say null.
@pytest.mark.parametrize(
    "says",
    [
        result(None),
        error({"code": -32602, "message": "unknown block tag"}),
        error({"code": -32601, "message": "no"}),
        error({"code": -39001, "message": "Unknown block"}),
        error({"code": -32000, "message": "finalized block not found"}),
        error(
            {
                "code": -32000,
                "message": "'finalized' tag not supported on pre-merge network",
            }
        ),
        error(
            {
                "code": -32000,
                "message": 'block "finalized" not available (head block: 21459236)',
            }
        ),
        error(
            {
                "code": -32603,
                "message": 'strconv.ParseUint: parsing "finalized": invalid syntax',
            }
        ),
    ],
)
async def test_a_chain_that_has_no_word_for_final_is_trusted_after_a_while(
    anvil: Anvil, says: Answer
) -> None:
    anvil.mine(100)
    async with endpoint(of_final(says, anvil)) as served, opened(served.url) as client:
        assert await client.final_block_number() == 100 - 64
        async with opened(served.url, depth=12) as other:
            assert await other.final_block_number() == 100 - 12


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (-32005, "limit exceeded"),
        (-32016, "over rate limit"),
        (429, "too many requests"),
        (-32603, "internal error"),
        (-32000, "request timed out"),
        (-32000, "service not available"),
    ],
)
async def test_an_endpoint_that_does_not_want_to_say_what_is_final_is_asked_later(
    anvil: Anvil, code: int, message: str
) -> None:
    anvil.mine(100)
    says = error({"code": code, "message": message})
    async with endpoint(of_final(says, anvil)) as served, opened(served.url) as client:
        with pytest.raises(ChainUnreachableError):
            await client.final_block_number()


async def test_what_is_final_is_what_the_chain_says(
    anvil: Anvil, client: ChainClient
) -> None:
    anvil.mine(10)
    assert await client.final_block_number() == 8


async def test_numbers_that_cannot_be_kept_are_not_believed(anvil: Anvil) -> None:
    block = anvil.rpc("eth_getBlockByNumber", "0x0", False)  # noqa: FBT003 - JSON
    for name, asking in (
        ("number", ASKING["latest_block"]),
        ("timestamp", ASKING["latest_block"]),
        ("baseFeePerGas", ChainClient.base_fee),
    ):
        strange = {**block, name: hex(2**63)}
        async with endpoint(result(strange)) as served:
            err = await outcome(asking, served.url)
        assert isinstance(err, ChainUnreachableError)
    async with endpoint(result("0x8000000000000000")) as served:
        for ask in ("chain_id", "transaction_count", "estimate_gas", "priority_fee"):
            err = await outcome(ASKING[ask], served.url)
            assert isinstance(err, ChainUnreachableError)
        assert await outcome(ASKING["balance"], served.url) is None  # somebody is rich
    async with endpoint(result(hex(2**50 + 1))) as served:
        err = await outcome(ASKING["estimate_gas"], served.url)
    assert isinstance(err, ChainUnreachableError)  # no block has room for it


async def test_a_node_without_a_word_for_the_tip_names_the_price(
    anvil: Anvil, client: ChainClient
) -> None:
    price = await client.base_fee() + 12345
    answers = {
        "eth_maxPriorityFeePerGas": error({"code": -32601, "message": "no method"}),
        "eth_gasPrice": result(hex(price)),
    }
    async with (
        endpoint(methods(answers, forward(anvil.url))) as served,
        opened(served.url) as without,
    ):
        assert await without.priority_fee() == 12345
        answers["eth_gasPrice"] = result("0x1")
        assert await without.priority_fee() == 0


@pytest.mark.parametrize("ask", ["priority_fee", "final_block_number"])
async def test_a_node_that_wants_patience_is_asked_nothing_else_instead(
    ask: str,
) -> None:
    async with endpoint(error({"code": -32005, "message": "slow down"})) as served:
        err = await outcome(ASKING[ask], served.url)
    assert isinstance(err, ChainUnreachableError)
    assert len(served.calls) == 1


async def test_the_largest_block_of_a_busy_network_can_be_read(
    anvil: Anvil,
) -> None:
    block = anvil.rpc("eth_getBlockByNumber", "0x0", False)  # noqa: FBT003 - JSON
    block["transactions"] = ["0x" + "ab" * 32] * 14_000
    async with endpoint(result(block)) as served, opened(served.url) as client:
        assert (await client.latest_block()).number == 0


async def test_a_block_that_is_not_there_is_none(client: ChainClient) -> None:
    assert await client.block(5) is None
    assert await client.inclusion(bytes(32)) is None
    assert not await client.knows(bytes(32))


async def test_a_chain_without_a_base_fee_and_with_more_extra_data_is_read(
    anvil: Anvil,
) -> None:
    block = anvil.rpc("eth_getBlockByNumber", "0x0", False)  # noqa: FBT003 - JSON
    del block["baseFeePerGas"]
    block["extraData"] = "0x" + "ab" * 97  # as on proof-of-authority chains
    async with (
        endpoint(methods({"eth_getBlockByNumber": result(block)}, result(None))) as it,
        opened(it.url) as client,
    ):
        read = await client.latest_block()
    assert read.base_fee is None
    assert (read.number, read.time) == (0, int(block["timestamp"], 16))
    assert read.hash.hex() == block["hash"][2:]


async def test_the_fee_for_data_on_another_chain_is_part_of_the_cost(
    anchored: House,
) -> None:
    (anchor,) = anchored.anchors()
    assert anchor.placement is not None
    transaction = anchor.placement.transaction
    receipt = anchored.anvil.rpc("eth_getTransactionReceipt", "0x" + transaction.hex())
    receipt["l1Fee"] = hex(12345)
    async with endpoint(result(receipt)) as served, opened(served.url) as client:
        inclusion = await client.inclusion(transaction)
    assert inclusion is not None
    assert inclusion.cost == anchor.placement.cost + 12345


async def test_a_transaction_that_waits_is_known_and_in_no_block(
    house: House,
) -> None:
    house.anvil.rpc("evm_setAutomine", False)  # noqa: FBT003 - JSON
    sent = await house.advance()
    assert sent is not None
    assert await house.client.knows(sent.hash)
    assert await house.client.inclusion(sent.hash) is None


async def test_a_transaction_that_failed_says_so(
    anvil: Anvil, client: ChainClient
) -> None:
    # Any call to an account's code that is only an invalid instruction fails.
    anvil.rpc("anvil_setCode", contract.ADDRESS, "0xfe")
    sent = anvil.rpc(
        "eth_sendTransaction",
        {"from": RICH_ADDRESS, "to": contract.ADDRESS, "gas": hex(100_000)},
    )
    anvil.mine()  # by itself it makes the block a moment after it answers
    inclusion = await client.inclusion(bytes.fromhex(sent[2:]))
    assert inclusion is not None
    assert not inclusion.succeeded
    assert inclusion.cost > 0
    assert inclusion.anchored == []


async def test_the_session_stays_with_whoever_brought_it(anvil: Anvil) -> None:
    async with ClientSession() as session:
        for _ in range(2):
            assert await ChainClient(anvil.url, session).chain_id() == 31337
        assert not session.closed


async def test_asking_starts_no_thread(client: ChainClient) -> None:
    before = set(threading.enumerate())
    await asyncio.gather(*(client.chain_id() for _ in range(10)))
    assert set(threading.enumerate()) == before


def test_the_endpoint_of_these_tests_answers_in_http() -> None:
    assert http(b"{}").endswith(b"\r\n\r\n{}")


async def test_a_closed_session_is_an_endpoint_that_does_not_answer(
    anvil: Anvil,
) -> None:
    async with ClientSession() as session:
        client = ChainClient(anvil.url, session)
    with pytest.raises(ChainUnreachableError, match="does not answer"):
        await client.chain_id()
