"""What an endpoint answers is believed only as far as it can be so."""

import asyncio
import gzip
import json
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import ClientSession

from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import (
    ChainError,
    ChainUnreachableError,
)
from scripts.house.hostile.endpoint import answered_with, right_answer

type Json = dict[str, Any]

SECRET = "an-access-key-0123456789"
LAST_SECOND_OF_9999 = 253_402_300_799
MOST_EVENTS = 256
MIB = 1024 * 1024


def ask(
    question: Callable[[ChainClient], Coroutine[Any, Any, object]], answer: object
) -> Any:  # noqa: ANN401 - of each question another type
    body = json.dumps({"jsonrpc": "2.0", "id": 0, "result": answer}).encode()
    return asyncio.run(question(answered_with(body)))


def block(client: ChainClient) -> Coroutine[Any, Any, object]:
    return client.block(17)


def inclusion(client: ChainClient) -> Coroutine[Any, Any, object]:
    return client.inclusion(bytes(32))


def test_a_right_answer_is_taken() -> None:
    assert ask(block, right_answer("block"))
    assert ask(block, {**right_answer("block"), "timestamp": hex(LAST_SECOND_OF_9999)})
    assert ask(inclusion, right_answer("inclusion"))


def test_a_time_that_no_calendar_holds_is_refused() -> None:
    wrong = {**right_answer("block"), "timestamp": hex(LAST_SECOND_OF_9999 + 1)}
    with pytest.raises(ChainUnreachableError):
        ask(block, wrong)


@pytest.mark.parametrize("wrong", ["0x", "0x" + "00" * 31, "0x" + "00" * 33])
def test_a_hash_of_another_length_is_refused(wrong: str) -> None:
    with pytest.raises(ChainUnreachableError):
        ask(block, {**right_answer("block"), "hash": wrong})
    with pytest.raises(ChainUnreachableError):
        ask(inclusion, {**right_answer("inclusion"), "blockHash": wrong})


WRONG: dict[str, list[object]] = {
    "quantity": [
        None,
        7,
        "7",
        "0x",
        "0x-1",
        " 0x7",
        "0x7 ",
        "0x٣",
        hex(2**63),
        ["0x7"],
    ],
    "hash": [None, 7, "00" * 32, "0x" + "0" * 63, "0x" + "zz" * 32, ["0x" + "00" * 32]],
}
BLOCK = {"number": "quantity", "hash": "hash", "timestamp": "quantity"}
INCLUSION = {
    "blockNumber": "quantity",
    "blockHash": "hash",
    "transactionHash": "hash",
}


@pytest.mark.parametrize(
    ("question", "right", "forms"),
    [(block, "block", BLOCK), (inclusion, "inclusion", INCLUSION)],
)
def test_a_value_of_another_form_is_refused(
    question: Callable[[ChainClient], Coroutine[Any, Any, object]],
    right: str,
    forms: dict[str, str],
) -> None:
    for name, form in forms.items():
        for wrong in WRONG[form]:
            with pytest.raises(ChainUnreachableError, match="without sense"):
                ask(question, {**right_answer(right), name: wrong})
        answer = right_answer(right)
        del answer[name]
        with pytest.raises(ChainUnreachableError, match="without sense"):
            ask(question, answer)


@pytest.mark.parametrize(
    ("question", "right", "name", "read"),
    [
        (block, "block", "baseFeePerGas", "base_fee"),
        (inclusion, "inclusion", "gasUsed", "cost"),
        (inclusion, "inclusion", "effectiveGasPrice", "cost"),
        (inclusion, "inclusion", "l1Fee", "cost"),
    ],
)
def test_what_only_some_need_is_refused_when_they_read_it(
    question: Callable[[ChainClient], Coroutine[Any, Any, object]],
    right: str,
    name: str,
    read: str,
) -> None:
    for wrong in WRONG["quantity"][1:]:
        found = ask(question, {**right_answer(right), name: wrong})
        with pytest.raises(ChainUnreachableError, match="without sense"):
            getattr(found, read)


def test_a_cost_that_is_not_told_is_not_taken_for_none() -> None:
    for name in ("gasUsed", "effectiveGasPrice"):
        answer = right_answer("inclusion")
        del answer[name]
        found = ask(inclusion, answer)
        with pytest.raises(ChainUnreachableError, match="without sense"):
            found.cost  # noqa: B018 - reading it is what fails


def test_a_transaction_without_a_status_neither_failed_nor_succeeded() -> None:
    for wrong in WRONG["quantity"][1:]:
        with pytest.raises(ChainUnreachableError, match="without sense"):
            ask(inclusion, {**right_answer("inclusion"), "status": wrong})
    found = ask(inclusion, {**right_answer("inclusion"), "status": None})
    assert found.status is None
    with pytest.raises(ChainUnreachableError, match="without sense"):
        found.succeeded  # noqa: B018 - reading it is what fails


def test_what_is_of_something_else_is_refused() -> None:
    other = "0x" + "11" * 32
    for question, answer in (
        (block, {**right_answer("block"), "number": "0x12"}),
        (inclusion, {**right_answer("inclusion"), "transactionHash": other}),
        (inclusion, {**right_answer("inclusion"), "status": "0x2"}),
        (lambda client: client.knows(bytes(32)), {"hash": other}),
        (lambda client: client.send(b"\x02"), other),
    ):
        with pytest.raises(ChainUnreachableError, match="without sense"):
            ask(question, answer)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("address", None),
        ("address", "0x12"),
        ("topics", None),
        ("topics", ["0x12"]),
        ("topics", "one"),
        ("topics", "five"),
        ("data", None),
        ("data", "0x"),
        ("data", "longer"),
        ("data", "large number"),
        ("data", "large size"),
        ("data", "late time"),
    ],
)
def test_an_event_of_another_form_is_refused(name: str, wrong: object) -> None:
    receipt = right_answer("inclusion")
    (event,) = receipt["logs"]
    made = {
        "one": event["topics"][:1],
        "five": event["topics"][:1] * 5,
        "longer": event["data"] + "00",
        # number, size, root and time, in a word each
        "large number": "0x" + "00" * 27 + "01" + event["data"][58:],
        "large size": event["data"][:66] + "00" * 24 + "ff" * 8 + event["data"][130:],
        "late time": event["data"][:-64] + f"{LAST_SECOND_OF_9999 + 1:064x}",
    }
    event[name] = made.get(str(wrong), wrong)
    with pytest.raises(ChainUnreachableError, match="without sense"):
        ask(inclusion, receipt)


@pytest.mark.parametrize("length", [0, 159, 161, 192])
def test_a_state_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ChainUnreachableError, match="without sense"):
        ask(lambda client: client.log_state(bytes(32)), "0x" + "00" * length)


def test_more_events_than_an_anchor_makes_are_not_read() -> None:
    answer = right_answer("inclusion")
    (event,) = answer["logs"]
    read = ask(inclusion, {**answer, "logs": [event] * MOST_EVENTS})
    assert len(read.anchored) == MOST_EVENTS
    with pytest.raises(ChainUnreachableError, match="without sense"):
        ask(inclusion, {**answer, "logs": [event] * (MOST_EVENTS + 1)})


URL = f"http://{SECRET}-user:{SECRET}-pass@{SECRET}.example/v3/{SECRET}%2Fx?k={SECRET}"


@pytest.mark.parametrize(
    "message",
    [
        "x" * 100_000,
        f"no access to /v3/{SECRET}%2Fx",
        f"no access to /v3/{SECRET}/x",
        f"no access to {URL}",
        f"no access to {SECRET.upper()}.EXAMPLE",
        f"{SECRET}-user, {SECRET}-pass",
        f"k={SECRET}",
        f"{' ' * 1950}{SECRET}",
        "one\r\ntwo\x1b[31m\u202e\u2028three",
    ],
)
def test_what_an_endpoint_says_is_shown_short_and_without_secrets(message: str) -> None:
    for code in (-32000, 3):
        error = {"code": code, "message": message}
        body = json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode()
        with pytest.raises(ChainError) as raised:
            asyncio.run(answered_with(body, URL).chain_id())
        shown = str(raised.value)
        assert len(shown) < 250
        assert shown.isprintable()
        assert SECRET not in shown.lower()
        causes = "".join(traceback.format_exception(raised.value))
        assert SECRET not in causes.lower()
        assert len(causes) < 10_000


def test_what_an_endpoint_says_is_otherwise_shown_as_it_says_it() -> None:
    error = {"code": -32000, "message": "nonce too low: next nonce 5, tx nonce 4"}
    body = json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}).encode()
    with pytest.raises(ChainError, match=r"nonce too low: next nonce 5, tx nonce 4$"):
        asyncio.run(answered_with(body, URL).chain_id())


async def test_no_more_of_an_answer_is_read_than_is_needed() -> None:
    """Neither where it says how long it is, nor where it goes on for ever."""
    for head in ("Content-Length: 1000000000", "Transfer-Encoding: chunked"):
        sent = 0

        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str = head
        ) -> None:
            nonlocal sent
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
            with suppress(ConnectionError):
                while sent < 64 * MIB:
                    writer.write(f"{MIB:x}\r\n".encode() + b" " * MIB + b"\r\n")
                    await writer.drain()
                    sent += MIB
            writer.transport.abort()

        async with served(serve) as url, ClientSession() as session:
            with pytest.raises(ChainUnreachableError, match="AnswerTooLargeError"):
                await ChainClient(url, session).chain_id()
        assert sent < 32 * MIB  # what the sockets take up


async def test_what_is_small_only_on_the_way_is_not_unpacked() -> None:
    answer = gzip.compress(b'{"result":"0x1","a":"' + b"a" * 64 * MIB + b'"}')

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"accept-encoding: identity" in head.lower()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
            + f"Content-Length: {len(answer)}\r\n\r\n".encode()
            + answer
        )
        await writer.drain()
        writer.close()

    async with served(serve) as url, ClientSession() as session:
        with pytest.raises(ChainUnreachableError, match="not JSON"):
            await ChainClient(url, session).chain_id()


async def test_nobody_else_is_asked_because_an_endpoint_says_so() -> None:
    asked = asyncio.Event()

    async def other(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    async with served(other) as elsewhere:

        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                f"HTTP/1.1 307 Moved\r\nLocation: {elsewhere}\r\n"
                "Content-Length: 0\r\n\r\n".encode()
            )
            await writer.drain()
            writer.close()

        async with served(serve) as url, ClientSession() as session:
            with pytest.raises(ChainUnreachableError):
                await ChainClient(url, session).chain_id()
    assert not asked.is_set()


@asynccontextmanager
async def served(
    serve: Callable[
        [asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]
    ],
) -> AsyncIterator[str]:
    """Serve on the loopback interface."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        server.close_clients()
        await server.wait_closed()
